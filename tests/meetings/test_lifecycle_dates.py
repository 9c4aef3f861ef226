"""Another date, for an agreed and for a rejected meeting: each row of the rules as one whole Decision."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

import pytest

from expertim.credits.moves import Block, Close
from expertim.meetings.facts import (
    PARTIES,
    Act,
    Bell,
    By,
    Decision,
    Event,
    NoticeKind,
    Payment,
    Refused,
    Room,
    Standing,
    counterparty,
)
from expertim.meetings.lifecycle import decide, following
from tests.make import (
    DAY,
    EXPERT,
    HOUR,
    LONG_BEFORE,
    MINUTE,
    PRICE,
    START,
    TICK,
    USER,
    alternative,
    awaiting,
    command,
    entry,
    invalid,
    rejected,
    situation,
    standing,
    told,
)

AT = LONG_BEFORE
LATE = START - 47 * HOUR
BACK = Close(amount=PRICE, fee=0, commission=0)
BOTH = frozenset(PARTIES)


@pytest.mark.parametrize(
    ("by", "kind"),
    [(USER, NoticeKind.RESCHEDULING_AGREED_BY_USER), (EXPERT, NoticeKind.RESCHEDULING_AGREED_BY_EXPERT)],
)
@pytest.mark.parametrize("start", [START + DAY, START - DAY])
def test_moving_an_agreed_meeting_opens_an_alternative_and_keeps_the_date(
    by: By, kind: NoticeKind, start: datetime
) -> None:
    """D1."""
    asked = command(Act.RESCHEDULE, by, start=start, message="A train is late")
    assert decide(situation=situation(), command=asked) == Decision(
        now=standing(alternative=alternative(by, start)),
        at=AT,
        entries=(
            entry(Event.ALTERNATIVE_SELECTED, by, AT, start=start, message="A train is late"),
            entry(Event.APPROVED, by, AT),
        ),
        notices=told(kind, counterparty(by)),
    )


@pytest.mark.parametrize("by", PARTIES)
def test_moving_an_agreed_meeting_to_its_own_date_is_refused(by: By) -> None:
    """D1: different."""
    with pytest.raises(Refused) as refused:
        decide(situation=situation(), command=command(Act.RESCHEDULE, by, start=START))
    assert (refused.value.key, refused.value.facts) == invalid("start", "unchanged")


@pytest.mark.parametrize("now", [standing(), rejected(), rejected(USER)])
@pytest.mark.parametrize("by", PARTIES)
def test_new_date_that_has_come_is_refused(now: Standing, by: By) -> None:
    """D1, D2, D3."""
    for start in (AT, AT - TICK):
        with pytest.raises(Refused) as refused:
            decide(situation=situation(now), command=command(Act.RESCHEDULE, by, AT, start=start))
        assert (refused.value.key, refused.value.facts) == invalid("start", "past")


@pytest.mark.parametrize("rejecting", PARTIES)
@pytest.mark.parametrize("start", [START, START + DAY, START - DAY])
def test_user_reproposes_a_rejected_meeting_and_the_price_is_blocked(rejecting: By, start: datetime) -> None:
    """D2: the meeting's own date changes, the same start is allowed, and the expert must answer."""
    before = rejected(rejecting)
    assert decide(situation=situation(before), command=command(Act.RESCHEDULE, USER, start=start)) == Decision(
        now=awaiting(USER, start=start, generation=2),
        at=AT,
        entries=(entry(Event.ALTERNATIVE_SELECTED, USER, AT, start=start), entry(Event.APPROVED, USER, AT)),
        moves=(Block(amount=PRICE),),
        notices=told(NoticeKind.RESCHEDULING_REJECTED_BY_USER, EXPERT),
    )


def test_user_reproposes_a_free_meeting_and_nothing_moves() -> None:
    """D2, price 0."""
    before = rejected(payment=Payment.FREE)
    decision = decide(situation=situation(before, price=0, available=0), command=command(Act.RESCHEDULE, USER))
    assert decision.now == awaiting(USER, payment=Payment.FREE, start=START + DAY, generation=2)
    assert decision.moves == ()


@pytest.mark.parametrize("rejecting", PARTIES)
@pytest.mark.parametrize("start", [START, START + DAY, START - DAY])
def test_expert_offers_another_date_and_the_meeting_stays_rejected(rejecting: By, start: datetime) -> None:
    """D3: whoever rejected it; the same start is allowed; nothing is blocked yet."""
    before = rejected(rejecting)
    asked = command(Act.RESCHEDULE, EXPERT, start=start, message="Or then?")
    assert decide(situation=situation(before, available=0), command=asked) == Decision(
        now=replace(before, alternative=alternative(EXPERT, start)),
        at=AT,
        entries=(
            entry(Event.ALTERNATIVE_SELECTED, EXPERT, AT, start=start, message="Or then?"),
            entry(Event.APPROVED, EXPERT, AT),
        ),
        notices=told(NoticeKind.RESCHEDULING_REJECTED_BY_EXPERT, USER),
    )


@pytest.mark.parametrize("author", PARTIES)
def test_confirmed_alternative_becomes_the_date_and_arms_everything_anew(author: By) -> None:
    """D4 from Agreed: no credits move, the room is edited."""
    other = counterparty(author)
    moving = standing(
        alternative=alternative(author),
        rung=frozenset({Bell.REMIND, Bell.LINK}),
        attended_at=(START - 9 * MINUTE, None),
    )
    at = START - 5 * MINUTE
    asked = command(Act.ALTERNATIVE_CONFIRM, other, at, seen_start=START + DAY)
    assert decide(situation=situation(moving, available=0), command=asked) == Decision(
        now=standing(start=START + DAY, generation=2, in_force_at=at),
        at=at,
        entries=(entry(Event.ALTERNATIVE_APPROVED, other, at, start=START + DAY),),
        notices=told(NoticeKind.ALTERNATIVE_CONFIRMED, author),
        room=Room.EDIT,
    )


@pytest.mark.parametrize("rejecting", PARTIES)
def test_confirmed_alternative_of_a_rejected_meeting_blocks_the_price(rejecting: By) -> None:
    """D4 from Rejected: agreed, with a new room."""
    before = rejected(rejecting, alternative=alternative(EXPERT))
    asked = command(Act.ALTERNATIVE_CONFIRM, USER, seen_start=START + DAY)
    assert decide(situation=situation(before, available=PRICE), command=asked) == Decision(
        now=standing(start=START + DAY, generation=2, in_force_at=AT),
        at=AT,
        entries=(entry(Event.ALTERNATIVE_APPROVED, USER, AT, start=START + DAY),),
        moves=(Block(amount=PRICE),),
        notices=told(NoticeKind.ALTERNATIVE_CONFIRMED, EXPERT),
        room=Room.CREATE,
    )


def test_confirmed_alternative_of_a_free_rejected_meeting_moves_nothing() -> None:
    """D4, price 0."""
    before = rejected(payment=Payment.FREE, alternative=alternative(EXPERT))
    decision = decide(situation=situation(before, price=0, available=0), command=command(Act.ALTERNATIVE_CONFIRM, USER))
    assert decision.now == standing(payment=Payment.FREE, start=START + DAY, generation=2, in_force_at=AT)
    assert decision.moves == ()


@pytest.mark.parametrize(
    ("before", "author"),
    [(standing(), USER), (standing(), EXPERT), (rejected(), EXPERT), (rejected(USER), EXPERT)],
)
def test_rejected_alternative_leaves_the_meeting_as_it_was(before: Standing, author: By) -> None:
    """D5."""
    other = counterparty(author)
    open_date = replace(before, alternative=alternative(author))
    asked = command(Act.ALTERNATIVE_REJECT, other, message="Not that week", seen_start=START + DAY)
    assert decide(situation=situation(open_date), command=asked) == Decision(
        now=before,
        at=AT,
        entries=(
            entry(Event.ALTERNATIVE_REJECTED, other, AT, start=START + DAY, reason="no-time", message="Not that week"),
        ),
        notices=told(NoticeKind.ALTERNATIVE_REJECTED, author),
    )


@pytest.mark.parametrize(
    ("before", "author"),
    [(standing(), USER), (standing(), EXPERT), (rejected(), EXPERT), (rejected(USER), EXPERT)],
)
def test_alternative_taken_back_leaves_the_meeting_as_it_was(before: Standing, author: By) -> None:
    """D6."""
    open_date = replace(before, alternative=alternative(author))
    assert decide(
        situation=situation(open_date),
        command=command(Act.ALTERNATIVE_WITHDRAW, author),
    ) == Decision(
        now=before,
        at=AT,
        entries=(entry(Event.ALTERNATIVE_CANCELLED, author, AT, start=START + DAY),),
        notices=told(NoticeKind.ALTERNATIVE_WITHDRAWN, counterparty(author)),
    )


def test_moving_there_and_back_gives_three_dates() -> None:
    """D1, D4: from A to B and back to A are three."""
    facts = situation()
    for start, author in ((START + DAY, USER), (START, EXPERT)):
        opened = decide(situation=facts, command=command(Act.RESCHEDULE, author, start=start))
        facts = following(facts, opened)
        agreed = decide(situation=facts, command=command(Act.ALTERNATIVE_CONFIRM, counterparty(author)))
        facts = following(facts, agreed)
    assert facts.now == standing(generation=3, in_force_at=AT)
