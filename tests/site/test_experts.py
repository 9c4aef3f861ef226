"""Finding an expert, and one expert's page."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.utils import timezone

from expertim.expertise.models import Expert, Expertise, Service, Skill
from expertim.expertise.search import Search, experts
from expertim.meetings.facts import Act, By, Said
from expertim.people.models import Person
from expertim.reviews.models import Review
from tests.conftest import PlatformClock
from tests.site.reading import client_of, text_of
from tests.world import in_, person, world

pytestmark = pytest.mark.usefixtures("database")


def listed(field: Expertise, name: str, *, headline: object = "", introduction: object = "") -> Expert:
    who = person(name)
    Person.objects.filter(pk=who.pk).update(name=name)
    return Expert.objects.create(person=who, expertise=field, headline=headline, introduction=introduction)


def names(field: Expertise, **asked: object) -> list[str]:
    return [row.name for row in experts(Search(expertise=field.pk, **asked)).rows]  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("q", "found"),
    [
        ("", ["100%_sure", "Erin", "Łukasz Żółć", "Tomáš Beran"]),
        ("tomas", ["Tomáš Beran"]),
        ("TOMÁŠ beran", ["Tomáš Beran"]),
        ("beran tomas", ["Tomáš Beran"]),
        ("beran nobody", []),
        ("lukasz zolc", ["Łukasz Żółć"]),
        ("vydani", ["Tomáš Beran"]),  # of the Czech introduction
        ("valuation", ["Erin"]),  # a skill
        ("ocenovani", ["Erin"]),  # the same skill in Czech
        ("advice", ["Erin"]),  # a service
        ("%", ["100%_sure"]),
        ("_", ["100%_sure"]),
        ("\\", []),
        ("'); --", []),
        ("a\x00b", []),
        ("cs", []),  # a language's code is no word
    ],
)
def test_words_are_found_without_accents_and_stand_for_themselves(q: str, found: list[str]) -> None:
    field = world().expertise
    listed(field, "Tomáš Beran", introduction={"en": "Issuing bonds", "cs": "Vydání dluhopisů"})
    listed(field, "Łukasz Żółć")
    listed(field, "100%_sure")
    assert sorted(names(field, q=q)) == sorted(found)


def test_one_skill_only_served_by_naming_it_or_by_a_service() -> None:
    place = world()
    treasury = Skill.objects.create(expertise=place.expertise, slug="treasury", name="Treasury")
    served = listed(place.expertise, "By Service")
    Service.objects.create(expert=served, slug="s", kind="k", title="t", length_minutes=30, price=0).skills.add(
        treasury
    )
    listed(place.expertise, "Neither")
    assert names(place.expertise, skill="treasury") == ["By Service"]
    page = text_of(client_of(place.user), f"/e/{place.expertise.slug}/experts/", skill="treasury")
    assert "By Service" in page
    assert "Neither" not in page
    assert client_of(place.user).get(f"/e/{place.expertise.slug}/experts/?skill=nonsense").status_code == 404


def test_who_is_not_listed_or_may_not_sign_in_is_not_found() -> None:
    place = world()
    gone, closed = listed(place.expertise, "Gone"), listed(place.expertise, "Closed")
    Expert.objects.filter(pk=gone.pk).update(active=False)
    Person.objects.filter(pk=closed.person_id).update(is_active=False)
    assert names(place.expertise) == ["Erin"]
    for expert in (gone, closed):
        address = f"/e/{place.expertise.slug}/experts/{expert.person.public_id}/"
        assert client_of(place.user).get(address).status_code == 404


def test_pages_follow_one_another_without_loss_where_names_are_alike() -> None:
    place = world()
    for _ in range(4):
        listed(place.expertise, "Twin")
    seen: list[str] = []
    after: str | None = None
    for _ in range(3):
        page = experts(Search(expertise=place.expertise.pk, after=after, limit=2))
        seen += [row.id for row in page.rows]
        after = page.next
    assert after is None
    assert len(seen) == len(set(seen)) == 5


def test_links_of_a_paged_list_keep_the_filters() -> None:
    place = world()
    for number in range(21):
        listed(place.expertise, f"Twin {number:02d}")
    client, address = client_of(place.user), f"/e/{place.expertise.slug}/experts/"
    first = text_of(client, address, q="twin")
    more = re.search(r'rel="next" href="(\?[^"]+)"', first)
    assert more
    assert "q=twin" in more[1]
    second = text_of(client, address + more[1].replace("&amp;", "&"))
    assert "Twin 20" in second
    assert "Twin 19" not in second


def test_an_expert_s_page_offers_each_service_and_shows_our_meetings_only(clock: PlatformClock) -> None:
    place = world(price=2550)
    meeting = place.agreed(start=in_(hours=2))
    address = f"/e/{place.expertise.slug}/experts/{place.expert.public_id}/"
    page = text_of(client_of(place.user), address)
    assert f"{address}propose/?service={place.service.public_id}" in page
    assert "25.50 credits" in page
    assert meeting in page
    assert "1 to come, 0 held" in page
    assert meeting not in text_of(client_of(person()), address)
    own = text_of(client_of(place.expert), address)
    assert "propose/?service=" not in own
    assert meeting not in own
    clock.advance(timedelta(hours=3))
    assert "1 held, 0 to come" in text_of(client_of(person()), address)


def test_an_expert_of_another_expertise_has_no_page_here() -> None:
    place, other = world(), world()
    address = f"/e/{place.expertise.slug}/experts/{other.expert.public_id}/"
    assert client_of(place.user).get(address).status_code == 404


def test_v1_texts_are_public_in_bdi_with_author_and_never_hidden_ones_or_stars(clock: PlatformClock) -> None:
    place = world()
    meeting = place.agreed(start=in_(hours=2))
    clock.advance(timedelta(hours=3))
    place.act(By.USER, meeting, Act.EVALUATE, progress=Said.SMOOTH, stars=4, review="<b>Splendid</b> & fair")
    hidden = Review.objects.create(
        user=person("mallory"),
        expert=place.expert,
        text="A secret insult",
        written_at=timezone.now(),
        hidden_at=timezone.now(),
        hidden_note="insult",
    )
    page = text_of(client_of(person()), f"/e/{place.expertise.slug}/experts/{place.expert.public_id}/")
    assert "<bdi>&lt;b&gt;Splendid&lt;/b&gt; &amp; fair</bdi>" in page
    assert "<bdi>Uma</bdi>, 01.03.2027" in page
    assert hidden.text not in page
    assert "star" not in page.lower().replace("start", "")


@pytest.mark.parametrize(("price", "said"), [(0, "also free of charge"), (2500, "from 25 credits")])
def test_the_cheapest_service_is_named_and_never_as_nought_credits(price: int, said: str) -> None:
    place = world(price=price)
    for address in (f"/e/{place.expertise.slug}/", f"/e/{place.expertise.slug}/experts/"):
        page = text_of(client_of(place.user), address)
        assert said in page
        assert "from 0 credits" not in page
