"""Settled by 168 hours or by an operator; and one whole life."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from expertim.credits.moves import Block, Bonus, Close
from expertim.meetings.facts import (
    Act,
    Bell,
    Decision,
    Event,
    NoticeKind,
    Payment,
    Progress,
    Refused,
    Room,
    Said,
    Situation,
    Standing,
)
from expertim.meetings.lifecycle import decide, following, ring
from tests.make import (
    END,
    EXPERT,
    HOUR,
    MINUTE,
    OPERATOR,
    PLATFORM,
    PRICE,
    START,
    TICK,
    USER,
    command,
    disputed,
    entry,
    invalid,
    situation,
    standing,
    told,
)

AT = END + 2 * HOUR
SETTLES_AT = END + timedelta(hours=168)
CAME = START + 2 * MINUTE
SMOOTH, MINE, OTHER = Said.SMOOTH, Said.MY_FAULT, Said.OTHER_FAULT
RUNG = frozenset({Bell.REMIND, Bell.LINK, Bell.ASK_EVALUATION})

RETURNED = (Payment.RETURNED, (Close(amount=PRICE, fee=0, commission=0),))
PAID = (Payment.PAID, (Close(amount=PRICE, fee=PRICE, commission=500),))


# ---------------------------------------------------------------- 168 hours


def by_time(facts: Situation, outcome: Progress, fee: int, payment: tuple[Payment, tuple[Close, ...]]) -> Decision:
    return Decision(
        now=replace(facts.now, progress=outcome, payment=payment[0]),
        at=SETTLES_AT,
        entries=(entry(Event.PROGRESS_EVALUATED, PLATFORM, SETTLES_AT, progress=outcome, fee=fee),),
        moves=payment[1],
        notices=told(NoticeKind.SETTLED, USER, EXPERT),
    )


def dispute_by_time(facts: Situation) -> Decision:
    return Decision(
        now=replace(facts.now, progress=Progress.DISPUTED),
        at=SETTLES_AT,
        entries=(entry(Event.PROGRESS_DISPUTED, PLATFORM, SETTLES_AT),),
        notices=told(NoticeKind.DISPUTED, USER, EXPERT, OPERATOR),
    )


HELD = (Progress.WENT_SMOOTHLY, PRICE, PAID)
NO_USER = (Progress.NO_SHOW_USER, PRICE, PAID)
NO_EXPERT = (Progress.NO_SHOW_EXPERT, 0, RETURNED)
DISPUTE = None
NOBODY, ONLY_USER, ONLY_EXPERT, BOTH = (None, None), (CAME, None), (None, CAME), (CAME, CAME)
# id, said by user and expert, who joined, outcome
BY_TIME = [
    ("S5", (None, None), NOBODY, HELD),
    ("S5", (None, None), ONLY_USER, NO_EXPERT),
    ("S5", (None, None), ONLY_EXPERT, NO_USER),
    ("S5", (None, None), BOTH, HELD),
    ("S6", (OTHER, None), NOBODY, DISPUTE),
    ("S6", (OTHER, None), ONLY_USER, NO_EXPERT),
    ("S6", (OTHER, None), ONLY_EXPERT, DISPUTE),
    ("S6", (OTHER, None), BOTH, DISPUTE),
    ("S6", (None, OTHER), NOBODY, DISPUTE),
    ("S6", (None, OTHER), ONLY_USER, DISPUTE),
    ("S6", (None, OTHER), ONLY_EXPERT, NO_USER),
    ("S6", (None, OTHER), BOTH, DISPUTE),
    ("S6", (None, SMOOTH), NOBODY, HELD),
    ("S6", (None, SMOOTH), ONLY_USER, DISPUTE),
    ("S6", (None, SMOOTH), ONLY_EXPERT, HELD),
    ("S6", (None, SMOOTH), BOTH, HELD),
]


@pytest.mark.parametrize("late", [0 * HOUR, TICK, 90 * 24 * HOUR])
@pytest.mark.parametrize(("row", "said", "attended", "outcome"), BY_TIME)
def test_168_hours_settle_by_words_and_log_however_late_the_worker(
    row: str,
    said: tuple[Said | None, Said | None],
    attended: tuple[datetime | None, datetime | None],
    outcome: tuple[Progress, int, tuple[Payment, tuple[Close, ...]]] | None,
    late: timedelta,
) -> None:
    """S5, S6, T6: a settlement is never dropped, and it happened at its moment."""
    facts = situation(standing(said=said, attended_at=attended, rung=RUNG))
    assert ring(situation=facts, at=SETTLES_AT - TICK) is None
    expected = dispute_by_time(facts) if outcome is None else by_time(facts, *outcome)
    assert ring(situation=facts, at=SETTLES_AT + late) == expected


@pytest.mark.parametrize(
    ("user_at", "expert_at", "outcome"),
    [
        (END - TICK, END, NO_EXPERT),
        (END, END - TICK, NO_USER),
        (END, END + MINUTE, HELD),
        (START - 15 * MINUTE, END, NO_EXPERT),
    ],
)
def test_log_counts_only_a_join_pressed_before_the_end(
    user_at: datetime, expert_at: datetime, outcome: tuple[Progress, int, tuple[Payment, tuple[Close, ...]]]
) -> None:
    """S5."""
    facts = situation(standing(attended_at=(user_at, expert_at), rung=RUNG))
    assert ring(situation=facts, at=SETTLES_AT) == by_time(facts, *outcome)


@pytest.mark.parametrize(
    "now",
    [
        disputed(rung=RUNG),
        disputed(expert=None, rung=RUNG),
        standing(progress=Progress.WENT_SMOOTHLY, payment=Payment.PAID, rung=RUNG),
    ],
)
def test_168_hours_do_nothing_to_a_disputed_or_settled_meeting(now: Standing) -> None:
    """T6."""
    assert ring(situation=situation(now), at=SETTLES_AT + 90 * 24 * HOUR) is None


def test_free_meeting_is_settled_by_time_and_stays_free() -> None:
    """S5, price 0."""
    facts = situation(standing(payment=Payment.FREE, rung=RUNG), price=0)
    assert ring(situation=facts, at=SETTLES_AT) == by_time(facts, Progress.WENT_SMOOTHLY, 0, (Payment.FREE, ()))


# ---------------------------------------------------------------- a dispute settled by an operator


@pytest.mark.parametrize("before", [disputed(), disputed(user=None), disputed(expert=None), disputed(user=OTHER)])
@pytest.mark.parametrize("outcome", [Progress.WENT_SMOOTHLY, Progress.NO_SHOW_USER, Progress.NO_SHOW_EXPERT])
@pytest.mark.parametrize(
    ("fee", "payment", "commission"),
    [(PRICE, Payment.PAID, 500), (1, Payment.PAID, 0), (1003, Payment.PAID, 201), (0, Payment.RETURNED, 0)],
)
def test_operator_settles_a_dispute_with_any_outcome_and_fee(
    before: Standing, outcome: Progress, fee: int, payment: Payment, commission: int
) -> None:
    """X1."""
    asked = command(Act.SETTLE, OPERATOR, AT, outcome=outcome, fee=fee, note="Read the log.")
    assert decide(situation=situation(before), command=asked) == Decision(
        now=replace(before, progress=outcome, payment=payment),
        at=AT,
        entries=(entry(Event.PROGRESS_EVALUATED, OPERATOR, AT, progress=outcome, fee=fee, note="Read the log."),),
        moves=(Close(amount=PRICE, fee=fee, commission=commission),),
        notices=told(NoticeKind.DISPUTE_SETTLED, USER, EXPERT),
    )


def test_operator_settles_a_free_dispute_and_it_stays_free() -> None:
    """X1, price 0."""
    before = disputed(payment=Payment.FREE)
    decision = decide(situation=situation(before, price=0), command=command(Act.SETTLE, OPERATOR, AT, fee=0))
    assert decision.now == replace(before, progress=Progress.WENT_SMOOTHLY)
    assert decision.moves == ()


@pytest.mark.parametrize(
    ("typed", "refusal"),
    [
        ({"outcome": None}, invalid("outcome", "required")),
        ({"outcome": Progress.DISPUTED}, invalid("outcome", "required")),
        ({"fee": None}, invalid("fee", "out_of_range")),
        ({"fee": -1}, invalid("fee", "out_of_range")),
        ({"fee": PRICE + 1}, invalid("fee", "out_of_range")),
        ({"note": ""}, invalid("note", "required")),
    ],
)
def test_settling_without_an_outcome_a_fee_within_the_price_or_a_note_is_refused(
    typed: dict[str, object], refusal: tuple[str, dict[str, object]]
) -> None:
    """X1."""
    with pytest.raises(Refused) as refused:
        decide(situation=situation(disputed()), command=command(Act.SETTLE, OPERATOR, AT, **typed))
    assert (refused.value.key, refused.value.facts) == refusal


# ---------------------------------------------------------------- a whole life


def test_life_of_a_meeting_from_proposal_to_payment() -> None:
    """P1, A1, D1, D4, J1, E1, S1, V1: credits from the first to the last."""
    facts = situation(Standing(state=None, payment=Payment.NOT_BLOCKED, start=START), available=3000)
    long_before = START - timedelta(days=9)
    new = START + timedelta(days=1)
    moves: list[object] = []
    rooms: list[Room | None] = []
    for asked in (
        command(Act.PROPOSE, USER, long_before),
        command(Act.CONFIRM, EXPERT, long_before),
        command(Act.RESCHEDULE, EXPERT, long_before, start=new),
        command(Act.ALTERNATIVE_CONFIRM, USER, long_before, seen_start=new),
        command(Act.JOIN, USER, new),
        command(Act.JOIN, EXPERT, new),
        command(Act.EVALUATE, EXPERT, new + HOUR),
        command(Act.EVALUATE, USER, new + HOUR, review="Worth every credit."),
    ):
        decision = decide(situation=facts, command=asked)
        facts = following(facts, decision)
        moves += decision.moves
        rooms.append(decision.room)
    assert moves == [Block(amount=PRICE), Close(amount=PRICE, fee=PRICE, commission=500), Bonus(amount=500)]
    assert [room for room in rooms if room] == [Room.CREATE, Room.EDIT]
    assert facts.available == 1000
    assert (facts.now.payment, facts.now.progress) == (Payment.PAID, Progress.WENT_SMOOTHLY)
