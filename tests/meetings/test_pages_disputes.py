"""The operator's pages (X1): to anybody else they do not exist."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from expertim.meetings.actions import ring_due
from expertim.meetings.facts import Act, By, Said
from tests.meetings.visiting import Visitor, hidden_of, text_of, words_of
from tests.world import World, events, in_, person, row, wallet, world


def disputed(w: World, clock) -> str:
    meeting = w.agreed(start=in_(days=1))
    clock.advance(timedelta(days=1))
    w.act(By.USER, meeting, Act.JOIN)
    clock.advance(timedelta(days=1))
    w.act(By.EXPERT, meeting, Act.EVALUATE, progress=Said.OTHER_FAULT)
    w.act(By.USER, meeting, Act.EVALUATE, progress=Said.OTHER_FAULT, stars=2)
    return meeting


def olga() -> Visitor:
    return Visitor(person("olga", is_staff=True))


def test_to_others_the_disputes_do_not_exist(database, clock):
    w = world()
    meeting = disputed(w, clock)
    for who in (w.user, w.expert, person("charlie")):
        visitor = Visitor(who)
        for address in ("/operator/disputes/", f"/operator/disputes/{meeting}/"):
            assert visitor.get(address).status_code == 404
            assert visitor.post(address, {"outcome": "went_smoothly", "fee": "0", "note": "x"}).status_code in (
                404,
                405,
            )
    assert row(meeting).progress == "disputed"


def test_an_operator_sees_all_and_settles(database, clock):
    """X1"""
    w = world()
    meeting = disputed(w, clock)
    operator, page = olga(), f"/operator/disputes/{meeting}/"
    assert page in text_of(operator.get("/operator/disputes/"))
    shown = words_of(operator.get(page))
    assert "Uma said It did not take place because of Erin" in shown
    assert "Erin said It did not take place because of Uma" in shown
    assert "2 of 5" in shown
    assert "Uma 09:00 never" in shown  # pressed Join; not seen in the room
    seen = operator.fill(page, outcome="no_show_user", fee="10", note="Erin waited")
    assert "Uma pays 10 credits. Of that Erin gets 8 credits and the platform 2 credits." in words_of(seen)
    assert "The other 15 credits go back to Uma." in words_of(seen)
    assert row(meeting).progress == "disputed"
    answer = operator.again(seen, page)
    assert (answer.status_code, answer["Location"]) == (303, "/operator/disputes/")
    assert events(meeting)[-1] == ("progress_evaluated", "operator")
    assert wallet(w.user) == (9000, 0)
    assert wallet(w.expert) == (800, 0)
    told = words_of(Visitor(w.user).get(f"/meetings/{meeting}/"))
    assert "Meeting progress evaluated by Olga: Did not take place (user)" in told
    assert "Erin waited" in told
    assert "★" not in told
    assert "2 of 5" not in told


def test_a_settlement_sent_twice_settles_once(database, clock):
    w = world()
    meeting = disputed(w, clock)
    operator, page = olga(), f"/operator/disputes/{meeting}/"
    fields = hidden_of(operator.fill(page, outcome="no_show_expert", fee="0", note="So be it"))
    assert [operator.post(page, fields).status_code for _ in range(2)] == [303, 303]
    assert [event for event, _by in events(meeting)].count("progress_evaluated") == 1
    assert row(meeting).payment == "returned"
    late = operator.fill(page, outcome="no_show_expert", fee="0", note="Again")
    assert late.status_code == 409
    assert "This dispute is settled." in words_of(operator.get(page))


def test_an_operator_who_is_a_party_decides_nothing(database, clock):
    """X1"""
    w = world()
    w.user.is_staff = True
    w.user.save()
    meeting = disputed(w, clock)
    operator, page = Visitor(w.user), f"/operator/disputes/{meeting}/"
    shown = operator.get(page)
    assert "You are a party of this meeting, so another operator has to decide." in words_of(shown)
    assert 'name="outcome"' not in text_of(shown)
    answer = operator.post(page, {"key": "k", "outcome": "no_show_expert", "fee": "0", "note": "For me"})
    assert answer.status_code == 409
    assert row(meeting).progress == "disputed"


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ({"outcome": ""}, "Choose what became of the meeting."),
        ({"outcome": "disputed"}, "Choose what became of the meeting."),
        ({"fee": "25.01"}, "The fee is at least 0 and at most the price."),
        ({"fee": "-1"}, "Type the fee in credits, with at most two decimals."),
        ({"fee": ""}, "Type the fee in credits, with at most two decimals."),
        ({"note": " "}, "Explain the decision; both are told."),
    ],
)
def test_a_decision_that_cannot_be_taken_keeps_what_was_typed(database, clock, typed, told):
    w = world()
    meeting = disputed(w, clock)
    operator, page = olga(), f"/operator/disputes/{meeting}/"
    answer = operator.fill(page, **({"outcome": "no_show_user", "fee": "5", "note": "Kept in mind"} | typed))
    assert answer.status_code == 422
    assert told in words_of(answer)
    if "note" not in typed:
        assert "Kept in mind" in text_of(answer)
    assert row(meeting).progress == "disputed"


def test_unknown_disputes_are_not_found(database, clock):
    operator = olga()
    assert operator.get("/operator/disputes/0000000000000000/").status_code == 404


def test_what_the_pages_of_disputes_cost(database, clock):
    operator = olga()
    costs = []
    for _ in range(2):
        meeting = disputed(world(), clock)
        while ring_due(limit=100):  # what other tests have left to time; an operator's page would do it first (T0)
            pass
        for address in ("/operator/disputes/", f"/operator/disputes/{meeting}/"):
            with CaptureQueriesContext(connection) as captured:
                assert operator.get(address).status_code == 200
            costs.append(len(captured))
    assert costs[:2] == costs[2:]
    assert max(costs) <= 8


def test_a_decision_is_shown_before_it_is_taken_and_can_be_changed(database, clock):
    """X1: what is pressed is what was seen, also where somebody changes it behind the page."""
    w = world()
    meeting = disputed(w, clock)
    operator, page = olga(), f"/operator/disputes/{meeting}/"
    seen = operator.fill(page, outcome="went_smoothly", fee="0", note="So be it")
    assert "All 25 credits go back to Uma; Erin is paid nothing." in words_of(seen)
    other = operator.again(seen, page, fee="25")
    assert "Uma pays 25 credits." in words_of(other)
    assert "go back to Uma" not in words_of(other)
    back = operator.again(other, page, change="1")
    assert "So be it" in text_of(back)
    assert 'value="25"' in text_of(back)
    assert row(meeting).progress == "disputed"
    assert operator.again(other, page).status_code == 303
    assert wallet(w.expert) == (2000, 0)
