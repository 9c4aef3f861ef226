"""Pages of a newcomer, of an empty search and of one's settings: what will appear here, and the first step."""

from __future__ import annotations

from datetime import timedelta

import pytest

from expertim.expertise.models import SkillWish
from tests.conftest import PlatformClock
from tests.site.reading import client_of, text_of
from tests.world import in_, person, world

pytestmark = pytest.mark.usefixtures("database")


@pytest.mark.parametrize(
    ("address", "words", "step"),
    [
        ("/inbox/", "No notices yet.", 'href="/"'),
        ("/inbox/?before=1", "There are no older notices.", ""),
        ("/account/", "Nothing has moved yet.", 'href="#more-credits"'),
        ("/account/", "No meeting holds any of your credits.", 'href="/"'),
        ("/account/?before=1", "There are no older movements.", ""),
        ("/account/blocks/", "Nothing has been set aside yet.", 'href="/"'),
        ("/", "Nothing is planned.", ""),
    ],
)
def test_a_newcomer_reads_what_will_appear_and_what_to_do_first(address: str, words: str, step: str) -> None:
    page = client_of(person()).get(address).content.decode()
    empty = next(box for box in page.split('class="empty"')[1:] if words in box)
    assert step in empty.partition("</div>")[0]


def test_a_search_that_finds_nothing_offers_to_leave_something_out() -> None:
    place = world()
    client, address = client_of(place.user), f"/e/{place.expertise.slug}/experts/"
    page = text_of(client, address, q="zebra", skill="valuation")
    assert "fits this search" in page
    assert '<a href="?skill=valuation">Leave the words out</a>' in page
    assert f'<a href="{address}">Show all experts</a>' in page
    assert "Leave the words out" not in text_of(client, address, q="zebra")


def test_the_inbox_is_grouped_by_the_reader_s_own_days(clock: PlatformClock) -> None:
    place = world(credits=100_000, price=100)
    place.expert.time_zone = "Pacific/Auckland"  # 13 hours ahead: a day of its own
    place.expert.save()
    for hours in (0, 3, 24, 24):
        clock.advance(timedelta(hours=hours))
        place.propose(start=in_(days=20, hours=hours), acknowledge_overlap=True)
    page = text_of(client_of(place.expert), "/inbox/")
    days = [part.split("</h2>")[0].partition(">")[2] for part in page.split('<h2 id="day-')[1:]]
    assert days == ["Today", "Yesterday", "Tue 02.03.2027", "Mon 01.03.2027"]
    assert "All times by the clocks of Auckland" in page
    assert "Auckland; for Uma" in page


def test_what_holds_credits_is_named_on_both_clocks(clock: PlatformClock) -> None:
    place = world()
    place.expert.time_zone = "Asia/Tokyo"
    place.expert.save()
    place.propose(start=in_(days=10))
    for address in ("/account/", "/account/blocks/"):
        shown = text_of(client_of(place.user), address)
        assert "Thu 11.03.2027 09:00 (UTC) · for Erin 18:00 (Tokyo)" in shown


def test_settings_show_wishes_by_expertise_and_how_time_looks(clock: PlatformClock) -> None:
    place = world()
    client = client_of(place.user)
    page = text_of(client, "/settings/")
    assert "it is now Mon 01.03.2027 09:00 (UTC)." in page
    assert "none chosen yet" in page
    SkillWish.objects.create(person=place.user, skill=place.expertise.skills.get(slug="valuation"))
    chosen = text_of(client, "/settings/").split(f'href="/e/{place.expertise.slug}/skills/"')[0].rsplit("<dd>", 1)[1]
    assert "none chosen yet" not in chosen
    for address in ("/accounts/email/", "/accounts/password/change/"):
        assert f'href="{address}"' in page
    moved = {"name": "Uma", "time_zone": "Asia/Tokyo", "date_format": "YYYY-MM-DD HH:MM", "language": "en"}
    assert client.post("/settings/", moved)["Location"] == "/settings/"
    assert "All times are now shown for Tokyo." in text_of(client, "/settings/")
