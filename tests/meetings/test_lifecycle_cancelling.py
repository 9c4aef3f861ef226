"""Cancelling an agreed meeting, free and late: whole Decisions, and the fee to the last hundredth."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from decimal import Decimal

import pytest

from expertim.credits.moves import Close
from expertim.meetings.facts import (
    PARTIES,
    Act,
    By,
    Decision,
    Event,
    NoticeKind,
    Payment,
    Room,
    State,
)
from expertim.meetings.lifecycle import decide
from tests.make import (
    DAY,
    EXPERT,
    HOUR,
    LONG_BEFORE,
    PLATFORM,
    PRICE,
    START,
    TICK,
    USER,
    alternative,
    command,
    entry,
    situation,
    standing,
    told,
)

AT = LONG_BEFORE
LATE = START - 47 * HOUR
BACK = Close(amount=PRICE, fee=0, commission=0)
BOTH = frozenset(PARTIES)


@pytest.mark.parametrize("at", [LONG_BEFORE, START - 48 * HOUR])
def test_user_cancels_free_until_48_h_before_the_start(at: datetime) -> None:
    """C2: exactly 48 hours before is still free."""
    assert decide(situation=situation(), command=command(Act.CANCEL, USER, at)) == Decision(
        now=standing(state=State.CANCELLED, payment=Payment.RETURNED),
        at=at,
        entries=(entry(Event.CANCELLED, USER, at, reason="I am ill"),),
        moves=(BACK,),
        notices=told(NoticeKind.CANCELED_BY_USER, EXPERT),
        room=Room.CANCEL,
    )


def test_user_cancels_late_and_the_fee_is_split() -> None:
    """C3: 50 % of 25.00 is 12.50, of which the platform keeps a fifth."""
    at = START - 48 * HOUR + TICK
    assert decide(situation=situation(), command=command(Act.CANCEL, USER, at, seen_fee=1250)) == Decision(
        now=standing(state=State.CANCELLED, payment=Payment.REIMBURSED),
        at=at,
        entries=(
            entry(Event.CANCELLED, USER, at, reason="I am ill", fee=1250),
            entry(Event.REIMBURSED, PLATFORM, at, fee=1250, paid=1000),
        ),
        moves=(Close(amount=PRICE, fee=1250, commission=250),),
        notices=told(NoticeKind.LATE_CANCELLATION, EXPERT),
        room=Room.CANCEL,
    )


@pytest.mark.parametrize(
    ("price", "fee_percent", "commission_percent", "fee", "commission"),
    [
        (2501, "50", "20", 1251, 250),  # 12.505 goes up to 12.51; a fifth of it, 2.502, down
        (2503, "50", "25", 1252, 313),
        (999, "33.33", "20", 333, 67),  # 3.329667; 0.666
        (1, "50", "20", 1, 0),  # half a hundredth goes up; its fifth down
        (1, "50", "50", 1, 1),  # and the half of that up again: all of it is commission
        (2500, "100", "20", 2500, 500),
        (2500, "50", "0", 1250, 0),
        (2500, "50", "100", 1250, 1250),
        (9_999_999, "99.99", "0.01", 9_998_999, 1000),
    ],
)
def test_late_fee_and_commission_are_rounded_half_up(
    price: int, fee_percent: str, commission_percent: str, fee: int, commission: int
) -> None:
    """C3, K4: what the expert gets plus the commission is exactly what the user paid."""
    terms = {"late_fee_percent": Decimal(fee_percent), "commission_percent": Decimal(commission_percent)}
    decision = decide(
        situation=situation(price=price, terms=terms), command=command(Act.CANCEL, USER, LATE, seen_fee=fee)
    )
    assert decision == Decision(
        now=standing(state=State.CANCELLED, payment=Payment.REIMBURSED),
        at=LATE,
        entries=(
            entry(Event.CANCELLED, USER, LATE, reason="I am ill", fee=fee),
            entry(Event.REIMBURSED, PLATFORM, LATE, fee=fee, paid=fee - commission),
        ),
        moves=(Close(amount=price, fee=fee, commission=commission),),
        notices=told(NoticeKind.LATE_CANCELLATION, EXPERT),
        room=Room.CANCEL,
    )


@pytest.mark.parametrize(
    ("price", "fee_percent", "payment", "after", "moves"),
    [
        (PRICE, "0", Payment.BLOCKED, Payment.RETURNED, (BACK,)),
        (1, "49.99", Payment.BLOCKED, Payment.RETURNED, (Close(amount=1, fee=0, commission=0),)),
        (0, "50", Payment.FREE, Payment.FREE, ()),
    ],
)
def test_late_cancel_whose_fee_comes_to_nothing_is_told_as_a_free_one(
    price: int, fee_percent: str, payment: Payment, after: Payment, moves: tuple[Close, ...]
) -> None:
    """C3 as C2: all is returned, nobody is paid; a free meeting stays Free and has no *reimbursed*."""
    terms = {"late_fee_percent": Decimal(fee_percent)}
    assert decide(
        situation=situation(standing(payment=payment), price=price, terms=terms),
        command=command(Act.CANCEL, USER, LATE, seen_fee=0),
    ) == Decision(
        now=standing(state=State.CANCELLED, payment=after),
        at=LATE,
        entries=(entry(Event.CANCELLED, USER, LATE, reason="I am ill"),),
        moves=moves,
        notices=told(NoticeKind.CANCELED_BY_USER, EXPERT),
        room=Room.CANCEL,
    )


def test_late_line_is_the_one_of_the_frozen_policy() -> None:
    """C2, C3 with 12 hours and 10 %."""
    facts = situation(terms={"free_cancellation_hours": 12, "late_fee_percent": Decimal(10)})
    line = START - 12 * HOUR
    free = decide(situation=facts, command=command(Act.CANCEL, USER, line, seen_fee=0))
    late = decide(situation=facts, command=command(Act.CANCEL, USER, line + TICK, seen_fee=250))
    assert (free.now.payment, free.moves) == (Payment.RETURNED, (BACK,))
    assert (late.now.payment, late.moves) == (Payment.REIMBURSED, (Close(amount=PRICE, fee=250, commission=50),))


@pytest.mark.parametrize("at", [LONG_BEFORE, LATE, START - TICK])
@pytest.mark.parametrize("seen_fee", [None, 0])
def test_expert_cancels_and_all_is_returned_whatever_the_hour(at: datetime, seen_fee: int | None) -> None:
    """C4."""
    assert decide(
        situation=situation(),
        command=command(Act.CANCEL, EXPERT, at, seen_fee=seen_fee),
    ) == Decision(
        now=standing(state=State.CANCELLED, payment=Payment.RETURNED),
        at=at,
        entries=(entry(Event.CANCELLED, EXPERT, at, reason="I am ill"),),
        moves=(BACK,),
        notices=told(NoticeKind.CANCELLED_BY_EXPERT, USER),
        room=Room.CANCEL,
    )


def test_expert_cancels_a_free_meeting_and_nothing_moves() -> None:
    """C4, price 0."""
    free = standing(payment=Payment.FREE)
    decision = decide(situation=situation(free, price=0), command=command(Act.CANCEL, EXPERT))
    assert decision.now == replace(free, state=State.CANCELLED)
    assert decision.moves == ()


@pytest.mark.parametrize("by", PARTIES)
@pytest.mark.parametrize("author", PARTIES)
def test_cancelling_closes_an_open_alternative_with_it(by: By, author: By) -> None:
    """C2, C4."""
    moving = standing(alternative=alternative(author))
    decision = decide(situation=situation(moving), command=command(Act.CANCEL, by))
    assert decision.now == standing(state=State.CANCELLED, payment=Payment.RETURNED)
    assert len(decision.entries) == 1


def test_fee_is_judged_by_the_date_in_force_while_an_alternative_is_open() -> None:
    """C3: a far alternative makes nothing cheaper."""
    moving = standing(alternative=alternative(EXPERT, START + 30 * DAY))
    decision = decide(situation=situation(moving), command=command(Act.CANCEL, USER, LATE, seen_fee=1250))
    assert decision.now == standing(state=State.CANCELLED, payment=Payment.REIMBURSED)
