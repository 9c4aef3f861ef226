"""Cancelling an agreed meeting: free, late, by the expert (C2, C3, C4). Pure."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from expertim.credits.moves import Move
from expertim.foundation.amounts import share_of
from expertim.meetings.facts import (
    By,
    Command,
    Decision,
    Entry,
    Event,
    Notice,
    NoticeKind,
    Payment,
    Refused,
    Room,
    Situation,
    State,
    counterparty,
    invalid,
)
from expertim.meetings.rules.shared import (
    deduct_fee,
    entry_of,
    give_back,
)


def cancellation_fee(*, situation: Situation, at: datetime) -> int:
    """What the user's cancelling an agreed meeting costs at that moment, in hundredths (C2, C3)."""
    if at <= free_until(situation):
        return 0
    return share_of(situation.price, situation.terms.late_fee_percent)


def free_until(situation: Situation) -> datetime:
    """The last moment at which the user cancels free of charge: exactly 48 h before the start is still free (C2)."""
    return situation.start - timedelta(hours=situation.terms.free_cancellation_hours)


def cancel_by_user(situation: Situation, command: Command) -> Decision:
    fee = cancellation_fee(situation=situation, at=command.at)
    if command.seen_fee is None:
        raise invalid("fee", "required")
    if command.seen_fee != fee:
        raise Refused("fee_changed", fee=fee)
    if fee == 0:  # C2, and C3 where the fee comes to nothing
        payment, moves = give_back(situation)
        return _cancelled(situation, command, payment, moves, NoticeKind.CANCELED_BY_USER)
    split = deduct_fee(situation, fee)
    decision = _cancelled(situation, command, Payment.REIMBURSED, (split,), NoticeKind.LATE_CANCELLATION, fee=fee)
    reimbursed = Entry(
        event=Event.REIMBURSED,
        by=By.PLATFORM,
        at=command.at,
        values=(("fee", fee), ("paid", fee - split.commission)),
    )
    return replace(decision, entries=(*decision.entries, reimbursed))


def cancel_by_expert(situation: Situation, command: Command) -> Decision:
    if command.seen_fee:
        raise Refused("fee_changed", fee=0)
    payment, moves = give_back(situation)
    return _cancelled(situation, command, payment, moves, NoticeKind.CANCELLED_BY_EXPERT)


def _cancelled(
    situation: Situation,
    command: Command,
    payment: Payment,
    moves: tuple[Move, ...],
    kind: NoticeKind,
    **values: Any,
) -> Decision:
    return Decision(
        now=replace(situation.now, state=State.CANCELLED, payment=payment, alternative=None),
        at=command.at,
        entries=(entry_of(Event.CANCELLED, command, reason=command.reason, **values),),
        moves=moves,
        notices=(Notice(kind=kind, to=counterparty(command.by)),),
        room=Room.CANCEL,
    )
