"""An operator's day: a dispute settled, the policy changed, credits granted, a text hidden (X1, X2)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from playwright.sync_api import expect

from tests.stories.company import Company
from tests.stories.steps import confirm, days_ahead, propose
from tests.stories.visitor import Visitor

pytestmark = pytest.mark.story

WORDS = "Petr came late and left me with a leaflet of his. Write to me at jana@example.org for more."
NOTE = "The log shows that Petr came half an hour late, so less than half is due."
WHY_HIDDEN = "There is an address in it."


def test_an_operators_day(company: Callable[..., Company]) -> None:
    """J1, E1, E2, S4, X1, X2, V1 and what they do to the credits."""
    there = company("operator-day", field="Corporate finance")
    jana, petr = there.jana, there.petr
    start = days_ahead(jana, 2, hour=10)
    address = propose(jana, petr, field=there.expertise, start=start)
    confirm(petr, jana, start=start)
    _both_join(there, address=address, start=start)
    there.place.set_clock(start + timedelta(minutes=75))
    _they_do_not_say_the_same(jana, petr, address=address)

    olga = there.olga
    for party in (jana, petr):
        party.look_for(f"/operator/disputes/{address.split('/')[2]}/")
    _settles(olga, jana, petr, start=start)
    _both_are_told(there, address=address)
    _changes_the_policy(there)
    _grants_credits(there)
    _hides_a_text(there)


def _both_join(there: Company, *, address: str, start: datetime) -> None:
    for visitor, moment in ((there.jana, start - timedelta(minutes=5)), (there.petr, start + timedelta(minutes=30))):
        there.place.set_clock(moment)
        visitor.page.goto(address)
        visitor.follow("Join")
        visitor.press("Join the meeting")
        visitor.page.wait_for_url("**/room/")


def _they_do_not_say_the_same(jana: Visitor, petr: Visitor, *, address: str) -> None:
    jana.page.goto(address)
    jana.follow("Say how it went")
    jana.choose(f"It did not take place because of {petr.name}")
    jana.type_in(your_words_about_the_expert=WORDS)
    jana.keep("evaluate")
    jana.press("Record how it went")
    jana.sees("You have said how it went.")
    jana.keep("said")

    petr.page.goto(address)
    petr.sees_not("It did not take place")  # what the other said is not shown before one has spoken
    petr.follow("Say how it went")
    petr.choose("It went smoothly")
    petr.press("Record how it went")
    petr.sees("do not say the same about this meeting")
    for visitor in (jana, petr):
        visitor.open_notice("Meeting disputed", "An operator decides.")
        visitor.sees("do not say the same about this meeting", "Blocked.")
        visitor.sees(f"It did not take place because of {petr.name}", "It went smoothly")
        visitor.keep("disputed")


def _settles(olga: Visitor, jana: Visitor, petr: Visitor, *, start: datetime) -> None:
    """X1: with both statements and the log of who came when."""
    olga.go("Operator")
    olga.sees("What waits for you", f"{jana.name} – {petr.name}")
    olga.keep("overview")
    olga.turn_to("Disputes")
    olga.keep("disputes")
    dispute = olga.here.locator("article, li, tr").filter(has_text=f"{jana.name} – {petr.name}")
    olga.follow("Settle", within=dispute)
    said = {
        f"{jana.name} said": f"It did not take place because of {petr.name}",
        f"{petr.name} said": "It went smoothly",
    }
    olga.sees_facts(**said)
    joined = [(jana, start - timedelta(minutes=5)), (petr, start + timedelta(minutes=30))]
    for who, moment in joined:
        expect(olga.row(who.name, olga.clock.time(moment))).to_have_count(1)
    olga.keep("dispute")
    olga.choose("It went smoothly")
    olga.type_in(fee_in_credits="40", note=NOTE)
    olga.press_in_vain("Go on: see what it brings about")
    olga.sees("The fee is at least 0 and at most the price.")
    expect(olga.field("note")).to_have_value(NOTE)
    olga.keep("settle-too-much")
    olga.type_in(fee_in_credits="10")
    olga.press("Go on: see what it brings about")
    olga.sees(f"{jana.name} pays 10 credits.", f"Of that {petr.name} gets 8 credits and the platform 2 credits.", NOTE)
    olga.keep("settle-shown")
    olga.press(f"Settle the dispute, {jana.name} pays 10 credits")
    olga.sees("The dispute is settled.", "No meeting is disputed.")
    olga.keep("settled")


def _both_are_told(there: Company, *, address: str) -> None:
    jana, petr = there.jana, there.petr
    jana.open_notice("Dispute settled", "10 credits", "15 credits")
    petr.open_notice("Dispute settled", "8 credits")
    for visitor in (jana, petr):
        expect(visitor.page).to_have_url(f"{visitor.base}{address}")
        visitor.sees("this meeting went smoothly.", NOTE)
        visitor.sees_timeline(
            f"Approved by {jana.name}",
            f"Approved by {petr.name}",
            f"{jana.name} attended, recorded",
            f"{petr.name} attended, recorded",
            f"Meeting progress recorded by {jana.name}",
            f"Meeting progress recorded by {petr.name}",
            "Meeting progress disputed: an operator decides",
            f"Meeting progress evaluated by {there.olga.name}: Went smoothly",
        )
        visitor.keep("settled")
    for visitor, available, movement, amount in (
        (jana, "295", "Deduction of credits for services", "−10"),  # with the bonus for her words
        (petr, "8", "Payment of credits for services", "+8"),
    ):
        visitor.go("Credits")
        visitor.sees_facts(Available=available, Blocked_for_meetings="0")
        expect(visitor.row(movement)).to_contain_text([amount])
        visitor.keep("account")


def _changes_the_policy(there: Company) -> None:
    """What is proposed from now on has the new terms; a meeting of before keeps its own (P1)."""
    olga, jana = there.olga, there.jana
    olga.go("Operator")
    olga.sees("What waits for you", "No meeting is disputed.")
    olga.keep("overview-quiet")
    olga.turn_to("Expertises")
    olga.keep("expertises")
    olga.follow(there.expertise)
    olga.keep("expertise")
    olga.follow("Change the policy")
    olga.type_in(late_cancellation_fee="300")
    olga.press_in_vain("Save the policy")
    olga.sees("Type a number from 0 to 100.")
    olga.keep("policy-too-much")
    olga.type_in(late_cancellation_fee="30")
    olga.press("Save the policy")
    olga.sees("The policy is saved. It goes for meetings proposed from now on.")
    olga.keep("policy-saved")
    jana.page.goto("/")
    jana.follow(there.expertise)
    jana.follow("Petr Svoboda", within=jana.page.get_by_role("region", name="Experts by skill"))
    jana.follow("Propose a time")
    jana.sees("then it costs 30 % of the price (7.50 credits).")


def _grants_credits(there: Company) -> None:
    olga, charlie = there.olga, there.charlie
    olga.turn_to("People")
    olga.type_in(name_or_address=charlie.email)
    olga.press("Search")
    olga.keep("people")
    olga.follow(charlie.name)
    olga.keep("person")
    olga.follow("Grant credits")
    olga.type_in(credits="20.50", reason="For the trouble of last week")
    olga.keep("grant")
    olga.press("Go on: see what it brings about")
    olga.sees("70.50 available instead of 50.", "A grant cannot be taken back.")
    olga.keep("grant-shown")
    olga.press(f"Grant 20.50 credits to {charlie.name}")
    olga.sees(f"{charlie.name} has been granted 20.50 credits")
    olga.keep("granted")
    charlie.go("Credits")
    charlie.sees_facts(Available="70.50", Blocked_for_meetings="0")
    expect(charlie.row("Credits granted", "For the trouble of last week")).to_contain_text(["+20.50"])
    charlie.keep("account")


def _hides_a_text(there: Company) -> None:
    """Nobody but operators reads it from now on."""
    olga, jana = there.olga, there.jana
    jana.follow(there.petr.name)  # from the page of proposing
    jana.sees(WORDS)
    olga.turn_to("Reviews")
    text = olga.here.get_by_role("listitem").filter(has_text=WORDS).filter(has_text=there.jana.name).first
    olga.keep("reviews")
    olga.follow("Hide", within=text)
    olga.press_in_vain("Hide the text")
    olga.sees("Say why it is hidden.")
    olga.type_in(why_it_is_hidden=WHY_HIDDEN)
    olga.keep("hide")
    olga.press("Hide the text")
    olga.sees("The text is hidden.", WHY_HIDDEN)
    olga.keep("hidden")
    jana.page.reload()
    jana.sees("Nobody has written about Petr Svoboda yet.")
    jana.sees_not(WORDS)
    jana.keep("expert-without-words")
