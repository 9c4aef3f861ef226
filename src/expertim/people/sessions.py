"""Sessions: Django's own rows and rules, read together with the person; and the sweep of those nobody comes back to."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.contrib.auth import HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore as DatabaseSessionStore
from django.db import connection
from django.utils.crypto import constant_time_compare

from expertim.foundation.clock import machine_now
from expertim.people.models import Person, PersonSession

_PERSON = [field.attname for field in Person._meta.concrete_fields]
_COLUMNS = ", ".join(f'p."{field.column}"' for field in Person._meta.concrete_fields)
_READ = f"""SELECT s.expire_date, s.session_data, {_COLUMNS}{{columns}}
    FROM django_session s LEFT JOIN people_person p ON p.id = s.person_id {{join}}
    WHERE s.session_key = %s AND s.expire_date > %s AND s.started_at > %s"""
_PROLONG = "UPDATE django_session SET expire_date = greatest(expire_date, %s) WHERE session_key = %s"
BROWSER = "browser"  # in a session's content: what the browser called itself when it signed in
STEP = timedelta(minutes=15)  # a session in use is written this often at most


class SessionStore(DatabaseSessionStore):
    """Django's session in the database; one statement brings its person too, and what a page needs of them.

    `along`: a SELECT that gives one row about the person `p` (at most), handed in by who knows more than this room.
    The column person_id only says whom to read; who is signed in, the session's own signed content decides.
    A session ends when nothing was done for SESSION_IDLE_AGE, and SESSION_COOKIE_AGE after the signing in: that makes
    a new row, whose start the database notes. `prolong`: whether this request counts as something done.
    """

    def __init__(self, session_key: str | None = None, *, along: str = "", prolong: bool = True) -> None:
        super().__init__(session_key)
        self._prolong = prolong
        self._statement = _READ.format(
            columns=", h.*" if along else "", join=f"LEFT JOIN LATERAL ({along}) h ON true" if along else ""
        )
        self.person: Person | None = None  # as read with the session, not yet vouched for
        self.along: tuple[Any, ...] | None = None  # the row of `along`, None where there is none

    @classmethod
    def get_model_class(cls) -> type[PersonSession]:
        return PersonSession

    def load(self) -> dict[str, Any]:
        row = None
        if self.session_key and "\x00" not in self.session_key:
            now = machine_now()
            with connection.cursor() as cursor:
                cursor.execute(self._statement, [self.session_key, now, now - _longest()])
                row = cursor.fetchone()
                if row and self._prolong and row[0] < now + _idle() - STEP:
                    cursor.execute(_PROLONG, [now + _idle(), self.session_key])
        if row is None:
            self._session_key = None  # as Django does: a key that nobody gave out is never taken over
            return {}
        _expires, session, *more = row
        person, along = more[: len(_PERSON)], tuple(more[len(_PERSON) :])
        if person[0] is not None:
            self.person = Person.from_db(connection.alias, _PERSON, person)
            self.along = along if along and along[0] is not None else None
        decoded: dict[str, Any] = self.decode(session)
        return decoded

    def create_model_instance(self, data: dict[str, Any]) -> PersonSession:
        made = super().create_model_instance(data)
        assert isinstance(made, PersonSession)
        made.person_id = data.get(SESSION_KEY)
        made.expire_date = min(made.expire_date, machine_now() + _idle())
        return made

    def flush(self) -> None:
        self.person = self.along = None
        super().flush()


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionRow:
    """A session as its person may see it; moments by the machine's clock. `name` is no key: it opens nothing."""

    name: str
    browser: str  # what the browser called itself when it signed in
    started_at: datetime
    used_at: datetime  # to a quarter of an hour: it is written that often at most
    here: bool


def sessions_of(person: Person, *, here: str | None) -> tuple[SessionRow, ...]:
    """Those in force, the one with the key `here` first, then the last used."""
    now = machine_now()
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT session_key, session_data, started_at, expire_date FROM django_session"
            " WHERE person_id = %s AND expire_date > %s AND started_at > %s ORDER BY expire_date DESC LIMIT 100",
            [person.pk, now, now - _longest()],
        )
        rows = cursor.fetchall()
    proof = person.get_session_auth_hash()
    found = [
        SessionRow(
            name=name_of(key),
            browser=str(session.get(BROWSER, "")),
            started_at=started,
            used_at=min(now, max(started, ends - _idle())),
            here=key == here,
        )
        for key, content, started, ends in rows
        # one from before the password was changed is believed no more
        if constant_time_compare((session := SessionStore().decode(content)).get(HASH_SESSION_KEY, ""), proof)
    ]
    return tuple(sorted(found, key=lambda row: not row.here))


def name_of(key: str) -> str:
    """What a session is called in a form: whoever reads the page later must not find its key there."""
    return hashlib.sha256(b"name of a session:" + key.encode()).hexdigest()[:32]


def end_sessions(*, person: Person, but: str | None = None, name: str | None = None) -> int:
    """Sign a person out everywhere, but where the key is `but`; with `name`, there alone. Answers how many ended."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT session_key FROM django_session WHERE person_id = %s", [person.pk])
        ended = [key for (key,) in cursor.fetchall() if key != but and name in (None, name_of(key))]
        cursor.execute("DELETE FROM django_session WHERE session_key = ANY(%s)", [ended])
        return int(cursor.rowcount)


def _idle() -> timedelta:
    return timedelta(seconds=settings.SESSION_IDLE_AGE)


def _longest() -> timedelta:
    return timedelta(seconds=settings.SESSION_COOKIE_AGE)


def sweep(limit: int) -> int:
    """Drop at most `limit` expired sessions; answers how many. Expiry follows the machine's clock."""
    with connection.cursor() as cursor:
        cursor.execute(
            "DELETE FROM django_session WHERE session_key IN (SELECT session_key FROM django_session"
            " WHERE expire_date < clock_timestamp() LIMIT %s FOR UPDATE SKIP LOCKED)",
            [limit],
        )
        return int(cursor.rowcount)
