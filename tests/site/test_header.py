"""T0 for readers: whatever the page, what was due has happened before it shows; and what the header says."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from expertim.meetings.facts import By
from tests.conftest import PlatformClock
from tests.site.reading import client_of
from tests.world import in_, notices, person, row, wallet, world

pytestmark = pytest.mark.usefixtures("database")


def test_t0_a_meeting_past_its_start_is_expired_on_the_first_page_that_shows_it(clock: PlatformClock) -> None:
    place = world(credits=10_000, price=2500)
    meeting = place.propose(start=in_(hours=2))
    assert wallet(place.user) == (7500, 2500)
    client = client_of(place.user)
    clock.advance(timedelta(hours=2))
    page = client.get("/account/").content.decode()
    assert row(meeting).state == "expired"
    assert wallet(place.user) == (10_000, 0)
    assert '<span class="long amount">100 credits</span>' in page
    assert "No meeting holds any of your credits" in page
    assert notices(place.user)[-1] == "meeting_expired"


def test_t0_nothing_happens_a_microsecond_before_the_start(clock: PlatformClock) -> None:
    place = world()
    meeting = place.propose(start=in_(hours=2))
    clock.advance(timedelta(hours=2, microseconds=-1))
    client_of(place.user).get("/account/")
    assert row(meeting).state == "awaiting_approval"


@pytest.mark.parametrize("by", [By.USER, By.EXPERT])
def test_t0_holds_for_whichever_party_reads(clock: PlatformClock, by: By) -> None:
    place = world()
    meeting = place.propose(start=in_(hours=2))
    clock.advance(timedelta(hours=2))
    client_of(place.user if by is By.USER else place.expert).get("/inbox/")
    assert row(meeting).state == "expired"


def test_t0_a_stranger_s_page_rings_nobody_else_s_meeting(clock: PlatformClock) -> None:
    place = world()
    meeting = place.propose(start=in_(hours=2))
    clock.advance(timedelta(hours=2))
    client_of(person()).get("/account/")
    Client().get("/")
    assert row(meeting).state == "awaiting_approval"


def test_t0_more_than_one_batch_is_rung_before_the_page(clock: PlatformClock, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("expertim.site.middleware.RING_LIMIT", 2)
    place = world(credits=50_000)
    meetings = [place.propose(start=in_(hours=2)) for _ in range(5)]
    clock.advance(timedelta(hours=2))
    client_of(place.user).get("/account/")
    assert {row(meeting).state for meeting in meetings} == {"expired"}


def test_the_header_counts_what_is_unread_and_names_what_is_available(clock: PlatformClock) -> None:
    place = world(credits=12_350)
    place.propose(start=in_(hours=2))
    page = client_of(place.expert).get("/inbox/").content.decode()
    assert '<span class="count">1<' in page
    assert '<span class="long amount">98.50 credits</span>' in client_of(place.user).get("/inbox/").content.decode()


def test_the_operator_alone_finds_the_operator_s_pages() -> None:
    assert 'href="/operator/"' in client_of(person(is_staff=True)).get("/").content.decode()
    assert "/operator/" not in client_of(person()).get("/").content.decode()


def test_the_expertise_last_visited_stays_in_the_header() -> None:
    place, _other = world(), world()
    client = client_of(place.user)
    client.get(f"/e/{place.expertise.slug}/")
    assert f'href="/e/{place.expertise.slug}/experts/"' in client.get("/inbox/").content.decode()


def test_an_expertise_that_is_not_there_is_not_remembered() -> None:
    client = client_of(person())
    assert client.get("/e/no-such-field/").status_code == 404
    assert "expertim_field" not in client.cookies


def test_a_post_reads_the_header_only_where_it_shows_it() -> None:
    place = world()
    client = client_of(place.user)
    with CaptureQueriesContext(connection) as taken:
        assert client.post("/inbox/read/").status_code == 302
    assert not [query for query in taken.captured_queries if "credits_wallet" in query["sql"]]


def test_a_bell_that_cannot_be_rung_holds_no_page_for_ever(
    clock: PlatformClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = world()
    place.propose(start=in_(hours=2))
    clock.advance(timedelta(hours=2))
    rounds = []
    monkeypatch.setattr("expertim.meetings.actions.ring_due", lambda **given: rounds.append(given) or 1)
    assert client_of(place.user).get("/account/").status_code == 200
    assert len(rounds) == 100
