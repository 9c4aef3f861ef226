"""The meeting itself and what became of it (J1, E1, E2, S1-S6, X1, V1). Pure."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from expertim.credits.moves import Bonus, Move
from expertim.foundation.amounts import share_of
from expertim.meetings.facts import (
    PARTIES,
    By,
    Command,
    Decision,
    Entry,
    Event,
    Notice,
    NoticeKind,
    Payment,
    Progress,
    Said,
    Situation,
    invalid,
)
from expertim.meetings.rules.shared import (
    SETTLED,
    both_told,
    deduct_fee,
    entry_of,
    give_back,
    put_side,
    values_of,
)


def join_window(situation: Situation) -> tuple[datetime, datetime]:
    """From when, until when a party may join (J1); the second moment is outside."""
    terms = situation.terms
    return (
        situation.start - timedelta(minutes=terms.join_opens_minutes),
        situation.end + timedelta(minutes=terms.join_closes_minutes),
    )


def doors_open(situation: Situation, by: By, at: datetime) -> bool:
    opens, closes = join_window(situation)
    return opens <= at < closes


def join(situation: Situation, command: Command) -> Decision:
    index = PARTIES.index(command.by)
    first = situation.now.attended_at[index] is None
    attended = put_side(situation.now.attended_at, index, command.at) if first else situation.now.attended_at
    return Decision(
        now=replace(situation.now, attended_at=attended),
        at=command.at,
        entries=(entry_of(Event.ATTENDED, command),) if first else (),
        joined=True,
    )


def unspoken(situation: Situation, by: By, at: datetime) -> bool:
    return at >= situation.end and situation.now.said_by(by) is None


def evaluate(situation: Situation, command: Command) -> Decision:
    word = command.progress
    if word is None:
        raise invalid("progress", "required")
    if command.by is By.EXPERT and (command.stars is not None or command.review):
        raise invalid("stars" if command.stars is not None else "review", "not_yours")
    if command.by is By.USER and word is Said.SMOOTH and command.stars is None:
        raise invalid("stars", "required")
    said = put_side(situation.now.said, PARTIES.index(command.by), word)
    stated = Decision(
        now=replace(situation.now, said=said),
        at=command.at,
        entries=(entry_of(Event.PROGRESS_RECORDED, command, progress=word),),
        moves=_bonus(situation, command),
        stated=word,
        stars=command.stars,
        review=command.review,
    )
    if situation.now.progress in SETTLED:  # too late to move credits, still heard
        return stated
    return with_outcome(situation, stated, _outcome_of(said, command.by, word))


def _bonus(situation: Situation, command: Command) -> tuple[Move, ...]:
    """V1: the first words of this user about this expert."""
    if not command.review or situation.reviewed or not situation.terms.review_bonus:
        return ()
    return (Bonus(amount=situation.terms.review_bonus),)


def _outcome_of(said: tuple[Said | None, ...], by: By, word: Said) -> Progress | None:
    """S1-S4: what a statement settles by itself, or with the other party's."""
    if (by, word) in _SETTLES:
        return _SETTLES[by, word]
    return Progress.DISPUTED if None not in said else None


_SETTLES = {
    (By.USER, Said.SMOOTH): Progress.WENT_SMOOTHLY,  # S1
    (By.USER, Said.MY_FAULT): Progress.NO_SHOW_USER,  # S2
    (By.EXPERT, Said.MY_FAULT): Progress.NO_SHOW_EXPERT,  # S3
}


def outcome_by_time(situation: Situation) -> Progress:
    """S5, S6: what holds when nobody, or only one, has spoken for 168 hours."""
    user_came, expert_came = _came(situation)
    user_said, expert_said = situation.now.said
    if expert_said is Said.SMOOTH:
        stands = not (user_came and not expert_came)
        return Progress.WENT_SMOOTHLY if stands else Progress.DISPUTED
    if expert_said is Said.OTHER_FAULT:
        return Progress.NO_SHOW_USER if expert_came and not user_came else Progress.DISPUTED
    if user_said is Said.OTHER_FAULT:
        return Progress.NO_SHOW_EXPERT if user_came and not expert_came else Progress.DISPUTED
    if user_came and not expert_came:
        return Progress.NO_SHOW_EXPERT
    if expert_came and not user_came:
        return Progress.NO_SHOW_USER
    return Progress.WENT_SMOOTHLY


def _came(situation: Situation) -> tuple[bool, bool]:
    """Who pressed Join for the date in force before its end: the user, the expert."""
    user, expert = (moment is not None and moment < situation.end for moment in situation.now.attended_at)
    return user, expert


def _fee_of(situation: Situation, outcome: Progress) -> int:
    """What an outcome deducts: the price (S1), the no-show fee (S2), nothing (S3)."""
    if outcome is Progress.WENT_SMOOTHLY:
        return situation.price
    if outcome is Progress.NO_SHOW_USER:
        return share_of(situation.price, situation.terms.no_show_fee_percent)
    return 0


def with_outcome(situation: Situation, decision: Decision, outcome: Progress | None) -> Decision:
    """Add to a decision what the outcome brings: a settlement, a dispute, or nothing yet."""
    if outcome is None or outcome is situation.now.progress:  # still disputed
        return decision
    if outcome is Progress.DISPUTED:
        return replace(
            decision,
            now=replace(decision.now, progress=outcome),
            entries=(*decision.entries, Entry(event=Event.PROGRESS_DISPUTED, by=By.PLATFORM, at=decision.at)),
            notices=(*both_told(NoticeKind.DISPUTED), Notice(kind=NoticeKind.DISPUTED, to=By.OPERATOR)),
        )
    return _settled(situation, decision, outcome, _fee_of(situation, outcome), By.PLATFORM, NoticeKind.SETTLED)


def _settled(
    situation: Situation, decision: Decision, outcome: Progress, fee: int, by: By, kind: NoticeKind, **values: Any
) -> Decision:
    payment, moves = give_back(situation)
    if fee:
        payment, moves = Payment.PAID, (deduct_fee(situation, fee),)
    evaluated = Entry(
        event=Event.PROGRESS_EVALUATED,
        by=by,
        at=decision.at,
        values=values_of(progress=outcome, fee=fee, **values),
    )
    return replace(
        decision,
        now=replace(decision.now, progress=outcome, payment=payment),
        entries=(*decision.entries, evaluated),
        moves=(*moves, *decision.moves),
        notices=both_told(kind),
    )


def disputed(situation: Situation, by: By, at: datetime) -> bool:
    return situation.now.progress is Progress.DISPUTED and not situation.by_a_party


def settle(situation: Situation, command: Command) -> Decision:
    if command.outcome not in SETTLED:
        raise invalid("outcome", "required")
    if command.fee is None or not 0 <= command.fee <= situation.price:
        raise invalid("fee", "out_of_range")
    if not command.note:
        raise invalid("note", "required")
    start = Decision(now=situation.now, at=command.at)
    return _settled(
        situation,
        start,
        command.outcome,
        command.fee,
        By.OPERATOR,
        NoticeKind.DISPUTE_SETTLED,
        note=command.note,
    )
