"""Another date: put forward, confirmed, rejected, taken back (D1-D6). Pure."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any

from expertim.meetings.facts import (
    PARTIES,
    Alternative,
    By,
    Command,
    Decision,
    Entry,
    Event,
    Notice,
    NoticeKind,
    Room,
    Situation,
    State,
    counterparty,
    invalid,
)
from expertim.meetings.rules.shared import (
    as_it_is,
    block_price,
    check_overlap,
    check_reason,
    check_seen_start,
    check_start,
    entry_of,
    lapses_at,
    on_new_date,
    the_alternative,
    typed_start,
)


def movable(situation: Situation, by: By, at: datetime) -> bool:
    return at < situation.start and situation.now.alternative is None


def reschedule_agreed(situation: Situation, command: Command) -> Decision:
    kind = {
        By.USER: NoticeKind.RESCHEDULING_AGREED_BY_USER,
        By.EXPERT: NoticeKind.RESCHEDULING_AGREED_BY_EXPERT,
    }[command.by]
    check_start(situation, command)
    if command.start == situation.start:
        raise invalid("start", "unchanged")
    return _open_alternative(situation, command, kind)


def offer_after_rejection(situation: Situation, command: Command) -> Decision:
    check_start(situation, command)
    return _open_alternative(situation, command, NoticeKind.RESCHEDULING_REJECTED_BY_EXPERT)


def _open_alternative(situation: Situation, command: Command, kind: NoticeKind) -> Decision:
    check_overlap(situation, command)
    alternative = Alternative(start=typed_start(command), author=command.by)
    return Decision(
        now=replace(situation.now, alternative=alternative),
        at=command.at,
        entries=_date_selected(command),
        notices=(Notice(kind=kind, to=counterparty(command.by)),),
    )


def repropose(situation: Situation, command: Command) -> Decision:
    check_start(situation, command)
    check_overlap(situation, command)
    payment, moves = block_price(situation)
    return Decision(
        now=on_new_date(
            situation.now,
            start=typed_start(command),
            state=State.AWAITING,
            payment=payment,
            approved_by=frozenset({command.by}),
            in_force_at=None,
        ),
        at=command.at,
        entries=_date_selected(command),
        moves=moves,
        notices=(Notice(kind=NoticeKind.RESCHEDULING_REJECTED_BY_USER, to=counterparty(command.by)),),
    )


def _date_selected(command: Command) -> tuple[Entry, ...]:
    selected = entry_of(Event.ALTERNATIVE_SELECTED, command, start=command.start, message=command.message)
    return selected, entry_of(Event.APPROVED, command)


def answerable(situation: Situation, by: By, at: datetime) -> bool:
    alternative = situation.now.alternative
    return alternative is not None and alternative.author is not by and at < lapses_at(situation)


def own_alternative(situation: Situation, by: By, at: datetime) -> bool:
    alternative = situation.now.alternative
    return alternative is not None and alternative.author is by and at < lapses_at(situation)


def confirm_alternative(situation: Situation, command: Command) -> Decision:
    alternative = the_alternative(situation)
    check_seen_start(command, alternative.start)
    check_overlap(situation, command)
    payment, moves = as_it_is(situation)
    if situation.now.state is State.REJECTED:
        payment, moves = block_price(situation)
    return Decision(
        now=on_new_date(
            situation.now,
            start=alternative.start,
            state=State.AGREED,
            payment=payment,
            approved_by=frozenset(PARTIES),
            in_force_at=command.at,
        ),
        at=command.at,
        entries=(entry_of(Event.ALTERNATIVE_APPROVED, command, start=alternative.start),),
        moves=moves,
        notices=(Notice(kind=NoticeKind.ALTERNATIVE_CONFIRMED, to=alternative.author),),
        room=Room.CREATE if situation.now.state is State.REJECTED else Room.EDIT,
    )


def reject_alternative(situation: Situation, command: Command) -> Decision:
    alternative = the_alternative(situation)
    check_reason(situation)
    check_seen_start(command, alternative.start)
    values = {"reason": command.reason, "message": command.message}
    return _close_alternative(situation, command, Event.ALTERNATIVE_REJECTED, NoticeKind.ALTERNATIVE_REJECTED, **values)


def withdraw_alternative(situation: Situation, command: Command) -> Decision:
    check_seen_start(command, the_alternative(situation).start)
    return _close_alternative(situation, command, Event.ALTERNATIVE_CANCELLED, NoticeKind.ALTERNATIVE_WITHDRAWN)


def _close_alternative(
    situation: Situation, command: Command, event: Event, kind: NoticeKind, **values: Any
) -> Decision:
    return Decision(
        now=replace(situation.now, alternative=None),
        at=command.at,
        entries=(entry_of(event, command, start=the_alternative(situation).start, **values),),
        notices=(Notice(kind=kind, to=counterparty(command.by)),),
    )
