"""Quiet hours: when a person's night ends, by their own clock. Pure."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo


def quiet_until(*, at: datetime, zone: ZoneInfo, begins: time, ends: time) -> datetime | None:
    """The end of the quiet hours that `at` lies in; None where it lies in none.

    `begins` belongs to them, `ends` does not; over midnight where `ends` comes first. A moment, not a distance: in a
    night in which the clocks change, it ends when that person's clock says so.
    """
    local = at.astimezone(zone)
    now = local.time().replace(tzinfo=None)
    over_midnight = ends <= begins
    quiet = (now >= begins or now < ends) if over_midnight else begins <= now < ends
    if begins == ends or not quiet:
        return None
    day = local.date() + timedelta(days=1 if over_midnight and now >= begins else 0)
    until = datetime.combine(day, ends, tzinfo=zone).astimezone(UTC)
    # Where clocks go back, the end may lie before `at` by its first reading.
    return until if until > at else datetime.combine(day, ends, tzinfo=zone).replace(fold=1).astimezone(UTC)
