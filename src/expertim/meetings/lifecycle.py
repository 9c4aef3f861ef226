"""The rules of a meeting, and nothing else. Pure: no Django, no clock, no database.

A meeting waits for an answer, is agreed, rejected, cancelled or expired. What each party may do in each state
stands in TABLE at the end; every act is a pair of functions: may it be done (a condition of the situation, the
party and the moment), and what follows (a Decision). `possible` asks only the first of each pair, so the buttons
on a page cannot disagree with `decide`. What time does by itself (T1-T6) are *bells*: `next_bell` says when one
rings, `ring` what follows. Before any act is judged, every bell that is due has rung (T0); the shell sees to it.

A moment belongs to what begins at it: *future* is `at < start`, everything else compares with `>=`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import TypeAlias

from expertim.meetings.facts import (
    PARTIES,
    Act,
    By,
    Command,
    Decision,
    Payment,
    Possible,
    Refused,
    Situation,
    State,
)
from expertim.meetings.rules.answering import (
    anybody,
    confirm,
    propose,
    proposed,
    reject,
    unanswered,
    withdraw,
)
from expertim.meetings.rules.cancelling import (
    cancel_by_expert,
    cancel_by_user,
    cancellation_fee,
    free_until,
)
from expertim.meetings.rules.dates import (
    answerable,
    confirm_alternative,
    movable,
    offer_after_rejection,
    own_alternative,
    reject_alternative,
    repropose,
    reschedule_agreed,
    withdraw_alternative,
)
from expertim.meetings.rules.held import (
    disputed,
    doors_open,
    evaluate,
    join,
    join_window,
    settle,
    unspoken,
)
from expertim.meetings.rules.shared import (
    SETTLED,
    in_future,
    lapses_at,
)
from expertim.meetings.rules.time import (
    next_bell,
    ring,
    still_so,
    useful_until,
)

__all__ = [
    "DATE_GIVEN",
    "NEXT_STATES",
    "RESCHEDULABLE",
    "SETTLED",
    "SETTLED_PAYMENTS",
    "TABLE",
    "UNSETTLED_PAYMENTS",
    "cancellation_fee",
    "decide",
    "following",
    "free_until",
    "join_window",
    "next_bell",
    "possible",
    "ring",
    "still_so",
    "useful_until",
]

RESCHEDULABLE = frozenset({State.AGREED, State.REJECTED})

# Which payment may stand beside which state and progress; the database lists the same words
# (sql/meetings_guard_2.sql), a test compares.
UNSETTLED_PAYMENTS = {
    State.AWAITING: frozenset({Payment.NOT_BLOCKED, Payment.BLOCKED, Payment.FREE}),
    State.AGREED: frozenset({Payment.BLOCKED, Payment.FREE}),
    State.REJECTED: frozenset({Payment.NOT_BLOCKED, Payment.RETURNED, Payment.FREE}),
    State.CANCELLED: frozenset({Payment.NOT_BLOCKED, Payment.RETURNED, Payment.REIMBURSED, Payment.FREE}),
    State.EXPIRED: frozenset({Payment.NOT_BLOCKED, Payment.RETURNED, Payment.FREE}),
}
SETTLED_PAYMENTS = frozenset({Payment.PAID, Payment.RETURNED, Payment.FREE})
# Which state may follow which.
NEXT_STATES = {
    None: frozenset({State.AWAITING}),
    State.AWAITING: frozenset({State.AGREED, State.REJECTED, State.CANCELLED, State.EXPIRED}),
    State.AGREED: frozenset({State.CANCELLED}),
    State.REJECTED: frozenset({State.AWAITING, State.AGREED}),
    State.CANCELLED: frozenset(),
    State.EXPIRED: frozenset(),
}


def decide(*, situation: Situation, command: Command) -> Decision:
    """What follows from the command, whole; raises Refused, and then nothing follows."""
    pair = TABLE.get(situation.now.state, {}).get((command.by, command.act))
    if pair is None or not pair[0](situation, command.by, command.at):
        raise Refused("not_possible_now")
    return pair[1](situation, command)


def possible(*, situation: Situation, by: By, at: datetime) -> tuple[Possible, ...]:
    """The acts that `decide` would not refuse as impossible, in the table's order."""
    return tuple(
        Possible(act=act, until=_until(act, situation), fee=_cost(act, by, situation, at))
        for (party, act), (allowed, _) in TABLE.get(situation.now.state, {}).items()
        if party is by and allowed(situation, by, at)
    )


def following(situation: Situation, decision: Decision) -> Situation:
    """The situation after a decision, for judging the next one in the same transaction."""
    available = situation.available + sum(move.to_user for move in decision.moves)
    reviewed = situation.reviewed or bool(decision.review)
    return replace(situation, now=decision.now, available=available, reviewed=reviewed)


# The date that an act would give the meeting, for the overlap warning (O1): the one typed, its own, or the alternative.
DATE_GIVEN = {
    Act.PROPOSE: "typed",
    Act.RESCHEDULE: "typed",
    Act.CONFIRM: "own",
    Act.ALTERNATIVE_CONFIRM: "alternative",
}


def _until(act: Act, situation: Situation) -> datetime | None:
    if act in (Act.ALTERNATIVE_CONFIRM, Act.ALTERNATIVE_REJECT, Act.ALTERNATIVE_WITHDRAW):
        return lapses_at(situation)
    if act is Act.JOIN:
        return join_window(situation)[1]
    if act in (Act.EVALUATE, Act.SETTLE, Act.PROPOSE):
        return None
    return situation.start


def _cost(act: Act, by: By, situation: Situation, at: datetime) -> int | None:
    if act is not Act.CANCEL:
        return None
    return cancellation_fee(situation=situation, at=at) if by is By.USER else 0


# ---------------------------------------------------------------- the rules table

Allowed: TypeAlias = Callable[[Situation, By, datetime], bool]
Effect: TypeAlias = Callable[[Situation, Command], Decision]

_ANSWERS: dict[tuple[By, Act], tuple[Allowed, Effect]] = {
    (party, act): pair
    for party in PARTIES
    for act, pair in {
        Act.ALTERNATIVE_CONFIRM: (answerable, confirm_alternative),  # D4
        Act.ALTERNATIVE_REJECT: (answerable, reject_alternative),  # D5
        Act.ALTERNATIVE_WITHDRAW: (own_alternative, withdraw_alternative),  # D6
    }.items()
}

TABLE: dict[State | None, dict[tuple[By, Act], tuple[Allowed, Effect]]] = {
    None: {
        (By.USER, Act.PROPOSE): (anybody, propose),  # P1
        (By.EXPERT, Act.PROPOSE): (anybody, propose),  # P2
    },
    State.AWAITING: {
        (By.USER, Act.CONFIRM): (unanswered, confirm),  # A1
        (By.USER, Act.REJECT): (unanswered, reject),  # A2
        (By.USER, Act.WITHDRAW): (proposed, withdraw),  # C1
        (By.EXPERT, Act.CONFIRM): (unanswered, confirm),  # A1
        (By.EXPERT, Act.REJECT): (unanswered, reject),  # A2
        (By.EXPERT, Act.WITHDRAW): (proposed, withdraw),  # C1
    },
    State.AGREED: {
        **_ANSWERS,  # D4, D5, D6
        (By.USER, Act.JOIN): (doors_open, join),  # J1
        (By.USER, Act.EVALUATE): (unspoken, evaluate),  # E1
        (By.USER, Act.RESCHEDULE): (movable, reschedule_agreed),  # D1
        (By.USER, Act.CANCEL): (in_future, cancel_by_user),  # C2, C3
        (By.EXPERT, Act.JOIN): (doors_open, join),  # J1
        (By.EXPERT, Act.EVALUATE): (unspoken, evaluate),  # E2
        (By.EXPERT, Act.RESCHEDULE): (movable, reschedule_agreed),  # D1
        (By.EXPERT, Act.CANCEL): (in_future, cancel_by_expert),  # C4
        (By.OPERATOR, Act.SETTLE): (disputed, settle),  # X1
    },
    State.REJECTED: {
        **_ANSWERS,  # D4, D5, D6
        (By.USER, Act.RESCHEDULE): (movable, repropose),  # D2
        (By.EXPERT, Act.RESCHEDULE): (movable, offer_after_rejection),  # D3
    },
    State.CANCELLED: {},
    State.EXPIRED: {},
}
