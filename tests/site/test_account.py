"""K5: My account."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.test import override_settings

from expertim.credits.ledger import grant
from expertim.credits.queries import PAGE
from expertim.meetings.facts import Act, By, Said
from tests.conftest import PlatformClock
from tests.site.reading import client_of, text_of
from tests.world import in_, person, unique, world

pytestmark = pytest.mark.usefixtures("database")


def movements(page: str) -> list[tuple[str, str, str]]:
    """Kind, amount and balance of each row, newest first."""
    part = page.split('aria-labelledby="movements"')[1].split("</section>")[0]
    rows = re.findall(r"<tr>\s*<td>(.*?)</tr>", part, re.DOTALL)
    return [
        (re.findall(r"<strong>(.*?)</strong>", row)[0], *re.findall(r'<span class="amount">(.*?)</span>', row))
        for row in rows
    ]


def test_k5_every_movement_by_the_rules_names_signed_with_the_balance_after(clock: PlatformClock) -> None:
    place = world(credits=10_000, price=2500, review_bonus=500)
    meeting = place.agreed(start=in_(hours=2))
    clock.advance(timedelta(hours=3))
    place.act(By.USER, meeting, Act.EVALUATE, progress=Said.SMOOTH, stars=5, review="Good")
    page = text_of(client_of(place.user), "/account/")
    assert movements(page) == [
        ("Bonus credits for verbal evaluation", "+5", "80"),
        ("Deduction of credits for services", "−25", "75"),
        ("Credits granted", "+100", "100"),
    ]
    assert f"/meetings/{meeting}/" in page
    assert movements(text_of(client_of(place.expert), "/account/")) == [
        ("Payment of credits for services", "+20", "20"),
    ]


def test_k5_what_is_blocked_is_listed_with_its_meeting_and_apart_from_the_movements(clock: PlatformClock) -> None:
    place = world(credits=10_000, price=2500)
    held, given_back = place.propose(start=in_(hours=80)), place.propose(start=in_(hours=90))
    place.act(By.USER, given_back, Act.WITHDRAW)
    page = text_of(client_of(place.user), "/account/")
    assert movements(page) == [("Credits granted", "+100", "100")]
    assert f"/meetings/{held}/" in page
    assert f"/meetings/{given_back}/" not in page
    blocks = text_of(client_of(place.user), "/account/blocks/")
    assert blocks.index(given_back) < blocks.index(held)
    assert "still blocked" in blocks


def test_where_more_is_blocked_than_the_page_lists_it_says_so_and_leads_to_all(clock: PlatformClock) -> None:
    place = world(credits=100_000, price=100)
    for hours in range(PAGE):
        place.propose(start=in_(hours=80 + hours))
    client = client_of(place.user)
    assert "more of your credits are blocked" not in text_of(client, "/account/")
    newest = place.propose(start=in_(hours=300))
    assert "more of your credits are blocked" in text_of(client, "/account/")
    assert f"/meetings/{newest}/" in text_of(client, "/account/blocks/")


def test_nobody_sees_another_s_movements(clock: PlatformClock) -> None:
    place = world()
    meeting = place.agreed(start=in_(hours=2))
    for address in ("/account/", "/account/blocks/"):
        assert meeting not in text_of(client_of(person()), address)


def test_movements_are_paged_without_loss() -> None:
    someone = person()
    for _ in range(30):
        assert grant(person_id=someone.pk, amount=100, reason="r", by="b", cause=unique("grant"))
    client = client_of(someone)
    first = text_of(client, "/account/")
    older = re.search(r'href="\?before=(\d+)', first)
    assert older
    second = text_of(client, "/account/", before=older[1])
    balances = [int(balance) for _kind, _amount, balance in movements(first) + movements(second)]
    assert balances == list(range(30, 0, -1))
    assert 'rel="next"' not in second


@pytest.mark.parametrize("before", ["x", "-1", "٣", "9" * 19, "9" * 30, ""])
def test_an_address_somebody_made_up_is_no_error(before: str) -> None:
    text_of(client_of(person()), "/account/", before=before)
    text_of(client_of(person()), "/inbox/", before=before)


def test_where_to_get_credits_is_the_operator_s_text() -> None:
    client = client_of(person())
    assert "Credits come from the operator" in text_of(client, "/account/")
    with override_settings(TOP_UP_TEXT="Ask Olga <3"):
        assert "Ask Olga &lt;3" in text_of(client, "/account/")
