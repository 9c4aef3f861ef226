"""Free times: an expert keeps hours, a user proposes from the dashboard in four clicks and moves the meeting."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from playwright.sync_api import expect

from tests.stories.company import Company
from tests.stories.steps import days_ahead, propose
from tests.stories.visitor import Visitor

pytestmark = pytest.mark.story


def test_a_meeting_is_proposed_from_the_dashboard_in_four_clicks(company: Callable[..., Company]) -> None:
    """P1, D1"""
    there = company("free", field="Corporate finance")
    jana, petr = there.jana, there.petr
    start = days_ahead(petr, 2, hour=10)
    _keeps_hours(petr, on=start)

    jana.page.goto("/")
    jana.follow(there.expertise)
    clicks: list[Callable[[], None]] = [
        lambda: jana.follow("Petr Svoboda", within=jana.page.get_by_role("region", name="Experts by skill")),
        lambda: jana.follow("Propose a time"),
        lambda: _chooses(jana, start),
        lambda: jana.press("Propose the meeting, block 25 credits"),
    ]
    for click in clicks:
        click()
    jana.sees(f"You have proposed {jana.clock.moment(start)}")
    assert len(clicks) <= 4
    jana.keep("proposed")

    petr.page.goto(jana.page.url)
    petr.follow("Confirm")
    petr.press("Confirm the meeting")
    petr.sees("Agreed.")
    _moves(jana, start=start, later=start + timedelta(days=7, minutes=30))


def test_an_expert_proposes_a_free_time_of_their_own_and_a_user_is_told_that_theirs_went(
    company: Callable[..., Company],
) -> None:
    """P2, P1: the list is a help and no wall."""
    there = company("own-times", field="Corporate finance")
    jana, petr = there.jana, there.petr
    start = days_ahead(petr, 2, hour=10)
    _keeps_hours(petr, on=start)
    address = propose(jana, petr, field=there.expertise, start=days_ahead(petr, 3, hour=20))
    _offers_a_time_of_the_list(petr, jana, address=address, start=start)
    _finds_that_it_went(jana, petr, start=start + timedelta(hours=1))


def _offers_a_time_of_the_list(petr: Visitor, jana: Visitor, *, address: str, start: datetime) -> None:
    petr.page.goto(address)
    petr.follow(f"Propose a meeting to {jana.name}")
    petr.sees("Times for: Expert advice, 60 minutes", re.compile(f"for {jana.name}"))
    petr.keep("own-times")
    _chooses(petr, start)
    petr.press("Propose a meeting")
    petr.sees(f"You have proposed {petr.clock.moment(start)}", f"Waiting for {jana.name}'s answer")


def _finds_that_it_went(jana: Visitor, petr: Visitor, *, start: datetime) -> None:
    """With fresh choices, and what was typed still there; all the same, if one likes."""
    jana.go("Experts")
    jana.follow(petr.name)
    jana.follow("Propose a time")
    _chooses(jana, start)
    jana.type_in(message="About my bakery")
    petr.page.goto("/settings/times/")
    petr.type_in(**{f"{petr.clock.local(start):%A}": "9:00-10:00"})
    petr.hands.press(petr.here.get_by_role("button", name=re.compile("^Save the week")))
    petr.sees("Your weekly hours have been saved.")
    jana.press_in_vain("Propose the meeting, block 25 credits")
    jana.sees("This time is no longer free", f"{petr.name} can still say yes")
    expect(jana.field("message")).to_have_value("About my bakery")
    jana.keep("went")
    jana.press("Go on all the same")
    jana.sees(f"You have proposed {jana.clock.moment(start)}")


def _keeps_hours(petr: Visitor, *, on: datetime) -> None:
    petr.page.goto("/settings/")
    petr.follow("Set your times")
    petr.type_in(**{f"{petr.clock.local(on):%A}": "9:00-12:00"})
    petr.hands.press(petr.here.get_by_role("button", name=re.compile("^Save the week")))
    petr.sees("Your weekly hours have been saved.")
    petr.keep("times")


def _chooses(jana: Visitor, start: datetime) -> None:
    jana.hands.choose(jana.here.get_by_role("radio", name=re.compile(re.escape(jana.clock.moment(start)))))


def _moves(jana: Visitor, *, start: datetime, later: datetime) -> None:
    """To a free time of the week after; the list is asked for in place where there is script."""
    jana.page.reload()
    jana.follow("Suggest another date")
    expect(jana.here.get_by_role("group", name=re.compile("free time"))).to_have_count(1)
    jana.follow("The week after")
    expect(jana.here.get_by_role("link", name="The week before")).to_be_visible()
    jana.keep("moving")  # not before: taking a picture leaves marks on the fields that htmx would copy, against the CSP
    _chooses(jana, later)
    jana.press("Suggest this date")
    jana.sees("You have suggested", jana.clock.moment(later), jana.clock.moment(start))
    jana.keep("moved")
