"""What several stories have in common: finding an expert, proposing, confirming."""

from __future__ import annotations

from datetime import datetime, timedelta
from urllib.parse import urlsplit

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
    skills = user.page.get_by_role("region", name="Experts by skill")
    expect(skills.get_by_role("heading", name="Company valuation")).to_be_visible()
    user.follow(expert.name, within=skills)
    user.sees("Values companies for a living", "25 credits")
    user.follow("Propose a time")
    return send_proposal(user, expert.name, start=start)


def send_proposal(user: Visitor, expert: str, *, start: datetime, price: str = "25 credits") -> str:
    """From the open page of proposing; the meeting's address."""
    user.sees(f"{price} of yours are blocked now.")
    date, time = user.clock.typed(start)
    user.type_in(date=date, time=time, message=MESSAGE)
    user.keep("propose")
    user.press(f"Propose the meeting, block {price}")
    user.sees("You have proposed", user.shows(start), f"Waiting for {expert}'s answer")
    user.keep("proposed")
    return urlsplit(user.page.url).path  # who skipped the navigation has a fragment there


def confirm(expert: Visitor, user: Visitor, *, start: datetime) -> None:
    """A1, by way of the inbox."""
    expert.open_notice("Meeting proposed", user.name, expert.clock.moment(start))
    expert.sees(f"{user.name} waits for your answer", expert.shows(start, user))
    expert.keep("to-answer")
    expert.follow("Confirm")
    expert.sees(f"Confirm the meeting with {user.name}?", f"25 credits of {user.name} are blocked for it already.")
    expert.keep("confirm")
    expert.press("Confirm the meeting")
    expert.sees("Agreed.", expert.shows(start, user))
    expert.keep("confirmed")


def suggest(author: Visitor, other: Visitor, *, start: datetime, later: datetime) -> None:
    """D1, from the meeting's page."""
    author.follow("Suggest another date")
    date, time = author.clock.typed(later)
    author.type_in(date=date, time=time, message="The auditors are here all day.")
    author.keep("reschedule")
    author.press("Suggest this date")
    author.sees("You have suggested", f"Until {other.name} answers,", author.shows(start, other))
    author.keep("suggested")
