"""Moments in a person's own zone and format: the only place where an instant becomes words."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from typing import TypeAlias
from zoneinfo import ZoneInfo

from django.utils import translation
from django.utils.translation import gettext as _

from expertim.foundation.numbers import locale_of

DATE_FORMATS = ("DD.MM.YYYY HH:MM", "MM/DD/YYYY HH:MM", "YYYY-MM-DD HH:MM")
_STRFTIME = {
    "DD.MM.YYYY HH:MM": ("%d.%m.%Y", "%H:%M"),
    "MM/DD/YYYY HH:MM": ("%m/%d/%Y", "%H:%M"),
    "YYYY-MM-DD HH:MM": ("%Y-%m-%d", "%H:%M"),
}


Day: TypeAlias = date  # a name that no method of the clock has


class NoSuchTime(ValueError):
    """The clocks skip that local time."""


class TwiceThatTime(ValueError):
    """The clocks show that local time twice; `instants` are the two moments, the earlier first."""

    def __init__(self, instants: tuple[datetime, datetime]) -> None:
        super().__init__("ambiguous local time")
        self.instants = instants


@dataclass(frozen=True, slots=True, kw_only=True)
class Clock:
    """One person's way of reading time."""

    zone: ZoneInfo
    date_format: str

    @classmethod
    def of(cls, *, time_zone: str, date_format: str) -> Clock:
        return cls(zone=ZoneInfo(time_zone), date_format=date_format)

    @property
    def zone_name(self) -> str:
        """The city a person knows the zone by: Europe/Prague -> Prague."""
        return city_of(self.zone.key)

    @property
    def zone_key(self) -> str:
        return self.zone.key

    def local(self, moment: datetime) -> datetime:
        return moment.astimezone(self.zone)

    def date(self, moment: datetime) -> str:
        return self.local(moment).strftime(_STRFTIME[self.date_format][0])

    def time(self, moment: datetime) -> str:
        """HH:MM; within a few hours of a clock change with the offset, because the hour alone is not enough."""
        local = self.local(moment)
        shown = local.strftime(_STRFTIME[self.date_format][1])
        if self.shifts_near(moment):
            offset = local.strftime("%z")
            return f"{shown} (UTC{offset[:3]}:{offset[3:]})"
        return shown

    def weekday(self, moment: datetime) -> str:
        return _weekday_names_in(translation.get_language())[self.local(moment).weekday()]

    def moment(self, moment: datetime) -> str:
        """Tue 16.03.2027 10:00"""
        return f"{self.weekday(moment)} {self.date(moment)} {self.time(moment)}"

    def midnight(self, day: Day) -> datetime:
        """The moment at which one of the person's days begins, in UTC."""
        return datetime.combine(day, time(), self.zone).astimezone(UTC)

    def day(self, day: Day) -> str:
        """Tue 16.03.2027, of a whole day."""
        noon = datetime.combine(day, time(12), self.zone).astimezone(UTC)
        return f"{self.weekday(noon)} {self.date(noon)}"

    def typed(self, moment: datetime) -> tuple[str, str]:
        """Date and time as the person would type them."""
        local = self.local(moment)
        date, time = _STRFTIME[self.date_format]
        return local.strftime(date), local.strftime(time)

    def instant(self, date: str, time: str, *, fold: int | None = None) -> datetime:
        """The UTC moment of a typed local date and time.

        Raises NoSuchTime in the hour that clocks skip, TwiceThatTime in the one they repeat unless `fold` says
        which of the two, ValueError for anything that is not a date and a time in this person's format.
        """
        patterns = [_STRFTIME[self.date_format][0], "%Y-%m-%d"]  # a date input of the browser sends the second
        for pattern in patterns:
            try:
                naive = datetime.strptime(f"{date.strip()} {time.strip()}", f"{pattern} %H:%M")  # noqa: DTZ007
                break
            except ValueError:
                continue
        else:
            raise ValueError("not a date and a time")
        if not 1971 <= naive.year <= 9000:  # beyond these a zone's arithmetic overflows
            raise ValueError("out of range")
        first = naive.replace(tzinfo=self.zone, fold=0).astimezone(UTC)
        second = naive.replace(tzinfo=self.zone, fold=1).astimezone(UTC)
        if first == second:
            return first
        if first.astimezone(self.zone).replace(tzinfo=None) != naive:
            raise NoSuchTime("the clocks skip that time")
        if fold is None:
            raise TwiceThatTime((first, second))
        return second if fold else first

    def shifts_near(self, moment: datetime) -> bool:
        """Whether the clocks change within a few hours of a moment."""
        near = timedelta(hours=3)
        return self.local(moment - near).utcoffset() != self.local(moment + near).utcoffset()


def city_of(zone: str) -> str:
    """Europe/Prague -> Prague, in German Prag; America/New_York -> New York."""
    return _city_in(translation.get_language(), zone)


@cache
def _city_in(language: str | None, zone: str) -> str:
    named = locale_of(language).time_zones.get(zone, {}).get("city") if language and language != "en" else None
    return str(named or zone.rsplit("/", 1)[-1].replace("_", " "))


def weekday_names() -> tuple[str, ...]:
    """Short names of the days, Monday first, in the language in force."""
    return (_("Mon"), _("Tue"), _("Wed"), _("Thu"), _("Fri"), _("Sat"), _("Sun"))


@cache  # a list shows dozens of days: seven look-ups for each were half of all that a page looked up
def _weekday_names_in(_language: str | None) -> tuple[str, ...]:
    return weekday_names()
