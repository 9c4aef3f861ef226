"""Calendar files, read by somebody else's reader: the right instant, the right names, and nothing smuggled in."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import vobject
from hypothesis import given, settings
from hypothesis import strategies as st
from icalendar import Timezone

from expertim.notifications.calendar.ics import (
    Answer,
    Attendee,
    CalendarEvent,
    Method,
    Status,
    feed,
    invitation,
)
from expertim.notifications.calendar.zones import vtimezone
from expertim.people.models import time_zones

NOON = datetime(2027, 3, 16, 11, tzinfo=UTC)
HOUR = timedelta(hours=1)
ZONES = sorted(time_zones())


def event(**changes: Any) -> CalendarEvent:
    plain = CalendarEvent(
        uid="m1@meet.example.org",
        sequence=3,
        method=Method.REQUEST,
        status=Status.TENTATIVE,
        start=NOON,
        end=NOON + HOUR,
        time_zone="Europe/Prague",
        summary="Petr Svoboda: Expert advice",
        description="Petr waits for your answer.\n\nhttps://meet.example.org/meetings/m1/",
        url="https://meet.example.org/meetings/m1/",
        organizer_name="Petr Svoboda via Expertim",
        organizer_mail="reply+m1seal@meet.example.org",
        attendee=Attendee(name="Jana Nováková", mail="jana@example.org", answer=Answer.NEEDED),
        stamped_at=NOON - 48 * HOUR,
        changed_at=NOON - 48 * HOUR,
        answer_by_mail=True,
    )
    return replace(plain, **changes)


def read(file: bytes) -> Any:
    return vobject.readOne(file.decode())


def unfolded(file: bytes) -> list[str]:
    return file.decode().replace("\r\n ", "").split("\r\n")


def test_an_invitation_reads_as_it_was_meant() -> None:
    """RFC 5545, 5546 3.2.2."""
    calendar = read(invitation(event()))
    assert (calendar.version.value, calendar.method.value) == ("2.0", "REQUEST")
    read_back = calendar.vevent
    assert (read_back.uid.value, read_back.sequence.value) == ("m1@meet.example.org", "3")
    assert (read_back.status.value, read_back.transp.value) == ("TENTATIVE", "OPAQUE")
    assert read_back.dtstart.params["X-VOBJ-ORIGINAL-TZID"] == ["Europe/Prague"]
    assert read_back.dtstart.value.utcoffset() == HOUR
    assert (read_back.dtstart.value, read_back.dtend.value) == (NOON, NOON + HOUR)
    assert read_back.dtstamp.value == read_back.last_modified.value == NOON - 48 * HOUR
    assert read_back.organizer.value == "mailto:reply+m1seal@meet.example.org"
    assert read_back.organizer.params == {"CN": ["Petr Svoboda via Expertim"]}
    assert read_back.attendee.value == "mailto:jana@example.org"
    assert read_back.attendee.params == {
        "CN": ["Jana Nováková"],
        "CUTYPE": ["INDIVIDUAL"],
        "PARTSTAT": ["NEEDS-ACTION"],
        "ROLE": ["REQ-PARTICIPANT"],
        "RSVP": ["TRUE"],
    }
    assert read_back.description.value == "Petr waits for your answer.\n\nhttps://meet.example.org/meetings/m1/"
    assert read_back.location.value == read_back.url.value == "https://meet.example.org/meetings/m1/"


def test_a_cancellation_names_the_same_event_and_frees_the_time() -> None:
    """RFC 5546 3.2.5."""
    cancelled = event(method=Method.CANCEL, status=Status.CANCELLED, sequence=4)
    calendar = read(invitation(cancelled))
    assert calendar.method.value == "CANCEL"
    gone = calendar.vevent
    assert (gone.uid.value, gone.sequence.value) == ("m1@meet.example.org", "4")
    assert (gone.status.value, gone.transp.value) == ("CANCELLED", "TRANSPARENT")
    assert gone.attendee.params["RSVP"] == ["FALSE"]
    assert gone.organizer.value == "mailto:reply+m1seal@meet.example.org"


@pytest.mark.parametrize(
    ("changes", "asks"),
    [
        ({}, "TRUE"),
        ({"answer_by_mail": False}, "FALSE"),
        ({"attendee": Attendee(name="x", mail="x@example.org", answer=Answer.ACCEPTED)}, "FALSE"),
    ],
)
def test_an_answer_is_asked_for_where_one_is_missing_and_somebody_reads_it(changes: Any, asks: str) -> None:
    assert read(invitation(event(**changes))).vevent.attendee.params["RSVP"] == [asks]


def test_lines_are_short_end_in_crlf_and_are_utf_8() -> None:
    """RFC 5545 3.1: at most 75 octets a line, and no sign cut in two."""
    file = invitation(event(summary="Žluťoučký kůň příšerně úpěl ďábelské ódy " * 20, description="水" * 500))
    assert b"\n" not in file.replace(b"\r\n", b"")
    for line in file.split(b"\r\n"):
        assert len(line) <= 75
        line.decode()
    assert read(file).vevent.description.value == "水" * 500


SMUGGLED = (
    "x\r\nATTENDEE:mailto:evil@example.org",
    "x\nEND:VEVENT\nBEGIN:VEVENT\nUID:other",
    'x";PARTSTAT=DECLINED:mailto:evil@example.org',
    "x\x85ATTENDEE:mailto:evil@example.org",
    "x\u2028ATTENDEE:mailto:evil@example.org",
    "x\x0b\x0c\x1cATTENDEE:mailto:evil@example.org",
    "x\\nATTENDEE:mailto:evil@example.org",
    "x;y,z:\\ ^n^'",
)


@pytest.mark.parametrize("text", SMUGGLED)
def test_what_people_type_stays_text(text: str) -> None:
    """Titles, names and words with line ends, colons and quotes add no property and no person."""
    plain = invitation(event())
    smuggling = event(
        summary=text,
        description=text,
        organizer_name=text,
        attendee=Attendee(name=text, mail="jana@example.org", answer=Answer.NEEDED),
    )
    properties = [re.split("[;:]", line)[0] for line in unfolded(invitation(smuggling))]
    assert properties == [re.split("[;:]", line)[0] for line in unfolded(plain)]
    there = read(invitation(smuggling)).vevent
    assert [attendee.value for attendee in there.attendee_list] == ["mailto:jana@example.org"]
    assert there.attendee.params["PARTSTAT"] == ["NEEDS-ACTION"]
    assert there.organizer.value == "mailto:reply+m1seal@meet.example.org"


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=200), st.text(max_size=200))
def test_any_text_can_be_a_title_or_a_name(summary: str, name: str) -> None:
    file = invitation(event(summary=summary, description=summary, organizer_name=name))
    there = read(file).vevent
    assert len(there.attendee_list) == 1
    assert there.uid.value == "m1@meet.example.org"
    expected = " ".join(re.sub(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]", " ", summary).split()).replace('"', "'")
    squeezed = there.summary.value.replace(" ", "")
    assert squeezed == expected.replace(" ", "") or any("\ud800" <= sign <= "\udfff" for sign in summary)


def nights(zone: str, year: int) -> list[datetime]:
    """The instants around each change of that year's clocks, and some that have nothing to do with it."""
    changes = [
        moment
        for day in range(366)
        for moment in [datetime(year, 1, 1, tzinfo=UTC) + timedelta(days=day)]
        if moment.astimezone(ZoneInfo(zone)).utcoffset() != (moment + 24 * HOUR).astimezone(ZoneInfo(zone)).utcoffset()
    ]
    around = [moment + step * timedelta(minutes=30) for moment in changes for step in range(-4, 52)]
    return [*around, datetime(year, 1, 15, 12, tzinfo=UTC), datetime(year, 7, 15, 12, tzinfo=UTC)]


@pytest.mark.parametrize("year", [2026, 2027, 2028])
@pytest.mark.parametrize(
    "zone",
    [
        "Europe/Prague",
        "America/New_York",
        "Europe/Dublin",
        "Australia/Lord_Howe",
        "Africa/Casablanca",
        "Asia/Kathmandu",
    ],
)
def test_both_nights_of_a_clock_change_name_the_right_instant(zone: str, year: int) -> None:
    for start in nights(zone, year):
        there = read(invitation(event(time_zone=zone, start=start, end=start + HOUR))).vevent
        assert there.dtstart.value.astimezone(UTC) == start, (zone, start)
        assert there.dtend.value.astimezone(UTC) == start + HOUR, (zone, start)


def test_the_second_of_two_equal_hours_is_named_in_utc() -> None:
    """RFC 5545 3.3.5: a local time that comes twice means the first."""
    first, second = datetime(2027, 10, 31, 0, 15, tzinfo=UTC), datetime(2027, 10, 31, 1, 15, tzinfo=UTC)
    quarter = timedelta(minutes=15)
    lines = [unfolded(invitation(event(start=start, end=start + quarter))) for start in (first, second)]
    assert "DTSTART;TZID=Europe/Prague:20271031T021500" in lines[0]
    assert "DTSTART:20271031T011500Z" in lines[1]


def offset_by_rules(component: Any, moment: datetime) -> timedelta:
    """What a VTIMEZONE says about an instant, read as RFC 5545 3.6.5 has it, with nobody's library."""
    onsets = []
    for part in component.subcomponents:
        start, before, after = part.DTSTART, part.TZOFFSETFROM, part.TZOFFSETTO
        if "rrule" in part:
            [month], [day] = part["rrule"]["BYMONTH"], part["rrule"]["BYDAY"]
            week, name = int(str(day)[:-2]), str(day)[-2:]
            for year in range(start.year, moment.year + 1):
                days = [
                    date
                    for number in range(1, 32)
                    for date in [_date(year, int(month), number, start)]
                    if date and date.weekday() == ("MO", "TU", "WE", "TH", "FR", "SA", "SU").index(name)
                ]
                onsets.append((days[week - 1 if week > 0 else week] - before, after))
        else:
            onsets.append((start - before, after))
    passed = [onset for onset in onsets if onset[0] <= moment.replace(tzinfo=None)]
    return max(passed)[1]


def _date(year: int, month: int, day: int, like: datetime) -> datetime | None:
    try:
        return like.replace(year=year, month=month, day=day)
    except ValueError:
        return None


@pytest.mark.slow
def test_every_zone_s_rules_say_what_the_zone_does() -> None:
    wrong, without = set(), set()
    for zone in ZONES:
        made = vtimezone(zone, 2026, 2028)
        if made is None:
            without.add(zone)
            continue
        component = Timezone.from_ical(made.to_ical())
        moment = datetime(2026, 1, 1, 0, 30, tzinfo=UTC)
        while moment.year < 2029:
            if offset_by_rules(component, moment) != moment.astimezone(ZoneInfo(zone)).utcoffset():
                wrong.add((zone, moment.isoformat()))
            moment += timedelta(hours=611)
    assert wrong == set()
    assert "Africa/Casablanca" in without
    assert len(without) < 15, without  # in UTC, which is as right and less to look at


def test_a_zone_that_is_no_more_falls_back_to_utc() -> None:
    for zone in ("Mars/Olympus", "", "../etc/passwd", "UTC"):
        assert "DTSTART:20270316T110000Z" in unfolded(invitation(event(time_zone=zone)))


def test_a_feed_is_one_calendar_with_each_zone_once_and_nobody_s_address() -> None:
    later = event(uid="m2@meet.example.org", start=NOON + 400 * 24 * HOUR, end=NOON + 401 * 24 * HOUR)
    file = feed([event(), later], name="Meetings\r\nX:y (Expertim)", refresh=HOUR)
    calendar = read(file)
    assert [each.uid.value for each in calendar.vevent_list] == ["m1@meet.example.org", "m2@meet.example.org"]
    assert [each.dtstart.value for each in calendar.vevent_list] == [NOON, NOON + 400 * 24 * HOUR]
    lines = unfolded(file)
    assert lines.count("BEGIN:VTIMEZONE") == 1
    assert "X-WR-CALNAME:Meetings X:y (Expertim)" in lines
    assert "REFRESH-INTERVAL;VALUE=DURATION:PT1H" in lines
    assert not [line for line in lines if line.startswith(("METHOD", "ORGANIZER", "ATTENDEE"))]


def test_an_empty_feed_is_a_calendar_all_the_same() -> None:
    assert "vevent" not in read(feed([], name="Meetings", refresh=HOUR)).contents
