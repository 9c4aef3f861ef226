"""The bar that moves a demo's clock: forwards, by anybody, and nowhere but in a movable installation."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client, override_settings

from expertim.site.queries import next_due
from tests.conftest import PlatformClock
from tests.site.reading import client_of, text_of
from tests.world import in_, person, world

pytestmark = pytest.mark.usefixtures("database")


@pytest.mark.parametrize(
    ("by", "step"), [("15m", timedelta(minutes=15)), ("1h", timedelta(hours=1)), ("1d", timedelta(days=1))]
)
def test_anybody_moves_it_and_comes_back_to_their_page(clock: PlatformClock, by: str, step: timedelta) -> None:
    before = clock.now
    answer = Client().post("/demo/clock/", {"by": by, "back": "/accounts/login/?next=/inbox/"})
    assert answer["Location"] == "/accounts/login/?next=/inbox/"
    assert clock.now == before + step


@pytest.mark.parametrize("by", ["", "-1h", "-15m", "1y", "0", "2020-01-01T00:00Z"])
def test_nothing_else_moves_it(clock: PlatformClock, by: str) -> None:
    before = clock.now
    assert Client().post("/demo/clock/", {"by": by}).status_code == 302
    assert clock.now == before


@pytest.mark.parametrize("back", ["https://evil.example/", "//evil.example/", "javascript:alert(1)", "", "/\\evil"])
def test_it_leads_back_to_pages_of_ours_only(clock: PlatformClock, back: str) -> None:
    assert Client().post("/demo/clock/", {"by": "15m", "back": back})["Location"] == "/demo/clock/"


def test_the_next_event_is_the_earliest_alarm_still_to_come(clock: PlatformClock) -> None:
    clock.freeze(datetime(2031, 1, 6, 9, tzinfo=UTC))  # beyond what other tests have left behind
    place = world()
    start = in_(hours=3)
    place.propose(start=start)
    expected = next_due()
    assert expected is not None
    assert expected <= start
    Client().post("/demo/clock/", {"by": "next"})
    assert clock.now == expected


def test_the_time_stands_on_every_page_in_my_zone(clock: PlatformClock) -> None:
    someone = person(time_zone="Asia/Tokyo")
    for address in ("/", "/inbox/", "/settings/", "/demo/mail/", "/accounts/logout/"):
        assert "Mon 01.03.2027 18:00 (Tokyo)" in text_of(client_of(someone), address)
    for address in ("/", "/accounts/login/", "/demo/mail/"):
        assert "Mon 2027-03-01 09:00 (UTC)" in text_of(Client(), address)


def test_where_the_clock_cannot_be_moved_there_is_no_bar_and_no_page(clock: PlatformClock) -> None:
    before = clock.now
    with override_settings(MOVABLE_CLOCK=False):
        assert Client().get("/demo/clock/").status_code == 404
        assert Client().post("/demo/clock/", {"by": "1h"}).status_code == 404
        assert "clock-bar" not in text_of(Client(), "/")
    assert clock.now == before


def test_a_form_from_elsewhere_moves_nothing(clock: PlatformClock) -> None:
    before = clock.now
    answer = Client(enforce_csrf_checks=True).post("/demo/clock/", {"by": "1h"})
    assert answer.status_code == 403
    assert b"stood open for too long" in answer.content
    assert clock.now == before
