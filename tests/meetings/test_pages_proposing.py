"""Proposing, as a user to an expert (P1) and as an expert to somebody they know (P2)."""

from __future__ import annotations

from typing import Any

import pytest

from expertim.expertise.models import Service
from expertim.meetings.facts import By
from expertim.meetings.models import Meeting
from tests.meetings.visiting import Visitor, hidden_of, text_of, words_of
from tests.world import World, in_, person, row, wallet, world


def page_of(w: World) -> str:
    return f"/e/{w.expertise.slug}/experts/{w.expert.public_id}/propose/?service={w.service.public_id}"


def typed(user: Visitor, **changes: Any) -> dict[str, Any]:
    return {"skill": "valuation", **user.on(in_(days=10)), "message": "About our plan", **changes}


def meetings_of(w: World) -> list[Meeting]:
    return list(Meeting.objects.filter(user=w.user).order_by("id"))


def test_proposing_blocks_the_price_and_tells_what_comes_next(database, clock):
    """P1"""
    w = world()
    user = Visitor(w.user)
    shown = words_of(user.get(page_of(w)))
    assert "25 credits of yours are blocked now." in shown
    assert "until 48 h before the start, then it costs 50 % of the price (12.50 credits)" in shown
    assert "Propose the meeting, block 25 credits" in shown
    answer = user.fill(page_of(w), **typed(user))
    assert answer.status_code == 303
    [made] = meetings_of(w)
    assert answer["Location"] == f"/meetings/{made.public_id}/"
    shown = words_of(user.get(answer["Location"]))
    assert "You have proposed Thu 11.03.2027 09:00 (UTC). Erin has been told and has until then to answer." in shown
    assert "25 credits of yours are set aside; they come back whole if Erin rejects or does not answer." in shown
    assert wallet(w.user) == (7500, 2500)


def test_a_proposal_sent_twice_is_one_meeting(database, clock):
    """Z1"""
    w = world()
    user = Visitor(w.user)
    fields = hidden_of(user.get(page_of(w))) | typed(user)
    first, second = (user.post(page_of(w), fields) for _ in range(2))
    assert first["Location"] == second["Location"]
    assert len(meetings_of(w)) == 1
    assert user.fill(page_of(w), **typed(user), acknowledge_overlap="yes").status_code == 303
    assert len(meetings_of(w)) == 2


def test_a_service_that_has_changed_is_shown_anew(database, clock):
    """C5: at another price nothing happens; what was typed stays, and the new price is accepted by pressing again."""
    w = world()
    user = Visitor(w.user)
    fields = hidden_of(user.get(page_of(w)))
    Service.objects.filter(pk=w.service.pk).update(price=3000, length_minutes=90)
    stale = user.post(page_of(w), fields | typed(user))
    assert stale.status_code == 409
    assert "It now lasts 90 minutes and costs 30 credits." in words_of(stale)
    assert "Propose the meeting, block 30 credits" in words_of(stale)
    assert "About our plan" in text_of(stale)
    assert hidden_of(stale) == fields | {"seen_price": "3000", "seen_minutes": "90"}
    assert not meetings_of(w)
    assert user.again(stale, page_of(w), **typed(user)).status_code == 303
    assert meetings_of(w)[0].price == 3000


def test_a_service_that_is_gone_gives_way_to_another_with_what_was_typed(database, clock):
    w = world()
    user = Visitor(w.user)
    other = Service.objects.create(
        expert=w.service.expert, slug="long", kind="advice", title="Long advice", length_minutes=120, price=4000
    )
    other.skills.set(w.service.skills.all())
    fields = hidden_of(user.get(page_of(w)))
    Service.objects.filter(pk=w.service.pk).update(active=False)
    gone = user.post(page_of(w), fields | typed(user))
    assert gone.status_code == 422
    assert "This service is not offered any more" in words_of(gone)
    assert "About our plan" in text_of(gone)
    assert "Long advice, 120 minutes, 40 credits" in words_of(gone)
    page = user.get(page_of(w).split("?")[0], data={"service": other.public_id, "message": "About our plan"})
    assert "About our plan" in text_of(page)
    assert not meetings_of(w)


@pytest.mark.parametrize(
    "wrong", [{"skill": "none"}, {"skill": ""}, {"date": "soon"}, {"time": ""}, {"date": "01.01.2027"}]
)
def test_nothing_typed_is_lost_where_something_is_wrong(database, clock, wrong):
    w = world()
    user = Visitor(w.user)
    fields = hidden_of(user.get(page_of(w)))
    answer = user.post(page_of(w), fields | typed(user, **wrong))
    assert answer.status_code == 422
    assert "About our plan" in text_of(answer)
    assert hidden_of(answer)["key"] == fields["key"]
    assert not meetings_of(w)


def test_too_few_credits_are_told_before_anything_happens(database, clock):
    """Z2"""
    w = world(credits=1000)
    user = Visitor(w.user)
    answer = user.fill(page_of(w), **typed(user))
    assert answer.status_code == 409
    assert "You need 15 credits more." in words_of(answer)
    assert "About our plan" in text_of(answer)
    assert wallet(w.user) == (1000, 0)


def test_an_overlap_names_the_other_meeting(database, clock):
    """O1"""
    w = world()
    user = Visitor(w.user)
    first = w.agreed(start=in_(days=10))
    warned = user.fill(page_of(w), **typed(user))
    assert warned.status_code == 409
    assert f"/meetings/{first}/" in text_of(warned)
    assert user.all_the_same(warned, page_of(w), **typed(user)).status_code == 303


def test_the_terms_cannot_be_made_up(database, clock):
    w = world()
    user = Visitor(w.user)
    for made_up in ({"seen_price": "1"}, {"seen_price": "x"}, {"seen_minutes": "-5"}):
        assert user.fill(page_of(w), **typed(user), **made_up).status_code == 409
    assert not meetings_of(w)


def test_one_proposes_to_experts_that_there_are_and_not_to_oneself(database, clock):
    w = world()
    charlie = person("charlie")
    user = Visitor(w.user)
    for address in (
        f"/e/{w.expertise.slug}/experts/{charlie.public_id}/propose/",
        f"/e/nowhere/experts/{w.expert.public_id}/propose/",
    ):
        assert user.get(address).status_code == 404
        assert user.post(address, {"key": "k"}).status_code == 404
    shown = Visitor(w.expert).get(page_of(w))
    assert "One cannot propose a meeting to oneself." in words_of(shown)


def test_the_words_of_a_service_are_never_markup(database, clock):
    w = world()
    Service.objects.filter(pk=w.service.pk).update(title="<b>canary</b>")
    user = Visitor(w.user)
    for answer in (user.get(page_of(w)), user.get(page_of(w).split("?")[0] + "?service=none&message=<b>canary")):
        assert "<b>canary" not in text_of(answer)


# ---------------------------------------------------------------- an expert's proposal


def offer(w: World, **changes: Any) -> dict[str, Any]:
    value = f"{w.expertise.slug}/{w.service.public_id}/valuation"
    return {"service": value, **Visitor(w.expert).on(in_(days=12)), "minutes": "45", "price": "12,50"} | changes


def test_an_expert_proposes_to_somebody_they_know(database, clock):
    """P2: at a length and a price of their own; nothing is blocked."""
    w = world()
    w.propose(start=in_(days=10))
    expert = Visitor(w.expert)
    page = f"/people/{w.user.public_id}/propose/"
    assert "usually 60 minutes, 25 credits" in words_of(expert.get(page))
    answer = expert.fill(page, **offer(w))
    assert answer.status_code == 303
    made = meetings_of(w)[-1]
    assert (made.price, made.length_minutes, made.payment) == (1250, 45, "not_blocked")


def test_an_offer_left_empty_is_the_usual_one(database, clock):
    w = world()
    w.propose(start=in_(days=10))
    answer = Visitor(w.expert).fill(f"/people/{w.user.public_id}/propose/", **offer(w, minutes="", price=""))
    assert answer.status_code == 303
    assert (meetings_of(w)[-1].price, meetings_of(w)[-1].length_minutes) == (2500, 60)


def test_a_stranger_is_as_unknown_as_nobody(database, clock):
    """P2"""
    w = world()
    expert = Visitor(w.expert)
    for public_id in (w.user.public_id, "0" * 16, w.expert.public_id):
        page = f"/people/{public_id}/propose/"
        assert expert.get(page).status_code == 404
        assert expert.post(page, offer(w) | {"key": "k"}).status_code == 404
    assert not meetings_of(w)


def test_who_offers_nothing_proposes_nothing(database, clock):
    w = world()
    w.propose(start=in_(days=10))
    assert Visitor(w.user).get(f"/people/{w.expert.public_id}/propose/").status_code == 404


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ({"minutes": "4"}, "A meeting lasts from 5 to 480 minutes."),
        ({"minutes": "1e3"}, "Type the length in whole minutes, such as 60."),
        ({"minutes": "9" * 5000}, "Type the length in whole minutes, such as 60."),
        ({"price": "100000"}, "The price is at most 99,999.99 credits."),
        ({"price": "-1"}, "Type the price in credits, with at most two decimals."),
        ({"price": "1.234"}, "Type the price in credits, with at most two decimals."),
        ({"service": "a/b/c"}, "Choose"),
        ({"date": "x"}, "Type the date as in the example"),
    ],
)
def test_an_offer_that_cannot_be_taken_is_told_beside_its_field(database, clock, wrong, told):
    w = world()
    first = w.propose(start=in_(days=10))
    answer = Visitor(w.expert).fill(f"/people/{w.user.public_id}/propose/", **offer(w, **wrong, message="Kept"))
    assert answer.status_code == 422
    assert told in words_of(answer)
    assert "Kept" in text_of(answer)
    assert [made.public_id for made in meetings_of(w)] == [first]


def test_an_experts_own_overlap_warns(database, clock):
    """O1, P2"""
    w = world()
    held = w.agreed(start=in_(days=12))
    expert = Visitor(w.expert)
    page = f"/people/{w.user.public_id}/propose/"
    warned = expert.fill(page, **offer(w))
    assert warned.status_code == 409
    assert f"/meetings/{held}/" in text_of(warned)
    assert expert.all_the_same(warned, page, **offer(w)).status_code == 303
    assert row(held).state == "agreed"
    assert By.EXPERT.value in meetings_of(w)[-1].approved_by
