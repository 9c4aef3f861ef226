"""A user proposes, the expert confirms and moves, the user cancels late: two people in two browsers."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from playwright.sync_api import expect

from tests.stories.place import Place
from tests.stories.steps import MESSAGE, confirm, days_ahead, propose
from tests.stories.visitor import PHONE, Visitor

pytestmark = pytest.mark.story

REASON = "My train does not run tomorrow."


@pytest.mark.parametrize("script", [True, False], ids=["script", "plain"])
def test_a_meeting_is_proposed_confirmed_moved_and_cancelled_late(
    place: Place, visit: Callable[..., Visitor], script: bool
) -> None:
    """P1, A1, D1, D4, C3 and what they do to the credits; the same without any script."""
    story = "script" if script else "plain"
    field = f"Corporate finance ({story})"
    place.cast(story, field=field)
    jana = visit("Jana Nováková", email=f"jana.{story}@example.org", java_script_enabled=script)
    petr = visit(
        "Petr Svoboda",
        email=f"petr.{story}@example.org",
        timezone_id="Europe/London",
        date_format="YYYY-MM-DD HH:MM",
        java_script_enabled=script,
        **PHONE,
    )
    jana.sign_in()
    start = days_ahead(jana, 5, hour=10)
    address = propose(jana, petr, field=field, start=start)
    _credits_are_blocked(jana)

    petr.sign_in()
    _expert_is_told(petr, jana, field=field)
    confirm(petr, jana, start=start)
    jana.page.goto(address)
    jana.sees("Agreed.", jana.shows(start, petr))
    jana.keep("agreed")

    later = days_ahead(petr, 6, hour=14, minute=30)
    _is_moved(petr, jana, address=address, start=start, later=later)
    _is_cancelled_late(jana, petr, address=address, start=later)

    jana.go("287.50 credits")
    jana.sees_facts(Available="287.50", Blocked_for_meetings="0")
    expect(jana.row("Deduction of credits for services")).to_contain_text(["−12.50"])
    jana.keep("account")
    petr.open_notice("Meeting cancellation by user", "You are paid 10 credits.")
    _stands_on_the_timeline(jana, petr, address=address, start=start, later=later)
    petr.go("Credits")
    petr.sees_facts(Available="10", Blocked_for_meetings="0")
    expect(petr.row("Payment of credits for services")).to_contain_text(["+10"])
    petr.keep("account")

    charlie = visit("Charlie Brown", email=f"charlie.{story}@example.org", timezone_id="America/New_York")
    charlie.sign_in()
    for page in (address, f"{address}cancel/"):
        charlie.look_for(page)
        charlie.sees("There is nothing here")
    charlie.keep("nothing-here")
    assert "no discrepancy" in place.run("audit")


def _credits_are_blocked(jana: Visitor) -> None:
    jana.go("275 credits")
    jana.sees_facts(Available="275", Blocked_for_meetings="25")
    expect(jana.row("Meeting with Petr Svoboda")).to_contain_text(["25"])
    jana.sees_not("Deduction of credits for services")
    jana.keep("account-blocked")


def _expert_is_told(petr: Visitor, jana: Visitor, *, field: str) -> None:
    petr.keep("home")
    expect(petr.page.get_by_role("navigation", name="Main").get_by_role("link", name="Inbox")).to_contain_text("1")
    petr.follow(field)
    petr.sees_facts(Still_to_come="1", Taken_place="0")
    scheduled = petr.page.get_by_role("region", name="Scheduled meetings").get_by_role("article")
    expect(scheduled).to_contain_text([jana.name])
    expect(scheduled).to_contain_text(["Waiting for your answer"])
    petr.keep("dashboard")


def _is_moved(petr: Visitor, jana: Visitor, *, address: str, start: datetime, later: datetime) -> None:
    """D1, D4: until it is confirmed the original date stands, and the page says so."""
    petr.follow("Suggest another date")
    date, time = petr.clock.typed(later)
    petr.type_in(date=date, time=time, message="The auditors are here all day.")
    petr.keep("reschedule")
    petr.press("Suggest this date")
    petr.sees(f"Until Jana Nováková answers, {petr.clock.moment(start)} stands.")
    petr.keep("suggested")
    jana.open_notice("Rescheduling the appointment agreed by the expert", jana.clock.moment(later))
    jana.sees(f"Until you answer, {jana.clock.moment(start)} stands.", jana.shows(start, petr))
    jana.keep("other-date")
    jana.follow("Confirm the other date")
    jana.sees(f"The meeting moves to {jana.shows(later, petr)}.", f"{jana.shows(start, petr)} no longer holds.")
    jana.keep("confirm-other-date")
    jana.press("Confirm this date")
    jana.sees("Agreed.", jana.shows(later, petr))
    jana.sees("Cancelling now costs nothing.")
    jana.keep("moved")
    petr.page.goto(address)
    petr.sees("Agreed.", petr.shows(later, jana))


def _is_cancelled_late(jana: Visitor, petr: Visitor, *, address: str, start: datetime) -> None:
    """C3: what it costs is said before the button that does it."""
    jana.page.goto(address)
    jana.wait(until=start - timedelta(hours=48))
    jana.sees("Cancelling now costs 12.50 credits (50 % of the price); 12.50 credits are returned to you.")
    jana.keep("late")
    jana.follow("Cancel the meeting")
    fee = jana.page.get_by_text("it costs you 12.50 credits (50 % of the price)")
    button = jana.page.get_by_role("button", name="Cancel the meeting, pay 12.50 credits")
    above, below = fee.bounding_box(), button.bounding_box()
    assert above is not None
    assert below is not None
    assert above["y"] + above["height"] <= below["y"]
    jana.type_in(reason=REASON)
    jana.keep("cancel")
    button.click()
    jana.sees("You have cancelled the meeting and paid 12.50 credits", "Reimbursed cancellation.")
    jana.keep("cancelled")


def _stands_on_the_timeline(jana: Visitor, petr: Visitor, *, address: str, start: datetime, later: datetime) -> None:
    """On both sides, each by their own clock; what was said between them stands there too."""
    for visitor in (jana, petr):
        visitor.page.goto(address)
        first, second = visitor.clock.moment(start), visitor.clock.moment(later)
        visitor.sees("This meeting has been cancelled.")
        visitor.sees_timeline(
            f"Approved by {jana.name}: {first} proposed",
            f"Approved by {petr.name}",
            f"Alternative date selected by {petr.name}: {second}",
            f"Approved by {petr.name}",
            f"Approval of the replacement date by {jana.name}: {second}",
            f"Cancelled by {jana.name}",
            f"Appointment reimbursed to {petr.name}",
        )
        visitor.sees(MESSAGE, "The auditors are here all day.", REASON)
        visitor.sees(f"12.50 credits taken from {jana.name}; {petr.name} gets 10 credits of them.")
        visitor.keep("timeline")
