"""The pause of all workers: after a restore nothing leaves the house until an operator says so.

A backup is older than the world around it. What it calls unsent may have been sent since, and what time would do
now may have been done already, in the installation that was lost. So a restore writes the pause's row in its own
transaction; workers stay alive, ring nothing and send nothing until the row is gone.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db import connection


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """Rows of the outbox that are due: to be sent on release, and too late already."""

    to_send: int
    too_late: int


def pause() -> None:
    """Have all workers rest from this transaction's end on. A second pause changes nothing."""
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO outbox_pause (id) VALUES (1) ON CONFLICT DO NOTHING")


def release() -> bool:
    """Let the workers work; False where they were not paused."""
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM outbox_pause")
        return bool(cursor.rowcount)


def paused_since() -> datetime | None:
    """Since when (machine's clock of the database) the workers are paused; None where they are not."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT paused_at FROM outbox_pause")
        row = cursor.fetchone()
    return row[0] if row else None


def waiting(*, kinds: list[str]) -> Waiting:
    """What a release would let go, of the kinds that somebody sends. Of notices some will prove stale by then."""
    with connection.cursor() as cursor:
        cursor.execute(
            "WITH clock AS MATERIALIZED (SELECT platform_now() AS at)"
            " SELECT count(*) FILTER (WHERE not_after IS NULL OR not_after > clock.at),"
            " count(*) FILTER (WHERE not_after <= clock.at) FROM outbox_row, clock"
            " WHERE status IN ('waiting', 'leased') AND kind = ANY (%s) AND due_at <= clock.at",
            [kinds],
        )
        to_send, too_late = cursor.fetchone()
    return Waiting(to_send=to_send, too_late=too_late)
