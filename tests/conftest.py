"""The suite's installation: a database of its own that commits for real and is never cleaned.

An append-only ledger refuses the TRUNCATE that other suites clean up with, and deferred triggers speak at a real
COMMIT only. So each test makes its own people and Expertise, and the whole database is audited once at the end.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import django
import psycopg
import pytest
from psycopg import conninfo, sql

# Before Django reads its settings. A worker of pytest-xdist inherits what its parent has set.
if "EXPERTIM_TEST_DATA" not in os.environ:
    os.environ["EXPERTIM_TEST_DATA"] = str(Path(os.environ.get("DATA_DIR", "var")).absolute() / "test")
DATA = Path(os.environ["EXPERTIM_TEST_DATA"])
os.environ |= {
    "DATA_DIR": str(DATA),
    "DJANGO_SETTINGS_MODULE": "expertim.settings",
    "EXPERTIM_MOVABLE_CLOCK": "1",
    "DJANGO_ALLOW_ASYNC_UNSAFE": "true",  # playwright's loop runs in the thread that tests query from
}
django.setup()

ROOT = Path(__file__).resolve().parent.parent
WORKER = os.environ.get("PYTEST_XDIST_WORKER", "alone")


class Installation:
    """The suite's database, and the owner's way into it."""

    def __init__(self, *, app: str, owner: str) -> None:
        (DATA / "static").mkdir(exist_ok=True)  # WhiteNoise would miss it
        self.app, self.owner_url = app, owner
        self.owner = psycopg.connect(owner, autocommit=True)

    def owners(self) -> psycopg.Connection[Any]:
        """A new connection as the owner of the tables."""
        return psycopg.connect(self.owner_url)

    def apps(self) -> psycopg.Connection[Any]:
        """A new connection as the application."""
        return psycopg.connect(self.app)


@pytest.fixture(scope="session")
def installation(django_db_blocker: Any) -> Iterator[Installation]:
    """A fresh database for this worker, cloned from a template that is migrated once."""
    from expertim.foundation import embedded

    given = os.environ.get("DATABASE_URL", "")
    if given:
        app, owner = given, os.environ.get("DATABASE_OWNER_URL") or given
    else:
        urls = embedded.ensure(DATA, fsync=False)
        app, owner = urls.app, urls.owner
    name = f"expertim_test_{WORKER}"
    with django_db_blocker.unblock():
        with _one_at_a_time():
            template = _template(owner, app)
            with psycopg.connect(owner, autocommit=True) as server:
                server.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))
                server.execute(
                    sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(sql.Identifier(name), sql.Identifier(template))
                )
        _point_django_at(conninfo.make_conninfo(app, dbname=name))
        made = Installation(
            app=conninfo.make_conninfo(app, dbname=name), owner=conninfo.make_conninfo(owner, dbname=name)
        )
        yield made
        _audit(made)


@pytest.fixture(autouse=True)
def _english() -> Iterator[None]:
    """A page read in another language leaves that one in force: each test begins in English."""
    from django.utils import translation

    yield
    translation.deactivate()


@pytest.fixture
def database(installation: Installation) -> Iterator[Installation]:
    """The database, open and committing for real."""
    from django.db import connection

    yield installation
    assert not connection.in_atomic_block
    if connection.connection is not None and connection.connection.closed:
        connection.close()


class PlatformClock:
    """The platform's clock in a test's hand: frozen, and put wherever the test wants it."""

    def __init__(self, installation: Installation) -> None:
        self._owner = installation.owner

    def freeze(self, moment: datetime) -> datetime:
        """Stand still at a moment, also an earlier one: deleting the row is the owner's privilege."""
        with self._owner.transaction():
            self._owner.execute("DELETE FROM platform_clock")
            self._owner.execute("INSERT INTO platform_clock (id, frozen_at) VALUES (1, %s)", [moment])
        return moment

    def advance(self, by: timedelta) -> datetime:
        return self.freeze(self.now + by)

    @property
    def now(self) -> datetime:
        moment: datetime = self._owner.execute("SELECT platform_now()").fetchone()[0]  # type: ignore[index]
        return moment.astimezone(UTC)

    def release(self) -> None:
        self._owner.execute("DELETE FROM platform_clock")


@pytest.fixture
def clock(database: Installation) -> Iterator[PlatformClock]:
    """A frozen clock: Monday 1 March 2027, 09:00 UTC until the test says otherwise."""
    held = PlatformClock(database)
    held.freeze(datetime(2027, 3, 1, 9, tzinfo=UTC))
    yield held
    held.release()


@contextmanager
def _one_at_a_time() -> Iterator[None]:
    DATA.mkdir(parents=True, exist_ok=True)
    with (DATA / "template.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _template(owner: str, app: str) -> str:
    """The migrated template; named after everything that migrations are made of, so it is built once per schema."""
    from django.conf import settings
    from django.core.management import call_command
    from django.db import connection

    from expertim.foundation.grants import grant_all

    digest = hashlib.sha256()
    for path in sorted([*ROOT.glob("src/expertim/*/migrations/*.py"), *ROOT.glob("src/expertim/*/sql/*.sql")]):
        digest.update(path.read_bytes())
    digest.update((ROOT / "src/expertim/foundation/grants.py").read_bytes())
    digest.update(" ".join(settings.INSTALLED_APPS).encode())  # libraries bring tables too
    name = f"expertim_template_{digest.hexdigest()[:12]}"
    with psycopg.connect(owner, autocommit=True) as server:
        if server.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone():
            return name
        for (old,) in server.execute(
            "SELECT datname FROM pg_database WHERE datname LIKE 'expertim_template_%'"
        ).fetchall():
            server.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(old)))
        draft = name.replace("template", "draft")
        server.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(draft)))
        server.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(draft)))
        _point_django_at(conninfo.make_conninfo(owner, dbname=draft))
        call_command("migrate", verbosity=0)
        grant_all(connection, str(conninfo.conninfo_to_dict(app)["user"]))
        connection.close()
        server.execute(sql.SQL("ALTER DATABASE {} RENAME TO {}").format(sql.Identifier(draft), sql.Identifier(name)))
    return name


def _point_django_at(url: str) -> None:
    from django.conf import settings
    from django.db import connection

    from expertim.settings import _database

    connection.close()
    described = _database(url)
    connection.settings_dict.update(described)
    settings.DATABASES["default"].update(described)


def _audit(installation: Installation) -> None:
    """K6: whatever the tests did, the books are in order."""
    from expertim.meetings.audit import audit

    report = audit()
    assert not report.discrepancies, "\n".join(report.discrepancies)
    assert not (untold := list(_untold())), untold


def _untold() -> Iterator[str]:
    """Meetings whose timeline, folded, does not give the state that their row has."""
    from expertim.meetings.facts import By, Entry, Event, Payment, Progress, State
    from expertim.meetings.models import Meeting, TimelineEvent
    from tests.meetings.folding import fold

    told: dict[int, list[Entry]] = {}
    for line in TimelineEvent.objects.order_by("meeting", "sequence"):
        values = {name: datetime.fromisoformat(v) if name == "start" else v for name, v in line.values.items()}
        told.setdefault(line.meeting_id, []).append(
            Entry(event=Event(line.event), by=By(line.by), at=line.at, values=tuple(values.items()))
        )
    for meeting in Meeting.objects.all():
        folded = fold(told[meeting.pk], free=meeting.price == 0)
        alternative = (folded.alternative.start, folded.alternative.author) if folded.alternative else (None, None)
        says = (folded.state, folded.payment, folded.progress, folded.start, folded.approved_by, *alternative)
        stands = (
            State(meeting.state),
            Payment(meeting.payment),
            Progress(meeting.progress) if meeting.progress else None,
            meeting.starts_at,
            frozenset(map(By, meeting.approved_by)),
            meeting.alternative_at,
            meeting.alternative_by,
        )
        if says != stands:
            yield f"{meeting}: the timeline says {says}, the row {stands}"
