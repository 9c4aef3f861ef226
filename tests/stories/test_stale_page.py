"""Pages that stood open while the world changed: they say so, show what is so now, and keep what was typed."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

import pytest
from playwright.sync_api import expect

from tests.stories.company import Company
from tests.stories.steps import MESSAGE, days_ahead, propose, suggest
from tests.stories.visitor import Visitor

pytestmark = pytest.mark.story


def test_pages_that_stood_open(company: Callable[..., Company]) -> None:
    """C5: withdrawn after a confirmation, proposed at a former price, confirmed a date that is another by now."""
    there = company("stale", field="Corporate finance")
    jana = there.jana
    start = days_ahead(jana, 5, hour=10)
    address = propose(jana, there.petr, field=there.expertise, start=start)
    petr = there.petr
    _withdraws_too_late(jana, petr, address=address)
    _proposes_at_a_former_price(there, jana, start=days_ahead(jana, 8, hour=10))
    _confirms_a_date_of_before(jana, petr, address=address, start=start)


def _withdraws_too_late(jana: Visitor, petr: Visitor, *, address: str) -> None:
    """Two people act at once on one meeting: one wins whole, the other is told what happened."""
    jana.follow("Withdraw the proposal")
    jana.sees("Your 25 credits are returned to you whole.")
    jana.keep("withdraw")
    petr.page.goto(address)
    petr.follow("Confirm")
    petr.press("Confirm the meeting")
    petr.sees("Agreed.")

    jana.press_in_vain("Withdraw the proposal")
    jana.sees("can no longer be withdrawn", "Cancelling now costs nothing.")
    jana.keep("withdraw-overtaken")
    expect(jana.here.get_by_role("link", name="Cancel the meeting")).to_be_visible()
    jana.follow("Look at the meeting")
    expect(jana.page.locator("dialog[open]")).to_have_count(0)
    jana.sees("Agreed.", "25 credits of yours are blocked for it.", f"Approved by {petr.name}")
    jana.keep("overtaken")


def _proposes_at_a_former_price(there: Company, jana: Visitor, *, start: datetime) -> None:
    jana.page.goto("/")
    jana.follow(there.expertise)
    jana.follow("Petr Svoboda", within=jana.page.get_by_role("region", name="Experts by skill"))
    jana.follow("Propose a time")
    date, time = jana.clock.typed(start)
    jana.type_in(date=date, time=time, message=MESSAGE)
    there.cast(price="30.00")
    jana.press_in_vain("Propose the meeting, block 25 credits")
    jana.sees("has changed this service while the page stood open", "It now lasts 60 minutes and costs 30 credits.")
    expect(jana.field("message")).to_have_value(MESSAGE)
    expect(jana.field("date")).to_have_value(date)
    jana.keep("propose-price-changed")
    jana.press("Propose the meeting, block 30 credits")
    jana.sees("You have proposed", "30 credits of yours are blocked for it.")
    jana.go("Credits")
    jana.sees_facts(Available="245", Blocked_for_meetings="55")


def _confirms_a_date_of_before(jana: Visitor, petr: Visitor, *, address: str, start: datetime) -> None:
    former, present = days_ahead(petr, 6, hour=9), days_ahead(petr, 7, hour=15)
    petr.page.goto(address)
    suggest(petr, jana, start=start, later=former)
    jana.page.goto(address)
    jana.follow("Confirm the other date")
    jana.sees(jana.clock.moment(former))

    petr.follow("Take the other date back")
    petr.press("Take this date back")
    petr.sees("You have taken the other date back.")
    suggest(petr, jana, start=start, later=present)

    jana.press_in_vain("Confirm this date")
    jana.sees("The date has changed", jana.clock.moment(present))
    jana.keep("confirm-date-changed")
    jana.press("Confirm this date")
    jana.sees("Agreed.", jana.shows(present, petr))
    jana.keep("confirmed")
