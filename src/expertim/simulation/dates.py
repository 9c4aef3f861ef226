"""The moments that people choose for their meetings, and those that mean something to a meeting."""

from __future__ import annotations

from datetime import UTC, timedelta
from random import Random
from zoneinfo import ZoneInfo

from expertim.simulation.asks import microseconds, moment
from expertim.simulation.coverage import CHANGES
from expertim.simulation.model.time import settles_at
from expertim.simulation.model.world import Life, end_of
from expertim.simulation.scheduler import DAY, HOUR, MINUTE, SECOND

_PRAGUE = ZoneInfo("Europe/Prague")


def some_start(rng: Random, now: int) -> int:
    """A start that people choose: full hours mostly, now and then the night in which the clocks change."""
    away = rng.choice((40 * MINUTE, 22 * HOUR, 25 * HOUR, 47 * HOUR, 50 * HOUR, 3 * DAY, 4 * DAY, 9 * DAY))
    at = moment(now + away + rng.randrange(HOUR)).astimezone(_PRAGUE)
    shape = rng.random()
    if shape < 0.05:
        at = at.replace(minute=rng.randrange(60))
    elif shape < 0.3:
        at = at.replace(minute=rng.choice((15, 30, 45)))
    elif shape < 0.4:  # the night after
        at = (at + timedelta(days=1)).replace(hour=rng.choice((0, 1, 3, 4)), minute=30)
    elif shape < 0.5:  # the last evening of its month
        at = (at.replace(day=28) + timedelta(days=4)).replace(day=1, hour=0, minute=0) - timedelta(minutes=30)
    else:
        at = at.replace(minute=0)
    return microseconds(at.replace(second=0, microsecond=0).astimezone(UTC))


def another_start(rng: Random, life: Life, now: int) -> int:
    """Where a meeting is moved to: often to the other side of a change of clocks that is ahead."""
    ahead = [change * SECOND for change in CHANGES if now + 2 * HOUR < change * SECOND < now + 45 * DAY]
    if not ahead or rng.random() < 0.4:
        return some_start(rng, now)
    [change] = ahead
    beside = rng.choice((30 * MINUTE, HOUR, 9 * HOUR, 33 * HOUR))
    return change - beside if life["start"] >= change and change - beside > now else change + beside


def moments(life: Life) -> list[int]:
    """Every moment that means something to this meeting."""
    policy, start, end = life["policy"], life["start"], end_of(life)
    found = {
        start,
        end,
        start - policy["free"] * HOUR,
        start - policy["reminder"] * HOUR,
        start - policy["link"] * MINUTE,
        start - policy["opens"] * MINUTE,
        start + 2 * MINUTE,
        end + policy["closes"] * MINUTE,
        end + policy["evaluation"] * HOUR,
        settles_at(life),
    }
    if life["alternative"]:
        found.add(life["alternative"][0])
    return sorted(found)
