"""The `expertim` command: every Django command under one name, on an embedded database where none is given.

Django is imported late, and the front page without it: with all its apps it takes the better part of a second.
"""

from __future__ import annotations

import ast
import os
import signal
import sys
from collections.abc import Iterator
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path
from types import FrameType

LONG_RUNNING = {"serve", "work", "demo"}
# On the owner's connection: the application's role may neither create nor alter a table.
OWNERS = {"migrate", "makemigrations", "showmigrations", "sqlmigrate", "squashmigrations", "optimizemigration"}
OWNERS |= {"backup", "restore"}  # nor read sequences, nor lay the guards aside while whole lives are put back
WITHOUT_DATABASE = {
    "collectstatic",
    "compilemessages",
    "diffsettings",
    "findstatic",
    "help",
    "makemessages",
    "sendtestemail",
    "simulate",  # on a database of its own
    "startapp",
    "startproject",
    "version",
    "words",
}
# Interactive: Ctrl-C cancels a line there, it does not end the command.
OWN_INTERRUPT = {"shell", "dbshell", "runserver", "createsuperuser", "changepassword"}


def main(arguments: list[str] | None = None) -> int:
    """Run one command and answer its exit code."""
    arguments = sys.argv[1:] if arguments is None else arguments
    command = arguments[0] if arguments else ""
    if command in ("", "-h", "--help") or arguments == ["help"]:
        sys.stdout.write(front_page())
        return 0
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "expertim.settings")
    if command == "demo":
        _make_demo()
    _listen_to_signals(command)
    try:
        if _needs_database(command, arguments):
            _open_database(command)
        if arguments == ["clock"] and (time := _platform_time()):
            sys.stdout.write(time)
            return 0
        from django.core.management import ManagementUtility

        ManagementUtility(["expertim", *arguments]).execute()
    except Exception as trouble:
        if not _is_unmigrated(trouble):
            raise
        sys.stderr.write("The database is empty or of an older version: run `expertim migrate` first.\n")
        return 1
    except KeyboardInterrupt:
        return 130
    except SystemExit as stop:
        if isinstance(stop.code, str):
            sys.stderr.write(stop.code + "\n")
            return 1
        return stop.code or 0
    finally:
        _leave_database()
    return 0


def _is_unmigrated(trouble: Exception) -> bool:
    """A table, a column or a function of ours that is not there: in words, not as a page of traceback."""
    return getattr(trouble.__cause__, "sqlstate", None) in ("42P01", "42703", "42883")


def front_page() -> str:
    """What there is to run, our own commands first."""
    lines = [f"Expertim {version('expertim')}", "", "usage: expertim COMMAND [ARGUMENTS]", ""]
    ours = dict(sorted((file.stem, _first_line(file)) for file in _command_files("expertim")))
    lines += [f"  {name:<14} {line}".rstrip() for name, line in ours.items()]
    theirs = sorted({file.stem for package in ("django", "allauth") for file in _command_files(package)} - set(ours))
    lines += ["", "and Django's: " + ", ".join(theirs), "", "`expertim COMMAND --help` says more of each."]
    return "\n".join(lines) + "\n"


def _first_line(file: Path) -> str:
    # Read, not imported: a command's imports would need settings and a database's address.
    return (ast.get_docstring(ast.parse(file.read_text())) or "").split("\n", 1)[0]


def _command_files(package: str) -> Iterator[Path]:
    spec = find_spec(package)
    if spec is not None and spec.origin is not None:
        folder = Path(spec.origin).parent
        patterns = ("*/management/commands/*.py", "*/*/management/commands/*.py", "*/management/commands/*.py")
        for pattern in dict.fromkeys(patterns):
            yield from (file for file in folder.glob(pattern) if not file.stem.startswith("_"))


def _needs_database(command: str, arguments: list[str]) -> bool:
    if command.startswith("-") or command in WITHOUT_DATABASE or {"-h", "--help"} & set(arguments):
        return False
    # A slip of the fingers is answered by Django, which knows the nearest name; no server for that.
    packages = ("expertim", "django", "allauth")
    return any(file.stem == command for package in packages for file in _command_files(package))


def _open_database(command: str) -> None:
    """Put the database's address into the environment, of the role that this command works as."""
    data_dir = Path(os.environ.get("DATA_DIR") or "var").absolute()
    # A parent of the same kind has put its own address there: join its server, to keep it up should the parent fall.
    inherited = os.environ.get("EXPERTIM_EMBEDDED") == str(data_dir)
    if inherited or not os.environ.get("DATABASE_URL"):
        from expertim.foundation import embedded

        try:
            urls = embedded.ensure(data_dir)
        except embedded.EmbeddedError as error:
            raise SystemExit(str(error)) from error
        os.environ |= {
            "DATABASE_URL": urls.app,
            "DATABASE_OWNER_URL": urls.owner,
            "EXPERTIM_EMBEDDED": str(data_dir),
        }
    owner = os.environ.get("DATABASE_OWNER_URL")
    if command in OWNERS and owner:
        from psycopg.conninfo import conninfo_to_dict

        application = conninfo_to_dict(os.environ["DATABASE_URL"]).get("user")
        if application and application != conninfo_to_dict(owner).get("user"):
            os.environ.setdefault("EXPERTIM_APP_ROLE", str(application))
        os.environ["DATABASE_URL"] = owner


def _platform_time() -> str:
    """The platform's time as the command `clock` prints it, without Django, which takes seconds to ask for a row.

    Empty where that cannot be had like this: the command says why.
    """
    import psycopg

    try:
        with psycopg.connect(os.environ["DATABASE_URL"]) as connection:
            row = connection.execute("SELECT platform_now() AT TIME ZONE 'UTC'").fetchone()
    except (KeyError, psycopg.Error):
        return ""
    return f"{row[0].isoformat(timespec='seconds')}Z\n" if row else ""


def _make_demo() -> None:
    """Mark the data folder as a demo's, so that every later command there may move its clock as well."""
    os.environ["EXPERTIM_MOVABLE_CLOCK"] = "1"  # for itself and its children, before anybody reads the settings
    data_dir = Path(os.environ.get("DATA_DIR") or "var").absolute()
    data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
    (data_dir / "demo").touch()


def _leave_database() -> None:
    embedded = sys.modules.get("expertim.foundation.embedded")
    if embedded is not None:
        # Nobody in a hurry may leave a server behind: from here on it takes a kill -9.
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, signal.SIG_IGN)
        embedded.leave()


def _listen_to_signals(command: str) -> None:
    """Have every polite signal end the command through its `finally`s; by itself only Ctrl-C does."""

    def stop(number: int, frame: FrameType | None) -> None:
        raise SystemExit(0 if command in LONG_RUNNING else 128 + number)

    signal.signal(signal.SIGTERM, stop)
    # nohup means what it says
    if signal.getsignal(signal.SIGHUP) != signal.SIG_IGN:
        signal.signal(signal.SIGHUP, stop)
    # A shell starts what it puts into the background with SIGINT ignored; here it must stop things all the same.
    signal.signal(signal.SIGINT, signal.default_int_handler if command in OWN_INTERRUPT else stop)
