"""What several stories have in common: finding an expert, proposing, confirming."""

from __future__ import annotations

from datetime import datetime, timedelta

from playwright.sync_api import expect

from tests.stories.visitor import Visitor

MESSAGE = "I would like to know what my bakery is worth."


def days_ahead(visitor: Visitor, days: int, *, hour: int, minute: int = 0) -> datetime:
    """That hour by the visitor's own clock, so many days from the platform's now."""
    local = visitor.clock.local(visitor.now + timedelta(days=days))
    date, _ = visitor.clock.typed(local)
    return visitor.clock.instant(date, f"{hour:02}:{minute:02}")


def propose(user: Visitor, expert: Visitor, *, field: str, start: datetime) -> str:
    """P1, by way of the dashboard and its skills; the meeting's address."""
    user.page.goto("/")
    user.follow(field)
    user.keep("dashboard")
    skills = user.page.get_by_role("region", name="Experts by skill")
    expect(skills.get_by_role("heading", name="Company valuation")).to_be_visible()
    skills.get_by_role("link", name=expert.name).click()
    user.sees("Values companies for a living", "25 credits")
    user.keep("expert")
    user.follow("Propose a time")
    user.sees("25 credits of yours are blocked now.")
    user.choose("Company valuation")
    date, time = user.clock.typed(start)
    user.type_in(date=date, time=time, message=MESSAGE)
    user.keep("propose")
    user.press("Propose the meeting, block 25 credits")
    user.sees(f"You have proposed {user.shows(start, expert)}.", f"Waiting for {expert.name}'s answer")
    user.keep("proposed")
    return user.page.url.removeprefix(user.base)


def confirm(expert: Visitor, user: Visitor, *, start: datetime) -> None:
    """A1, by way of the inbox."""
    expert.open_notice("Meeting proposed", user.name, expert.clock.moment(start))
    expert.sees(f"{user.name} waits for your answer", expert.shows(start, user))
    expert.keep("to-answer")
    expert.follow("Confirm")
    expert.sees(f"Confirm the meeting with {user.name}?", "25 credits of Jana Nováková are blocked for it already.")
    expert.keep("confirm")
    expert.press("Confirm the meeting")
    expert.sees("Agreed.", expert.shows(start, user))
    expert.keep("confirmed")
