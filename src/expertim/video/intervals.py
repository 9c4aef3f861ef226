"""From sightings to times of presence: from when until when somebody was there, and for how long both. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

GAP = timedelta(seconds=60)  # not seen for longer: gone, although nobody said so

Interval = tuple[datetime, datetime]


def intervals(
    sightings: Iterable[tuple[str, datetime]], *, gap: timedelta = GAP, tells_leaving: bool = False
) -> tuple[Interval, ...]:
    """Sightings are (joined | present | left | ended, when) of one person; in order of time, whatever order they have.

    A room that was never left ends with the last sighting: more than that nobody has seen. `tells_leaving`: whoever
    was seen to leave was there until then, however long nothing was said meanwhile.
    """
    found: list[Interval] = []
    begun: datetime | None = None
    last: datetime | None = None
    for kind, at in sorted(sightings, key=lambda one: one[1]):
        said = tells_leaving and kind == "left"
        if begun is not None and last is not None and at - last > gap and not said:
            found.append((begun, last))
            begun = None
        if kind in ("left", "ended"):
            if begun is not None:
                found.append((begun, at))
            begun = None
        elif begun is None:
            begun = at
        last = at
    if begun is not None and last is not None:
        found.append((begun, last))
    return tuple(found)


def merged(spans: Iterable[Interval]) -> tuple[Interval, ...]:
    """The same times without overlaps, in order: what several have seen is not twice as long."""
    found: list[Interval] = []
    for begin, end in sorted(spans):
        if found and begin <= found[-1][1]:
            found[-1] = (found[-1][0], max(found[-1][1], end))
        else:
            found.append((begin, end))
    return tuple(found)


def together(one: Iterable[Interval], other: Iterable[Interval]) -> timedelta:
    """For how long both were there at the same time."""
    others = tuple(other)
    spans = (min(a[1], b[1]) - max(a[0], b[0]) for a in one for b in others)
    return sum((span for span in spans if span > timedelta(0)), timedelta(0))
