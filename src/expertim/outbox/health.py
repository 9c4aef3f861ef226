"""Whether somebody works: the newest heartbeat, and how long the oldest thing that could be done has waited."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from django.db import connection

from expertim.outbox.worker import sent_kinds

SILENT_SECONDS = 60
OVERDUE_SECONDS = 300


@dataclass(frozen=True, slots=True, kw_only=True)
class Health:
    """Seconds; None where no worker has ever beaten, or nothing waits."""

    beat_age: float | None
    oldest_due: float | None
    open_rows: int
    dead_rows: int
    paused: bool = False
    oldest_bell: float | None = None  # of what a room above finds due in its own tables, platform's clock

    @property
    def ready(self) -> bool:
        beats = self.beat_age is not None and self.beat_age <= SILENT_SECONDS
        waited = max(self.oldest_due or 0, self.oldest_bell or 0)
        return beats and not self.paused and waited <= OVERDUE_SECONDS


_overdue: list[Callable[[], float | None]] = []


def add_overdue(oldest: Callable[[], float | None]) -> None:
    """Register what says for how many seconds the oldest thing of a room has been due; None where nothing is."""
    _overdue.append(oldest)


# What failed waits for its next attempt by the machine's clock, and is late only from there on.
_HEALTH = """
SELECT (SELECT extract(epoch FROM clock_timestamp() - max(beat_at)) FROM outbox_heartbeat WHERE stopped_at IS NULL),
       (SELECT extract(epoch FROM max(CASE WHEN retry_at IS NULL THEN (SELECT platform_now()) - due_at
                                           ELSE clock_timestamp() - retry_at END))
          FROM outbox_row
         WHERE status IN ('waiting', 'leased') AND kind = ANY(%(kinds)s) AND due_at <= (SELECT platform_now())
           AND (retry_at IS NULL OR retry_at <= clock_timestamp())),
       (SELECT count(*) FROM outbox_row WHERE status IN ('waiting', 'leased') AND kind = ANY(%(kinds)s)
           AND due_at <= (SELECT platform_now())),
       (SELECT count(*) FROM outbox_row WHERE status = 'dead'),
       EXISTS (SELECT FROM outbox_pause)
"""


def health() -> Health:
    """In one statement of ours, and one of each room that was added."""
    with connection.cursor() as cursor:
        cursor.execute(_HEALTH, {"kinds": sent_kinds()})
        beat, oldest, open_rows, dead_rows, paused = cursor.fetchone()
    return Health(
        beat_age=float(beat) if beat is not None else None,
        oldest_due=float(oldest) if oldest is not None else None,
        open_rows=open_rows,
        dead_rows=dead_rows,
        paused=paused,
        oldest_bell=max((age for oldest in _overdue if (age := oldest()) is not None), default=None),
    )
