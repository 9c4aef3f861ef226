"""Busy calendars: what a file says, how little a hostile one costs, and how the worker comes by it."""

from __future__ import annotations

import threading
import time as machine
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from expertim.expertise import busy_calendars, times
from expertim.expertise.busy_calendars import Refused, read_due, secure, subscribe, unsubscribe
from expertim.expertise.busy_reading import Asked, Trouble, busy
from expertim.expertise.models import BusyCalendar, BusyInterval
from expertim.foundation import clock as platform
from expertim.meetings.free import free_for
from tests.meetings.visiting import Visitor, words_of
from tests.world import World, person, unique, world

PRAGUE = ZoneInfo("Europe/Prague")
ASKED = Asked(
    zone=PRAGUE,
    begins=datetime(2027, 3, 1, tzinfo=UTC),
    ends=datetime(2027, 11, 30, tzinfo=UTC),
    ours="meet.example.org",
)


def a_file(*events: str, head: str = "") -> bytes:
    made = "".join(f"BEGIN:VEVENT\r\n{event.strip()}\r\nEND:VEVENT\r\n" for event in events)
    return f"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//t//EN\r\n{head}{made}END:VCALENDAR\r\n".encode()


def said(*events: str, head: str = "", asked: Asked = ASKED) -> list[str]:
    """Busy times in words of Prague's clock."""
    return [
        f"{begins.astimezone(PRAGUE):%d.%m. %H:%M}-{ends.astimezone(PRAGUE):%d.%m. %H:%M}"
        for begins, ends in busy(a_file(*events, head=head), asked)
    ]


def event(start: str, end: str = "", *more: str, uid: str = "one@elsewhere") -> str:
    return "\r\n".join(filter(None, (f"UID:{uid}", f"DTSTART{start}", f"DTEND{end}" if end else "", *more)))


HOUR = (";TZID=Europe/Prague:20270310T100000", ";TZID=Europe/Prague:20270310T110000")


@pytest.mark.parametrize(
    ("events", "expected"),
    [
        ([event(*HOUR)], ["10.03. 10:00-10.03. 11:00"]),
        ([event(":20270310T090000Z", ":20270310T093000Z")], ["10.03. 10:00-10.03. 10:30"]),
        ([event(":20270310T100000", ":20270310T110000")], ["10.03. 10:00-10.03. 11:00"]),  # floating: the reader's
        ([event(";TZID=America/New_York:20270310T100000", "", "DURATION:PT90M")], ["10.03. 16:00-10.03. 17:30"]),
        ([event(";VALUE=DATE:20270310")], ["10.03. 00:00-11.03. 00:00"]),
        ([event(";VALUE=DATE:20270327", ";VALUE=DATE:20270329")], ["27.03. 00:00-29.03. 00:00"]),  # 47 hours
        ([event(";VALUE=DATE:20270310", "", "TRANSP:TRANSPARENT")], []),
        ([event(*HOUR, "TRANSP:OPAQUE", "STATUS:TENTATIVE")], ["10.03. 10:00-10.03. 11:00"]),
        ([event(*HOUR, "STATUS:CANCELLED")], []),
        ([event(*HOUR, "X-MICROSOFT-CDO-BUSYSTATUS:FREE")], []),
        ([event(*HOUR, uid="abc@MEET.example.org")], []),  # a meeting of ours that came back
        ([event(":20270310T100000")], []),  # without a length
        ([event(":20270310T100010Z", ":20270310T100020Z")], ["10.03. 11:00-10.03. 11:01"]),
        ([event(*HOUR), event(":20270310T095000Z", ":20270310T113000Z", uid="b")], ["10.03. 10:00-10.03. 12:30"]),
        ([event(*HOUR), "UID:x\r\nSUMMARY:no date at all", event(":nonsense")], ["10.03. 10:00-10.03. 11:00"]),
        ([event(":20220310T100000Z", ":20220310T110000Z")], []),
    ],
)
def test_what_an_event_says(events: list[str], expected: list[str]) -> None:
    assert said(*events) == expected


def test_a_repeated_event_keeps_its_wall_clock_over_a_change_of_clocks() -> None:
    rule = "RRULE:FREQ=WEEKLY;COUNT=3"
    start = (";TZID=Europe/Prague:20270322T100000", ";TZID=Europe/Prague:20270322T110000")
    assert said(event(*start, rule)) == [
        "22.03. 10:00-22.03. 11:00", "29.03. 10:00-29.03. 11:00", "05.04. 10:00-05.04. 11:00",
    ]  # fmt: skip


def test_exceptions_and_moved_occurrences_of_a_repeated_event() -> None:
    """RFC 5545: EXDATE, RDATE, RECURRENCE-ID; UNTIL is inclusive and in UTC."""
    start = (";TZID=Europe/Prague:20270301T100000", ";TZID=Europe/Prague:20270301T110000")
    repeated = event(
        *start,
        "RRULE:FREQ=DAILY;UNTIL=20270305T090000Z",
        "EXDATE;TZID=Europe/Prague:20270302T100000",
        "RDATE;TZID=Europe/Prague:20270310T100000",
    )
    moved = event(
        ";TZID=Europe/Prague:20270303T150000",
        ";TZID=Europe/Prague:20270303T153000",
        "RECURRENCE-ID;TZID=Europe/Prague:20270303T100000",
    )
    cancelled = event(":20270304T090000Z", "", "RECURRENCE-ID:20270304T090000Z", "STATUS:CANCELLED")
    assert said(repeated, moved, cancelled) == [
        "01.03. 10:00-01.03. 11:00", "03.03. 15:00-03.03. 15:30", "05.03. 10:00-05.03. 11:00",
        "10.03. 10:00-10.03. 11:00",
    ]  # fmt: skip


def test_whole_days_repeat_and_begin_before_what_is_asked() -> None:
    every_year = event(";VALUE=DATE:19900315", "", "RRULE:FREQ=YEARLY")
    weeks = event(";VALUE=DATE:20270220", ";VALUE=DATE:20270303")
    assert said(every_year, weeks) == ["20.02. 00:00-03.03. 00:00", "15.03. 00:00-16.03. 00:00"]


def test_a_zone_of_the_files_own_is_read_from_it() -> None:
    own = (
        "BEGIN:VTIMEZONE\r\nTZID:Mine\r\nBEGIN:STANDARD\r\nDTSTART:19700101T000000\r\nTZOFFSETFROM:+0500\r\n"
        "TZOFFSETTO:+0500\r\nEND:STANDARD\r\nEND:VTIMEZONE\r\n"
    )
    assert said(event(";TZID=Mine:20270310T100000", ";TZID=Mine:20270310T110000"), head=own) == [
        "10.03. 06:00-10.03. 07:00"
    ]


def test_published_free_and_busy_is_read() -> None:
    head = (
        "BEGIN:VFREEBUSY\r\nFREEBUSY:20270310T090000Z/PT1H,20270311T090000Z/20270311T100000Z\r\n"
        "FREEBUSY;FBTYPE=FREE:20270312T090000Z/PT1H\r\nEND:VFREEBUSY\r\n"
    )
    assert said(head=head) == ["10.03. 10:00-10.03. 11:00", "11.03. 10:00-11.03. 11:00"]


@pytest.mark.parametrize(
    ("content", "trouble"),
    [
        (b"", "not_a_calendar"),
        (b"<html>Sign in</html>", "not_a_calendar"),
        (b"\x00\xff\xfe" * 1000, "not_a_calendar"),
        (b"BEGIN:VCALENDAR\r\n" + b"BEGIN:VEVENT\r\nEND:VEVENT\r\n" * 20_001, "too_much"),
    ],
)
def test_what_is_no_calendar_is_named(content: bytes, trouble: str) -> None:
    with pytest.raises(Trouble, match=trouble):
        busy(content, ASKED)


def test_bad_encodings_spoil_nothing_but_themselves() -> None:
    plain = a_file(event(*HOUR, "SUMMARY:x"))
    for bent in (
        plain.replace(b"SUMMARY:x", b"SUMMARY:\xff\xfe\xc3("),
        plain.replace(b"SUMMARY:x", b"SUMMARY:\0\0"),
        b"\xef\xbb\xbf" + plain,
        plain.decode().encode("utf-16"),
        plain.replace(b"\r\n", b"\n"),
    ):
        assert len(busy(bent, ASKED)) == 1


# ---------------------------------------------------------------- hostile files, as the worker reads them

NOW = datetime(2027, 3, 1, 9, tzinfo=UTC)
HOSTILE = {
    "every second": a_file(event(*HOUR, "RRULE:FREQ=SECONDLY"), event(*HOUR, uid="good")),
    "a day that never comes": a_file(event(*HOUR, "RRULE:FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30")),
    "hourly since the year 1": a_file(event(":00010101T000000Z", ":00010101T000100Z", "RRULE:FREQ=HOURLY")),
    "a heap of rules": a_file(
        *(event(*HOUR, "RRULE:FREQ=HOURLY;BYMINUTE=" + ",".join(map(str, range(60))), uid=str(n)) for n in range(500))
    ),
    "endless dates": a_file(event(*HOUR, "RDATE:" + ",".join(["20270310T100000Z"] * 200_000))),
    "nested": b"BEGIN:VCALENDAR\r\n" + b"BEGIN:VEVENT\r\n" * 15_000,
    "one long line": b"BEGIN:VCALENDAR\r\n" + b"X" * 4_900_000,
    "folded for ever": b"BEGIN:VCALENDAR\r\nSUMMARY:" + b"\r\n " * 1_000_000,
    "far beyond": a_file(event(":99991231T235959Z", ":99991231T235959Z", "DURATION:P99999999W", "RRULE:FREQ=YEARLY")),
    "entities": b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "BEGIN:VCALENDAR">]>',
}


@pytest.mark.parametrize("attack", HOSTILE)
def test_a_hostile_file_ends_in_words_or_times_and_in_time(attack: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(busy_calendars, "READING_SECONDS", 2.0)
    began, answered = machine.monotonic(), "times"
    try:
        found = busy_calendars._read(HOSTILE[attack], "Europe/Prague", NOW, NOW + timedelta(days=200))
    except busy_calendars._Failed as failed:
        found, answered = [], str(failed)
    assert answered in {"times", "too_much", "unreadable", "not_a_calendar"}
    assert len(found) <= 20_000
    assert machine.monotonic() - began < 10


def test_what_reads_strangers_files_knows_no_secrets(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql://secret")
    asked: dict[str, Any] = {}

    class Ran:
        returncode, stdout = 0, b'{"intervals": []}'

    monkeypatch.setattr(busy_calendars.subprocess, "run", lambda *_a, **given: asked.update(given) or Ran())
    busy_calendars._read(a_file(), "UTC", NOW, NOW)
    assert set(asked["env"]) <= {"PATH", "PYTHONPATH", "LANG"}


# ---------------------------------------------------------------- by address


class Server:
    """Somebody's calendar server: answers what it is told to, and remembers what it was asked."""

    def __init__(self) -> None:
        self.body, self.status, self.headers = a_file(event(*HOUR)), 200, {"ETag": '"1"'}
        self.asked: list[dict[str, str]] = []
        self.there = "/there.ics"
        server = self

        class Answering(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                server.asked.append({"path": self.path} | {k.lower(): v for k, v in self.headers.items()})
                unchanged = self.headers.get("If-None-Match") == server.headers.get("ETag")
                redirected = self.path.startswith("/moved.ics")
                self.send_response(304 if unchanged else 302 if redirected else server.status)
                for name, value in server.headers.items():
                    self.send_header(name, value)
                if redirected:
                    self.send_header("Location", server.there)
                body = b"" if unchanged or redirected else server.body
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_args: Any) -> None:
                pass

        self.http = ThreadingHTTPServer(("127.0.0.1", 0), Answering)

    def address(self, path: str = "/mine.ics") -> str:
        return f"http://127.0.0.1:{self.http.server_port}{path}?{unique('secret')}"


@contextmanager
def serving() -> Iterator[Server]:
    server = Server()
    threading.Thread(target=server.http.serve_forever, daemon=True).start()
    try:
        yield server
    finally:
        server.http.shutdown()
        server.http.server_close()


@pytest.fixture
def server(settings: Any) -> Iterator[Server]:
    settings.OUTBOUND_PRIVATE = ["127.0.0.0/8"]
    with serving() as one:
        yield one


def read_all() -> None:
    while read_due(100):
        pass


def subscribed(w: World, address: str) -> BusyCalendar:
    subscribe(person=w.expert.pk, name="Mine", address=address)
    return BusyCalendar.objects.get(person=w.expert)


def due(calendar: BusyCalendar) -> BusyCalendar:
    """As if its hour had passed."""
    BusyCalendar.objects.filter(pk=calendar.pk).update(due_at=platform.machine_now())
    read_all()
    calendar.refresh_from_db()
    return calendar


def test_a_busy_calendar_takes_free_times_away_and_gives_them_back(database, clock, server):
    w = world()
    times.keep_week(person=w.expert.pk, expertise=w.expertise.slug, weekly=[((480, 720),)] * 7)
    expert = person()

    def starts() -> list[str]:
        free = free_for(reader=expert.pk, expert=w.expert.pk, expertise=w.expertise.slug, minutes=60)
        assert free is not None
        day = datetime(2027, 3, 10, tzinfo=UTC)
        return [f"{one.start:%H:%M}" for one in free.between(day, day + timedelta(days=1))]

    assert starts() == ["08:00", "08:30", "09:00", "09:30", "10:00", "10:30", "11:00"]
    calendar = subscribed(w, server.address())
    assert starts()[0] == "08:00"
    read_all()
    assert starts() == ["08:00", "10:00", "10:30", "11:00"]  # busy from 9:00 to 10:00 UTC
    shown = words_of(Visitor(w.expert).get("/settings/times/"))
    assert "Mine 127.0.0.1 · read 0 minutes ago · 1 busy time ahead" in shown
    assert "secret-" not in shown
    assert unsubscribe(person=w.expert.pk, calendar=calendar.public_id)
    assert not BusyInterval.objects.filter(calendar_id=calendar.pk).exists()
    assert len(starts()) == 7


def test_what_has_not_changed_is_not_read_again_until_the_horizon_has_moved(database, clock, server):
    w = world()
    calendar = subscribed(w, server.address())
    read_all()
    calendar.refresh_from_db()
    first = calendar.read_until
    assert due(calendar).read_until == first
    assert "if-none-match" not in server.asked[0]
    assert server.asked[1]["if-none-match"] == '"1"'
    assert calendar.intervals.count() == 1
    platform.advance(timedelta(days=11))
    assert due(calendar).read_until > first
    assert "if-none-match" not in server.asked[2]


def test_a_failure_keeps_what_was_known_says_why_and_waits_longer_each_time(database, clock, server):
    w = world()
    calendar = subscribed(w, server.address())
    read_all()
    waits = []
    for status, code in ((500, "status"), (404, "gone"), (403, "forbidden")):
        server.status, server.headers = status, {}
        due(calendar)
        assert calendar.trouble == code
        waits.append(calendar.due_at - platform.machine_now())
    assert waits[0] < waits[1] < waits[2]
    assert calendar.intervals.count() == 1
    assert "did not let us in" in words_of(Visitor(w.expert).get("/settings/times/"))
    server.status, server.body = 200, b"<html>"
    assert due(calendar).trouble == "not_a_calendar"
    server.body = b"BEGIN:VCALENDAR" + b" " * 6_000_000
    assert due(calendar).trouble == "too_much"
    server.body = a_file()
    assert due(calendar).trouble == ""
    assert calendar.failures == calendar.intervals.count() == 0


def test_a_redirect_is_followed_and_judged(database, clock, server):
    w = world()
    calendar = subscribed(w, server.address("/moved.ics"))
    read_all()
    assert [asked["path"].split("?")[0] for asked in server.asked] == ["/moved.ics", "/there.ics"]
    assert calendar.intervals.count() == 1
    server.there, server.headers = "http://169.254.169.254/latest/meta-data", {}
    assert due(calendar).trouble == "address"


def test_a_calendar_removed_while_it_is_read_stays_away(database, clock, server, monkeypatch):
    w = world()
    calendar = subscribed(w, server.address())
    read = busy_calendars._read

    def removing(*given: Any) -> Any:
        unsubscribe(person=w.expert.pk, calendar=calendar.public_id)
        return read(*given)

    monkeypatch.setattr(busy_calendars, "_read", removing)
    read_all()
    assert not BusyCalendar.objects.filter(pk=calendar.pk).exists()
    assert not BusyInterval.objects.filter(calendar_id=calendar.pk).exists()


@pytest.mark.parametrize(
    ("address", "code"),
    [
        ("http://169.254.169.254/latest/meta-data", "address"),
        ("https://127.0.0.1/mine.ics", "address"),
        ("webcal://127.0.0.1/mine.ics", "address"),
        ("https://[::1]/mine.ics", "address"),
        ("https://[::ffff:10.0.0.1]/", "address"),
        ("https://0x7f000001/", "address"),
        ("http://9.9.9.9/mine.ics", "scheme"),
        ("https://9.9.9.9:5432/", "port"),
        ("file:///etc/passwd", "unreadable"),
        ("https://user:password@9.9.9.9/", "unreadable"),
        ("mine.ics", "unreadable"),
        ("", "unreadable"),
    ],
)
def test_addresses_that_are_never_called(database, clock, address, code):
    """SSRF: said at once where it is added, and judged again each time it is read."""
    w = world()
    with pytest.raises(Refused, match=code):
        subscribe(person=w.expert.pk, name="Mine", address=address)
    BusyCalendar.objects.create(
        person=w.expert, name="Mine", address=secure(address) or "x", due_at=platform.machine_now()
    )
    read_all()
    assert BusyCalendar.objects.get(person=w.expert).trouble == code


def test_the_page_adds_names_faults_reads_again_and_removes(database, clock, server):
    w = world()
    expert, address = Visitor(w.expert), server.address()
    page = "/settings/times/"

    def add(**typed: str) -> Any:
        return expert.post(page, {"do": "calendar"} | {f"calendar-{name}": text for name, text in typed.items()})

    wrong = add(name="Mine", address="https://10.0.0.1/")
    assert wrong.status_code == 422
    assert "That address does not lead to the public internet." in words_of(wrong)
    assert add(name="", address=address).status_code == 422
    assert add(name="Mine", address=address).status_code == 302
    assert "You have added this calendar already." in words_of(add(name="Again", address=address))
    [row] = busy_calendars.calendars_of(w.expert.pk)
    stranger = Visitor(world().expert)
    for do in ("calendar_drop", "calendar_again"):
        stranger.post(page, {"do": do, "calendar": row.id})
    assert len(busy_calendars.calendars_of(w.expert.pk)) == 1
    for n in range(9):
        add(name=f"More {n}", address=server.address())
    assert "There are ten calendars already" in words_of(add(name="Eleventh", address=server.address()))
    expert.post(page, {"do": "calendar_drop", "calendar": row.id})
    assert row.id not in [one.id for one in busy_calendars.calendars_of(w.expert.pk)]
    BusyCalendar.objects.filter(person=w.expert).delete()
