"""Calendar files (RFC 5545) and invitations (RFC 5546) from plain values. Knows no meetings.

What people have typed becomes text and nothing but text: line ends and other controls never reach a parameter, and
in a value they are escaped, so that nobody adds a property by way of a name or a title.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from icalendar import Calendar, Event, Timezone, vCalAddress, vDuration, vText, vUri

from expertim.notifications.calendar.zones import vtimezone

PRODUCT = "-//Expertim//Expertim//EN"


class Method(StrEnum):
    """What a mail asks of the calendar that it comes to."""

    REQUEST = "REQUEST"
    CANCEL = "CANCEL"


class Status(StrEnum):
    TENTATIVE = "TENTATIVE"
    CONFIRMED = "CONFIRMED"
    CANCELLED = "CANCELLED"


class Answer(StrEnum):
    """PARTSTAT: what the platform knows of the recipient's answer."""

    NEEDED = "NEEDS-ACTION"
    ACCEPTED = "ACCEPTED"
    DECLINED = "DECLINED"


@dataclass(frozen=True, slots=True, kw_only=True)
class Attendee:
    """The recipient: the only person whose address is in the file."""

    name: str
    mail: str
    answer: Answer


@dataclass(frozen=True, slots=True, kw_only=True)
class CalendarEvent:
    """One meeting in one person's calendar. Moments in UTC, `time_zone` the recipient's IANA name."""

    uid: str  # the same for the life of the meeting
    sequence: int  # rises with each change
    method: Method
    status: Status
    start: datetime
    end: datetime
    time_zone: str
    summary: str
    description: str
    url: str
    organizer_name: str
    organizer_mail: str
    attendee: Attendee
    stamped_at: datetime  # by the platform's clock, like everything here
    changed_at: datetime
    answer_by_mail: bool = False  # whether anybody reads what a calendar answers


def invitation(event: CalendarEvent) -> bytes:
    """The text/calendar part of one mail: METHOD, the zone, one VEVENT. CRLF, folded, UTF-8."""
    calendar = _calendar()
    calendar.add("method", event.method.value)
    zones = _zones([event])
    component = _component(event, zones)
    component["organizer"] = _address(event.organizer_mail, cn=event.organizer_name)
    attendee = _address(event.attendee.mail, cn=event.attendee.name)
    attendee.params["cutype"] = vText("INDIVIDUAL")
    attendee.params["role"] = vText("REQ-PARTICIPANT")
    attendee.params["partstat"] = vText(event.attendee.answer.value)
    attendee.params["rsvp"] = vText("TRUE" if _asks(event) else "FALSE")
    component["attendee"] = attendee
    return _whole(calendar, zones, [component])


def feed(events: Sequence[CalendarEvent], *, name: str, refresh: timedelta) -> bytes:
    """A calendar to subscribe to: every event as it stands, without anybody's address and with no way to answer."""
    calendar = _calendar()
    for title in ("name", "x-wr-calname"):
        calendar.add(title, line(name))
    calendar.add("refresh-interval", vDuration(refresh), parameters={"value": "DURATION"})
    calendar.add("x-published-ttl", vDuration(refresh))
    zones = _zones(events)
    return _whole(calendar, zones, [_component(event, zones) for event in events])


def line(text: str) -> str:
    """One line of text: no line ends, no controls, no quotation mark that could close a parameter."""
    return " ".join(_readable(text).split()).replace('"', "'")


def _calendar() -> Calendar:
    calendar = Calendar()
    calendar.add("version", "2.0")
    calendar.add("prodid", PRODUCT)
    calendar.add("calscale", "GREGORIAN")
    return calendar


def _whole(calendar: Calendar, zones: Mapping[str, Timezone], components: Sequence[Event]) -> bytes:
    for component in (*zones.values(), *components):
        calendar.add_component(component)
    return bytes(calendar.to_ical())


def _zones(events: Sequence[CalendarEvent]) -> dict[str, Timezone]:
    """Of each zone that can be described for the years of its events, the description."""
    years: dict[str, list[int]] = {}
    for event in events:
        years.setdefault(event.time_zone, []).extend((event.start.year, event.end.year))
    found = {name: _zone(name, min(of), max(of)) for name, of in years.items() if name != "UTC"}
    return {name: zone for name, zone in found.items() if zone is not None}


def _zone(name: str, first_year: int, last_year: int) -> Timezone | None:
    try:
        return vtimezone(name, first_year, last_year)
    except (ZoneInfoNotFoundError, ValueError):
        return None


def _component(event: CalendarEvent, zones: Mapping[str, Timezone]) -> Event:
    start, end = _local(event) if event.time_zone in zones else (event.start.astimezone(UTC), event.end.astimezone(UTC))
    made = Event()
    made.add("uid", event.uid)
    made.add("dtstamp", event.stamped_at.astimezone(UTC))
    made.add("last-modified", event.changed_at.astimezone(UTC))
    made.add("sequence", event.sequence)
    made.add("status", event.status.value)
    made.add("dtstart", start)
    made.add("dtend", end)
    made.add("summary", line(event.summary))
    made.add("description", _readable(event.description))
    made.add("location", event.url)  # of all properties the one that every calendar shows, and makes a link of
    made.add("url", vUri(event.url))
    made.add("transp", "TRANSPARENT" if event.status is Status.CANCELLED else "OPAQUE")
    return made


def _local(event: CalendarEvent) -> tuple[datetime, datetime]:
    """Start and end on the recipient's clock; in UTC where that clock would name another moment.

    A local time that comes twice means the first of the two (RFC 5545, 3.3.5): the second has no other name than UTC.
    """
    zone = ZoneInfo(event.time_zone)
    start, end = event.start.astimezone(zone), event.end.astimezone(zone)
    return (start.astimezone(UTC), end.astimezone(UTC)) if start.fold or end.fold else (start, end)


def _asks(event: CalendarEvent) -> bool:
    needed = event.method is Method.REQUEST and event.attendee.answer is Answer.NEEDED
    return needed and event.answer_by_mail


def _address(mail: str, *, cn: str) -> vCalAddress:
    address = vCalAddress(f"mailto:{line(mail)}")
    address.params["cn"] = vText(line(cn))
    return address


def _readable(text: str) -> str:
    """Without controls; line ends as one sign."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    return "".join(sign for sign in text if sign == "\n" or unicodedata.category(sign) not in ("Cc", "Cs", "Zl", "Zp"))
