"""From Join to the platform's own page and back as evidence: the whole way, over HTTP, on each platform's stand."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from expertim.foundation.headers import POLICY
from expertim.meetings import queries, rooms
from expertim.meetings.evidence import evidence_of, times_of
from expertim.meetings.facts import PARTIES, Act, By, Event
from expertim.meetings.links import token_of
from expertim.meetings.models import TimelineEvent
from expertim.video import platforms
from expertim.video.models import Presence, Room
from expertim.video.port import Entry, RawRequest
from expertim.video.rooms import presences
from expertim.video.views import LARGEST_BODY
from tests.conftest import PlatformClock
from tests.video.platforms_tried import Shaky
from tests.video.stand import Stand, spec
from tests.video.stands import STANDS, those_that
from tests.world import World, in_, person, row, world

USER, EXPERT = By.USER, By.EXPERT


@pytest.fixture
def stand(request: pytest.FixtureRequest, clock: PlatformClock, settings: Any) -> Iterator[Stand]:
    """The platform that this installation has chosen, with its server."""
    made = STANDS[request.param]()
    platforms.register(made.platform, origins=made.origins)
    settings.VIDEO_PLATFORM, settings.RATE_LIMITS = made.key, 0
    yield made
    platforms.forget(made.key)
    made.close()


def signed_in(who: Any) -> Client:
    client = Client()
    client.force_login(who)
    return client


def joined(w: World, meeting: str) -> list[Any]:
    """Both press Join on the meeting's page."""
    return [signed_in(who).post(f"/meetings/{meeting}/join/") for who in (w.user, w.expert)]


def told(stand: Stand, requests: list[RawRequest]) -> list[int]:
    """What the server gets to hear, from a client that has no cookie and no token of ours."""
    client = Client(enforce_csrf_checks=True)
    return [
        client.post(
            f"/video/{stand.key}/events/{one.path}" + (f"?{one.query}" if one.query else ""),
            one.body,
            content_type=one.headers.get("content-type", "application/x-www-form-urlencoded"),
            headers={name: value for name, value in one.headers.items() if name != "content-type"},
        ).status_code
        for one in requests
    ]


@pytest.mark.parametrize("stand", those_that("leads", "pushes"), indirect=True)
def test_both_are_led_there_and_what_the_platform_tells_becomes_evidence(stand: Stand, clock: PlatformClock) -> None:
    """J1; told twice it is kept once, meddled with it is not believed, and the timeline knows Join alone."""
    w = world()
    meeting = w.agreed(start=in_(minutes=10))
    rooms.send({"meeting": meeting})
    answers = joined(w, meeting)
    assert [answer.status_code for answer in answers] == [303, 303]
    assert all(answer["Referrer-Policy"] == "no-referrer" for answer in answers)
    for answer in answers:
        stand.come(Entry(kind="redirect", url=answer["Location"]))
    requests = stand.pushed()
    forgeries = [forged for real in requests for forged in stand.forged(real)]
    assert all(400 <= status < 500 for status in told(stand, forgeries))
    mine = Presence.objects.filter(reference=row(meeting).pk)
    assert not mine.exists()
    for _twice in range(2):
        assert all(200 <= status < 300 for status in told(stand, requests))
        assert sorted(mine.values_list("party", "kind", "source")) == [
            ("expert", "joined", stand.key),
            ("user", "joined", stand.key),
        ]
    lines = TimelineEvent.objects.filter(meeting_id=row(meeting).pk, event=Event.ATTENDED).values_list("by", flat=True)
    assert sorted(lines) == ["expert", "user"]


@pytest.mark.parametrize("stand", those_that("leads", "pulls"), indirect=True)
def test_a_worker_asks_who_is_there_and_both_were_there_together(stand: Stand, clock: PlatformClock) -> None:
    """Where nothing of what the server pushes arrives."""
    w = world()
    meeting = w.agreed(start=in_(minutes=10))
    rooms.send({"meeting": meeting})
    for answer in joined(w, meeting):
        stand.come(Entry(kind="redirect", url=answer["Location"]))
    for _minute in range(4):
        Room.objects.filter(pk=row(meeting).pk).update(asked_at=None)
        rooms.look_after(limit=100)
        clock.advance(timedelta(minutes=1))
    found = presences(reference=row(meeting).pk, generation=1)
    assert [party for party, *_rest in found].count("user") == 4
    for party in PARTIES:
        [(begin, end)] = times_of(party, found)
        assert end - begin == timedelta(minutes=3)
    view = queries.meeting_for(person=w.user.pk, meeting=meeting)
    assert view is not None
    evidence = evidence_of(view, joins=queries.attendance(view), clock=w.user.clock)
    assert "3 minutes" in evidence.together
    assert evidence.source == stand.key


@pytest.mark.parametrize("stand", those_that("leads", "evicts"), indirect=True)
def test_a_cancellation_reaches_those_who_are_there(stand: Stand, clock: PlatformClock) -> None:
    """C4: decided here at once, brought about by a worker."""
    w = world()
    meeting = w.agreed(start=in_(minutes=10))
    rooms.send({"meeting": meeting})
    for answer in joined(w, meeting):
        stand.come(Entry(kind="redirect", url=answer["Location"]))
    there = spec(key=meeting, reference=row(meeting).pk)
    assert stand.inside(there) == 2
    w.act(EXPERT, meeting, Act.CANCEL)
    assert rooms.send({"meeting": meeting}) == {"done": "cancelled"}
    assert stand.inside(there) == 0


@pytest.mark.parametrize("stand", those_that("leads", "serves"), indirect=True)
def test_a_server_that_fails_at_join_leads_both_into_the_built_in_room(stand: Stand, clock: PlatformClock) -> None:
    w = world()
    meeting = w.agreed(start=in_(minutes=10))
    rooms.send({"meeting": meeting})
    stand.fake.close()
    answers = joined(w, meeting)
    there = {answer["Location"] == f"/meetings/{meeting}/room/" for answer in answers}
    assert len(there) == 1
    assert {there.pop()} == {Room.objects.get(pk=row(meeting).pk).fell_back_at is not None}


@pytest.mark.parametrize(
    "url",
    [
        "http://shaky.example.org/",
        "javascript:alert(1)",
        "//elsewhere.example.org/",
        "https://elsewhere.example.org/",
        "https://shaky.example.org@elsewhere.example.org/",
        "https://shaky.example.org/" + "x" * 10_000,
        "https://shaky.example.org/\r\nSet-Cookie: a=b",
        "",
    ],
    ids=lambda url: url[:40],
)
def test_what_leads_elsewhere_leads_nobody_anywhere(shaky: Shaky, url: str) -> None:
    """Both are in the built-in room instead, and the operators are told why."""
    w, olga = world(), person("olga", is_staff=True)
    meeting = w.agreed(start=in_(minutes=10))
    shaky.down, shaky.leads_to = False, url
    rooms.send({"meeting": meeting})
    for answer in joined(w, meeting):
        assert answer["Location"] == f"/meetings/{meeting}/room/"
    rooms.tell_of_missing(limit=1000)
    [notice] = olga.notices.filter(kind="room_missing", reference=row(meeting).pk)
    assert "may not be sent" in notice.values["error"]


def test_pages_with_join_let_their_form_lead_there_and_no_other_page_does(shaky: Shaky) -> None:
    """Chromium holds form-action against the redirect that answers a POST."""
    w = world()
    meeting = w.agreed(start=in_(minutes=10))
    shaky.down = False
    view = queries.meeting_for(person=w.user.pk, meeting=meeting)
    assert view is not None
    link, client = f"/join/{token_of(view, USER)}/", signed_in(w.user)
    for page in (client.get(f"/meetings/{meeting}/join/"), Client().get(link)):
        assert "form-action 'self' https://shaky.example.org;" in page["Content-Security-Policy"]
        others = page["Content-Security-Policy"].replace(" https://shaky.example.org", "")
        assert others == POLICY
    for address in (f"/meetings/{meeting}/", f"/meetings/{meeting}/cancel/", "/"):
        assert client.get(address, follow=True)["Content-Security-Policy"] == POLICY
    answer = Client().post(link)
    assert (answer.status_code, answer["Location"]) == (303, f"https://shaky.example.org/{w.user.public_id}")
    assert answer["Referrer-Policy"] == "no-referrer"


def test_opened_in_place_the_whole_page_is_led_there(shaky: Shaky) -> None:
    w = world()
    meeting = w.agreed(start=in_(minutes=10))
    shaky.down = False
    headers = {"HX-Request": "true", "HX-Target": "dialog-body"}
    answer = signed_in(w.user).post(f"/meetings/{meeting}/join/", headers=headers)
    assert answer["HX-Redirect"] == f"https://shaky.example.org/{w.user.public_id}"


def test_nothing_listens_for_a_platform_that_is_not_there() -> None:
    for address in ("/video/builtin/events/", "/video/jitsi/events/occupant/joined", "/video/none/events/"):
        assert Client(enforce_csrf_checks=True).post(address, b"{}", content_type="text/plain").status_code == 404
    assert Client().get("/video/builtin/events/").status_code == 405


@pytest.mark.parametrize("stand", those_that("leads", "pushes"), indirect=True)
def test_what_is_too_large_is_not_even_looked_at(stand: Stand) -> None:
    assert told(stand, [RawRequest(headers={}, body=b" " * (LARGEST_BODY + 1))]) == [413]
