"""`expertim mail receive`: mail from standard input, as a mail server pipes it, or from a Maildir."""

from __future__ import annotations

import logging
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import BinaryIO

from django.db import DatabaseError, InterfaceError, connection

from expertim.meetings.replies import receive
from expertim.notifications.calendar.itip import MOST_BYTES

log = logging.getLogger(__name__)

TRY_AGAIN = 75  # EX_TEMPFAIL: mail servers keep the mail and come again
_DATABASE_AWAY = (DatabaseError, InterfaceError)


def receive_piped(stream: BinaryIO, *, say: Callable[[str], object]) -> int:
    """One mail; answers the exit code. A refusal is no failure: whoever wrote has been told."""
    try:
        say(str(receive(stream.read(MOST_BYTES))))
    except Exception:
        log.exception("A mail could not be received; it should come again")
        return TRY_AGAIN
    return 0


def receive_maildir(folder: Path, *, say: Callable[[str], object]) -> int:
    """Every new mail of a Maildir, oldest first; what has been read moves to cur/. Answers the exit code.

    A mail that cannot be received stays new and stops none of the others.
    """
    if not (folder / "new").is_dir() or not (folder / "cur").is_dir():
        say(f"{folder} is no Maildir: it needs the folders new and cur.")
        return 2
    failed = 0
    for mail in _new_mails(folder):
        try:
            with mail.open("rb") as file:
                said = str(receive(file.read(MOST_BYTES)))
        except FileNotFoundError:
            continue  # somebody else has read it
        except _DATABASE_AWAY:
            log.exception("The database does not answer; the rest stays new")
            connection.close()
            return TRY_AGAIN
        except Exception:
            log.exception("%s could not be received; it stays new", mail.name)
            failed += 1
            continue
        say(f"{mail.name}: {said}")
        _seen(mail, folder)
    return 1 if failed else 0


def _new_mails(folder: Path) -> Iterator[Path]:
    """By name, which begins with the second of arrival."""
    yield from sorted(path for path in (folder / "new").iterdir() if path.is_file() and not path.name.startswith("."))


def _seen(mail: Path, folder: Path) -> None:
    try:
        os.rename(mail, folder / "cur" / f"{mail.name}:2,S")
    except FileNotFoundError:
        log.info("%s has been moved by somebody else", mail.name)
