"""The platform's clock: the only door by which time enters the rules.

One row {shift, frozen_at} and the SQL function `platform_now()`. Sessions, leases, back-off and logs read the
machine's clock instead (`machine_now`).
"""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta

from django.conf import settings
from django.db import connection


class ClockRefused(Exception):
    """The clock cannot be moved that way; the text says why."""


def now() -> datetime:
    """The platform's time, in UTC. One trip: for places where no statement of theirs can carry it."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT platform_now()")
        moment: datetime = cursor.fetchone()[0]
    return moment.astimezone(UTC)


def advance(by: timedelta) -> datetime:
    """Move the clock forwards; answers the new time. Raises ClockRefused where it may not be moved."""
    _require_movable()
    if by < timedelta(0):
        raise ClockRefused("The clock can be moved forwards only.")
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO platform_clock (id, shift) VALUES (1, %s) ON CONFLICT (id) DO UPDATE SET"
            " shift = platform_clock.shift + excluded.shift,"
            " frozen_at = platform_clock.frozen_at + excluded.shift RETURNING platform_now()",
            [by],  # type: ignore[list-item]  # the stubs do not know that psycopg takes intervals
        )
    return now()


def move_to(moment: datetime) -> datetime:
    """Set the clock to a later moment; from there it ticks on. Raises ClockRefused for an earlier one."""
    _require_movable()
    distance = moment - now()
    if distance < timedelta(0):
        raise ClockRefused("The clock can be moved forwards only, and that moment has passed.")
    return advance(distance)


def begin_at(moment: datetime) -> None:
    """Start the clock of a fresh installation in the past: the demo's story, and nothing else, does this.

    It only inserts the clock's row, so it can be done once, before anything else has moved it.
    """
    _require_movable()
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO platform_clock (id, shift) VALUES (1, %s - clock_timestamp())"
            " ON CONFLICT DO NOTHING RETURNING id",
            [moment],
        )
        if cursor.fetchone() is None:
            raise ClockRefused("The clock of this installation has been started already.")


def machine_now() -> datetime:
    """The machine's time in UTC: for sessions, leases, back-off, heartbeat and logs; never for a rule."""
    return datetime.now(UTC)


def monotonic() -> float:
    """Seconds that only grow, for measuring how long something took."""
    return time.monotonic()


def _require_movable() -> None:
    if not settings.MOVABLE_CLOCK:
        raise ClockRefused("This installation's clock cannot be moved (EXPERTIM_MOVABLE_CLOCK is not set).")
