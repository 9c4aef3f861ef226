"""Meetings that never were, one for each state: what the page of parts shows, worded by the rules themselves."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from expertim.meetings.facts import PARTIES, Alternative, By, Event, Payment, Progress, Said, Situation, Standing, State
from expertim.meetings.lifecycle import possible
from expertim.meetings.queries import MeetingView, TimelineRow, Who
from expertim.meetings.rows import Row

# The day on which a mistake in a zone would show: the clocks of Prague and London change twelve days later.
NOW = datetime(2027, 3, 16, 8, 0, tzinfo=UTC)
JANA = Who(id=1, public_id="0000000000000001", name="Jana Nováková", time_zone="Europe/Prague")
PETR = Who(id=2, public_id="0000000000000002", name="Petr Svoboda", time_zone="Europe/London")
_COMING, _OVER, _DISTANT = NOW + timedelta(hours=3), NOW - timedelta(hours=2), NOW + timedelta(days=9)
_AGREED: dict[str, Any] = {"state": State.AGREED, "payment": Payment.BLOCKED, "approved_by": frozenset(PARTIES)}
_SAID = (Said.SMOOTH, Said.OTHER_FAULT)


def meetings() -> Iterator[MeetingView]:
    """One of every state, as the user sees it."""
    proposed: dict[str, Any] = {"state": State.AWAITING, "payment": Payment.BLOCKED}
    yield _meeting(**proposed, approved_by=frozenset({By.USER}), start=_DISTANT)
    yield _meeting(**proposed, approved_by=frozenset({By.EXPERT}), start=_DISTANT)
    yield _meeting(**_AGREED, start=_DISTANT)
    yield _meeting(**_AGREED, start=_DISTANT, alternative=Alternative(start=_DISTANT + _A_DAY, author=By.EXPERT))
    yield _meeting(**_AGREED, start=_COMING)
    yield _meeting(**_AGREED, start=NOW + timedelta(minutes=5))
    yield _meeting(state=State.REJECTED, payment=Payment.RETURNED, approved_by=frozenset({By.USER}), start=_DISTANT)
    yield _meeting(**_AGREED | {"state": State.CANCELLED, "payment": Payment.RETURNED}, start=_DISTANT)
    yield _meeting(**_AGREED | {"state": State.CANCELLED, "payment": Payment.REIMBURSED}, start=_COMING)
    yield _meeting(
        state=State.EXPIRED, payment=Payment.RETURNED, approved_by=frozenset({By.USER}), start=NOW - timedelta(hours=1)
    )
    yield _meeting(**_AGREED, start=_OVER)
    yield _meeting(**_AGREED, start=_OVER, progress=Progress.DISPUTED, said=_SAID)
    paid: dict[str, Any] = _AGREED | {"payment": Payment.PAID}
    yield _meeting(**paid, start=_OVER, progress=Progress.WENT_SMOOTHLY, said=(Said.SMOOTH, Said.SMOOTH))
    yield _meeting(**paid, start=_OVER, progress=Progress.NO_SHOW_USER, said=(Said.MY_FAULT, None))


_A_DAY = timedelta(days=1)


def agreed() -> MeetingView:
    """A meeting that stands, nine days ahead."""
    return _meeting(**_AGREED, start=_DISTANT)


def late() -> MeetingView:
    """A meeting that stands, so near that cancelling costs."""
    return _meeting(**_AGREED, start=_COMING)


def free() -> MeetingView:
    """A meeting without a price."""
    made = _meeting(**_AGREED | {"payment": Payment.FREE}, start=_DISTANT)
    return replace(made, situation=replace(made.situation, price=0))


def timeline() -> tuple[TimelineRow, ...]:
    """Proposed with a message, confirmed, moved, cancelled late."""
    start = _DISTANT.isoformat()
    line = _lines()
    return (
        line(By.USER, Event.APPROVED, {"start": start, "message": "I would like to know what my bakery is worth."}),
        line(By.EXPERT, Event.APPROVED, {}),
        line(By.EXPERT, Event.ALTERNATIVE_SELECTED, {"start": (_DISTANT + _A_DAY).isoformat()}),
        line(By.PLATFORM, Event.ALTERNATIVE_LAPSED, {}),
        line(By.USER, Event.CANCELLED, {"reason": "My train does not run."}),
    )


def _lines() -> Callable[[By, Event, Row], TimelineRow]:
    hours = iter(range(-48, 0))

    def line(by: By, event: Event, values: Row) -> TimelineRow:
        name = {By.USER: JANA.name, By.EXPERT: PETR.name}.get(by, "")
        return TimelineRow(at=NOW + timedelta(hours=next(hours)), by=by, person=name, event=event, values=values)

    return line


def _meeting(*, state: State, payment: Payment, start: datetime, **more: Any) -> MeetingView:
    standing = Standing(state=state, payment=payment, start=start, in_force_at=NOW, **more)
    situation = Situation(now=standing, price=2500, length_minutes=60, available=27_500)
    return MeetingView(
        id=0,
        public_id="0000000000000000",
        expertise_slug="corporate-finance",
        expertise_name="Corporate finance",
        user=JANA,
        expert=PETR,
        my_role=By.USER,
        service_title="Expert advice",
        skill_name="Company valuation",
        situation=situation,
        at=NOW,
        actions=possible(situation=situation, by=By.USER, at=NOW),
    )
