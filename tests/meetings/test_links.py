"""The personal link (J1, T4): whose it is, what opening and what pressing it does, when it leads nowhere."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import psycopg
import pytest
from django.test import Client

from expertim.foundation.logs import Line
from expertim.meetings import queries
from expertim.meetings.facts import Act, By
from expertim.meetings.links import link_address
from expertim.meetings.models import Attendance
from expertim.meetings.rooms import way_in
from expertim.outbox.models import Row
from tests.conftest import Installation, PlatformClock
from tests.meetings.visiting import Visitor, hidden_of, text_of, words_of
from tests.world import World, events, in_, person, row, world

USER, EXPERT = By.USER, By.EXPERT
DAY = timedelta(days=1)


@pytest.fixture
def two(clock: PlatformClock) -> World:
    w = world()
    w.user.time_zone, w.expert.time_zone = "Europe/Prague", "Europe/London"
    w.expert.language = "en"
    for who in (w.user, w.expert):
        who.save()
    return w


def link(w: World, meeting: str, party: By = USER) -> str:
    """The path of a party's link."""
    who = w.user if party is USER else w.expert
    view = queries.meeting_for(person=who.pk, meeting=meeting)
    assert view is not None
    return re.sub(r"^https?://[^/]+", "", link_address(view))


def pressed(meeting: str) -> int:
    return Attendance.objects.filter(meeting__public_id=meeting).count()


def test_a_link_is_one_for_each_party_and_the_same_after_the_date_has_moved(two: World) -> None:
    """J1"""
    meeting, other = two.agreed(start=in_(days=3)), two.agreed(start=in_(days=5))
    before = link(two, meeting)
    assert len({before, link(two, meeting, EXPERT), link(two, other), link(two, other, EXPERT)}) == 4
    two.act(USER, meeting, Act.RESCHEDULE, start=in_(days=4))
    two.act(EXPERT, meeting, Act.ALTERNATIVE_CONFIRM)
    assert link(two, meeting) == before


def test_only_an_agreed_meeting_has_a_link(two: World) -> None:
    view = queries.meeting_for(person=two.user.pk, meeting=two.propose(start=in_(days=3)))
    assert view is not None
    assert link_address(view) == ""


def test_opening_the_link_records_nothing_and_pressing_join_does(two: World, clock: PlatformClock) -> None:
    """J1: mail scanners open links; nobody has to log in."""
    meeting = two.agreed(start=in_(days=1))
    address, client = link(two, meeting), Client(enforce_csrf_checks=True)
    early = client.get(address)
    assert early.status_code == 200
    assert "Joining opens Tue 02.03.2027 09:45 (Prague; for Erin 08:45 in London)" in words_of(early)
    assert "<form" not in text_of(early)
    assert client.post(address).status_code == 403  # no token of the page

    clock.advance(DAY - timedelta(minutes=15))
    page = client.get(address)
    assert (page.status_code, pressed(meeting)) == (200, 0)
    sent = hidden_of(page) | {"csrfmiddlewaretoken": csrf_of(page)}
    for _twice in range(2):  # Z1
        answer = client.post(address, sent)
        assert (answer.status_code, answer["Location"]) == (303, f"/meetings/{meeting}/room/")
    assert pressed(meeting) == 1
    assert events(meeting)[-1] == ("attended", "user")
    room = client.get(answer["Location"])
    assert (room.status_code, room["Cache-Control"]) == (200, "no-store")
    assert "Meeting with Erin" in words_of(room)


def test_the_window_is_that_of_the_meeting_at_that_moment(two: World, clock: PlatformClock) -> None:
    """J1: from 15 minutes before the start until 60 minutes after the end; a new date has a window of its own."""
    meeting = two.agreed(start=in_(days=1))
    address, client = link(two, meeting), Client()
    start = row(meeting).starts_at
    for moment, status in (
        (start - timedelta(minutes=15, microseconds=1), 409),
        (start - timedelta(minutes=15), 303),
        (start + timedelta(minutes=120) - timedelta(microseconds=1), 303),
        (start + timedelta(minutes=120), 409),
    ):
        clock.freeze(moment)
        assert client.post(address).status_code == status, moment
    clock.freeze(start - timedelta(minutes=10))
    two.act(USER, meeting, Act.RESCHEDULE, start=in_(days=2))
    two.act(EXPERT, meeting, Act.ALTERNATIVE_CONFIRM)
    late = client.post(address)
    assert (late.status_code, "Joining opens Thu 04.03.2027 09:35" in words_of(late)) == (409, True)


def test_a_cancelled_meeting_says_so_at_its_link(two: World, clock: PlatformClock) -> None:
    meeting = two.agreed(start=in_(minutes=10))
    address = link(two, meeting)
    two.act(EXPERT, meeting, Act.CANCEL)
    page = Client().get(address)
    assert (page.status_code, "Only an agreed meeting can be joined." in words_of(page)) == (200, True)
    assert Client().post(address).status_code == 409
    assert pressed(meeting) == 0


@pytest.mark.parametrize("wrong", ["letter", "party", "seal", "short", "nul"])
def test_a_link_that_is_not_right_is_as_absent_as_none(two: World, clock: PlatformClock, wrong: str) -> None:
    meeting = two.agreed(start=in_(minutes=10))
    path = link(two, meeting)
    token = path.split("/")[2]
    changed = {
        "letter": token[:-1] + ("b" if token[-1] != "b" else "c"),
        "party": token.replace("u", "e", 1)
        if token[16] == "u" and "u" not in token[:16]
        else token[:16] + "e" + token[17:],
        "seal": token[:17] + "a" * 26,
        "short": token[:-1],
        "nul": token[:-1] + "\0",
    }[wrong]
    client = Client()
    absent, answer = client.get(f"/join/{'0' * 16}u{'a' * 26}/"), client.get("/join/" + changed + "/")
    assert (answer.status_code, absent.status_code, client.post("/join/" + changed + "/").status_code) == (
        404,
        404,
        404,
    )
    assert pressed(meeting) == 0


def test_a_link_made_anew_ends_the_former_one_and_whoever_sits_there_by_it(two: World, clock: PlatformClock) -> None:
    meeting = two.agreed(start=in_(minutes=10))
    former, theirs, client = link(two, meeting), link(two, meeting, EXPERT), Client()
    client.post(former)
    assert client.get(f"/meetings/{meeting}/room/").status_code == 200
    user = Visitor(two.user)
    answer = user.post(f"/meetings/{meeting}/link/", {})
    assert answer.status_code == 303
    assert link(two, meeting) in text_of(user.get(answer["Location"]))
    assert link(two, meeting) != former
    assert (client.get(former).status_code, client.get(link(two, meeting)).status_code) == (404, 200)
    assert client.get(f"/meetings/{meeting}/room/").status_code == 404
    assert Client().get(theirs).status_code == 200


def test_whoever_is_signed_in_as_somebody_else_is_not_let_in(two: World, clock: PlatformClock) -> None:
    """Also the counterparty: nobody joins in the name of another by accident."""
    meeting = two.agreed(start=in_(minutes=10))
    for other in (two.expert, person("charlie")):
        visitor = Visitor(other)
        for answer in (visitor.get(link(two, meeting)), visitor.post(link(two, meeting), {})):
            assert answer.status_code == 403
            assert "This link is somebody else’s" in words_of(answer)
            assert "Uma" not in words_of(answer)
    assert pressed(meeting) == 0
    two.user.is_active = False
    two.user.save()
    assert Client().get(link(two, meeting)).status_code == 404


def test_the_address_is_kept_from_stores_other_sites_and_logs(two: World, clock: PlatformClock) -> None:
    import logging

    meeting = two.agreed(start=in_(minutes=10))
    address = link(two, meeting)
    answer = Client().get(address)
    assert answer["Cache-Control"] == "no-store"
    assert answer["Referrer-Policy"] == "strict-origin"
    assert answer["X-Robots-Tag"] == "noindex"
    record = logging.LogRecord("django.request", logging.WARNING, "", 0, "Not Found: %s", (address,), None)
    written = Line().format(record)
    assert "Not Found: /join/…" in written
    assert address.split("/")[2] not in written


def test_no_table_holds_a_link(two: World, clock: PlatformClock, settings: Any, database: Installation) -> None:
    """Derived: also once its mails have been sent and the calendars brought up to date."""
    from expertim.outbox.stopping import Stop
    from expertim.outbox.worker import Worker

    settings.MOVABLE_CLOCK = False  # a demo keeps whole mails, to show them
    meeting = two.agreed(start=in_(minutes=40))
    tokens = [link(two, meeting, party).split("/")[2] for party in (USER, EXPERT)]
    Worker(stop=Stop()).once()
    assert Row.objects.filter(reference=row(meeting).pk, status=Row.Status.SENT, kind="notice").count() >= 2
    with psycopg.connect(database.owner_url) as owner:
        tables = owner.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'").fetchall()
        for (table,) in tables:
            for token in tokens:
                found = owner.execute(f"SELECT count(*) FROM {table} t WHERE t::text LIKE %s", [f"%{token[17:]}%"])
                assert found.fetchone() == (0,), table


def test_the_mail_and_the_calendar_lead_to_the_link(two: World, clock: PlatformClock) -> None:
    """T4"""
    from expertim.meetings.calendar import event_for
    from tests.notifications.telling import letters

    meeting = two.agreed(start=in_(minutes=40))
    view = queries.meeting_for(person=two.expert.pk, meeting=meeting)
    assert view is not None
    event = event_for(view, recipient_id=two.expert.pk)
    assert event is not None
    assert event.url.endswith(link(two, meeting, EXPERT))
    assert link(two, meeting, EXPERT) in letters(two.expert)["meeting_link"]["body"]
    assert link(two, meeting, USER) in letters(two.user)["meeting_link"]["html"]
    assert "/join/" not in letters(two.user)["meeting_agreed"]["body"]


def test_the_notice_in_the_inbox_leads_to_the_link_until_its_door_has_closed(two: World, clock: PlatformClock) -> None:
    """T4"""
    meeting = two.agreed(start=in_(minutes=40))
    visitor, notice = Visitor(two.user), two.user.notices.get(kind="meeting_link")
    assert visitor.post(f"/inbox/{notice.pk}/", {})["Location"].endswith(link(two, meeting))
    assert Visitor(two.expert).post(f"/inbox/{notice.pk}/", {}).status_code == 404
    clock.freeze(row(meeting).ends_at + timedelta(minutes=60))
    assert visitor.post(f"/inbox/{notice.pk}/", {})["Location"] == f"/meetings/{meeting}/"


def test_the_room_is_shut_to_whoever_has_not_joined(two: World, clock: PlatformClock) -> None:
    """J1: looking at the room's address records nothing and opens nothing."""
    meeting = two.agreed(start=in_(minutes=10))
    user = Visitor(two.user)
    answer = user.get(f"/meetings/{meeting}/room/")
    assert (answer.status_code, answer["Location"]) == (303, f"/meetings/{meeting}/join/")
    assert Client().get(f"/meetings/{meeting}/room/")["Location"].startswith("/accounts/login/")
    assert Visitor(person("charlie")).get(f"/meetings/{meeting}/room/").status_code == 404
    assert pressed(meeting) == 0
    two.act(USER, meeting, Act.JOIN)
    assert user.get(f"/meetings/{meeting}/room/").status_code == 200
    view = queries.meeting_for(person=two.user.pk, meeting=meeting)
    assert view is not None
    assert way_in(view).platform == "builtin"


def csrf_of(answer: Any) -> str:
    found = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', answer.content.decode())
    assert found
    return found[1]
