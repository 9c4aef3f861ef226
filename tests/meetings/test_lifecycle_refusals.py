"""Warnings and refusals that many rows share: overlaps, changed terms, missing credits, their order."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

import pytest

from expertim.credits.moves import Close
from expertim.meetings.facts import (
    PARTIES,
    Act,
    By,
    Payment,
    Refused,
    Standing,
    State,
)
from expertim.meetings.lifecycle import DATE_GIVEN, decide, following
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
    invalid,
    rejected,
    situation,
    standing,
    unproposed,
)

AT = LONG_BEFORE
LATE = START - 47 * HOUR
BACK = Close(amount=PRICE, fee=0, commission=0)
BOTH = frozenset(PARTIES)


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
    assert (refused.value.key, refused.value.facts) == ("overlap", {"meetings": ("m-7", "m-9"), "waiting": ()})
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


def test_an_expert_who_pauses_takes_no_proposals_before_that_moment() -> None:
    """P1: the moment itself is not before; P2 is the expert's own act."""
    asked = command(Act.PROPOSE)
    for until, refused in ((LONG_BEFORE + TICK, True), (LONG_BEFORE, False), (None, False)):
        facts = situation(unproposed(), paused_until=until)
        if refused:
            with pytest.raises(Refused) as why:
                decide(situation=facts, command=asked)
            assert (why.value.key, why.value.facts) == invalid("expert", "paused")
        else:
            assert decide(situation=facts, command=asked).now.state is State.AWAITING
