"""The channel mail: what a notice says is written when it is sent, as its meeting stands then."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core import signing
from django.urls import reverse
from django.utils.translation import override

from expertim.notifications.kinds import MAIL, Envelope, Kind, Letter, Told, kind_of, writer_of
from expertim.notifications.reading import is_wanted, moment_in, noticed, read, respect_the_night, told_by
from expertim.outbox import mail as post
from expertim.outbox.worker import NotNow, Undeliverable, Withdrawn
from expertim.people.languages import spoken
from expertim.people.models import Person

_SALT = "expertim.unsubscribe"
_CONTROLS = re.compile(r"[\x00-\x1f\x7f\u2028\u2029]+")
_LONGEST_SUBJECT = 200


def send(payload: dict[str, Any]) -> dict[str, Any]:
    """The sender of rows of kind "notice"; answers what the row keeps: to whom, under which subject, when.

    Raises what the worker understands: Withdrawn, NotNow, Undeliverable.
    """
    notice, kind = noticed(payload)
    person = notice.recipient
    reading = read(person=person.pk, kind=kind.code, channel=MAIL, row=f"notice:{person.pk}:{notice.key}")
    if not is_wanted(reading, kind, MAIL):
        raise Withdrawn("switched_off")
    if kind.quiet:
        respect_the_night(reading, person, about=moment_in(notice))
    told = told_by(notice, payload, reading)
    message = _written(told, kind, person, calendar=reading.calendar)
    post.send(message)
    return kept(message, reading.now)


def written(told: Told, kind: Kind, envelope: Envelope) -> Letter:
    """The letter in its reader's language. One that cannot be written is given up at once: a repeat would fail too."""
    write = writer_of(kind.code)
    assert write is not None
    with override(spoken(envelope.person.language)):
        try:
            return write(told, envelope)
        except (Withdrawn, NotNow):
            raise
        except (LookupError, TypeError, ValueError, AttributeError, RuntimeError) as error:
            raise Undeliverable(f"the letter cannot be written: {error!r}") from error


def _written(told: Told, kind: Kind, person: Person, *, calendar: bool) -> dict[str, Any]:
    leave = absolute(reverse("unsubscribe", args=[leave_token(person=person.pk, kind=kind.code)]))
    envelope = Envelope(
        person=person,
        settings_address=absolute(reverse("notification_settings")),
        leave_address=leave if kind.switchable else "",
        calendar=calendar,
    )
    letter = written(told, kind, envelope)
    return {
        "from": settings.DEFAULT_FROM_EMAIL,
        "to": [person.email],
        # Not every calendar answers the ORGANIZER: some answer where a person's own reply would go (decision 0016).
        "reply_to": [letter.reply_to] if letter.reply_to else [],
        "subject": one_line(letter.subject),
        "body": letter.text,
        "html": letter.html,
        "calendar": {"method": letter.calendar[0], "text": letter.calendar[1]} if letter.calendar else None,
        "headers": _headers(told, letter, envelope),
    }


def _headers(told: Told, letter: Letter, envelope: Envelope) -> dict[str, str]:
    host = urlsplit(settings.PUBLIC_URL).hostname or "localhost"
    # Of the notice alone: sent twice by whatever accident, it is shown once by most readers. With its moment, because
    # a database that was restored to an earlier day gives the same number again.
    message_id = f"<notice.{told.id}.{int(told.at.timestamp()):x}@{host}>"
    headers = {"Message-ID": message_id, "Auto-Submitted": "auto-generated"}
    if letter.thread:
        headers["References"] = headers["In-Reply-To"] = f"<{letter.thread}@{host}>"
    if envelope.leave_address:  # RFC 8058
        headers["List-Unsubscribe"] = f"<{envelope.leave_address}>"
        headers["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    return headers


def kept(message: dict[str, Any], now: datetime) -> dict[str, Any]:
    """What a row keeps of the mail it became."""
    kept = {"to": message["to"], "subject": message["subject"], "at": now.isoformat()}
    if settings.MOVABLE_CLOCK:  # there /demo/mail/ shows the whole of it
        kept |= {"body": message["body"], "html": message["html"]}
    return kept


def one_line(text: str) -> str:
    """A header's text: no line of its own can be begun in it."""
    return " ".join(_CONTROLS.sub(" ", text).split())[:_LONGEST_SUBJECT]


def absolute(path: str) -> str:
    return f"{settings.PUBLIC_URL}{path}"


def leave_token(*, person: int, kind: str) -> str:
    """Names whom and what a one-click unsubscription is about; nobody else can make one."""
    return signing.dumps([person, kind], salt=_SALT)


def left(token: str) -> tuple[int, Kind]:
    """Whom and what a token is about. Raises ValueError for one that is not ours, or of a kind that stays."""
    try:
        person, code = signing.loads(token, salt=_SALT)
    except signing.BadSignature as error:
        raise ValueError("not one of our tokens") from error
    kind = kind_of(code)
    if kind is None or not kind.switchable:
        raise ValueError("not a kind that can be switched off")
    return person, kind
