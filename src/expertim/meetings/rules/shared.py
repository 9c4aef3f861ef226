"""What the rules share: the checks, what happens to credits, lines of the timeline. Pure."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from expertim.credits.moves import Block, Close, Move, close
from expertim.meetings.facts import (
    PARTIES,
    Alternative,
    By,
    Command,
    Entry,
    Event,
    Notice,
    NoticeKind,
    Payment,
    Progress,
    Refused,
    Situation,
    Standing,
    invalid,
)

SETTLED = frozenset({Progress.WENT_SMOOTHLY, Progress.NO_SHOW_USER, Progress.NO_SHOW_EXPERT})


def in_future(situation: Situation, by: By, at: datetime) -> bool:
    return at < situation.start


def check_start(situation: Situation, command: Command) -> None:
    if typed_start(command) <= command.at:
        raise invalid("start", "past")


def typed_start(command: Command) -> datetime:
    if command.start is None:
        raise invalid("start", "required")
    return command.start


def check_reason(situation: Situation) -> None:
    if not situation.reason_listed:
        raise invalid("reason", "not_offered")


def check_seen_start(command: Command, start: datetime) -> None:
    """C5: the answer is to the date that its sender saw."""
    if command.seen_start is not None and command.seen_start != start:
        raise Refused("terms_changed", start=start)


def check_overlap(situation: Situation, command: Command) -> None:
    """O1: a warning, not a wall."""
    if situation.overlaps and not command.acknowledge_overlap:
        raise Refused("overlap", meetings=situation.overlaps, waiting=situation.waiting)


def as_it_is(situation: Situation) -> tuple[Payment, tuple[Move, ...]]:
    return situation.now.payment, ()


def not_blocked(situation: Situation) -> tuple[Payment, tuple[Move, ...]]:
    return (Payment.NOT_BLOCKED if situation.price else Payment.FREE), ()


def block_price(situation: Situation) -> tuple[Payment, tuple[Move, ...]]:
    """Block the price; Z2 where the user has less."""
    if situation.price == 0:
        return Payment.FREE, ()
    missing = situation.price - situation.available
    if missing > 0:
        raise Refused("insufficient_credits", missing=missing)
    return Payment.BLOCKED, (Block(amount=situation.price),)


def give_back(situation: Situation) -> tuple[Payment, tuple[Move, ...]]:
    """Return everything that is blocked; else the payment stays as it is."""
    if situation.now.payment is not Payment.BLOCKED:
        return situation.now.payment, ()
    return Payment.RETURNED, (Close(amount=situation.price, fee=0, commission=0),)


def deduct_fee(situation: Situation, fee: int) -> Close:
    return close(amount=situation.price, fee=fee, commission_percent=situation.terms.commission_percent)


def lapses_at(situation: Situation) -> datetime:
    return min(situation.start, the_alternative(situation).start)


def settles_at(situation: Situation) -> datetime:
    return situation.end + timedelta(hours=situation.terms.settlement_hours)


def the_alternative(situation: Situation) -> Alternative:
    if situation.now.alternative is None:
        raise ValueError("no alternative date is open")
    return situation.now.alternative


def on_new_date(standing: Standing, *, start: datetime, **changes: Any) -> Standing:
    """A new date: what belonged to the old one (reminders, attendance, an alternative) goes with it."""
    return replace(
        standing,
        start=start,
        alternative=None,
        generation=standing.generation + 1,
        rung=frozenset(),
        attended_at=(None, None),
        **changes,
    )


def both_told(kind: NoticeKind) -> tuple[Notice, ...]:
    return tuple(Notice(kind=kind, to=party) for party in PARTIES)


def entry_of(event: Event, command: Command, **values: Any) -> Entry:
    return Entry(event=event, by=command.by, at=command.at, values=values_of(**values))


def values_of(**values: Any) -> tuple[tuple[str, Any], ...]:
    return tuple((name, value) for name, value in values.items() if value not in (None, ""))


def put_side(pair: tuple[Any, Any], index: int, value: Any) -> tuple[Any, Any]:
    return (value, pair[1]) if index == 0 else (pair[0], value)
