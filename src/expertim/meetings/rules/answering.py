"""Proposing (P1, P2), answering (A1, A2) and withdrawing (C1). Pure."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from expertim.meetings.facts import (
    PARTIES,
    By,
    Command,
    Decision,
    Event,
    Notice,
    NoticeKind,
    Refused,
    Room,
    Situation,
    State,
    counterparty,
    invalid,
)
from expertim.meetings.rules.shared import (
    as_it_is,
    block_price,
    both_told,
    check_overlap,
    check_reason,
    check_seen_start,
    check_start,
    entry_of,
    give_back,
    in_future,
    not_blocked,
    typed_start,
)


def anybody(situation: Situation, by: By, at: datetime) -> bool:
    return True


def propose(situation: Situation, command: Command) -> Decision:
    if situation.not_offered:
        raise invalid(situation.not_offered, "not_offered")
    if situation.paused_until and command.at < situation.paused_until:
        raise invalid("expert", "paused")
    check_start(situation, command)
    if command.by is By.USER:
        seen = (command.seen_price, command.seen_minutes)
        if seen != (situation.price, situation.length_minutes):
            raise Refused("terms_changed", price=situation.price, minutes=situation.length_minutes)
    check_overlap(situation, command)
    payment, moves = not_blocked(situation)
    if command.by is By.USER:
        payment, moves = block_price(situation)
    return Decision(
        now=replace(
            situation.now,
            state=State.AWAITING,
            payment=payment,
            start=typed_start(command),
            approved_by=frozenset({command.by}),
        ),
        at=command.at,
        entries=(entry_of(Event.APPROVED, command, start=command.start, message=command.message),),
        moves=moves,
        notices=(Notice(kind=NoticeKind.PROPOSED, to=counterparty(command.by)),),
    )


def unanswered(situation: Situation, by: By, at: datetime) -> bool:
    return in_future(situation, by, at) and by not in situation.now.approved_by


def proposed(situation: Situation, by: By, at: datetime) -> bool:
    return in_future(situation, by, at) and by in situation.now.approved_by


def confirm(situation: Situation, command: Command) -> Decision:
    check_seen_start(command, situation.start)
    check_overlap(situation, command)
    payment, moves = as_it_is(situation)
    if command.by is By.USER:
        payment, moves = block_price(situation)
    return Decision(
        now=replace(
            situation.now,
            state=State.AGREED,
            payment=payment,
            approved_by=frozenset(PARTIES),
            in_force_at=command.at,
        ),
        at=command.at,
        entries=(entry_of(Event.APPROVED, command),),
        moves=moves,
        notices=both_told(NoticeKind.AGREED),
        room=Room.CREATE,
    )


def reject(situation: Situation, command: Command) -> Decision:
    check_reason(situation)
    payment, moves = give_back(situation)
    return Decision(
        now=replace(situation.now, state=State.REJECTED, payment=payment),
        at=command.at,
        entries=(entry_of(Event.REJECTED, command, reason=command.reason, message=command.message),),
        moves=moves,
        notices=(Notice(kind=NoticeKind.REJECTED, to=counterparty(command.by)),),
    )


def withdraw(situation: Situation, command: Command) -> Decision:
    payment, moves = give_back(situation)
    return Decision(
        now=replace(situation.now, state=State.CANCELLED, payment=payment),
        at=command.at,
        entries=(entry_of(Event.CANCELLED, command),),
        moves=moves,
        notices=(Notice(kind=NoticeKind.WITHDRAWN, to=counterparty(command.by)),),
    )
