"""Sessions: Django's own rows and rules, read together with the person; and the sweep of those nobody comes back to."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore as DatabaseSessionStore
from django.db import connection

from expertim.foundation.clock import machine_now
from expertim.people.models import Person, PersonSession

_PERSON = [field.attname for field in Person._meta.concrete_fields]
_COLUMNS = ", ".join(f'p."{field.column}"' for field in Person._meta.concrete_fields)
_READ = f"""SELECT s.expire_date, s.session_data, {_COLUMNS}{{columns}}
    FROM django_session s LEFT JOIN people_person p ON p.id = s.person_id {{join}}
    WHERE s.session_key = %s AND s.expire_date > %s AND s.started_at > %s"""
_PROLONG = "UPDATE django_session SET expire_date = greatest(expire_date, %s) WHERE session_key = %s"
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
