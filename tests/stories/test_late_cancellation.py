"""Cancelling late: the fee that was seen is the fee that is paid (C3, C5)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from playwright.sync_api import expect

from tests.stories.company import Company
from tests.stories.steps import confirm, days_ahead, propose
from tests.stories.visitor import Visitor

pytestmark = pytest.mark.story

REASON = "My train does not run tomorrow, and the next one comes too late."


def test_the_line_is_crossed_while_the_page_stands_open(company: Callable[..., Company]) -> None:
    """Opened when cancelling was free, pressed when it costs: nothing happens before the fee has been seen."""
    there = company("late", field="Corporate finance")
    jana = there.jana
    start = days_ahead(jana, 4, hour=10)
    address = propose(jana, there.petr, field=there.expertise, start=start)
    confirm(there.petr, jana, start=start)

    _opens_the_page(jana, address=address)
    there.place.set_clock(start - timedelta(hours=47))
    _is_refused(jana)
    _nothing_has_happened(there.petr, jana, address=address)
    _accepts(jana)

    jana.go("Credits")
    jana.sees_facts(Available="287.50", Blocked_for_meetings="0")
    expect(jana.row("Deduction of credits for services")).to_contain_text(["−12.50"])
    jana.keep("account")
    petr = there.petr
    petr.open_notice("Meeting cancellation by user", "You are paid 10 credits.")
    _stands_on_the_timeline(jana, petr, address=address, start=start)
    petr.go("Credits")
    petr.sees_facts(Available="10", Blocked_for_meetings="0")
    expect(petr.row("Payment of credits for services")).to_contain_text(["+10"])
    petr.keep("account")


def _opens_the_page(jana: Visitor, *, address: str) -> None:
    jana.page.goto(address)
    jana.sees("Cancelling now costs nothing.", "it costs 50 % of the price (12.50 credits).")
    jana.keep("agreed")
    jana.follow("Cancel the meeting")
    jana.sees("Your 25 credits are returned to you whole.", "after that it costs 12.50 credits.")
    jana.type_in(reason=REASON)
    jana.keep("cancel-free")


def _is_refused(jana: Visitor) -> None:
    """The button said nothing of a fee; the page now does, above the new button, with the words still there."""
    jana.press_in_vain("Cancel the meeting")
    jana.sees("What cancelling costs has changed while this page stood open", "Cancelling now costs 12.50 credits.")
    expect(jana.here.get_by_role("alert").first).to_be_focused()
    expect(jana.field("reason")).to_have_value(REASON)
    fee = jana.here.get_by_text("it costs you 12.50 credits (50 % of the price)")
    button = jana.button("Cancel the meeting, pay 12.50 credits")
    expect(jana.button("Cancel the meeting")).to_have_count(0)
    above, below = fee.bounding_box(), button.bounding_box()
    assert above is not None
    assert below is not None
    assert above["y"] + above["height"] <= below["y"]
    jana.keep("cancel-refused")


def _nothing_has_happened(petr: Visitor, jana: Visitor, *, address: str) -> None:
    petr.page.goto(address)
    petr.sees("Agreed.", f"25 credits of {jana.name} are blocked for it.")
    petr.sees_not(REASON)


def _accepts(jana: Visitor) -> None:
    jana.press("Cancel the meeting, pay 12.50 credits")
    jana.sees("You have cancelled the meeting and paid 12.50 credits", "Reimbursed cancellation.")
    jana.sees("You have paid 12.50 credits; 12.50 credits came back to you.")
    jana.keep("cancelled")


def _stands_on_the_timeline(jana: Visitor, petr: Visitor, *, address: str, start: datetime) -> None:
    for visitor in (jana, petr):
        visitor.page.goto(address)
        visitor.sees_timeline(
            f"Approved by {jana.name}: {visitor.clock.moment(start)}",
            f"Approved by {petr.name}",
            f"Cancelled by {jana.name}",
            f"Appointment reimbursed to {petr.name}",
        )
        visitor.sees(REASON, f"12.50 credits taken from {jana.name}; {petr.name} gets 10 credits.")
        visitor.keep("timeline")
