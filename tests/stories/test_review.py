"""Words about an expert: one text for each pair, the first earns the bonus, a later one takes its place (V1)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from playwright.sync_api import expect

from tests.stories.company import Company
from tests.stories.steps import confirm, days_ahead, propose
from tests.stories.visitor import Visitor

pytestmark = pytest.mark.story

FIRST = "Petr knows what a bakery is worth."
LATER = "Petr knows what a bakery is worth, and says it so that a baker understands."
BONUS = "Bonus credits for verbal evaluation"


def test_a_review_is_edited(company: Callable[..., Company]) -> None:
    """E1, V1, K5: the bonus once, the old text in the form, the new one on the page, stars nowhere."""
    there = company("review", field="Corporate finance")
    jana, petr = there.jana, there.petr
    starts = [days_ahead(jana, 1, hour=10), days_ahead(jana, 2, hour=10)]
    addresses = []
    for start in starts:
        addresses.append(propose(jana, petr, field=there.expertise, start=start))
        confirm(petr, jana, start=start)

    there.place.set_clock(starts[0] + timedelta(minutes=60))
    _evaluates(jana, address=addresses[0], stars="4 ★★★★", before="", text=FIRST)
    _stands_on_the_page(jana, petr, field=there.expertise, text=FIRST)
    _has(jana, available="255", blocked="25")

    there.place.set_clock(starts[1] + timedelta(minutes=60))
    _evaluates(jana, address=addresses[1], stars="2 ★★", before=FIRST, text=LATER)
    _stands_on_the_page(jana, petr, field=there.expertise, text=LATER)
    _has(jana, available="255", blocked="0")
    for address in addresses:
        petr.page.goto(address)
        petr.sees("This meeting went smoothly.")
        _no_stars(petr)
    petr.keep("no-stars")


def _evaluates(jana: Visitor, *, address: str, stars: str, before: str, text: str) -> None:
    """The old words are found in the form; who leaves them writes nothing new."""
    jana.page.goto(address)
    jana.follow("Say how it went")
    expect(jana.field("Your words about the expert")).to_have_value(before)
    jana.sees(
        "You have written about Petr Svoboda before" if before else "For your first words about somebody you get 5"
    )
    jana.keep("evaluate-again" if before else "evaluate")
    jana.choose("It went smoothly")
    jana.choose(stars)
    jana.type_in(your_words_about_the_expert=text)
    jana.press("Record how it went")
    jana.sees("This meeting went smoothly.")
    jana.keep("evaluated")


def _stands_on_the_page(jana: Visitor, petr: Visitor, *, field: str, text: str) -> None:
    """On the expert's public page, once, by name; he reads the same there."""
    for visitor in (jana, petr):
        visitor.page.goto("/")
        visitor.follow(field)
        visitor.follow("Petr Svoboda", within=visitor.page.get_by_role("region", name="Experts by skill"))
        words = visitor.page.get_by_role("region", name="What others say").get_by_role("figure")
        expect(words).to_have_count(1)
        expect(words).to_contain_text(jana.name)
        expect(words.get_by_text(text, exact=True)).to_be_visible()
        _no_stars(visitor)
        visitor.keep("expert-with-words")


def _no_stars(visitor: Visitor) -> None:
    shown = visitor.page.locator("body").inner_text()
    assert "★" not in shown
    assert "of 5" not in shown


def _has(jana: Visitor, *, available: str, blocked: str) -> None:
    jana.go("Credits")
    jana.sees_facts(Available=available, Blocked_for_meetings=blocked)
    expect(jana.row(BONUS)).to_have_count(1)
    expect(jana.row(BONUS)).to_contain_text("+5")
    jana.keep("account")
