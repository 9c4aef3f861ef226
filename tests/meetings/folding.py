"""The timeline, folded: what its events say by themselves."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from expertim.meetings.facts import (
    PARTIES,
    Alternative,
    By,
    Entry,
    Event,
    Payment,
    Progress,
    State,
)


@dataclass
class Folded:
    """What a reader of the timeline alone knows."""

    free: bool
    state: State | None = None
    payment: Payment = Payment.NOT_BLOCKED
    progress: Progress | None = None
    start: datetime | None = None
    approved_by: frozenset[By] = field(default_factory=frozenset)
    alternative: Alternative | None = None


def fold(entries: list[Entry], *, free: bool) -> Folded:
    """What the events say, one after another, without looking at anything else."""
    known = Folded(free=free)
    for entry in entries:
        tell(known, entry)
        if free:
            known.payment = Payment.FREE
    return known


def tell(known: Folded, entry: Entry) -> None:
    values = dict(entry.values)
    if entry.event is Event.APPROVED and known.state is None:
        known.state, known.start, known.approved_by = State.AWAITING, values["start"], frozenset({entry.by})
        known.payment = Payment.BLOCKED if entry.by is By.USER else Payment.NOT_BLOCKED
    elif entry.event is Event.APPROVED and known.state is State.AWAITING and entry.by not in known.approved_by:
        known.state, known.approved_by, known.payment = State.AGREED, frozenset(PARTIES), Payment.BLOCKED
    elif entry.event is Event.ALTERNATIVE_SELECTED:
        if known.state is State.REJECTED and entry.by is By.USER:  # D2: the meeting's own date
            known.state, known.start, known.approved_by = State.AWAITING, values["start"], frozenset({By.USER})
            known.payment = Payment.BLOCKED
        else:
            known.alternative = Alternative(start=values["start"], author=entry.by)
    elif entry.event is Event.ALTERNATIVE_APPROVED:
        assert known.alternative is not None
        known.state, known.start, known.payment = State.AGREED, values["start"], Payment.BLOCKED
        known.alternative, known.approved_by = None, frozenset(PARTIES)
    elif entry.event in (Event.ALTERNATIVE_REJECTED, Event.ALTERNATIVE_CANCELLED, Event.ALTERNATIVE_LAPSED):
        assert known.alternative is not None
        assert values["start"] == known.alternative.start
        known.alternative = None
    elif entry.event in (Event.REJECTED, Event.CANCELLED, Event.EXPIRED):
        known.state = State(entry.event.value)
        known.alternative = None
        if known.payment is Payment.BLOCKED:
            known.payment = Payment.RETURNED
    elif entry.event is Event.REIMBURSED:
        known.payment = Payment.REIMBURSED
    elif entry.event is Event.PROGRESS_EVALUATED:
        known.progress = values["progress"]
        known.payment = Payment.PAID if values["fee"] else Payment.RETURNED
    elif entry.event is Event.PROGRESS_DISPUTED:
        known.progress = Progress.DISPUTED
