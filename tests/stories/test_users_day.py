"""The user's day: finds an expert by a skill, proposes, is answered, confirms another date, looks at the account."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

import pytest
from playwright.sync_api import expect

from tests.stories.company import Company
from tests.stories.steps import MESSAGE, confirm, days_ahead, send_proposal, suggest
from tests.stories.visitor import Visitor

pytestmark = pytest.mark.story


def test_the_users_day(company: Callable[..., Company]) -> None:
    """B1, B3, B5, P1, A1, D1, D4, K5, and what a stranger sees of it: nothing."""
    there = company("user-day", field="Corporate finance")
    jana = there.jana
    start = days_ahead(jana, 5, hour=10)
    _wants_to_learn(jana, there.expertise)
    _finds_the_expert(jana)
    address = _proposes(jana, there, start=start)
    _credits_are_blocked(jana)

    petr = there.petr
    _is_expected(petr, there)
    confirm(petr, jana, start=start)
    later = days_ahead(petr, 6, hour=14, minute=30)
    suggest(petr, jana, start=start, later=later)
    _answers(jana, petr, start=start, later=later)
    _is_on_the_dashboard(jana, petr, field=there.expertise, later=later)
    _stands_on_the_timeline(jana, petr, address=address, start=start, later=later)

    for page in (address, f"{address}cancel/"):
        there.charlie.look_for(page)
        there.charlie.sees("There is nothing here")
    there.charlie.keep("nothing-here")


def _wants_to_learn(jana: Visitor, field: str) -> None:
    jana.keep("home")
    jana.follow(field)
    jana.sees_facts(Still_to_come="0", Taken_place="0")
    jana.sees("Nothing is scheduled here.")
    jana.keep("dashboard-first-visit")
    jana.follow("Choose the skills you want to develop")
    jana.tick("Raising funds", group="Skills you want to develop")
    jana.keep("skills")
    jana.press("Save my choice")
    skills = jana.page.get_by_role("region", name="Experts by skill").get_by_role("heading", level=3)
    expect(skills).to_contain_text(["Raising funds", "Company valuation"])
    jana.keep("dashboard-skills")


def _finds_the_expert(jana: Visitor) -> None:
    jana.go("Experts")
    jana.pick("Raising funds", field="Skill")
    jana.press("Find")
    jana.sees("fits this search.")
    jana.keep("experts-none")
    jana.pick("Company valuation", field="Skill")
    jana.press("Find")
    jana.sees("Values companies for a living")
    jana.keep("experts")
    jana.follow("Petr Svoboda")
    jana.sees(
        "Twenty years of valuing companies",
        "You have not met Petr Svoboda yet.",
        "Nobody has written about Petr Svoboda yet.",
    )
    jana.keep("expert")


def _proposes(jana: Visitor, there: Company, *, start: datetime) -> str:
    """What cannot be understood is said on top and beside the field; what was typed stays."""
    jana.follow("Propose a time")
    jana.type_in(date="next week", time="10:00", message=MESSAGE)
    jana.press_in_vain("Propose the meeting, block 25 credits")
    jana.sees("Type the date as in the example")
    expect(jana.field("date")).to_have_value("next week")
    expect(jana.field("message")).to_have_value(MESSAGE)
    jana.keep("propose-misunderstood")
    return send_proposal(jana, "Petr Svoboda", start=start)


def _credits_are_blocked(jana: Visitor) -> None:
    jana.go("Credits")
    jana.sees_facts(Available="275", Blocked_for_meetings="25")
    expect(jana.row("Meeting with Petr Svoboda")).to_contain_text(["25"])
    jana.sees_not("Deduction of credits for services")
    jana.keep("account-blocked")


def _is_expected(petr: Visitor, there: Company) -> None:
    petr.keep("home")
    expect(petr.page.get_by_role("navigation", name="Main").get_by_role("link", name="Inbox")).to_contain_text("1")
    petr.follow(there.expertise)
    petr.sees_facts(Still_to_come="1", Taken_place="0")
    scheduled = petr.page.get_by_role("region", name="Scheduled meetings").get_by_role("article")
    expect(scheduled).to_contain_text(["Jana Nováková"])
    expect(scheduled).to_contain_text(["Waiting for your answer"])
    petr.keep("dashboard")


def _answers(jana: Visitor, petr: Visitor, *, start: datetime, later: datetime) -> None:
    """D4: until she confirms, the original date stands, and the page says so."""
    jana.go("Inbox")
    titles = jana.here.get_by_role("listitem").get_by_role("button")
    expect(titles).to_contain_text(["Rescheduling the appointment agreed by the expert", "Meeting agreed"])
    jana.open_notice("Rescheduling the appointment agreed by the expert", jana.clock.moment(later))
    jana.sees("Until you answer,", jana.shows(start, petr), jana.shows(later, petr), "The auditors are here all day.")
    jana.keep("other-date")
    jana.follow("Confirm the other date")
    jana.sees(f"Confirm the date that {petr.name} suggests?", "no longer holds.")
    jana.keep("confirm-other-date")
    jana.follow("Back without doing anything")
    expect(jana.page.locator("dialog[open]")).to_have_count(0)
    jana.follow("Confirm the other date")
    jana.press("Confirm this date")
    jana.sees("Agreed.", jana.shows(later, petr), "Cancelling now costs nothing.")
    jana.keep("moved")


def _is_on_the_dashboard(jana: Visitor, petr: Visitor, *, field: str, later: datetime) -> None:
    jana.page.goto("/")
    jana.sees("What comes next", petr.name)
    jana.follow(field)
    jana.sees_facts(Still_to_come="1", Taken_place="0")
    scheduled = jana.page.get_by_role("region", name="Scheduled meetings").get_by_role("article")
    expect(scheduled).to_contain_text([petr.name])
    expect(scheduled).to_contain_text([jana.clock.time(later)])
    jana.keep("dashboard")
    jana.go("Meetings")
    jana.sees(petr.name)
    jana.keep("meetings")
    jana.go("Credits")
    jana.sees_facts(Available="275", Blocked_for_meetings="25")
    jana.follow("Blocked and returned so far")
    expect(jana.row(petr.name)).to_contain_text(["still blocked"])
    jana.keep("blocks")


def _stands_on_the_timeline(jana: Visitor, petr: Visitor, *, address: str, start: datetime, later: datetime) -> None:
    """On both sides, each by their own clock; what was said between them stands there too."""
    for visitor in (jana, petr):
        visitor.page.goto(address)
        first, second = visitor.clock.moment(start), visitor.clock.moment(later)
        visitor.sees("Agreed.")
        visitor.sees_timeline(
            f"Approved by {jana.name}: {first}",
            f"Approved by {petr.name}",
            f"Alternative date selected by {petr.name}: {second}",
            f"Approved by {petr.name}",
            f"Approval of the replacement date by {jana.name}: {second}",
        )
        visitor.sees(MESSAGE, "The auditors are here all day.")
        visitor.keep("timeline")
