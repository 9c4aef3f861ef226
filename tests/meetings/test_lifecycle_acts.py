"""Proposing, answering, cancelling, moving: each row of the rules as one whole Decision."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal

import pytest
from tests.make import (
    DAY,
    EXPERT,
    HOUR,
    LONG_BEFORE,
    MINUTE,
    PLATFORM,
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
    unproposed,
)

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
    State,
    counterparty,
)
from expertim.meetings.lifecycle import DATE_GIVEN, decide, following

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


# ---------------------------------------------------------------- cancelling


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


# ---------------------------------------------------------------- another date


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


# ---------------------------------------------------------------- warnings and refusals that many rows share

NEW_TIMES = [
    ("P1", unproposed(), Act.PROPOSE, USER, "typed"),
    ("P2", unproposed(), Act.PROPOSE, EXPERT, "typed"),
    ("A1", awaiting(USER), Act.CONFIRM, EXPERT, "own"),
    ("A1", awaiting(EXPERT), Act.CONFIRM, USER, "own"),
    ("D1", standing(), Act.RESCHEDULE, USER, "typed"),
    ("D1", standing(), Act.RESCHEDULE, EXPERT, "typed"),
    ("D2", rejected(), Act.RESCHEDULE, USER, "typed"),
    ("D3", rejected(), Act.RESCHEDULE, EXPERT, "typed"),
    ("D4", standing(alternative=alternative(USER)), Act.ALTERNATIVE_CONFIRM, EXPERT, "alternative"),
    ("D4", standing(alternative=alternative(EXPERT)), Act.ALTERNATIVE_CONFIRM, USER, "alternative"),
    ("D4", rejected(alternative=alternative(EXPERT)), Act.ALTERNATIVE_CONFIRM, USER, "alternative"),
]


@pytest.mark.parametrize(("row", "now", "act", "by", "date_given"), NEW_TIMES)
def test_overlap_warns_by_name_and_acknowledged_changes_nothing_of_the_outcome(
    row: str, now: Standing, act: Act, by: By, date_given: str
) -> None:
    """O1."""
    asked = command(act, by)
    clash = situation(now, overlaps=("m-7", "m-9"))
    with pytest.raises(Refused) as refused:
        decide(situation=clash, command=asked)
    assert (refused.value.key, refused.value.facts) == ("overlap", {"meetings": ("m-7", "m-9")})
    anyway = decide(situation=clash, command=replace(asked, acknowledge_overlap=True))
    assert anyway == decide(situation=replace(clash, overlaps=()), command=asked)
    assert DATE_GIVEN[act] == date_given


@pytest.mark.parametrize(
    ("now", "act", "by", "at"),
    [
        (awaiting(USER), Act.REJECT, EXPERT, AT),
        (awaiting(USER), Act.WITHDRAW, USER, AT),
        (standing(), Act.CANCEL, USER, AT),
        (standing(), Act.CANCEL, EXPERT, AT),
        (standing(alternative=alternative(USER)), Act.ALTERNATIVE_REJECT, EXPERT, AT),
        (standing(alternative=alternative(USER)), Act.ALTERNATIVE_WITHDRAW, USER, AT),
        (standing(), Act.JOIN, USER, START),
        (standing(), Act.EVALUATE, EXPERT, START + HOUR),
    ],
)
def test_acts_that_take_no_time_are_not_warned(now: Standing, act: Act, by: By, at: datetime) -> None:
    """O1 names P1, P2, A1 and D1-D4 only."""
    clash = situation(now, overlaps=("m-7",))
    asked = command(act, by, at)
    assert decide(situation=clash, command=asked) == decide(situation=replace(clash, overlaps=()), command=asked)
    assert act not in DATE_GIVEN


BLOCKING = [
    ("P1", unproposed(), Act.PROPOSE),
    ("A1", awaiting(EXPERT), Act.CONFIRM),
    ("D2", rejected(), Act.RESCHEDULE),
    ("D4", rejected(alternative=alternative(EXPERT)), Act.ALTERNATIVE_CONFIRM),
]


@pytest.mark.parametrize(("row", "now", "act"), BLOCKING)
def test_too_few_credits_are_refused_with_the_amount_missing(row: str, now: Standing, act: Act) -> None:
    """Z2: to the hundredth; exactly enough is enough."""
    with pytest.raises(Refused) as refused:
        decide(situation=situation(now, available=PRICE - 1), command=command(act, USER))
    assert (refused.value.key, refused.value.facts) == ("insufficient_credits", {"missing": 1})
    with pytest.raises(Refused) as refused:
        decide(situation=situation(now, available=0), command=command(act, USER))
    assert refused.value.facts == {"missing": PRICE}
    enough = situation(now, available=PRICE)
    assert following(enough, decide(situation=enough, command=command(act, USER))).available == 0


@pytest.mark.parametrize(
    "seen", [{"seen_price": 2499}, {"seen_price": 2501}, {"seen_minutes": 45}, {"seen_price": None}]
)
def test_proposal_at_terms_that_have_changed_is_refused_with_the_new_ones(seen: dict[str, int | None]) -> None:
    """C5: up or down."""
    with pytest.raises(Refused) as refused:
        decide(situation=situation(unproposed()), command=command(Act.PROPOSE, USER, **seen))
    assert (refused.value.key, refused.value.facts) == ("terms_changed", {"price": PRICE, "minutes": 60})


@pytest.mark.parametrize(
    ("now", "act", "by", "due"),
    [
        (awaiting(USER, start=START + HOUR), Act.CONFIRM, EXPERT, START + HOUR),
        (awaiting(EXPERT, start=START + HOUR), Act.CONFIRM, USER, START + HOUR),
        (standing(alternative=alternative(USER)), Act.ALTERNATIVE_CONFIRM, EXPERT, START + DAY),
        (standing(alternative=alternative(EXPERT)), Act.ALTERNATIVE_REJECT, USER, START + DAY),
        (standing(alternative=alternative(USER)), Act.ALTERNATIVE_WITHDRAW, USER, START + DAY),
        (rejected(alternative=alternative(EXPERT)), Act.ALTERNATIVE_CONFIRM, USER, START + DAY),
    ],
)
def test_answer_to_another_date_than_the_one_seen_is_refused(now: Standing, act: Act, by: By, due: datetime) -> None:
    """C5: another date was put forward meanwhile."""
    with pytest.raises(Refused) as refused:
        decide(situation=situation(now), command=command(act, by, seen_start=START))
    assert (refused.value.key, refused.value.facts) == ("terms_changed", {"start": due})


@pytest.mark.parametrize(
    ("at", "seen", "due"),
    [
        (START - 48 * HOUR, 1250, 0),  # seen late, free after all
        (START - 48 * HOUR + TICK, 0, 1250),  # the line was crossed while the page stood open
        (LATE, 1249, 1250),
        (LATE, 1251, 1250),
    ],
)
def test_cancel_at_a_fee_that_was_not_seen_is_refused_with_the_one_due(at: datetime, seen: int, due: int) -> None:
    """C5, C2, C3: up or down."""
    with pytest.raises(Refused) as refused:
        decide(situation=situation(), command=command(Act.CANCEL, USER, at, seen_fee=seen))
    assert (refused.value.key, refused.value.facts) == ("fee_changed", {"fee": due})


def test_user_who_names_no_fee_is_asked_for_it() -> None:
    """C5: nobody is charged what they have not seen."""
    with pytest.raises(Refused) as refused:
        decide(situation=situation(), command=command(Act.CANCEL, USER, LATE, seen_fee=None))
    assert (refused.value.key, refused.value.facts) == invalid("fee", "required")


def test_expert_who_saw_a_fee_is_told_that_there_is_none() -> None:
    """C5, C4."""
    with pytest.raises(Refused) as refused:
        decide(situation=situation(), command=command(Act.CANCEL, EXPERT, LATE, seen_fee=1250))
    assert (refused.value.key, refused.value.facts) == ("fee_changed", {"fee": 0})


def test_refusals_come_in_the_order_the_doors_promise() -> None:
    """not_possible_now, a start past or unchanged, terms changed, overlap, insufficient credits."""
    facts = situation(unproposed(), overlaps=("m-7",), available=0)
    asked = command(Act.PROPOSE, USER, START, start=START, seen_price=1)
    keys = []
    for change in ({}, {"start": START + DAY}, {"seen_price": PRICE}, {"acknowledge_overlap": True}):
        asked = replace(asked, **change)
        with pytest.raises(Refused) as refused:
            decide(situation=facts, command=asked)
        keys.append(refused.value.key)
    assert keys == ["invalid", "terms_changed", "overlap", "insufficient_credits"]


def test_following_carries_credits_and_words_to_the_next_judgement() -> None:
    """Z2, V1: what is judged next in one transaction sees what came before."""
    facts = situation(unproposed(), available=3000)
    blocked = following(facts, decide(situation=facts, command=command(Act.PROPOSE)))
    assert (blocked.available, blocked.now) == (500, awaiting(USER))
    back = following(blocked, decide(situation=blocked, command=command(Act.WITHDRAW)))
    assert (back.available, back.now.payment) == (3000, Payment.RETURNED)
    late = following(
        situation(available=0), decide(situation=situation(), command=command(Act.CANCEL, USER, LATE, seen_fee=1250))
    )
    assert late.available == 1250
