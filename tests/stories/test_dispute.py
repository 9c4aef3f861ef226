"""A contested meeting: both were there, they do not say the same, and the operator settles it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from playwright.sync_api import expect

from tests.stories.place import Place
from tests.stories.steps import confirm, days_ahead, propose
from tests.stories.visitor import PHONE, Visitor

pytestmark = pytest.mark.story

FIELD = "Corporate finance (disputed)"
NOTE = "The log shows that Petr came half an hour late, so less than half is due."


def test_a_contested_meeting_is_settled_by_the_operator(place: Place, visit: Callable[..., Visitor]) -> None:
    """J1, E1, E2, S4, X1 and what they do to the credits."""
    place.cast("disputed", field=FIELD)
    jana = visit("Jana Nováková", email="jana.disputed@example.org", **PHONE)
    petr = visit(
        "Petr Svoboda",
        email="petr.disputed@example.org",
        timezone_id="Europe/London",
        date_format="YYYY-MM-DD HH:MM",
    )
    jana.sign_in()
    start = days_ahead(jana, 2, hour=10)
    address = propose(jana, petr, field=FIELD, start=start)
    petr.sign_in()
    confirm(petr, jana, start=start)

    _both_join(place, jana, petr, address=address, start=start)
    place.set_clock(start + timedelta(minutes=75))
    _they_do_not_say_the_same(jana, petr, address=address)

    olga = visit("Olga Dvořáková", email="olga.disputed@example.org")
    olga.sign_in()
    for party in (jana, petr):
        party.look_for(f"/operator/disputes/{address.split('/')[2]}/")
    _is_settled(olga, jana, petr, start=start)

    _both_are_told(jana, petr)
    jana.go("Credits")
    jana.sees_facts(Available="290", Blocked_for_meetings="0")
    expect(jana.row("Deduction of credits for services")).to_contain_text(["−10"])
    jana.keep("account")
    petr.go("8 credits")
    petr.sees_facts(Available="8", Blocked_for_meetings="0")
    expect(petr.row("Payment of credits for services")).to_contain_text(["+8"])
    petr.keep("account")
    assert "no discrepancy" in place.run("audit")


def _both_join(place: Place, jana: Visitor, petr: Visitor, *, address: str, start: datetime) -> None:
    for visitor, moment in ((jana, start - timedelta(minutes=5)), (petr, start + timedelta(minutes=30))):
        place.set_clock(moment)
        visitor.page.goto(address)
        visitor.keep("about-to-join")
        visitor.follow("Join")
        visitor.sees("Pressing the button records that you have come; looking at this page records nothing.")
        visitor.keep("join")
        visitor.press("Join the meeting")
        visitor.sees("Your attendance is recorded.")
        visitor.keep("joined")


def _they_do_not_say_the_same(jana: Visitor, petr: Visitor, *, address: str) -> None:
    jana.page.goto("/")
    jana.follow(FIELD)
    jana.sees_facts(Still_to_come="0", Taken_place="1")
    jana.sees("Waits for your evaluation")
    jana.keep("waits")
    jana.page.goto(address)
    jana.follow("Say how it went")
    jana.choose("It did not take place because of Petr Svoboda")
    jana.keep("evaluate")
    jana.press("Record how it went")
    jana.sees(f"Waiting for {petr.name}'s word")
    jana.keep("said")

    petr.page.goto(address)
    petr.sees_not("It did not take place")  # what the other said is not shown before one has spoken
    petr.follow("Say how it went")
    petr.choose("It went smoothly")
    petr.keep("evaluate")
    petr.press("Record how it went")
    for visitor in (jana, petr):
        visitor.open_notice("Meeting disputed", "An operator decides.")
        visitor.sees("do not say the same about this meeting", "Blocked.")
        visitor.sees(f"It did not take place because of {petr.name}", "It went smoothly")
        visitor.keep("disputed")


def _is_settled(olga: Visitor, jana: Visitor, petr: Visitor, *, start: datetime) -> None:
    """X1: with both statements and the log of who came when."""
    olga.go("Disputes")
    olga.keep("disputes")
    dispute = olga.page.get_by_role("article").filter(has_text=f"{jana.name} – {petr.name}")
    dispute.get_by_role("link", name="Settle the dispute").click()
    olga.sees_facts(
        **{
            f"{jana.name} said": f"It did not take place because of {petr.name}",
            f"{petr.name} said": "It went smoothly",
        }
    )
    joined = [(jana, start - timedelta(minutes=5)), (petr, start + timedelta(minutes=30))]
    olga.sees(*(f"{who.name}: {olga.clock.moment(moment)}" for who, moment in joined))
    olga.keep("dispute")
    olga.choose("It went smoothly")
    olga.type_in(**{"fee in credits": "10", "note": NOTE})
    olga.keep("settle")
    olga.press("Settle the dispute")
    olga.sees("The dispute is settled.", "No meeting is disputed.")
    olga.keep("settled")


def _both_are_told(jana: Visitor, petr: Visitor) -> None:
    jana.open_notice("Dispute settled", "Taken from you: 10 credits; returned to you: 15 credits.")
    petr.open_notice("Dispute settled", "8 credits.")
    for visitor in (jana, petr):
        visitor.sees("This meeting went smoothly.", NOTE)
        visitor.sees_timeline(
            f"Approved by {jana.name}",
            f"Approved by {petr.name}",
            f"{jana.name} attended, recorded",
            f"{petr.name} attended, recorded",
            f"Meeting progress recorded by {jana.name}",
            f"Meeting progress recorded by {petr.name}",
            "Meeting progress disputed: an operator decides",
            "Meeting progress evaluated by Olga Dvořáková: Went smoothly",
        )
        visitor.keep("settled")
