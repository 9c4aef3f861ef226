"""One poll of a page in the built-in room: what it gets, when it is thrown out, what it costs, what it leaves."""

from __future__ import annotations

import base64
import hashlib
import hmac
import itertools
import json
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from expertim.meetings import queries
from expertim.meetings.facts import Act, By
from expertim.meetings.links import turn_of
from expertim.meetings.rooms import seat_of
from expertim.video.builtin import exchange as exchanging
from expertim.video.builtin.room import forget_signals
from expertim.video.builtin.seats import token_of
from expertim.video.models import Presence, Seat, Signal
from tests.conftest import PlatformClock
from tests.laws.test_trips import trips
from tests.world import World, in_, row, world

USER, EXPERT = By.USER, By.EXPERT
_sessions = (f"{number:032x}" for number in itertools.count(1))


@pytest.fixture(autouse=True)
def unhurried(settings: Any) -> None:
    settings.RATE_LIMITS = 0


class Page:
    """A page in the room, as its script speaks."""

    def __init__(self, w: World, meeting: str, party: By) -> None:
        view = queries.meeting_for(person=(w.user if party is USER else w.expert).pk, meeting=meeting)
        assert view is not None
        self.seat = token_of(seat_of(view, turn=turn_of(view, party)))
        self.address, self.session, self.since, self.entered = (
            f"/meetings/{meeting}/room/exchange/",
            next(_sessions),
            0,
            False,
        )
        self.number = itertools.count()
        self.client = Client(enforce_csrf_checks=True)

    def raw(self, **more: Any) -> Any:
        asked = {"seat": self.seat, "session": self.session, "since": self.since, "sent": [], **more}
        return self.client.post(self.address, json.dumps(asked), content_type="application/json")

    def poll(self, *payloads: dict[str, Any], to: str = "", **more: Any) -> dict[str, Any]:
        sent = [{"number": next(self.number), "target": to, "payload": payload} for payload in payloads]
        answer = self.raw(sent=sent, enter=not self.entered, **more)
        assert answer.status_code == 200
        read: dict[str, Any] = answer.json()
        self.entered = self.entered or "messages" in read
        self.since = max([self.since, *(message["sequence"] for message in read.get("messages", []))])
        return read


@pytest.fixture
def pair(clock: PlatformClock) -> tuple[World, str, Page, Page]:
    w = world()
    meeting = w.agreed(start=in_(minutes=10))
    return w, meeting, Page(w, meeting, USER), Page(w, meeting, EXPERT)


Pair = tuple[World, str, Page, Page]


def payloads(answer: dict[str, Any]) -> list[dict[str, Any]]:
    return [message["payload"] for message in answer["messages"]]


def test_each_hears_who_sits_opposite_and_what_they_send(pair: Pair) -> None:
    _w, _meeting, user, expert = pair
    assert user.poll()["peer"] is None
    assert expert.poll()["peer"] == user.session
    assert user.poll()["peer"] == expert.session
    expert.poll({"description": "offer"}, {"candidates": [1]}, to=user.session)
    assert payloads(user.poll()) == [{"description": "offer"}, {"candidates": [1]}]
    assert payloads(user.poll()) == []
    assert payloads(expert.poll()) == []


def test_a_note_is_for_both_and_still_there_after_a_reload(pair: Pair) -> None:
    w, meeting, user, expert = pair
    assert payloads(user.poll({"note": "Page 7"})) == [{"note": "Page 7"}]
    [note] = expert.poll()["messages"]
    assert (note["payload"], note["party"]) == ({"note": "Page 7"}, "user")
    assert payloads(Page(w, meeting, USER).poll()) == [{"note": "Page 7"}]


def test_what_is_sent_again_after_a_lost_answer_is_kept_once(pair: Pair) -> None:
    _w, _meeting, user, expert = pair
    user.poll()
    sent = [{"number": 0, "target": "", "payload": {"note": "once"}}]
    for _again in range(3):
        user.raw(sent=sent)
    assert payloads(expert.poll()) == [{"note": "once"}]


def test_a_second_tab_takes_over_and_the_first_one_is_told(pair: Pair) -> None:
    w, meeting, user, expert = pair
    user.poll()
    second = Page(w, meeting, USER)
    assert "messages" in second.poll()
    assert user.poll() == {"superseded": True}
    assert expert.poll()["peer"] == second.session


def test_outside_one_looks_without_taking_a_seat(pair: Pair) -> None:
    _w, meeting, user, expert = pair
    assert user.raw(look=True).json() == {"peer": None}
    expert.poll()
    assert user.raw(look=True).json() == {"peer": expert.session}
    assert not Seat.objects.filter(room_id=row(meeting).pk, party="user").exclude(session="").exists()
    assert not Presence.objects.filter(reference=row(meeting).pk, party="user").exists()


@pytest.mark.parametrize("end", ["cancelled", "moved", "over", "link"])
def test_whoever_is_in_is_out_with_the_next_poll(pair: Pair, clock: PlatformClock, end: str) -> None:
    """J1: cancelled (C4), moved to another date (D4), past the window, or the link made anew."""
    w, meeting, user, expert = pair
    user.poll()
    expert.poll()
    if end == "cancelled":
        w.act(EXPERT, meeting, Act.CANCEL)
    elif end == "moved":
        w.act(USER, meeting, Act.RESCHEDULE, start=in_(days=2))
        w.act(EXPERT, meeting, Act.ALTERNATIVE_CONFIRM)
    elif end == "over":
        clock.freeze(row(meeting).ends_at + timedelta(minutes=60))
    else:
        client = Client()
        client.force_login(w.user)
        assert client.post(f"/meetings/{meeting}/link/").status_code == 303
    assert user.poll({"note": "too late"}) == {"closed": end}
    if end != "link":
        assert expert.poll() == {"closed": end}
    else:
        assert expert.poll()["peer"] is None
    assert not Signal.objects.filter(room_id=row(meeting).pk).exists()


def test_presence_is_written_when_one_comes_stays_and_goes(pair: Pair) -> None:
    _w, meeting, user, _expert = pair
    for _often in range(5):
        user.poll()
    Seat.objects.filter(room_id=row(meeting).pk, party="user").update(seen_at="2001-01-01T00:00Z")
    user.poll()
    user.raw(leave=True)
    kinds = Presence.objects.filter(reference=row(meeting).pk).order_by("id").values_list("party", "kind")
    assert list(kinds) == [("user", "joined"), ("user", "present"), ("user", "left")]


def test_an_idle_poll_is_one_statement_and_writes_nothing(pair: Pair) -> None:
    _w, _meeting, user, _expert = pair
    user.poll()
    with trips() as counted:
        user.poll()
    assert counted == [1]


@pytest.mark.parametrize(
    "asked",
    [
        {"session": "x"},
        {"since": -1},
        {"since": True},
        {"sent": "x"},
        {"sent": [{"number": 0, "target": "", "payload": {"note": "n"}}] * 51},
        {"sent": [{"number": 0, "target": "", "payload": {"note": ""}}]},
        {"sent": [{"number": 0, "target": "", "payload": {"note": "n" * 2001}}]},
        {"sent": [{"number": 0, "target": "", "payload": {"note": "\0"}}]},
        {"sent": [{"number": 0, "target": "", "payload": {"note": "\ud800"}}]},
        {"sent": [{"number": 0, "target": "", "payload": {"description": "for nobody"}}]},
        {"sent": [{"number": 0, "target": "x", "payload": {"a": 1}}]},
        {"sent": [{"number": 0, "target": "0" * 32, "payload": {"a": "b" * 70_000}}]},
        {"sent": [{"number": 0, "target": "0" * 32, "payload": {"a": [{"b\0": 1}]}}]},
    ],
    ids=str,
)
def test_what_no_page_of_ours_sends_is_refused(pair: Pair, asked: dict[str, Any]) -> None:
    _w, _meeting, user, _expert = pair
    user.poll()
    assert user.raw(**asked).status_code == 400


@pytest.mark.parametrize("body", ["", "[]", "{", '{"seat": 1}', '{"seat": "a:b:c"}'])
def test_without_a_seat_nothing_is_there(pair: Pair, body: str) -> None:
    _w, _meeting, user, _expert = pair
    assert user.client.post(user.address, body, content_type="application/json").status_code == 404


def test_a_seat_that_asks_too_often_has_to_wait(pair: Pair, settings: Any) -> None:
    settings.RATE_LIMITS = 1
    _w, _meeting, user, _expert = pair
    answers = [user.raw(enter=True) for _often in range(int(exchanging._AT_ONCE) + 20)]
    assert {answer.status_code for answer in answers} == {200, 429}
    assert answers[-1]["Retry-After"] == "1"


def test_relays_come_with_credentials_that_end_with_the_room(pair: Pair, settings: Any, clock: PlatformClock) -> None:
    """As coturn's use-auth-secret reads them."""
    settings.TURN_URL, settings.TURN_SECRET = ["turn:turn.example.org:3478"], "a secret"
    _w, meeting, user, _expert = pair
    assert "ice" not in user.poll()
    [server] = user.poll(ice=True)["ice"]
    expected = hmac.new(b"a secret", server["username"].encode(), hashlib.sha1).digest()
    assert server["credential"] == base64.b64encode(expected).decode()
    assert server["urls"] == ["turn:turn.example.org:3478"]
    from expertim.foundation.clock import machine_now

    rest = (row(meeting).ends_at + timedelta(minutes=60) - clock.now).total_seconds()
    ends = int(server["username"].split(":")[0]) - machine_now().timestamp()
    assert abs(ends - rest) < 5
    settings.TURN_URL = []
    assert user.poll(ice=True)["ice"] == []


def test_signals_and_notes_go_a_day_after_the_room_has_closed(pair: Pair, clock: PlatformClock) -> None:
    _w, meeting, user, _expert = pair
    user.poll({"note": "n"})
    clock.freeze(row(meeting).ends_at + timedelta(minutes=60))
    mine = Signal.objects.filter(room_id=row(meeting).pk)
    forget_signals(limit=1000)
    assert mine.exists()
    clock.advance(timedelta(days=1, seconds=1))
    forget_signals(limit=1000)
    assert not mine.exists()
    assert Presence.objects.filter(reference=row(meeting).pk).exists()
