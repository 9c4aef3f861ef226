"""When an expert is free, from the hours they keep. Pure: the standard library only, time is an argument.

Hours are minutes of the day on the wall clock of the expert's zone. A moment is open if the wall clock then shows a
minute of that day's hours: so the hour that the clocks skip holds no moment at all, and the one they repeat holds
each minute twice. Everything after that is counted in UTC, where every hour is as long as the next.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import TypeAlias
from zoneinfo import ZoneInfo

DAY = 1440
LONGEST_BUFFER = 240
_SCAN = timedelta(hours=6)  # no zone changes its offset twice within that
_SPAN = re.compile(r"([0-9]{1,2})(?:[:.]([0-9]{2}))?\s*[-–—]\s*([0-9]{1,2})(?:[:.]([0-9]{2}))?")

Span: TypeAlias = tuple[int, int]  # minutes after midnight, the second not in it
Interval: TypeAlias = tuple[datetime, datetime]


@dataclass(frozen=True, slots=True, kw_only=True)
class Hours:
    """What an expert keeps: hours of each weekday, other hours of single days, holidays, and what goes around them."""

    zone: ZoneInfo
    weekly: tuple[tuple[Span, ...], ...] = ((),) * 7  # Monday first
    days: Mapping[date, tuple[Span, ...]] = field(default_factory=dict)  # instead of the weekday's; () is a day off
    holidays: tuple[tuple[date, date], ...] = ()  # first and last day, both within
    notice_minutes: int = 0
    buffer_minutes: int = 0  # before and after whatever else there is
    day_limit: int | None = None  # meetings that begin on one day of the expert's

    def spans(self, day: date) -> tuple[Span, ...]:
        """The hours of one day, in order and apart."""
        if any(first <= day <= last for first, last in self.holidays):
            return ()
        return merged(self.days[day] if day in self.days else self.weekly[day.weekday()])

    @property
    def kept(self) -> bool:
        return any(self.weekly) or any(self.days.values())


def free_starts(
    *,
    hours: Hours,
    length_minutes: int,
    now: datetime,
    begins: datetime,
    ends: datetime,
    busy: Iterable[Interval] = (),
    held: Iterable[datetime] = (),
) -> Iterator[datetime]:
    """The starts from `begins` until `ends` (UTC) at which a meeting of that length fits, soonest first.

    `busy` are whole minutes in UTC; `held` the starts of meetings that count against the day's limit.
    """
    length = timedelta(minutes=length_minutes)
    around = timedelta(minutes=hours.buffer_minutes)
    earliest = max(begins, now + max(timedelta(minutes=hours.notice_minutes), timedelta.resolution))
    full = _full_days(hours, held)
    pieces = tuple(_pieces(hours.zone, begins - timedelta(days=2), ends + length + timedelta(days=2)))
    opened = joined((opens, closes) for opens, closes, *_rest in _openings(hours, pieces))
    free = _without(opened, joined((b - around, e + around) for b, e in busy if b < e))
    firsts = [first for first, _last in free]
    step = timedelta(minutes=step_minutes(length_minutes))
    for opens, closes, day, grid in _openings(hours, pieces):
        if day in full or closes <= earliest or opens >= ends:
            continue
        start = grid - step * ((grid - max(opens, earliest)) // step)
        while start < min(closes, ends):
            at = bisect_right(firsts, start) - 1
            if at >= 0 and start + length <= free[at][1]:
                yield start
            start += step


def step_minutes(length_minutes: int) -> int:
    """How far apart starts are offered: half hours, quarters for what is shorter than that."""
    return 30 if length_minutes >= 30 else 15


def merged(spans: Iterable[Span]) -> tuple[Span, ...]:
    """The same minutes in order, none twice; what touches is one."""
    made: list[Span] = []
    for opens, closes in sorted(spans):
        if made and opens <= made[-1][1]:
            made[-1] = (made[-1][0], max(made[-1][1], closes))
        else:
            made.append((opens, closes))
    return tuple(made)


def read_spans(text: str) -> tuple[Span, ...]:
    """Hours as typed, such as "9:00-12:00, 13-17"; raises ValueError for anything else. An empty text is no hours."""
    made = []
    for part in filter(None, (part.strip() for part in re.split(r"[,;\n]", text))):
        match = _SPAN.fullmatch(part)
        if match is None:
            raise ValueError("unreadable")
        opens, closes = _minutes(match[1], match[2]), _minutes(match[3], match[4])
        if not opens < closes <= DAY:
            raise ValueError("backwards")
        made.append((opens, closes))
    return merged(made)


def spans_text(spans: Iterable[Span]) -> str:
    """Hours as one would type them; `read_spans` reads them back."""
    return ", ".join(
        f"{opens // 60}:{opens % 60:02d}-{closes // 60}:{closes % 60:02d}" for opens, closes in merged(spans)
    )


def joined(intervals: Iterable[Interval]) -> list[Interval]:
    """The same time in order, none twice; what touches is one."""
    made: list[Interval] = []
    for begins, ends in sorted(intervals):
        if made and begins <= made[-1][1]:
            made[-1] = (made[-1][0], max(made[-1][1], ends))
        else:
            made.append((begins, ends))
    return made


def overlapping(interval: Interval, others: Iterable[Interval]) -> bool:
    """Whether it shares time with one of them; touching ends do not."""
    return any(begins < interval[1] and ends > interval[0] for begins, ends in others)


def _minutes(hour: str, minute: str | None) -> int:
    if int(minute or 0) > 59:
        raise ValueError("unreadable")
    return int(hour) * 60 + int(minute or 0)


def _full_days(hours: Hours, held: Iterable[datetime]) -> set[date]:
    if hours.day_limit is None:
        return set()
    counted = Counter(start.astimezone(hours.zone).date() for start in held)
    return {day for day, count in counted.items() if count >= hours.day_limit}


def _pieces(zone: ZoneInfo, begins: datetime, ends: datetime) -> Iterator[tuple[datetime, datetime, timedelta]]:
    """The time between two moments, cut where the zone's offset changes: from, until, offset."""
    start, offset = begins, _offset(begins, zone)
    at = begins
    while at < ends:
        further = min(at + _SCAN, ends)
        if (later := _offset(further, zone)) != offset:
            change = _change(at, further, zone)
            yield start, change, offset
            start, offset = change, later
        at = further
    yield start, ends, offset


def _change(before: datetime, after: datetime, zone: ZoneInfo) -> datetime:
    """The first moment with the later offset; zones change on whole minutes."""
    offset = _offset(before, zone)
    low, high = int(before.timestamp()) // 60, -(-int(after.timestamp()) // 60)
    while high - low > 1:
        middle = (low + high) // 2
        if _offset(datetime.fromtimestamp(middle * 60, UTC), zone) == offset:
            low = middle
        else:
            high = middle
    return datetime.fromtimestamp(high * 60, UTC)


def _offset(moment: datetime, zone: ZoneInfo) -> timedelta:
    return moment.astimezone(zone).utcoffset() or timedelta(0)


def _openings(
    hours: Hours, pieces: Iterable[tuple[datetime, datetime, timedelta]]
) -> Iterator[tuple[datetime, datetime, date, datetime]]:
    """Open times in UTC, in order: from, until, the expert's day, and where that day's steps are counted from."""
    for begins, ends, offset in pieces:
        day, last = (begins + offset).date(), (ends + offset).date()
        while day <= last:
            midnight = datetime.combine(day, time(), UTC) - offset
            for opens, closes in hours.spans(day):
                grid = midnight + timedelta(minutes=opens)
                first, until = max(begins, grid), min(ends, midnight + timedelta(minutes=closes))
                if first < until:
                    yield first, until, day, grid
            day += timedelta(days=1)


def _without(opened: list[Interval], busy: list[Interval]) -> list[Interval]:
    """What remains of joined intervals without other joined ones."""
    made, rest = [], iter(busy)
    taken = next(rest, None)
    for begins, ends in opened:
        while taken and taken[1] <= begins:
            taken = next(rest, None)
        while taken and taken[0] < ends:
            if begins < taken[0]:
                made.append((begins, taken[0]))
            begins = taken[1]
            if begins >= ends:
                break
            taken = next(rest, None)
        if begins < ends:
            made.append((begins, ends))
    return made
