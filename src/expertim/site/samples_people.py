"""People who never were, what they say and when they are free: what the page of parts shows beside the meetings."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from expertim.chat.queries import MessageRow, Opened, Other
from expertim.expertise.free_times import Hours
from expertim.expertise.rows import ExpertRow, ServiceRow, SkillRow
from expertim.expertise.times import Kept
from expertim.meetings.free import Free, Taken
from expertim.meetings.free_shown import FreeShown, free_shown
from expertim.people.formats import Clock
from expertim.reviews.queries import ReplyRow, ReviewRow
from expertim.site import samples

_NOWHERE = "#part-free"
_FIELD = "corporate-finance"


@dataclass(frozen=True, slots=True, kw_only=True)
class ExpertShown:
    """As much of an expert's page as its head and its facts say."""

    id: str
    name: str
    headline: str
    time_zone: str


@dataclass(frozen=True, slots=True, kw_only=True)
class StandingShown:
    """As much of how an expert stands as the facts say."""

    photo: str
    banner: str
    linkedin: str
    industry: str
    city: str
    scheduled: int
    held: int
    has: tuple[str, ...]


def expert() -> ExpertShown:
    return ExpertShown(
        id=samples.PETR.public_id,
        name=samples.PETR.name,
        headline="Values companies for a living",
        time_zone=samples.PETR.time_zone,
    )


def cards() -> tuple[tuple[str, ExpertRow], ...]:
    """Experts as lists show them, each with the Expertise: with a price, without one, with a very long name."""
    long = "Wolfeschlegelsteinhausenbergerdorff-Bartholomäusová"
    made = ((samples.PETR.name, 2500), (samples.JANA.name, 0), (long, None))
    return tuple(
        (_FIELD, ExpertRow(id=str(n) * 16, name=name, headline="Values companies for a living", from_price=price))
        for n, (name, price) in enumerate(made)
    )


def standing() -> StandingShown:
    """Everything told, everything counted."""
    return StandingShown(
        photo="",
        banner="",
        linkedin="https://example.org/petr",
        industry="Finance",
        city="London",
        scheduled=2,
        held=14,
        has=("Company valuation",),
    )


def services() -> tuple[ServiceRow, ...]:
    """One with a price, one for nothing."""
    skills = (SkillRow(slug="valuation", name="Company valuation"),)
    made = (("Expert advice", 60, 2500), ("Half an hour for students", 30, 0))
    return tuple(
        ServiceRow(id=str(n), kind="expert-advice", title=title, minutes=minutes, price=price, skills=skills)
        for n, (title, minutes, price) in enumerate(made)
    )


def review() -> ReviewRow:
    """Words with a reply to what stood there before."""
    reply = ReplyRow(text="Thank you. The lease was the harder part.", at=samples.NOW, before=True)
    return ReviewRow(id=0, author=samples.JANA.name, text="Clear, and to the point.", at=samples.NOW, reply=reply)


def chat() -> Opened:
    """Theirs, mine, one without a place to break, one that an operator has hidden, one that was reported."""
    said: tuple[tuple[bool, str, dict[str, bool]], ...] = (
        (False, "Is Tuesday still all right?", {}),
        (True, "Yes. I bring the figures of the last three years.\nAnd the lease.", {}),
        (False, "https://example.org/" + "a-very-long-address-" * 6, {}),
        (False, "", {"hidden": True}),
        (False, "Buy this instead.", {"reported": True}),
    )
    messages = tuple(
        MessageRow(
            id=n,
            mine=mine,
            text=text,
            hidden=bool(more.get("hidden")),
            reported=bool(more.get("reported")),
            at=samples.NOW + timedelta(minutes=n),
        )
        for n, (mine, text, more) in enumerate(said)
    )
    other = Other(id=2, public_id=samples.PETR.public_id, name=samples.PETR.name)
    return Opened(
        public_id="0" * 16,
        other=other,
        here=True,
        read=len(messages),
        blocked=False,
        closed=False,
        messages=messages,
        older=None,
    )


def free_week(clock: Clock) -> FreeShown:
    """Two days: one with a time that somebody has asked for and one at which the reader has a meeting."""
    on, zone = samples.NOW.date() + timedelta(days=2), ZoneInfo(samples.PETR.time_zone)
    hours = Hours(zone=zone, days={on: ((540, 690),), on + timedelta(days=1): ((840, 930),)})
    kept = Kept(expert=0, person=0, hours=hours, busy=(), shortest_minutes=30, paused_until=None, now=samples.NOW)
    nine = datetime.combine(on, time(9), zone)
    half, ten = nine + timedelta(minutes=30), nine + timedelta(minutes=60)
    free = Free(
        kept=kept,
        length_minutes=30,
        theirs=Taken(waiting=((half, ten),)),
        mine=Taken(agreed=((ten, ten + timedelta(minutes=30)),)),
    )
    return free_shown(
        free, clock=clock, other=samples.PETR, week="", chosen=nine.isoformat(), address=lambda week: _NOWHERE
    )
