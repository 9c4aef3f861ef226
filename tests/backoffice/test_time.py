"""T0 for operators: with no worker at all, what they read has happened."""

from __future__ import annotations

from datetime import timedelta

import pytest

from expertim.meetings.facts import Act, By, Said
from tests.backoffice.operating import olga
from tests.meetings.visiting import Visitor, text_of, words_of
from tests.world import in_, person, row, wallet, world

pytestmark = pytest.mark.usefixtures("database")


def held(clock, hours: float = 0.0):
    """Agreed, held, nobody has spoken; that long after the end."""
    place = world(price=2500)
    meeting = place.agreed(start=in_(hours=2))
    clock.advance(timedelta(hours=3 + hours))
    return place, meeting


def test_t6_an_operator_sees_a_meeting_settled_that_no_worker_has_settled(clock):
    place, meeting = held(clock, hours=169)
    assert row(meeting).progress is None
    shown = words_of(olga().get(f"/meetings/{meeting}/"))
    assert "Meeting progress evaluated" in shown
    assert row(meeting).progress == "went_smoothly"
    assert wallet(place.user) == (7500, 0)
    assert wallet(place.expert) == (2000, 0)


def test_t6_nothing_is_settled_a_microsecond_before(clock):
    place = world(price=2500)
    meeting = place.agreed(start=in_(hours=2))
    clock.freeze(row(meeting).ends_at + timedelta(hours=168, microseconds=-1))
    olga().get(f"/meetings/{meeting}/")
    assert row(meeting).progress is None


def test_t1_an_operator_opens_a_proposal_past_its_start_and_finds_it_expired(clock):
    place = world(price=2500)
    meeting = place.propose(start=in_(hours=2))
    clock.advance(timedelta(hours=2))
    assert "Expired" in words_of(olga().get(f"/meetings/{meeting}/"))
    assert wallet(place.user) == (10_000, 0)


@pytest.mark.parametrize("address", ["/operator/disputes/", "/operator/", "/operator/meetings/?state=disputed"])
def test_s6_a_dispute_that_time_has_made_is_on_the_operator_s_lists(clock, address):
    place, meeting = held(clock)
    place.act(By.EXPERT, meeting, Act.EVALUATE, progress=Said.OTHER_FAULT)
    clock.freeze(row(meeting).ends_at + timedelta(hours=168))
    assert row(meeting).progress is None
    # the overview lists the five that have waited longest; the tests before may have left more
    page = text_of(olga().get(address))
    assert row(meeting).progress == "disputed"
    if address != "/operator/":
        assert meeting in page


def test_the_page_of_one_dispute_has_been_rung_too(clock):
    place, meeting = held(clock)
    place.act(By.EXPERT, meeting, Act.EVALUATE, progress=Said.OTHER_FAULT)
    clock.freeze(row(meeting).ends_at + timedelta(hours=168))
    assert "Your decision" in words_of(olga().get(f"/operator/disputes/{meeting}/"))


@pytest.mark.parametrize("address", ["/operator/people/{}/", "/operator/people/{}/grant/", "/operator/credits/"])
def test_t0_credits_that_time_has_returned_are_shown_as_returned(clock, address):
    place = world(price=2500)
    place.propose(start=in_(hours=2))
    clock.advance(timedelta(hours=2))
    olga().get(address.format(place.user.public_id))
    assert wallet(place.user) == (10_000, 0)


def test_a_stranger_s_look_at_a_meeting_rings_nothing(clock):
    place = world(price=2500)
    meeting = place.propose(start=in_(hours=2))
    clock.advance(timedelta(hours=2))
    assert Visitor(person()).get(f"/meetings/{meeting}/").status_code == 404
    assert row(meeting).state == "awaiting_approval"
    assert place.user


def test_a_bell_that_cannot_be_rung_holds_no_operator_for_ever(clock, monkeypatch):
    place = world()
    place.propose(start=in_(hours=2))
    clock.advance(timedelta(hours=2))
    rounds = []
    monkeypatch.setattr("expertim.meetings.actions.ring_due", lambda **given: rounds.append(given) or 1)
    assert olga().get("/operator/meetings/").status_code == 200
    assert len(rounds) == 50
