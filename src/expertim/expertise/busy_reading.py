"""When a calendar file says busy. Run as a program of its own: what strangers' servers send is read apart from us.

On its input a line of JSON (zone, begins, ends, ours; moments in minutes of the epoch), then the file. On its output
JSON: merged intervals in whole minutes, or a code of trouble. Time and memory of the process are limited, so that no
rule of recurrence and no size of file costs more than that; it has no database, no secrets and no network to ask.

RFC 5545: an event without TRANSP is opaque, a DATE is the whole day, a floating time is on the reader's own clock.
"""

from __future__ import annotations

import json
import resource
import sys
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from typing import Any
from zoneinfo import ZoneInfo

from dateutil.rrule import rrulestr
from icalendar import Calendar

from expertim.expertise.free_times import Interval, joined

CPU_SECONDS = 20
MEMORY_BYTES = 1_000_000_000
MOST_EVENTS = 20_000
MOST_INTERVALS = 20_000
MINUTE = timedelta(minutes=1)
_TOO_OFTEN = ("SECONDLY", "MINUTELY")  # nobody meets that often; a day of it is busy without them
_FREE = {"FREE"}


class Trouble(Exception):
    """The file cannot be read; the text is a code."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What is asked of a file: whose clock floating times are on, from when until when, which host's events not."""

    zone: ZoneInfo
    begins: datetime
    ends: datetime
    ours: str = ""


def busy(content: bytes, asked: Asked) -> list[Interval]:
    """The busy times of a file between two moments (UTC), joined; raises Trouble."""
    text = _text(content)
    if "BEGIN:VCALENDAR" not in text.upper():
        raise Trouble("not_a_calendar")
    if text.upper().count("BEGIN:V") > MOST_EVENTS:
        raise Trouble("too_much")
    try:
        calendars = Calendar.from_ical(text, multiple=True)
    except (ValueError, IndexError, KeyError, TypeError):
        raise Trouble("unreadable") from None
    found: list[Interval] = []
    for calendar in calendars:
        for interval in _of_calendar(calendar, asked):
            if interval[0] < asked.ends and interval[1] > asked.begins and interval[0] < interval[1]:
                found.append(interval)
            if len(found) > 10 * MOST_INTERVALS:
                raise Trouble("too_much")
    made = joined(found)
    if len(made) > MOST_INTERVALS:
        raise Trouble("too_much")
    return made


def _text(content: bytes) -> str:
    """UTF-8 as the standard has it, UTF-16 where it says so; a byte that is neither spoils its own line only."""
    if content[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return content.decode("utf-16", errors="replace").replace("\0", "")
    return content.decode("utf-8-sig", errors="replace").replace("\0", "")


def _of_calendar(calendar: Any, asked: Asked) -> Iterator[Interval]:
    zone: tzinfo = asked.zone
    events = [event for event in calendar.walk("VEVENT") if not _ours(event, asked.ours)]
    replaced: dict[str, set[datetime]] = {}
    for event in events:
        if (original := _value(event, "RECURRENCE-ID")) is not None:
            replaced.setdefault(str(event.get("UID", "")), set()).add(_moment(original, zone))
    for event in events:
        try:
            yield from _of_event(event, zone, asked, replaced.get(str(event.get("UID", "")), set()))
        except (ValueError, TypeError, AttributeError, OverflowError, KeyError):
            continue  # one event that means nothing does not spoil the others
    for component in calendar.walk("VFREEBUSY"):
        yield from _of_freebusy(component, zone)


def _of_event(event: Any, zone: tzinfo, asked: Asked, replaced: set[datetime]) -> Iterator[Interval]:
    if _is_free(event):
        return
    start = _value(event, "DTSTART")
    if start is None:
        return
    ends = _ends_of(event, start, zone)
    single = _value(event, "RECURRENCE-ID") is not None
    for begin in (start,) if single or not _recurs(event) else _recurrences(event, start, zone, asked):
        moment = _moment(begin, zone)
        if single or moment not in replaced:
            yield _rounded(moment, ends(begin))


def _is_free(event: Any) -> bool:
    return (
        str(event.get("TRANSP", "")).upper() == "TRANSPARENT"
        or str(event.get("STATUS", "")).upper() == "CANCELLED"
        or str(event.get("X-MICROSOFT-CDO-BUSYSTATUS", "")).upper() == "FREE"
    )


def _recurs(event: Any) -> bool:
    return any(event.get(name) is not None for name in ("RRULE", "RDATE"))


def _recurrences(event: Any, start: date, zone: tzinfo, asked: Asked) -> Iterator[date]:
    """The starts of an event that may still matter: counted on its own wall clock, as the standard says."""
    whole_days = not isinstance(start, datetime)
    own = start.tzinfo or zone if isinstance(start, datetime) else zone
    wall = _wall(start, own)
    longest = _ends_of(event, start, zone)(start) - _moment(start, zone)
    first = _wall(asked.begins - longest - timedelta(days=1), own)
    last = _wall(asked.ends + timedelta(days=1), own)
    dropped = {_wall(one, own) for one in _dates(event, "EXDATE")}
    walls = {wall} | {_wall(one, own) for one in _dates(event, "RDATE")}
    for rule in _several(event, "RRULE"):
        walls |= set(_ruled(rule, wall, own, first, last))
    for one in sorted(walls - dropped):
        if first <= one <= last:
            yield one.date() if whole_days else one.replace(tzinfo=own)


def _ruled(rule: Any, wall: datetime, own: tzinfo, first: datetime, last: datetime) -> Iterable[datetime]:
    if str((rule.get("FREQ") or [""])[0]).upper() in _TOO_OFTEN:
        raise ValueError("too often")
    rule = rule.copy()
    if until := rule.get("UNTIL"):
        end = until[0]
        rule["UNTIL"] = [_wall(end, own) if isinstance(end, datetime) else datetime.combine(end, time(23, 59, 59))]
    text = rule.to_ical().decode()
    for found, one in enumerate(rrulestr(text, dtstart=wall, ignoretz=True).xafter(first, inc=True)):
        if one > last:
            return
        if found > MOST_INTERVALS:
            raise Trouble("too_much")
        yield one


def _ends_of(event: Any, start: date, zone: tzinfo) -> Callable[[date], datetime]:
    """When it ends, by when it begins: days and hours of a repeated event are as long as the first one's."""
    end, length = _value(event, "DTEND"), _value(event, "DURATION")
    if isinstance(start, datetime):
        if end is not None:
            length = _moment(end, zone) - _moment(start, zone)
        elapsed = length if isinstance(length, timedelta) else timedelta(0)
        return lambda begin: _moment(begin, zone) + elapsed
    days = timedelta(days=1)
    if end is not None:
        days = (end.date() if isinstance(end, datetime) else end) - start
    elif isinstance(length, timedelta):
        days = length
    return lambda begin: _moment(begin + max(days, timedelta(0)), zone)


def _of_freebusy(component: Any, zone: tzinfo) -> Iterator[Interval]:
    for period in _several(component, "FREEBUSY"):
        if str(getattr(period, "params", {}).get("FBTYPE", "BUSY")).upper() in _FREE:
            continue
        try:
            yield _rounded(_moment(period.start, zone), _moment(period.end, zone))
        except (ValueError, TypeError, AttributeError, OverflowError):
            continue


def _several(component: Any, name: str) -> list[Any]:
    given = component.get(name)
    return given if isinstance(given, list) else [] if given is None else [given]


def _dates(event: Any, name: str) -> Iterator[date]:
    for some in _several(event, name):
        for one in getattr(some, "dts", ()):
            value = one.dt
            yield value[0] if isinstance(value, tuple) else value  # a period begins an event too


def _value(event: Any, name: str) -> Any:
    """A date, a moment or a length; None where there is none, or what stands there is none."""
    given = event.get(name)
    given = given[0] if isinstance(given, list) else given
    return getattr(given, "dt", getattr(given, "td", None)) if given is not None else None


def _wall(value: date, own: tzinfo) -> datetime:
    """What the event's own wall clock shows."""
    if not isinstance(value, datetime):
        return datetime.combine(value, time())
    return (value.astimezone(own) if value.tzinfo else value).replace(tzinfo=None)


def _moment(value: date, zone: tzinfo) -> datetime:
    """In UTC; whole days and floating times by the reader's clock."""
    if not isinstance(value, datetime):
        value = datetime.combine(value, time())
    return (value if value.tzinfo else value.replace(tzinfo=zone)).astimezone(UTC)


def _rounded(begins: datetime, ends: datetime) -> Interval:
    """Outwards to whole minutes."""
    first = begins.replace(second=0, microsecond=0)
    last = ends.replace(second=0, microsecond=0)
    return first, last + MINUTE if last < ends else last


def _ours(event: Any, host: str) -> bool:
    """A meeting of ours that came back by way of a calendar is counted here already, as it stands."""
    return bool(host) and str(event.get("UID", "")).strip().lower().endswith(f"@{host.lower()}")


def answer(request: bytes) -> dict[str, Any]:
    """From the program's input to its output."""
    line, _newline, content = request.partition(b"\n")
    given = json.loads(line)
    asked = Asked(
        zone=ZoneInfo(given["zone"]),
        begins=datetime.fromtimestamp(given["begins"] * 60, UTC),
        ends=datetime.fromtimestamp(given["ends"] * 60, UTC),
        ours=given["ours"],
    )
    try:
        found = busy(content, asked)
    except Trouble as trouble:
        return {"trouble": str(trouble)}
    except MemoryError:
        return {"trouble": "too_much"}
    except Exception:
        return {"trouble": "unreadable"}
    return {"intervals": [[int(begins.timestamp()) // 60, int(ends.timestamp()) // 60] for begins, ends in found]}


def main() -> None:
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    json.dump(answer(sys.stdin.buffer.read()), sys.stdout)


if __name__ == "__main__":
    main()
