"""What one may look for among experts, how it stands in the address, and favourites."""

from __future__ import annotations

import re

import pytest
from django.utils import timezone

from expertim.expertise.models import Expert, Expertise, Favourite, Reliability, Service, Skill, SkillWish
from expertim.people.models import Profile
from tests.site.reading import client_of, text_of
from tests.world import World, person, world

pytestmark = pytest.mark.usefixtures("database")


def listed(field: Expertise, name: str, *, price: int | None = None, languages: str = "", **figures: int) -> Expert:
    expert = Expert.objects.create(person=person(name), expertise=field)
    if price is not None:
        Service.objects.create(expert=expert, slug="s", kind="k", title="t", length_minutes=30, price=price)
    if languages:
        Profile.objects.create(person=expert.person, languages=languages.split())
    if figures:
        Reliability.objects.create(expert=expert, counted_at=timezone.now(), **({"held": 0} | figures))
    return expert


@pytest.fixture
def crowd() -> World:
    """Erin of the world has a service for 25 credits and no figures."""
    place = world()
    listed(place.expertise, "quick", price=1000, languages="cs en", held=6, answer_minutes=100, on_time_percent=100)
    listed(place.expertise, "slow", price=9000, languages="de", held=30, answer_minutes=4000, on_time_percent=85)
    listed(place.expertise, "newcomer", price=0, languages="cs")
    return place


def shown(place: World, query: str) -> list[str]:
    page = text_of(client_of(place.user), f"/e/{place.expertise.slug}/experts/?{query}")
    return re.findall(r'<h2><a href="[^"]+"><bdi>(\w+)</bdi>', page)


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", ["Quick", "Erin", "Newcomer", "Slow"]),  # the unknown are neither ahead of the quick nor behind the slow
        ("order=name", ["Erin", "Newcomer", "Quick", "Slow"]),
        ("order=price", ["Newcomer", "Quick", "Erin", "Slow"]),
        ("order=answers", ["Quick", "Slow", "Erin", "Newcomer"]),
        ("order=held", ["Slow", "Quick", "Erin", "Newcomer"]),
        ("order=nonsense", ["Quick", "Erin", "Newcomer", "Slow"]),
        ("language=cs", ["Quick", "Newcomer"]),
        ("from=10&to=25", ["Quick", "Erin"]),
        ("to=9.99", ["Newcomer"]),
        ("from=25,01", ["Slow"]),
        ("answers=240", ["Quick"]),
        ("answers=4320", ["Quick", "Slow"]),
        ("held=20", ["Slow"]),
        ("time=90", ["Quick"]),
        ("language=cs&held=5&to=20&q=quick", ["Quick"]),
        ("language=xx&answers=1&held=-1&time=x&favourites=no", ["Quick", "Erin", "Newcomer", "Slow"]),
    ],
)
def test_experts_are_chosen_and_ordered_by_what_the_address_says(crowd: World, query: str, found: list[str]) -> None:
    assert shown(crowd, query) == found


def test_skills_one_wants_to_develop_come_first(crowd: World) -> None:
    """B5, in finding."""
    tax = Skill.objects.create(expertise=crowd.expertise, slug="tax", name="Tax")
    slow = Expert.objects.get(expertise=crowd.expertise, person__name="Slow")
    slow.skills.add(tax, crowd.expertise.skills.get(slug="valuation"))
    for skill in crowd.expertise.skills.all():
        SkillWish.objects.create(person=crowd.user, skill=skill)
    assert shown(crowd, "") == ["Slow", "Erin", "Quick", "Newcomer"]
    page = text_of(client_of(crowd.user), f"/e/{crowd.expertise.slug}/experts/")
    assert "2 skills you want to develop" in page


def test_a_price_that_cannot_be_read_is_kept_and_explained(crowd: World) -> None:
    page = text_of(client_of(crowd.user), f"/e/{crowd.expertise.slug}/experts/?from=cheap&language=cs")
    assert "Credits are written as 25 or 25.50." in page
    assert 'value="cheap"' in page
    assert shown(crowd, "from=cheap&language=cs") == ["Quick", "Newcomer"]


def test_each_thing_looked_for_can_be_left_out_by_a_link(crowd: World) -> None:
    page = text_of(client_of(crowd.user), f"/e/{crowd.expertise.slug}/experts/?q=quick&language=cs&held=5")
    links = dict(re.findall(r'<a class="tag" href="\?([^"]*)">([^<]+) <span', page))
    assert set(links.values()) == {"“quick”", "Czech", "at least 5 meetings held"}
    without = next(query for query, words in links.items() if words == "Czech").replace("&amp;", "&")
    assert without == "q=quick&held=5"


def test_what_is_too_little_to_count_is_not_said(crowd: World) -> None:
    page = text_of(client_of(crowd.user), f"/e/{crowd.expertise.slug}/experts/?language=cs")
    assert page.count("usually") == page.count("usually answers within 4 hours") == 1
    assert "always there on time" in page.split("What you are looking for")[1]


def test_favourites_are_kept_and_dropped_without_script_and_seen_by_nobody_else(crowd: World) -> None:
    slow = Expert.objects.get(expertise=crowd.expertise, person__name="Slow")
    client, there = client_of(crowd.user), f"/e/{crowd.expertise.slug}/experts/"
    keep = f"{there}{slow.person.public_id}/favourite/"
    answer = client.post(keep, {"favourite": "on", "back": f"{there}?order=name"})
    assert (answer.status_code, answer["Location"]) == (302, f"{there}?order=name")
    client.post(keep, {"favourite": "on"})  # a double click
    assert Favourite.objects.filter(person=crowd.user).count() == 1
    assert shown(crowd, "favourites=1") == ["Slow"]
    assert "Remove from favourites" in text_of(client, there)
    assert "Remove from favourites" not in text_of(client_of(person()), there)
    client.post(keep, {"favourite": "off"})
    page = text_of(client, f"{there}?favourites=1")
    assert "You have no favourites here yet." in page


def test_who_is_not_listed_cannot_be_kept_and_another_site_is_not_led_to(crowd: World) -> None:
    slow = Expert.objects.get(expertise=crowd.expertise, person__name="Slow")
    client, there = client_of(crowd.user), f"/e/{crowd.expertise.slug}/experts/"
    assert client.post(f"{there}{slow.person.public_id}/favourite/", {"favourite": "on", "back": "//evil.example/"})[
        "Location"
    ].startswith(there)
    Expert.objects.filter(pk=slow.pk).update(active=False)
    assert client.post(f"{there}{slow.person.public_id}/favourite/", {"favourite": "on"}).status_code == 404
    assert client.post(f"{there}nobody/favourite/", {"favourite": "on"}).status_code == 404
