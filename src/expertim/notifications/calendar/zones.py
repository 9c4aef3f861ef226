"""VTIMEZONE (RFC 5545, 3.6.5) from the zone's own changes of clocks, for the years that a file speaks of.

With yearly rules, because Outlook and Exchange know rules and no lists of dates. A zone that changes its clocks
otherwise (Morocco's follow the moon, some follow new laws) has none: its events are written in UTC.
"""

from __future__ import annotations

from calendar import monthrange
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from icalendar import Timezone, TimezoneDaylight, TimezoneStandard

_DAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
_MINUTE = timedelta(minutes=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One change of clocks: when by the clock that ends, from which offset to which."""

    at: datetime
    before: timedelta
    after: timedelta
    name: str

    @property
    def rule(self) -> tuple[int, str, int, int, timedelta, timedelta]:
        """What repeats each year: month, "-1SU", hour and minute, both offsets."""
        last = self.at.day + 7 > monthrange(self.at.year, self.at.month)[1]
        week = -1 if last else (self.at.day - 1) // 7 + 1
        day = f"{week}{_DAYS[self.at.weekday()]}"
        return self.at.month, day, self.at.hour, self.at.minute, self.before, self.after


@lru_cache(maxsize=256)
def vtimezone(name: str, first_year: int, last_year: int) -> Timezone | None:
    """The component for these years, the last included; None where no yearly rules say the truth about all of them.

    Do not change what comes back: it is kept.
    """
    zone = ZoneInfo(name)
    years = [_changes(zone, year) for year in range(first_year - 1, last_year + 1)]
    if not any(years):
        return _component(name, [_fixed(zone, first_year - 1)])
    rules = {tuple(change.rule for change in year) for year in years}
    if len(rules) == 1 and len(years[0]) == 2:
        return _component(name, [_observance(change, repeats=True) for change in years[0]])
    return None


def _component(name: str, observances: list[TimezoneStandard | TimezoneDaylight]) -> Timezone:
    component = Timezone()
    component.add("tzid", name)
    for observance in observances:
        component.add_component(observance)
    return component


def _observance(change: Change, *, repeats: bool) -> TimezoneStandard | TimezoneDaylight:
    # By what it does, not by what the zone calls it: Ireland's winter time is the odd one by law.
    made = TimezoneDaylight() if change.after > change.before else TimezoneStandard()
    made.add("dtstart", change.at)
    made.add("tzoffsetfrom", change.before)
    made.add("tzoffsetto", change.after)
    made.add("tzname", change.name)
    if repeats:
        month, day, *_same = change.rule
        made.add("rrule", {"freq": "yearly", "bymonth": month, "byday": day})
    return made


def _fixed(zone: ZoneInfo, year: int) -> TimezoneStandard | TimezoneDaylight:
    """A zone whose clocks nobody changes."""
    at = datetime(year, 1, 1, tzinfo=zone)
    offset = at.utcoffset() or timedelta(0)
    same = Change(at=at.replace(tzinfo=None), before=offset, after=offset, name=at.tzname() or zone.key)
    return _observance(same, repeats=False)


def _changes(zone: ZoneInfo, year: int) -> tuple[Change, ...]:
    """The changes of clocks in one year, in order."""
    found = []
    day = datetime(year, 1, 1, tzinfo=UTC)
    while day.year == year:
        following = day + timedelta(days=1)
        if _offset(zone, day) != _offset(zone, following):
            found.append(_change(zone, day, following))
        day = following
    return tuple(found)


def _change(zone: ZoneInfo, earlier: datetime, later: datetime) -> Change:
    """The minute of a change that lies between two moments."""
    before = _offset(zone, earlier)
    while later - earlier > _MINUTE:
        middle = earlier + (later - earlier) // _MINUTE // 2 * _MINUTE
        if _offset(zone, middle) == before:
            earlier = middle
        else:
            later = middle
    after = later.astimezone(zone)
    return Change(
        at=(later + before).replace(tzinfo=None),
        before=before,
        after=_offset(zone, later),
        name=after.tzname() or zone.key,
    )


def _offset(zone: ZoneInfo, moment: datetime) -> timedelta:
    return moment.astimezone(zone).utcoffset() or timedelta(0)
