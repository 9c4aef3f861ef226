"""Free times as a list by day, a week at a time, on the reader's clock and the other's."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import groupby

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from expertim.meetings.forms_dates import OTHER
from expertim.meetings.free import Free, FreeStart
from expertim.meetings.queries import Who
from expertim.people.formats import Clock


@dataclass(frozen=True, slots=True, kw_only=True)
class StartShown:
    """One radio button."""

    value: str
    words: str
    theirs: str  # the same moment on the other's clock, where that shows another time
    note: str
    whole: str  # day and time together, for whoever hears the button alone
    chosen: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class DayOfStarts:
    heading: str
    count: str
    starts: tuple[StartShown, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class FreeShown:
    """One week; the addresses of the weeks beside it are empty where there is none to offer."""

    week: str
    monday: str
    days: tuple[DayOfStarts, ...]
    lost: StartShown | None  # what was chosen and is not among them
    other: bool  # another time was chosen
    first: str  # where this week has nothing: the first free time of all
    earlier: str
    later: str
    next: str  # the address of the week of the first free time


def free_shown(
    free: Free, *, clock: Clock, other: Who, week: str, chosen: str, address: Callable[[str], str]
) -> FreeShown:
    """The week asked for (a Monday's ISO date), else that of the first free time."""
    this_week, last_week = _monday(free.now, clock), _monday(free.until, clock)
    monday = _asked(week, _moment_of(chosen), clock)
    first = None
    if monday is None:
        first = free.first()
        monday = _monday(first, clock) if first else this_week
    monday = min(max(monday, this_week), last_week)
    begins, ends = (clock.midnight(day) for day in (monday, monday + timedelta(days=7)))
    starts = free.between(begins, ends)
    if not starts and first is None:
        first = free.first()
    values = {start.start.isoformat() for start in starts}
    missed = _moment_of(chosen) if chosen and chosen != OTHER and chosen not in values else None
    return FreeShown(
        week=_("{first} until {last}").format(first=clock.day(monday), last=clock.day(monday + timedelta(days=6))),
        monday=monday.isoformat(),
        days=tuple(
            _day(tuple(some), clock, other, chosen)
            for _on, some in groupby(starts, key=lambda start: clock.local(start.start).date())
        ),
        lost=_start(_bare(missed), clock, other, chosen) if missed else None,
        other=chosen == OTHER,
        first=clock.moment(first) if first and not starts else "",
        next=address(_monday(first, clock).isoformat()) if first and not starts else "",
        earlier=address((monday - timedelta(days=7)).isoformat()) if monday > this_week else "",
        later=address((monday + timedelta(days=7)).isoformat()) if monday < last_week else "",
    )


def _asked(week: str, chosen: datetime | None, clock: Clock) -> date | None:
    try:
        asked = date.fromisoformat(week)
    except ValueError:
        return _monday(chosen, clock) if chosen else None
    return asked - timedelta(days=asked.weekday()) if 1971 <= asked.year <= 9000 else None


def _moment_of(chosen: str) -> datetime | None:
    try:
        moment = datetime.fromisoformat(chosen)
    except ValueError:
        return None
    return moment if moment.tzinfo and 1971 <= moment.year <= 9000 else None


def _bare(start: datetime) -> FreeStart:
    return FreeStart(start=start, asked_for=False, mine_agreed=False, mine_waiting=False)


def _monday(moment: datetime, clock: Clock) -> date:
    day = clock.local(moment).date()
    return day - timedelta(days=day.weekday())


def _day(some: tuple[FreeStart, ...], clock: Clock, other: Who, chosen: str) -> DayOfStarts:
    return DayOfStarts(
        heading=clock.day(clock.local(some[0].start).date()),
        count=ngettext("{count} free time", "{count} free times", len(some)).format(count=len(some)),
        starts=tuple(_start(start, clock, other, chosen) for start in some),
    )


def _start(start: FreeStart, clock: Clock, other: Who, chosen: str) -> StartShown:
    theirs = Clock.of(time_zone=other.time_zone, date_format=clock.date_format)
    there, same_day = theirs.local(start.start), theirs.date(start.start) == clock.date(start.start)
    differs = there.utcoffset() != clock.local(start.start).utcoffset()
    told = theirs.time(start.start) if same_day else theirs.moment(start.start)
    return StartShown(
        value=start.start.isoformat(),
        words=clock.time(start.start),
        theirs=_("for {name} {time} ({zone})").format(name=other.name, time=told, zone=theirs.zone_name)
        if differs
        else "",
        note=_note(start),
        whole=clock.moment(start.start),
        chosen=start.start.isoformat() == chosen,
    )


def _note(start: FreeStart) -> str:
    if start.mine_agreed:
        return _("you have a meeting then")
    if start.mine_waiting:
        return _("another date of yours is waiting then")
    return _("asked for, not agreed yet") if start.asked_for else ""
