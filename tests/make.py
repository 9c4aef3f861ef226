"""Builders with plausible defaults, so that a test states only what matters."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from expertim.meetings.facts import (
    PARTIES,
    Act,
    Alternative,
    By,
    Command,
    Entry,
    Event,
    Notice,
    NoticeKind,
    Payment,
    Progress,
    Said,
    Situation,
    Standing,
    State,
    Terms,
)

TICK = timedelta(microseconds=1)
MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)

START = datetime(2027, 3, 16, 9, 0, tzinfo=UTC)  # a Tuesday, far from any change of clocks
END = START + HOUR
LONG_BEFORE = START - 10 * DAY
PRICE = 2500

USER, EXPERT, OPERATOR, PLATFORM = By.USER, By.EXPERT, By.OPERATOR, By.PLATFORM


# ---------------------------------------------------------------- where a meeting stands


def standing(**changes: Any) -> Standing:
    """An agreed meeting with its price blocked, agreed ten days before its start."""
    agreed = Standing(
        state=State.AGREED,
        payment=Payment.BLOCKED,
        start=START,
        approved_by=frozenset(PARTIES),
        in_force_at=LONG_BEFORE,
    )
    return replace(agreed, **changes)


def unproposed(**changes: Any) -> Standing:
    return replace(Standing(state=None, payment=Payment.NOT_BLOCKED, start=START), **changes)


def awaiting(by: By = USER, **changes: Any) -> Standing:
    """Proposed by that party, not yet answered; the user's proposal has blocked the price."""
    payment = Payment.BLOCKED if by is USER else Payment.NOT_BLOCKED
    waiting = Standing(state=State.AWAITING, payment=payment, start=START, approved_by=frozenset({by}))
    return replace(waiting, **changes)


def rejected(by: By = EXPERT, **changes: Any) -> Standing:
    """Rejected by that party, without an alternative date."""
    proposer = USER if by is EXPERT else EXPERT
    payment = Payment.RETURNED if proposer is USER else Payment.NOT_BLOCKED
    return awaiting(proposer, **({"state": State.REJECTED, "payment": payment} | changes))


def alternative(by: By = USER, start: datetime = START + DAY) -> Alternative:
    return Alternative(start=start, author=by)


def disputed(user: Said | None = Said.OTHER_FAULT, expert: Said | None = Said.SMOOTH, **changes: Any) -> Standing:
    return standing(**({"progress": Progress.DISPUTED, "said": (user, expert)} | changes))


def situation(now: Standing | None = None, **changes: Any) -> Situation:
    """A meeting of an hour for 25 credits, of a user who has 100 more; `terms` may be a dict of policy values."""
    terms = changes.pop("terms", {})
    plain: dict[str, Any] = {"price": PRICE, "length_minutes": 60, "available": 10_000}
    frozen = Terms(**terms) if isinstance(terms, dict) else terms
    return Situation(now=now or standing(), terms=frozen, **(plain | changes))


# ---------------------------------------------------------------- what is asked


def command(act: Act, by: By = USER, at: datetime = LONG_BEFORE, **typed: Any) -> Command:
    """The act with everything typed that a page would send."""
    plain: dict[Act, dict[str, Any]] = {
        Act.PROPOSE: {"start": START, "seen_price": PRICE, "seen_minutes": 60},
        Act.CONFIRM: {"seen_start": START},
        Act.REJECT: {"reason": "no-time"},
        Act.CANCEL: {"reason": "I am ill", "seen_fee": 0},
        Act.RESCHEDULE: {"start": START + DAY},
        Act.ALTERNATIVE_REJECT: {"reason": "no-time"},
        Act.EVALUATE: {"progress": Said.SMOOTH} | ({"stars": 5} if by is USER else {}),
        Act.SETTLE: {"outcome": Progress.WENT_SMOOTHLY, "fee": PRICE, "note": "Both were there."},
    }
    return Command(act=act, by=by, at=at, **(plain.get(act, {}) | typed))


# ---------------------------------------------------------------- what follows


def entry(event: Event, by: By, at: datetime, **values: Any) -> Entry:
    return Entry(event=event, by=by, at=at, values=tuple(values.items()))


def told(kind: NoticeKind, *to: By) -> tuple[Notice, ...]:
    return tuple(Notice(kind=kind, to=party) for party in to)


def invalid(field: str, problem: str) -> tuple[str, dict[str, Any]]:
    """Key and facts of the refusal of something typed."""
    return "invalid", {"errors": ((field, problem),)}
