"""Failing at an exact place: before or after the n-th statement, at COMMIT, or at the n-th row the server writes."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import Any

from django.db import OperationalError, connection

from tests.conftest import Installation


class Lost(OperationalError):
    """The connection is gone; whether the server did what it was asked is not known."""


@dataclass(kw_only=True)
class Wire:
    """A connection that breaks at one place, or whose process dies there. `steps`: the places passed, in order."""

    break_at: int | None = None
    kill: bool = False
    steps: list[str] = field(default_factory=list)
    broke: str = ""

    def _pass(self, place: str) -> None:
        self.steps.append(place)
        if len(self.steps) == self.break_at:
            self.broke = place
            if self.kill:
                os.kill(os.getpid(), signal.SIGKILL)
            with suppress(Exception):
                connection.connection.close()  # the server notices, and rolls back what is open
            raise Lost(place)

    def execute(self, run: Callable[..., Any], statement: Any, *rest: Any) -> Any:
        what = "commit" if statement.endswith("COMMIT") else "a statement"  # the last of an exchange is both
        self._pass(f"before {what}")
        answer = run(statement, *rest)
        self._pass(f"after {what}")
        return answer

    @contextmanager
    def open(self) -> Iterator[None]:
        commit = connection.commit

        def committing() -> None:
            self._pass("before commit")
            commit()
            self._pass("after commit")

        connection.ensure_connection()
        connection.commit = committing  # type: ignore[method-assign]
        try:
            with connection.execute_wrapper(self.execute):
                yield
        finally:
            del connection.commit
            if self.broke:
                connection.close()


# A row written anywhere, also deep within our SQL functions, counts; the n-th fails. Custom settings are a session's,
# their local values end with the transaction, and a sequence remembers through a rollback that it has happened.
_TRIPWIRE = """
CREATE SEQUENCE lane_fired;
CREATE FUNCTION lane_trip() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$
DECLARE
    fail_at int := coalesce(nullif(current_setting('lane.fail_at', true), ''), '0')::int;
    n int := coalesce(nullif(current_setting('lane.written', true), ''), '0')::int + 1;
    fired boolean;
BEGIN
    IF fail_at > 0 THEN
        PERFORM set_config('lane.written', n::text, true);
        IF n = fail_at THEN
            SELECT is_called INTO fired FROM lane_fired;
            IF current_setting('lane.state') = 'XX000' OR NOT fired THEN
                PERFORM nextval('lane_fired');
                RAISE EXCEPTION 'the lane fails at row %', n USING ERRCODE = current_setting('lane.state');
            END IF;
        END IF;
    END IF;
    RETURN coalesce(new, old);
END $$;
DO $$
DECLARE
    t text;
BEGIN
    FOR t IN SELECT tablename FROM pg_tables WHERE schemaname = 'public' LOOP
        EXECUTE format('CREATE TRIGGER aa_lane BEFORE INSERT OR UPDATE OR DELETE ON %I
                        FOR EACH ROW EXECUTE FUNCTION lane_trip()', t);
    END LOOP;
END $$"""


def lay_tripwire(at: Installation) -> None:
    at.owner.execute(_TRIPWIRE)


@contextmanager
def failing_row(at: Installation, number: int, *, state: str) -> Iterator[Callable[[], bool]]:
    """The server refuses the n-th row with this SQLSTATE, one that asks for a repetition only once. Yields: did it?"""
    at.owner.execute("ALTER SEQUENCE lane_fired RESTART")
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('lane.fail_at', %s, false), set_config('lane.state', %s, false)",
                       [str(number), state])  # fmt: skip

    def fired() -> bool:
        [called] = at.owner.execute("SELECT is_called FROM lane_fired").fetchone()  # type: ignore[misc]
        return bool(called)

    try:
        yield fired
    finally:
        connection.close()
