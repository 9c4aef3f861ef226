"""Reading: the list, the meeting, and how many statements they cost."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from expertim.meetings.facts import Act, By, Said
from tests.meetings.visiting import Visitor, act, text_of, words_of
from tests.world import World, in_, person, world

MOST = 8


def test_the_list_shows_what_is_scheduled_held_and_everything(database, clock):
    """B3, B4"""
    w = world()
    user = Visitor(w.user)
    held, agreed = w.agreed(start=in_(days=1)), w.agreed(start=in_(days=5))
    cancelled = w.agreed(start=in_(days=6))
    w.act(By.EXPERT, cancelled, Act.CANCEL)
    clock.advance(timedelta(days=2))
    shown = {which: text_of(user.get(f"/meetings/?list={which}")) for which in ("scheduled", "held", "all")}
    assert [meeting in shown["scheduled"] for meeting in (held, agreed, cancelled)] == [False, True, False]
    assert [meeting in shown["held"] for meeting in (held, agreed, cancelled)] == [True, False, False]
    assert all(meeting in shown["all"] for meeting in (held, agreed, cancelled))
    assert f'class="button" href="{act(held, "evaluate")}"' in shown["held"]
    assert "Waiting for your word on how it went" in words_of(user.get("/meetings/?list=held"))


def test_a_long_list_goes_on_by_real_links(database, clock):
    w = world(credits=100_000)
    user = Visitor(w.user)
    meetings = [w.propose(start=in_(days=1 + n)) for n in range(23)]
    first = text_of(user.get("/meetings/"))
    [link] = [part.split('"')[0] for part in first.split('rel="next" href="')[1:]]
    second = text_of(user.get("/meetings/" + link.replace("&amp;", "&")))
    assert [meeting in first for meeting in meetings] == [True] * 20 + [False] * 3
    assert [meeting in second for meeting in meetings] == [False] * 20 + [True] * 3
    assert 'rel="next"' not in second


@pytest.mark.parametrize("query", ["list=none", "after=x", "after=20270311T0900Z-" + "9" * 30, "after=%00"])
def test_an_address_that_means_nothing_is_not_found(database, clock, query):
    w = world()
    assert Visitor(w.user).get(f"/meetings/?{query}").status_code == 404


@pytest.mark.parametrize("which", ["scheduled", "held", "all"])
def test_an_empty_list_says_what_will_appear(database, clock, which):
    answer = Visitor(person()).get(f"/meetings/?list={which}")
    assert answer.status_code == 200
    assert "here" in words_of(answer)


def test_nobody_reads_without_signing_in(database, clock):
    w = world()
    meeting = w.propose(start=in_(days=10))
    for address in ("/meetings/", f"/meetings/{meeting}/", act(meeting, "confirm"), "/operator/disputes/"):
        answer = Client().get(address)
        assert answer.status_code == 302
        assert "/accounts/login/" in answer["Location"]


def test_the_meeting_says_everything_on_both_clocks(database, clock):
    w = world()
    w.expert.time_zone, w.user.time_zone = "Europe/London", "Europe/Prague"
    w.expert.save()
    w.user.save()
    meeting = w.agreed(start=in_(days=10), message="About our plan")
    shown = words_of(Visitor(w.user).get(f"/meetings/{meeting}/"))
    for sentence in (
        "Agreed.",
        "Thu 11.03.2027 10:00 (Prague) · for Erin 09:00 (London)",
        "60 minutes, until 11:00",
        "Price: 25 credits",
        "25 credits of yours are blocked for it.",
        "Cancelling now costs nothing.",
        "After Tue 09.03.2027 10:00 (Prague) it costs 50 % of the price (12.50 credits).",
        "Joining opens Thu 11.03.2027 09:45 (Prague; for Erin 08:45 in London).",
        "Cancel the meeting until Thu 11.03.2027 10:00",
        "Approved by Uma: Thu 11.03.2027 10:00 (Prague; for Erin 09:00 in London) proposed About our plan",
        "Approved by Erin",
    ):
        assert sentence in shown
    assert f'href="/e/{w.expertise.slug}/experts/{w.expert.public_id}/"' in text_of(
        Visitor(w.user).get(f"/meetings/{meeting}/")
    )
    assert f"/people/{w.user.public_id}/propose/" in text_of(Visitor(w.expert).get(f"/meetings/{meeting}/"))


def test_the_others_word_is_not_shown_before_the_settlement(database, clock):
    w = world()
    meeting = w.agreed(start=in_(days=1))
    clock.advance(timedelta(days=2))
    w.act(By.EXPERT, meeting, Act.EVALUATE, progress=Said.OTHER_FAULT)
    shown = words_of(Visitor(w.user).get(f"/meetings/{meeting}/"))
    assert "Meeting progress recorded by Erin" in shown
    assert "because of" not in shown
    assert "You said It did not take place because of Uma" in words_of(Visitor(w.expert).get(f"/meetings/{meeting}/"))


def test_the_page_offers_joining_until_the_end_only(database, clock):
    """J1: the personal link works for an hour more."""
    w = world()
    meeting = w.agreed(start=in_(days=1))
    user = Visitor(w.user)
    clock.advance(timedelta(days=1))
    assert act(meeting, "join") in text_of(user.get(f"/meetings/{meeting}/"))
    clock.advance(timedelta(hours=1))
    assert act(meeting, "join") not in text_of(user.get(f"/meetings/{meeting}/"))
    assert user.get(act(meeting, "join")).status_code == 200


# ---------------------------------------------------------------- what a page costs


def statements(visitor: Visitor, address: str, *, status: int = 200, **posted: Any) -> int:
    visitor.get("/meetings/")  # the first page of a session may cost more
    with CaptureQueriesContext(
        connection,
    ) as captured:
        answer = visitor.post(address, posted) if posted else visitor.get(address)
    assert answer.status_code == status, address
    return len(captured)


def _grown(count: int) -> tuple[World, list[str]]:
    w = world(credits=100_000)
    return w, [w.propose(start=in_(days=10 + n)) for n in range(count)]


@pytest.mark.parametrize("which", ["scheduled", "all"])
def test_a_list_costs_the_same_whatever_its_length(database, clock, which):
    costs = [statements(Visitor(_grown(count)[0].user), f"/meetings/?list={which}") for count in (1, 15)]
    assert costs[0] == costs[1] <= MOST


def test_no_page_of_a_meeting_costs_more_than_it_may(database, clock):
    w = world(credits=100_000)
    user, expert = Visitor(w.user), Visitor(w.expert)
    waiting, agreed, held = w.propose(start=in_(days=10)), w.agreed(start=in_(days=11)), w.agreed(start=in_(days=1))
    w.act(By.USER, agreed, Act.RESCHEDULE, start=in_(days=12))
    clock.advance(timedelta(days=2))
    pages = [
        (user, f"/meetings/{waiting}/"),
        (expert, act(waiting, "confirm")),
        (expert, act(waiting, "reject")),
        (user, act(waiting, "withdraw")),
        (user, act(agreed, "cancel")),
        (expert, act(agreed, "alternative-confirm")),
        (expert, act(agreed, "alternative-reject")),
        (user, act(agreed, "alternative-withdraw")),
        (user, act(held, "evaluate")),
        (user, act(held, "join")),
        (user, f"/e/{w.expertise.slug}/experts/{w.expert.public_id}/propose/"),
        (expert, f"/people/{w.user.public_id}/propose/"),
    ]
    for who, address in pages:
        assert statements(who, address) <= MOST, address


def test_a_timeline_costs_the_same_whatever_its_length(database, clock):
    w = world()
    user = Visitor(w.user)
    meeting = w.agreed(start=in_(days=10))
    short = statements(user, f"/meetings/{meeting}/")
    for n in range(7):
        w.act(By.USER, meeting, Act.RESCHEDULE, start=in_(days=20 + n))
        w.act(By.USER, meeting, Act.ALTERNATIVE_WITHDRAW)
    assert statements(user, f"/meetings/{meeting}/") == short <= MOST


def test_a_refused_page_costs_no_more_than_a_page(database, clock):
    """O1: the warning reads the meetings in the way in one statement."""
    w = world(credits=100_000)
    expert = Visitor(w.expert)
    for _ in range(3):
        w.agreed(start=in_(days=10), acknowledge_overlap=True)
    meeting = w.propose(start=in_(days=10), acknowledge_overlap=True)
    assert statements(expert, act(meeting, "confirm"), status=409, key="k", seen_start=in_(days=10).isoformat()) <= MOST
