"""B1-B5: the dashboard inside an Expertise, at the boundaries of its lists."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest

from expertim.expertise.models import Skill, SkillWish
from expertim.meetings.facts import Act, By, Said
from expertim.people.models import Person
from tests.conftest import PlatformClock
from tests.site.reading import client_of, text_of
from tests.world import World, in_, person, world

pytestmark = pytest.mark.usefixtures("database")


def dashboard(place: World, reader: Person | None = None) -> str:
    return text_of(client_of(reader or place.user), f"/e/{place.expertise.slug}/")


def figures(page: str) -> tuple[int, int]:
    """B1 and B2 as the page shows them."""
    found = re.findall(r'id="(?:scheduled|held)-count">(\d+)<', page)
    return int(found[0]), int(found[1])


def section(page: str, name: str) -> str:
    return page.split(f'<section aria-labelledby="{name}">')[1].split("</section>")[0]


def meetings_in(part: str) -> list[str]:
    return re.findall(r'<article[^>]*>.*?href="/meetings/([^/"]+)/"', part, re.DOTALL)


@pytest.mark.parametrize("by", [By.USER, By.EXPERT])
def test_b1_b2_a_meeting_counts_as_coming_until_its_end_and_as_held_from_it(clock: PlatformClock, by: By) -> None:
    place = world(minutes=60)
    reader = place.user if by is By.USER else place.expert
    meeting = place.agreed(start=in_(hours=2))
    clock.advance(timedelta(hours=3, microseconds=-1))
    page = dashboard(place, reader)
    assert figures(page) == (1, 0)
    assert meetings_in(section(page, "scheduled")) == [meeting]
    clock.advance(timedelta(microseconds=1))
    page = dashboard(place, reader)
    assert figures(page) == (0, 1)
    assert meetings_in(section(page, "scheduled")) == []
    assert meetings_in(section(page, "held")) == [meeting]


def test_b1_what_awaits_counts_and_what_is_rejected_or_cancelled_does_not(clock: PlatformClock) -> None:
    place = world(credits=20_000)
    awaiting = place.propose(start=in_(hours=80))
    rejected, withdrawn = place.propose(start=in_(hours=60)), place.propose(start=in_(hours=70))
    place.act(By.EXPERT, rejected, Act.REJECT)
    place.act(By.USER, withdrawn, Act.WITHDRAW)
    page = dashboard(place)
    assert figures(page) == (1, 0)
    assert meetings_in(section(page, "scheduled")) == [rejected, awaiting]


def test_b3_a_rejected_meeting_leaves_the_list_when_its_start_comes(clock: PlatformClock) -> None:
    place = world()
    meeting = place.propose(start=in_(hours=2))
    place.act(By.EXPERT, meeting, Act.REJECT)
    clock.advance(timedelta(hours=2, microseconds=-1))
    assert meetings_in(section(dashboard(place), "scheduled")) == [meeting]
    clock.advance(timedelta(microseconds=1))
    assert meetings_in(section(dashboard(place), "scheduled")) == []


def test_b3_soonest_first_and_the_expertise_s_own_only(clock: PlatformClock) -> None:
    place, other = world(credits=20_000), world()
    late, soon = place.agreed(start=in_(hours=50)), place.agreed(start=in_(hours=5))
    elsewhere = other.propose(start=in_(hours=3), person=place.user.pk)
    assert meetings_in(section(dashboard(place), "scheduled")) == [soon, late]
    assert meetings_in(section(dashboard(other, place.user), "scheduled")) == [elsewhere]


def test_b4_latest_first_and_those_that_wait_for_me_marked(clock: PlatformClock) -> None:
    place = world(credits=20_000)
    first, second = place.agreed(start=in_(hours=2)), place.agreed(start=in_(hours=5))
    clock.advance(timedelta(hours=7))
    place.act(By.USER, first, Act.EVALUATE, progress=Said.SMOOTH, stars=5)
    held = section(dashboard(place), "held")
    assert meetings_in(held) == [second, first]
    assert held.count("Waits for your evaluation") == 1
    assert held.index("Waits for your evaluation") < held.index(first)
    assert section(dashboard(place, place.expert), "held").count("Waits for your evaluation") == 2


def test_long_lists_end_with_a_link_to_all(clock: PlatformClock) -> None:
    place = world(credits=100_000, price=100)
    for hour in range(11):
        place.propose(start=in_(hours=100 + 2 * hour))
    scheduled = section(dashboard(place), "scheduled")
    assert len(meetings_in(scheduled)) == 10
    assert f"/meetings/?list=scheduled&amp;expertise={place.expertise.slug}" in scheduled


def test_b5_the_skills_i_want_to_develop_come_first_with_their_experts() -> None:
    place = world()
    Skill.objects.create(expertise=place.expertise, slug="audit", name="Audit", position=9)
    wished = Skill.objects.create(expertise=place.expertise, slug="treasury", name="Treasury", position=10)
    SkillWish.objects.create(person=place.user, skill=wished)
    experts = section(dashboard(place), "experts")
    assert experts.index("Treasury") < experts.index("Valuation") < experts.index("Audit")
    assert experts.index("Valuation") < experts.index("Erin") < experts.index("Audit")
    assert experts.count("You want to develop this") == 1
    assert experts.count("Nobody serves this skill") == 2


def test_choosing_skills_leaves_those_of_other_expertises_alone() -> None:
    place, other = world(), world()
    elsewhere, here = other.expertise.skills.get(), place.expertise.skills.get()
    SkillWish.objects.create(person=place.user, skill=elsewhere)
    client = client_of(place.user)
    address = f"/e/{place.expertise.slug}/skills/"
    assert "checked" not in text_of(client, address)

    def wishes() -> set[int]:
        return set(SkillWish.objects.filter(person=place.user).values_list("skill", flat=True))

    assert client.post(address, {"skill": [here.pk, "x", "٣", -1]})["Location"] == f"/e/{place.expertise.slug}/"
    assert wishes() == {elsewhere.pk, here.pk}
    assert "checked" in text_of(client, address)
    client.post(address, {"skill": [elsewhere.pk]})
    assert wishes() == {elsewhere.pk}


def test_a_stranger_sees_nothing_of_others_and_what_to_do_first(clock: PlatformClock) -> None:
    place = world()
    place.agreed(start=in_(hours=5))
    page = dashboard(place, person())
    assert figures(page) == (0, 0)
    assert meetings_in(page) == []
    assert "Find an expert" in page


def test_home_names_the_expertises_to_everybody_and_what_comes_next_to_me(clock: PlatformClock) -> None:
    place = world()
    meeting = place.propose(start=in_(hours=5))
    assert meeting in text_of(client_of(place.user), "/")
    client = client_of(place.user)
    client.logout()
    page = text_of(client, "/")
    assert "Make an account" in page
    assert f"/e/{place.expertise.slug}/" in page
    assert meeting not in page
