"""What an expert offers: a newcomer's first service, its price changed while a user's page stands open, withdrawn."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

import pytest
from playwright.sync_api import expect

from tests.stories.company import Company
from tests.stories.steps import days_ahead, send_proposal
from tests.stories.visitor import Visitor

pytestmark = pytest.mark.story
TITLE = "An hour over your figures"


def test_a_new_expert_puts_a_service_on_offer_changes_it_and_withdraws_it(company: Callable[..., Company]) -> None:
    """P1, C5: what is proposed keeps its terms; nobody agrees to what they have not seen."""
    there = company("offering", field="Corporate finance")
    charlie, jana = there.charlie, there.jana
    _becomes_an_expert(charlie, there.olga, field=there.expertise)
    _offers_the_first_service(charlie)
    _is_proposed_to(jana, charlie, field=there.expertise, start=days_ahead(jana, 5, hour=10))
    _raises_the_price(charlie, jana)
    _withdraws(charlie, jana)


def _becomes_an_expert(charlie: Visitor, olga: Visitor, *, field: str) -> None:
    charlie.page.goto("/")
    charlie.follow(field)
    charlie.follow("Become an expert in")
    charlie.type_in(headline="Reads figures aloud", introduction="Ten years.", services_you_wish_to_offer="An hour")
    charlie.tick("Company valuation")
    charlie.tick("I agree to these terms for experts.")
    charlie.press("Send the application")
    olga.open_notice("Somebody wants to become an expert", charlie.name)
    olga.choose("Approve: list them as an expert")
    olga.press("Decide")
    olga.sees(f"{charlie.name} is an expert in")


def _offers_the_first_service(charlie: Visitor) -> None:
    """Led there from the notice; what is missing is said, and nothing typed is lost."""
    charlie.open_notice("Your application as an expert")
    charlie.sees("before you offer a service nobody can propose a meeting to you")
    charlie.keep("approved")
    charlie.follow("Add your first service")
    charlie.type_in(title=TITLE, length_in_minutes="an hour", price_in_credits="25")
    charlie.press_in_vain("Offer the service")
    charlie.sees("Type whole minutes, from 5 to 480.", "Choose at least one skill.")
    expect(charlie.field("Title")).to_have_value(TITLE)
    charlie.keep("first-service-wrong")
    charlie.type_in(length_in_minutes="60")
    charlie.tick("Company valuation")
    charlie.press("Offer the service")
    charlie.sees("The service is on offer.", TITLE, "25 credits")
    charlie.keep("offered")


def _is_proposed_to(jana: Visitor, charlie: Visitor, *, field: str, start: datetime) -> None:
    jana.page.goto("/")
    jana.follow(field)
    jana.go("Experts")
    jana.follow(charlie.name)
    jana.follow("Propose a time")
    send_proposal(jana, charlie.name, start=start)
    jana.go("Experts")
    jana.follow(charlie.name)
    jana.follow("Propose a time")
    date, time = jana.clock.typed(start.replace(hour=16))
    jana.type_in(date=date, time=time)


def _raises_the_price(charlie: Visitor, jana: Visitor) -> None:
    """C5"""
    charlie.follow("Change")
    charlie.sees("1 meeting to come was proposed with it, and keeps its title, length and price.")
    charlie.type_in(price_in_credits="30")
    charlie.keep("dearer")
    charlie.press("Save the service")
    charlie.sees("meetings already proposed keep theirs", "30 credits")
    jana.press_in_vain("Propose the meeting, block 25 credits")
    jana.sees("It now lasts 60 minutes and costs 30 credits.")
    jana.keep("dearer-now")
    jana.press("Propose the meeting, block 30 credits")
    jana.sees("You have proposed")


def _withdraws(charlie: Visitor, jana: Visitor) -> None:
    charlie.press(f"Withdraw it – {TITLE}")
    charlie.sees("can no longer be proposed. Meetings already proposed stand as they are.", "withdrawn")
    charlie.keep("withdrawn")
    jana.go("Experts")
    jana.follow(charlie.name)
    jana.sees(f"{charlie.name} offers no service at the moment.")
