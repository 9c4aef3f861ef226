"""What the pages read: one statement each, in the reader's language, listed experts only."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from expertim.expertise import actions, queries
from expertim.expertise.models import Expert, RejectReason, Service, Skill
from tests.world import World, expertise, person, unique, world

pytestmark = pytest.mark.usefixtures("database")


def another_expert(place: World, name: str = "Ada", **fields: Any) -> Expert:
    made = Expert.objects.create(person=person(name), expertise=place.expertise, **fields)
    made.skills.add(Skill.objects.get(expertise=place.expertise, slug="valuation"))
    return made


def skill(place: World, slug: str, **fields: Any) -> Skill:
    return Skill.objects.create(expertise=place.expertise, slug=slug, name=slug.title(), **fields)


@pytest.mark.parametrize(
    "ask",
    [
        lambda w: queries.expertises(),
        lambda w: queries.expertise(w.expertise.slug),
        lambda w: queries.reject_reasons(),
        lambda w: queries.experts_by_skill(expertise=w.expertise.slug, person_id=w.user.pk),
        lambda w: queries.experts(expertise=w.expertise.slug, skill="valuation"),
        lambda w: queries.expert_page(expertise=w.expertise.slug, public_id=w.expert.public_id),
        lambda w: queries.services_of(w.expert.pk),
        lambda w: queries.skills_to_wish(w.user.pk),
    ],
)
def test_every_question_is_one_statement_whatever_the_number_of_rows(ask: Callable[[World], Any]) -> None:
    place = world()
    for _more in range(2):
        with CaptureQueriesContext(
            connection,
        ) as asked:
            assert ask(place)
        assert len(asked) == 1
        for n in range(3):
            another_expert(place, f"Expert {n}")
            skill(place, unique("skill"))


def test_an_expertise_has_its_skills_reasons_and_terms() -> None:
    place = world(late_fee_percent="12.5", review_bonus=750)
    RejectReason.objects.get_or_create(code="never-offered", defaults={"text": "Never", "active": False})
    with translation.override("cs"):
        page = queries.expertise(place.expertise.slug)
    assert page is not None
    assert [(row.slug, row.name) for row in page.skills] == [("valuation", "Oceňování")]
    codes = [reason.code for reason in page.reasons]
    assert "not-my-field" in codes
    assert "never-offered" not in codes
    place.expertise.refresh_from_db()
    assert page.terms == queries.terms_of(place.expertise)
    assert page.terms == {
        "free_cancellation_hours": 48,
        "late_fee_percent": "12.50",
        "commission_percent": "20.00",
        "no_show_fee_percent": "100.00",
        "join_opens_minutes": 15,
        "join_closes_minutes": 60,
        "reminder_hours": 24,
        "link_minutes": 60,
        "evaluation_reminder_hours": 24,
        "settlement_hours": 168,
        "review_bonus": 750,
    }
    assert queries.expertise("no-such-field") is None


def test_b5_the_skills_i_want_to_develop_come_first_with_their_experts() -> None:
    place = world()
    last = skill(place, "law", position=9)
    skill(place, "tax", position=5)
    ada = another_expert(place, "Ada")
    ada.skills.add(last)
    actions.wish(person_id=place.user.pk, skill_ids=[last.pk])
    found = queries.experts_by_skill(expertise=place.expertise.slug, person_id=place.user.pk)
    assert [(row.slug, row.wished, row.count, [expert.name for expert in row.experts]) for row in found] == [
        ("law", True, 1, ["Ada"]),
        ("valuation", False, 2, ["Ada", "Erin"]),
        ("tax", False, 0, []),
    ]
    assert found[1].experts[1].from_price == 2500
    few = queries.experts_by_skill(expertise=place.expertise.slug, person_id=None, per_skill=1)
    assert [(row.slug, row.count, len(row.experts)) for row in few] == [
        ("valuation", 2, 1),
        ("tax", 0, 0),
        ("law", 1, 1),
    ]


@pytest.mark.parametrize("hide", ["expert", "person"])
def test_who_is_not_listed_is_nowhere(hide: str) -> None:
    place = world()
    if hide == "expert":
        Expert.objects.filter(person=place.expert).update(active=False)
    else:
        place.expert.is_active = False
        place.expert.save()
    slug, of = place.expertise.slug, place.expert.public_id
    assert queries.expert_page(expertise=slug, public_id=of) is None
    assert queries.experts(expertise=slug) == ()
    assert queries.experts_by_skill(expertise=slug, person_id=None)[0].experts == ()
    assert asked_for(place) is None


def test_an_experts_page_shows_what_is_on_offer() -> None:
    place = world(price=3333)
    Service.objects.create(
        expert=Expert.objects.get(person=place.expert),
        slug="old",
        kind="k",
        title="No longer offered",
        length_minutes=30,
        price=0,
        active=False,
    )
    page = queries.expert_page(expertise=place.expertise.slug, public_id=place.expert.public_id)
    assert page is not None
    assert (page.name, page.headline, page.person_id) == ("Erin", "Values companies", place.expert.pk)
    assert [(s.id, s.title, s.minutes, s.price, [k.slug for k in s.skills]) for s in page.services] == [
        (place.service.public_id, "Expert advice", 60, 3333, ["valuation"])
    ]
    assert queries.services_of(place.expert.pk)[0].services == page.services
    assert queries.services_of(place.user.pk) == ()


def asked_for(place: World, **changes: str) -> Any:
    asked = {
        "expertise_slug": place.expertise.slug,
        "expert_public_id": place.expert.public_id,
        "service_public_id": place.service.public_id,
        "skill_slug": "valuation",
    }
    return queries.offer(**(asked | changes))


def test_p1_an_offer_is_that_service_of_that_expert_for_that_skill_in_that_expertise() -> None:
    place, other = world(price=3333, minutes=45), world()
    offer = asked_for(place)
    assert (offer.service_id, offer.expert_person_id, offer.price, offer.minutes) == (
        place.service.pk,
        place.expert.pk,
        3333,
        45,
    )
    assert offer.skill_name == {"en": "Valuation", "cs": "Oceňování"}
    assert offer.terms == queries.terms_of(place.expertise)
    skill(place, "tax")
    assert asked_for(place, skill_slug="tax") is None
    assert asked_for(place, expertise_slug=other.expertise.slug) is None
    assert asked_for(place, expert_public_id=other.expert.public_id) is None
    assert asked_for(place, service_public_id=other.service.public_id) is None
    place.service.active = False
    place.service.save()
    assert asked_for(place) is None


def test_wishes_are_exactly_the_chosen_skills() -> None:
    field = expertise()
    me, valuation = person(), field.skills.get()
    actions.wish(person_id=me.pk, skill_ids=[valuation.pk, 0])
    actions.wish(person_id=me.pk, skill_ids=[valuation.pk])
    assert [row.name for row in queries.skills_to_wish(me.pk) if row.wished] == ["Valuation"]
    actions.wish(person_id=me.pk, skill_ids=[])
    assert not any(row.wished for row in queries.skills_to_wish(me.pk))
