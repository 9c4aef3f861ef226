"""Proposing, answering, withdrawing: each row of the rules as one whole Decision."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from expertim.credits.moves import Block, Close
from expertim.meetings.facts import (
    PARTIES,
    Act,
    By,
    Decision,
    Event,
    NoticeKind,
    Payment,
    Refused,
    Room,
    Standing,
    State,
    counterparty,
)
from expertim.meetings.lifecycle import decide
from tests.make import (
    DAY,
    EXPERT,
    HOUR,
    LONG_BEFORE,
    PRICE,
    START,
    TICK,
    USER,
    alternative,
    awaiting,
    command,
    entry,
    invalid,
    situation,
    standing,
    told,
    unproposed,
)

AT = LONG_BEFORE
LATE = START - 47 * HOUR
BACK = Close(amount=PRICE, fee=0, commission=0)
BOTH = frozenset(PARTIES)


# ---------------------------------------------------------------- proposing


def test_user_proposes_and_the_price_is_blocked() -> None:
    """P1."""
    assert decide(
        situation=situation(unproposed()), command=command(Act.PROPOSE, USER, message="About our sale")
    ) == Decision(
        now=awaiting(USER),
        at=AT,
        entries=(entry(Event.APPROVED, USER, AT, start=START, message="About our sale"),),
        moves=(Block(amount=PRICE),),
        notices=told(NoticeKind.PROPOSED, EXPERT),
    )


def test_expert_proposes_and_nothing_is_blocked() -> None:
    """P2: the user's credits are not asked for until the user confirms."""
    assert decide(situation=situation(unproposed(), available=0), command=command(Act.PROPOSE, EXPERT)) == Decision(
        now=awaiting(EXPERT),
        at=AT,
        entries=(entry(Event.APPROVED, EXPERT, AT, start=START),),
        notices=told(NoticeKind.PROPOSED, USER),
    )


@pytest.mark.parametrize("by", PARTIES)
def test_proposal_of_a_free_meeting_is_free_from_the_start(by: By) -> None:
    """P1, P2, price 0."""
    decision = decide(
        situation=situation(unproposed(), price=0, available=0), command=command(Act.PROPOSE, by, seen_price=0)
    )
    assert decision == Decision(
        now=awaiting(by, payment=Payment.FREE),
        at=AT,
        entries=(entry(Event.APPROVED, by, AT, start=START),),
        notices=told(NoticeKind.PROPOSED, counterparty(by)),
    )


@pytest.mark.parametrize("by", PARTIES)
def test_proposal_gives_the_date_that_was_typed(by: By) -> None:
    """P1, P2."""
    decision = decide(situation=situation(unproposed()), command=command(Act.PROPOSE, by, start=START + DAY))
    assert decision.now == awaiting(by, start=START + DAY)
    assert decision.entries == (entry(Event.APPROVED, by, AT, start=START + DAY),)


@pytest.mark.parametrize("by", PARTIES)
@pytest.mark.parametrize("early", [0 * TICK, TICK, DAY])
def test_proposal_for_a_start_that_has_come_is_refused(by: By, early: timedelta) -> None:
    """P1, P2: future is now < start."""
    with pytest.raises(Refused) as refused:
        decide(situation=situation(unproposed()), command=command(Act.PROPOSE, by, START, start=START - early))
    assert (refused.value.key, refused.value.facts) == invalid("start", "past")


@pytest.mark.parametrize("by", PARTIES)
def test_proposal_one_microsecond_before_its_start_is_accepted(by: By) -> None:
    """P1, P2."""
    assert decide(situation=situation(unproposed()), command=command(Act.PROPOSE, by, START - TICK)).now.start == START


@pytest.mark.parametrize("by", PARTIES)
def test_proposal_without_a_start_is_refused(by: By) -> None:
    """P1, P2."""
    with pytest.raises(Refused) as refused:
        decide(situation=situation(unproposed()), command=command(Act.PROPOSE, by, start=None))
    assert (refused.value.key, refused.value.facts) == invalid("start", "required")


@pytest.mark.parametrize("by", PARTIES)
@pytest.mark.parametrize("field", ["expert", "service", "skill"])
def test_proposal_of_what_is_not_offered_is_refused_naming_the_field(by: By, field: str) -> None:
    """P1, P2."""
    with pytest.raises(Refused) as refused:
        decide(situation=situation(unproposed(), not_offered=field), command=command(Act.PROPOSE, by))
    assert (refused.value.key, refused.value.facts) == invalid(field, "not_offered")


# ---------------------------------------------------------------- answering


def test_expert_confirms_and_the_room_is_created() -> None:
    """A1: the price has been blocked since the proposal."""
    assert decide(situation=situation(awaiting(USER)), command=command(Act.CONFIRM, EXPERT)) == Decision(
        now=awaiting(USER, state=State.AGREED, approved_by=BOTH, in_force_at=AT),
        at=AT,
        entries=(entry(Event.APPROVED, EXPERT, AT),),
        notices=told(NoticeKind.AGREED, USER, EXPERT),
        room=Room.CREATE,
    )


def test_user_confirms_and_the_price_is_blocked() -> None:
    """A1."""
    assert decide(situation=situation(awaiting(EXPERT)), command=command(Act.CONFIRM, USER)) == Decision(
        now=awaiting(EXPERT, state=State.AGREED, payment=Payment.BLOCKED, approved_by=BOTH, in_force_at=AT),
        at=AT,
        entries=(entry(Event.APPROVED, USER, AT),),
        moves=(Block(amount=PRICE),),
        notices=told(NoticeKind.AGREED, USER, EXPERT),
        room=Room.CREATE,
    )


def test_user_confirms_a_free_meeting_with_no_credits_at_all() -> None:
    """A1, price 0."""
    free = awaiting(EXPERT, payment=Payment.FREE)
    assert decide(situation=situation(free, price=0, available=0), command=command(Act.CONFIRM, USER)) == Decision(
        now=replace(free, state=State.AGREED, approved_by=BOTH, in_force_at=AT),
        at=AT,
        entries=(entry(Event.APPROVED, USER, AT),),
        notices=told(NoticeKind.AGREED, USER, EXPERT),
        room=Room.CREATE,
    )


@pytest.mark.parametrize(
    ("proposer", "price", "before", "after", "moves"),
    [
        (USER, PRICE, Payment.BLOCKED, Payment.RETURNED, (BACK,)),
        (EXPERT, PRICE, Payment.NOT_BLOCKED, Payment.NOT_BLOCKED, ()),
        (USER, 0, Payment.FREE, Payment.FREE, ()),
        (EXPERT, 0, Payment.FREE, Payment.FREE, ()),
    ],
)
def test_rejection_returns_what_was_blocked_and_tells_the_proposer(
    proposer: By, price: int, before: Payment, after: Payment, moves: tuple[Close, ...]
) -> None:
    """A2: approved by stays as it was."""
    answering = counterparty(proposer)
    assert decide(
        situation=situation(awaiting(proposer, payment=before), price=price),
        command=command(Act.REJECT, answering, message="Another week?"),
    ) == Decision(
        now=awaiting(proposer, state=State.REJECTED, payment=after),
        at=AT,
        entries=(entry(Event.REJECTED, answering, AT, reason="no-time", message="Another week?"),),
        moves=moves,
        notices=told(NoticeKind.REJECTED, proposer),
    )


@pytest.mark.parametrize(
    ("proposer", "price", "before", "after", "moves"),
    [
        (USER, PRICE, Payment.BLOCKED, Payment.RETURNED, (BACK,)),
        (EXPERT, PRICE, Payment.NOT_BLOCKED, Payment.NOT_BLOCKED, ()),
        (USER, 0, Payment.FREE, Payment.FREE, ()),
        (EXPERT, 0, Payment.FREE, Payment.FREE, ()),
    ],
)
def test_withdrawal_returns_what_was_blocked_and_tells_the_other(
    proposer: By, price: int, before: Payment, after: Payment, moves: tuple[Close, ...]
) -> None:
    """C1: there is no room yet to cancel."""
    assert decide(
        situation=situation(awaiting(proposer, payment=before), price=price), command=command(Act.WITHDRAW, proposer)
    ) == Decision(
        now=awaiting(proposer, state=State.CANCELLED, payment=after),
        at=AT,
        entries=(entry(Event.CANCELLED, proposer, AT),),
        moves=moves,
        notices=told(NoticeKind.WITHDRAWN, counterparty(proposer)),
    )


@pytest.mark.parametrize(
    ("now", "act", "by"),
    [
        (awaiting(USER), Act.REJECT, EXPERT),  # A2
        (standing(alternative=alternative(EXPERT)), Act.ALTERNATIVE_REJECT, USER),  # D5
    ],
)
def test_reason_that_is_not_on_the_list_is_refused(now: Standing, act: Act, by: By) -> None:
    """A2, D5."""
    with pytest.raises(Refused) as refused:
        decide(situation=situation(now, reason_listed=False), command=command(act, by))
    assert (refused.value.key, refused.value.facts) == invalid("reason", "not_offered")
