"""What finding reads is what the database would say of an expert anew, whoever has changed what."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.db import connection, transaction

from expertim.expertise.models import Expert, Listing, Service, Skill
from expertim.expertise.search import Order, Search, experts, folded
from expertim.people.models import Person, Profile
from tests.world import World, person, together, world

pytestmark = pytest.mark.usefixtures("database")


def expert_of(place: World) -> Expert:
    return Expert.objects.get(person=place.expert, expertise=place.expertise)


def assert_listed_as_it_is(expert: Expert) -> Listing:
    with connection.cursor() as cursor:
        cursor.execute("SELECT l = n FROM expertise_listing l, expertise_listing_of(ARRAY[%s]) n"
                       " WHERE l.expert_id = n.expert_id", [expert.pk])  # fmt: skip
        assert cursor.fetchall() == [(True,)]
    return Listing.objects.get(expert=expert)


def _another_skill(place: World) -> None:
    skill = Skill.objects.create(expertise=place.expertise, slug="tax", name={"en": "Tax", "cs": "Daně"})
    expert_of(place).skills.add(skill)


def _a_dearer_service(place: World) -> None:
    Service.objects.create(
        expert=expert_of(place), slug="two", kind="k", title={"en": "Second opinion"}, length_minutes=30, price=9900
    )


def _without_its_service(place: World) -> None:
    with connection.cursor() as cursor, transaction.atomic():
        cursor.execute("DELETE FROM expertise_service_skills WHERE service_id = %s", [place.service.pk])
        cursor.execute("DELETE FROM expertise_service WHERE id = %s", [place.service.pk])


CHANGES: dict[str, tuple[Callable[[World], object], Callable[[Listing], bool]]] = {
    "a name": (lambda w: Person.objects.filter(pk=w.expert.pk).update(name="Šárka"), lambda it: "sarka" in it.searched),
    "a text": (
        lambda w: Expert.objects.filter(person=w.expert).update(headline={"cs": "Dluhopisy"}),
        lambda it: "dluhopisy" in it.searched,
    ),
    "off the list": (lambda w: Expert.objects.filter(person=w.expert).update(active=False), lambda it: not it.listed),
    "signed out for good": (
        lambda w: Person.objects.filter(pk=w.expert.pk).update(is_active=False),
        lambda it: not it.listed,
    ),
    "a skill more": (_another_skill, lambda it: "dane" in it.searched and len(it.skills) == 2),
    "a skill's name": (lambda w: w.expertise.skills.update(name="Worth"), lambda it: "worth" in it.searched),
    "no skill": (lambda w: expert_of(w).skills.clear(), lambda it: len(it.skills) == 1),  # its service serves it still
    "a service more": (_a_dearer_service, lambda it: it.prices == [2500, 9900] and "second opinion" in it.searched),
    "a service less": (lambda w: w.expertise.experts.get().services.update(active=False), lambda it: not it.prices),
    "a service gone": (_without_its_service, lambda it: not it.prices),
    "a service's skills": (lambda w: w.service.skills.clear(), lambda it: len(it.skills) == 1),
    "a profile": (
        lambda w: Profile.objects.create(person=w.expert, languages=["cs", "de"], company="Závod", city="Brno"),
        lambda it: it.languages == ["cs", "de"] and "zavod" in it.searched and "brno" in it.searched,
    ),
}  # fmt: skip


@pytest.mark.parametrize("change", CHANGES)
def test_a_listing_follows_whatever_is_changed(change: str) -> None:
    place = world()
    act, holds = CHANGES[change]
    act(place)
    assert holds(assert_listed_as_it_is(expert_of(place)))


def test_two_who_change_one_expert_at_once_are_both_in_the_listing() -> None:
    place = world()
    expert = expert_of(place)

    def add(turn: int) -> None:
        with transaction.atomic():
            Service.objects.create(
                expert=expert, slug=f"s{turn}", kind="k", title="t", length_minutes=30, price=100 + turn
            )

    assert together(6, add) == ["done"] * 6
    assert assert_listed_as_it_is(expert).prices == [100, 101, 102, 103, 104, 105, 2500]


def test_signing_in_writes_nothing_into_the_listing() -> None:
    expert = expert_of(world())
    with connection.cursor() as cursor:
        cursor.execute("SELECT xmin FROM expertise_listing WHERE expert_id = %s", [expert.pk])
        before = cursor.fetchone()
        Person.objects.get(pk=expert.person_id).save()
        cursor.execute("SELECT xmin FROM expertise_listing WHERE expert_id = %s", [expert.pk])
        assert cursor.fetchone() == before


@pytest.mark.parametrize("word", ["Žluťoučký KŮŇ", "Łódź", "Straße", "Ærø", "İstanbul", "naïve", "日本"])
def test_the_database_folds_as_the_search_does(word: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT expertise_folded(%s)", [word])
        assert cursor.fetchone()[0] == folded(word)


@pytest.mark.parametrize("order", list(Order))
def test_every_order_goes_through_all_pages_without_loss_or_repetition(order: Order) -> None:
    place = world()
    for turn in range(6):
        expert = Expert.objects.create(person=person(f"twin{turn % 2}"), expertise=place.expertise)
        if turn % 3:
            Service.objects.create(expert=expert, slug="s", kind="k", title="t", length_minutes=30, price=turn)
    seen: list[str] = []
    after: str | None = None
    for _page in range(4):
        found = experts(Search(expertise=place.expertise.pk, reader=place.user.pk, order=order, after=after, limit=2))
        seen += [row.id for row in found.rows]
        after = found.next
    assert after is None
    assert len(seen) == len(set(seen)) == 7
    assert experts(Search(expertise=place.expertise.pk, order=order, after="made.up.x")).rows == ()
