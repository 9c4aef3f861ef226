"""The expert's day: answers two proposals, makes one of their own, meets, says how it went, is paid."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from playwright.sync_api import expect

from tests.stories.company import Company
from tests.stories.steps import confirm, days_ahead, propose
from tests.stories.visitor import Visitor

pytestmark = pytest.mark.story

SORRY = "That day I am in court. Any day after it will do."
OFFER = "Let us look at the figures of the whole year then."


def test_the_experts_day(company: Callable[..., Company]) -> None:
    """P1, A1, A2, D2, P2, J1, E2, E1, S1 and what they do to the credits."""
    there = company("expert-day", field="Corporate finance")
    jana, charlie = there.jana, there.charlie
    start, other = days_ahead(jana, 2, hour=10), days_ahead(jana, 3, hour=16)
    address = propose(jana, there.petr, field=there.expertise, start=start)
    theirs = propose(charlie, there.petr, field=there.expertise, start=other)

    petr = there.petr
    confirm(petr, jana, start=start)
    _rejects(petr, charlie, start=other)
    anew = days_ahead(charlie, 4, hour=9, minute=30)
    _proposes_anew(charlie, petr, address=theirs, start=anew)
    _answers_again(petr, charlie, start=anew)
    _offers(petr, jana, address=address, start=days_ahead(petr, 5, hour=8))

    _joins(there, petr, address=address, start=start)
    there.place.set_clock(start + timedelta(minutes=61))
    _says_how_it_went(petr, jana, address=address)
    _is_paid_once_both_agree(petr, jana, address=address)


def _rejects(petr: Visitor, charlie: Visitor, *, start: datetime) -> None:
    """A2: with a reason of the list; without one nothing happens, and what was written is still there."""
    petr.open_notice("Meeting proposed", charlie.name, petr.clock.moment(start))
    petr.follow("Reject")
    petr.sees(f"Reject the meeting with {charlie.name}?", f"25 credits are returned to {charlie.name} whole.")
    petr.type_in(message=SORRY)
    petr.press_in_vain("Reject the meeting")
    petr.sees("Choose one of the reasons of this list.", "This needs another look")
    expect(petr.field("message")).to_have_value(SORRY)
    petr.keep("reject-without-reason")
    petr.choose("I have no time then")
    petr.press("Reject the meeting")
    petr.sees("You have rejected this meeting.", "Reason: I have no time then", SORRY)
    petr.keep("rejected")


def _proposes_anew(charlie: Visitor, petr: Visitor, *, address: str, start: datetime) -> None:
    """D2: the rejected meeting, on a date of its user's choice."""
    charlie.open_notice("Meeting rejected", petr.name)
    expect(charlie.page).to_have_url(f"{charlie.base}{address}")
    charlie.sees(f"{petr.name} has rejected this meeting.", "Reason: I have no time then", SORRY)
    charlie.keep("was-rejected")
    charlie.follow("Propose another date")
    date, time = charlie.clock.typed(start)
    charlie.type_in(date=date, time=time)
    charlie.keep("propose-anew")
    charlie.press("Propose this date, block 25 credits")
    charlie.sees("You have proposed", f"Waiting for {petr.name}'s answer", charlie.shows(start, petr))
    charlie.keep("proposed-anew")


def _answers_again(petr: Visitor, charlie: Visitor, *, start: datetime) -> None:
    petr.open_notice("Rescheduling a meeting rejected by the user", charlie.name, petr.clock.moment(start))
    petr.sees(f"{charlie.name} waits for your answer")
    petr.follow("Confirm")
    petr.press("Confirm the meeting")
    petr.sees("Agreed.", petr.shows(start, charlie))


def _offers(petr: Visitor, jana: Visitor, *, address: str, start: datetime) -> None:
    """P2: to somebody he knows; nothing is blocked before she confirms."""
    petr.page.goto(address)
    petr.follow(f"Propose a meeting to {jana.name}")
    petr.sees(f"Nothing is blocked now; the price is, once {jana.name} confirms.")
    date, time = petr.clock.typed(start)
    petr.type_in(date=date, time=time, length_in_minutes="90", price_in_credits="30", message=OFFER)
    petr.keep("offer")
    petr.press("Propose a meeting")
    petr.sees("You have proposed", f"Waiting for {jana.name}'s answer", petr.shows(start, jana))
    petr.sees(f"Nothing is blocked; 30 credits will be when {jana.name} confirms.")
    petr.keep("offered")
    jana.open_notice("Meeting proposed", petr.name)
    jana.sees(f"{petr.name} waits for your answer", OFFER)
    jana.follow("Confirm")
    jana.sees("You have 275 credits available.")
    jana.keep("confirm-offer")
    jana.press("Confirm the meeting, block 30 credits")
    jana.sees("Agreed.", "30 credits of yours are blocked for it.")


def _joins(there: Company, petr: Visitor, *, address: str, start: datetime) -> None:
    """J1: a quarter of an hour before the start; looking at the page records nothing."""
    petr.page.goto(address)
    petr.sees("Joining opens")
    there.place.set_clock(start - timedelta(minutes=15))
    petr.page.goto(address)
    petr.keep("about-to-join")
    petr.follow("Join")
    petr.sees("looking at this page records nothing.")
    petr.keep("join")
    petr.press("Join the meeting")
    petr.page.wait_for_url("**/room/")
    petr.page.goto(address)
    petr.sees(f"{petr.name} attended, recorded")
    petr.keep("joined")


def _says_how_it_went(petr: Visitor, jana: Visitor, *, address: str) -> None:
    petr.page.goto(address)
    petr.sees_not(f"{jana.name} said")
    petr.follow("Say how it went")
    petr.sees(f"How did the meeting with {jana.name} go?")
    expect(petr.here.get_by_role("radio")).to_have_count(3)  # no stars
    petr.keep("evaluate")
    petr.choose("It went smoothly")
    petr.press("Record how it went")
    petr.sees("You have said how it went.")
    petr.keep("said")


def _is_paid_once_both_agree(petr: Visitor, jana: Visitor, *, address: str) -> None:
    """S1: her word, and the credits move."""
    jana.page.goto(address)
    jana.follow("Say how it went")
    jana.sees("25 credits are taken", "20 credits")
    jana.choose("It went smoothly")
    jana.press_in_vain("Record how it went")
    jana.sees("Give one to five stars")
    jana.choose("5 ★★★★★")
    jana.keep("evaluate")
    jana.press("Record how it went")
    jana.sees("This meeting went smoothly.", "You have paid 25 credits.")
    jana.keep("paid")
    petr.open_notice("Meeting settled", "20 credits")
    petr.sees("This meeting went smoothly.", "You have been paid 20 credits.")
    petr.sees_timeline(
        f"Approved by {jana.name}",
        f"Approved by {petr.name}",
        f"{petr.name} attended, recorded",
        f"Meeting progress recorded by {petr.name}",
        f"Meeting progress recorded by {jana.name}",
        "Meeting progress evaluated: Went smoothly",
    )
    petr.sees_not("★")
    petr.keep("settled")
    petr.go("Credits")
    petr.sees_facts(Available="20", Blocked_for_meetings="0")
    expect(petr.row("Payment of credits for services")).to_contain_text(["+20"])
    petr.keep("account")
