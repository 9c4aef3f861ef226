"""What time does by itself: which bell, when, in which order, and what a late worker still sends."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from expertim.credits.moves import Close
from expertim.meetings.facts import (
    PARTIES,
    Act,
    Bell,
    By,
    Decision,
    Event,
    NoticeKind,
    Payment,
    Progress,
    Refused,
    Said,
    Situation,
    Standing,
    State,
    counterparty,
)
from expertim.meetings.lifecycle import decide, following, next_bell, possible, ring
from tests.make import (
    DAY,
    END,
    EXPERT,
    HOUR,
    LONG_BEFORE,
    MINUTE,
    OPERATOR,
    PLATFORM,
    PRICE,
    START,
    TICK,
    USER,
    alternative,
    awaiting,
    command,
    disputed,
    entry,
    rejected,
    situation,
    standing,
    told,
    unproposed,
)

REMIND = frozenset({Bell.REMIND})
LINK = REMIND | {Bell.LINK}
ASK = LINK | {Bell.ASK_EVALUATION}
ASKS_AT = END + 24 * HOUR
SETTLES_AT = END + 168 * HOUR
WEEKS = 21 * DAY


def all_rung(facts: Situation, at: datetime) -> tuple[Situation, list[Decision]]:
    """Everything that time has done by `at`, one after another (T0)."""
    rung = []
    while decision := ring(situation=facts, at=at):
        facts = following(facts, decision)
        rung.append(decision)
    return facts, rung


def sent(rung: list[Decision]) -> list[tuple[NoticeKind, By]]:
    return [(notice.kind, notice.to) for decision in rung for notice in decision.notices]


def both(kind: NoticeKind) -> list[tuple[NoticeKind, By]]:
    return [(kind, USER), (kind, EXPERT)]


# ---------------------------------------------------------------- T1


@pytest.mark.parametrize(
    ("proposer", "payment", "after", "moves"),
    [
        (USER, Payment.BLOCKED, Payment.RETURNED, (Close(amount=PRICE, fee=0, commission=0),)),
        (EXPERT, Payment.NOT_BLOCKED, Payment.NOT_BLOCKED, ()),
        (USER, Payment.FREE, Payment.FREE, ()),
    ],
)
@pytest.mark.parametrize("late", [timedelta(0), TICK, 3 * HOUR, 10 * DAY])
def test_waiting_meeting_expires_when_its_start_comes(
    proposer: By, payment: Payment, after: Payment, moves: tuple[Close, ...], late: timedelta
) -> None:
    """T1: at its start, however late the worker."""
    facts = situation(awaiting(proposer, payment=payment))
    assert next_bell(facts) == (START, Bell.EXPIRE)
    assert ring(situation=facts, at=START - TICK) is None
    assert ring(situation=facts, at=START + late) == Decision(
        now=awaiting(proposer, payment=after, state=State.EXPIRED),
        at=START,
        entries=(entry(Event.EXPIRED, PLATFORM, START),),
        moves=moves,
        notices=told(NoticeKind.EXPIRED, USER, EXPERT),
    )


@pytest.mark.parametrize(
    "now",
    [unproposed(), rejected(), rejected(USER), standing(state=State.CANCELLED), awaiting(state=State.EXPIRED)],
)
def test_no_bell_is_armed_where_time_does_nothing(now: Standing) -> None:
    """T1-T6."""
    assert next_bell(situation(now)) is None
    assert ring(situation=situation(now), at=START + WEEKS) is None


def test_answer_at_the_start_finds_the_meeting_expired() -> None:
    """T0, T1, A1."""
    facts, _ = all_rung(situation(awaiting(USER)), START)
    assert facts.now.state is State.EXPIRED
    for act in (Act.CONFIRM, Act.REJECT):
        with pytest.raises(Refused, match="not_possible_now"):
            decide(situation=facts, command=command(act, EXPERT, START))


# ---------------------------------------------------------------- T2


@pytest.mark.parametrize("before", [standing(rung=ASK), rejected(), rejected(USER)])
@pytest.mark.parametrize("author", PARTIES)
@pytest.mark.parametrize(
    ("start", "lapses_at"),
    [(START + DAY, START), (START, START), (START - DAY, START - DAY), (START - MINUTE, START - MINUTE)],
)
@pytest.mark.parametrize("late", [timedelta(0), 3 * HOUR])
def test_alternative_lapses_at_the_sooner_of_the_two_starts(
    before: Standing, author: By, start: datetime, lapses_at: datetime, late: timedelta
) -> None:
    """T2: the meeting goes on as it was; both are told."""
    facts = situation(replace(before, alternative=alternative(author, start)))
    assert next_bell(facts) == (lapses_at, Bell.LAPSE)
    assert ring(situation=facts, at=lapses_at - TICK) is None
    assert ring(situation=facts, at=lapses_at + late) == Decision(
        now=before,
        at=lapses_at,
        entries=(entry(Event.ALTERNATIVE_LAPSED, PLATFORM, lapses_at, start=start),),
        notices=told(NoticeKind.ALTERNATIVE_LAPSED, USER, EXPERT),
    )


def test_another_date_can_be_put_forward_as_soon_as_a_sooner_one_has_lapsed() -> None:
    """T0, T2, D1."""
    sooner = START - DAY
    facts = situation(standing(alternative=alternative(EXPERT, sooner)))
    assert Act.RESCHEDULE not in {each.act for each in possible(situation=facts, by=USER, at=sooner)}
    facts, _ = all_rung(facts, sooner)
    opened = decide(situation=facts, command=command(Act.RESCHEDULE, USER, sooner))
    assert opened.now.alternative == alternative(USER)


# ---------------------------------------------------------------- T3, T4


def test_reminder_comes_24_h_and_the_link_60_min_before_the_start() -> None:
    """T3, T4: once each, to both."""
    facts = situation()
    assert next_bell(facts) == (START - DAY, Bell.REMIND)
    assert ring(situation=facts, at=START - DAY - TICK) is None
    reminded = ring(situation=facts, at=START - DAY)
    assert reminded == Decision(
        now=standing(rung=REMIND), at=START - DAY, notices=told(NoticeKind.REMINDER, USER, EXPERT)
    )
    facts = following(facts, reminded)
    assert next_bell(facts) == (START - HOUR, Bell.LINK)
    assert ring(situation=facts, at=START - HOUR - TICK) is None
    linked = ring(situation=facts, at=START - HOUR)
    assert linked == Decision(now=standing(rung=LINK), at=START - HOUR, notices=told(NoticeKind.LINK, USER, EXPERT))
    facts = following(facts, linked)
    assert next_bell(facts) == (ASKS_AT, Bell.ASK_EVALUATION)


@pytest.mark.parametrize(
    ("agreed_at", "reminded", "link_at"),
    [
        (START - DAY - TICK, True, START - HOUR),
        (START - DAY, True, START - HOUR),  # exactly 24 h before: sent
        (START - DAY + TICK, False, START - HOUR),  # later than that: not sent
        (START - HOUR - TICK, False, START - HOUR),
        (START - HOUR, False, START - HOUR),  # exactly 60 min before: sent
        (START - HOUR + TICK, False, START - HOUR + TICK),  # later than that: at once
        (START - TICK, False, START - TICK),
    ],
)
def test_meeting_agreed_late_has_no_reminder_and_its_link_at_once(
    agreed_at: datetime, reminded: bool, link_at: datetime
) -> None:
    """T3, T4."""
    waiting = situation(awaiting(USER))
    facts = following(waiting, decide(situation=waiting, command=command(Act.CONFIRM, EXPERT, agreed_at)))
    if reminded:
        assert next_bell(facts) == (START - DAY, Bell.REMIND)
        facts, rung = all_rung(facts, START - DAY)
        assert sent(rung) == both(NoticeKind.REMINDER)
    assert next_bell(facts) == (link_at, Bell.LINK)
    _, rung = all_rung(facts, max(link_at, agreed_at))
    assert sent(rung) == both(NoticeKind.LINK)
    assert [decision.at for decision in rung] == [link_at]


@pytest.mark.parametrize("at", [START - DAY, START - HOUR + TICK])
def test_alternative_confirmed_arms_the_reminders_of_its_own_date(at: datetime) -> None:
    """T3, T4, D4: what had rung for the old date does not count for the new one."""
    new = START + 2 * DAY
    moving = situation(standing(rung=LINK, alternative=alternative(USER, new)))
    facts = following(moving, decide(situation=moving, command=command(Act.ALTERNATIVE_CONFIRM, EXPERT, at)))
    assert next_bell(facts) == (new - DAY, Bell.REMIND)
    facts, reminded = all_rung(facts, new - DAY)
    assert sent(reminded) == both(NoticeKind.REMINDER)
    _, linked = all_rung(facts, new - HOUR)
    assert sent(linked) == both(NoticeKind.LINK)


def test_alternative_confirmed_within_the_hour_sends_its_link_at_once() -> None:
    """T4, D4."""
    new, at = START + 30 * MINUTE, START - 10 * MINUTE
    moving = situation(standing(rung=LINK, alternative=alternative(EXPERT, new)))
    facts = following(moving, decide(situation=moving, command=command(Act.ALTERNATIVE_CONFIRM, USER, at)))
    _, rung = all_rung(facts, at)
    assert sent(rung) == both(NoticeKind.LINK)


def test_date_moved_there_and_back_reminds_anew_for_each_of_the_three() -> None:
    """T3, T4, D4: a reminder belongs to one date, never to one no longer in force."""
    facts, rung = all_rung(situation(), START - DAY)
    assert sent(rung) == both(NoticeKind.REMINDER)  # for A
    later = START + 3 * DAY
    for at, start, author in ((START - 20 * HOUR, later, USER), (START - 19 * HOUR, START, EXPERT)):
        opened = following(facts, decide(situation=facts, command=command(Act.RESCHEDULE, author, at, start=start)))
        facts = following(
            opened, decide(situation=opened, command=command(Act.ALTERNATIVE_CONFIRM, counterparty(author), at))
        )
        facts, rung = all_rung(facts, at)
        assert rung == []
    assert (facts.now.generation, facts.now.start) == (3, START)
    facts, rung = all_rung(facts, START - HOUR)
    assert sent(rung) == both(NoticeKind.LINK)  # agreed later than 24 h before: no reminder for A again
    facts, rung = all_rung(facts, START)
    assert rung == []


def test_date_moved_there_and_back_early_enough_reminds_again() -> None:
    """T3: three dates, and the third is reminded of although the first was."""
    facts, first = all_rung(situation(terms={"reminder_hours": 72}), START - 4 * DAY)
    assert first == []
    facts, first = all_rung(facts, START - 3 * DAY)
    assert sent(first) == both(NoticeKind.REMINDER)
    later = START + 9 * DAY
    back_at = START - 2 * DAY
    for at, start, author in ((back_at, later, USER), (back_at, START + 8 * DAY, EXPERT)):
        opened = following(facts, decide(situation=facts, command=command(Act.RESCHEDULE, author, at, start=start)))
        facts = following(
            opened, decide(situation=opened, command=command(Act.ALTERNATIVE_CONFIRM, counterparty(author), at))
        )
    assert next_bell(facts) == (START + 5 * DAY, Bell.REMIND)
    _, again = all_rung(facts, START + 5 * DAY)
    assert sent(again) == both(NoticeKind.REMINDER)


def test_cancelled_meeting_reminds_nobody() -> None:
    """T3-T6."""
    facts = situation()
    facts = following(facts, decide(situation=facts, command=command(Act.CANCEL, USER, LONG_BEFORE)))
    assert next_bell(facts) is None


# ---------------------------------------------------------------- T5


@pytest.mark.parametrize(
    ("now", "silent"),
    [
        (standing(rung=LINK), (USER, EXPERT)),
        (standing(rung=LINK, said=(Said.OTHER_FAULT, None)), (EXPERT,)),
        (standing(rung=LINK, said=(None, Said.SMOOTH)), (USER,)),
        (standing(rung=LINK, said=(Said.SMOOTH, None), progress=Progress.WENT_SMOOTHLY), (EXPERT,)),
        (standing(rung=LINK, said=(None, Said.MY_FAULT), progress=Progress.NO_SHOW_EXPERT), (USER,)),
    ],
)
def test_silent_parties_are_asked_to_evaluate_settled_or_not(now: Standing, silent: tuple[By, ...]) -> None:
    """T5."""
    facts = situation(now)
    assert next_bell(facts) == (ASKS_AT, Bell.ASK_EVALUATION)
    assert ring(situation=facts, at=ASKS_AT - TICK) is None
    assert ring(situation=facts, at=ASKS_AT) == Decision(
        now=replace(now, rung=ASK), at=ASKS_AT, notices=told(NoticeKind.EVALUATION_REMINDER, *silent)
    )


@pytest.mark.parametrize(
    "now", [disputed(rung=LINK), disputed(user=Said.OTHER_FAULT, expert=Said.OTHER_FAULT, rung=LINK)]
)
def test_nobody_is_asked_where_both_have_spoken(now: Standing) -> None:
    """T5."""
    _, rung = all_rung(situation(now), SETTLES_AT + WEEKS)
    assert sent(rung) == []


# ---------------------------------------------------------------- T6 and the order


def test_bells_ring_in_the_order_of_their_moments_and_each_once() -> None:
    """T0: however late the worker, each judged by its own moment."""
    facts = situation(standing(alternative=alternative(USER, START - 30 * HOUR)))
    after, rung = all_rung(facts, SETTLES_AT)
    assert [decision.at for decision in rung] == [START - 30 * HOUR, START - DAY, START - HOUR, ASKS_AT, SETTLES_AT]
    assert after.now == standing(rung=ASK, progress=Progress.WENT_SMOOTHLY, payment=Payment.PAID)
    assert next_bell(after) is None


@pytest.mark.parametrize(
    ("facts", "order"),
    [
        # the alternative's start is the reminder's moment
        (situation(standing(alternative=alternative(USER, START - DAY))), [Bell.LAPSE, Bell.REMIND]),
        (situation(standing(alternative=alternative(USER, START - HOUR), rung=REMIND)), [Bell.LAPSE, Bell.LINK]),
        (situation(standing(rung=LINK), terms={"evaluation_reminder_hours": 168}), [Bell.ASK_EVALUATION, Bell.SETTLE]),
        (situation(terms={"reminder_hours": 1}), [Bell.REMIND, Bell.LINK]),
    ],
)
def test_bells_of_one_moment_ring_in_the_order_of_the_rules(facts: Situation, order: list[Bell]) -> None:
    """T2 before T3 and T4, T3 before T4, T5 before T6."""
    rung = []
    at = next_bell(facts)
    assert at is not None
    while (bell := next_bell(facts)) and bell[0] == at[0]:
        rung.append(bell[1])
        decision = ring(situation=facts, at=at[0])
        assert decision is not None
        facts = following(facts, decision)
    assert rung == order


def test_word_said_at_168_h_comes_after_the_settlement() -> None:
    """T0, T6, E1: kept, and moves nothing."""
    facts, _ = all_rung(situation(standing(rung=ASK, attended_at=(None, START))), SETTLES_AT)
    assert facts.now.progress is Progress.NO_SHOW_USER
    said = decide(situation=facts, command=command(Act.EVALUATE, USER, SETTLES_AT))
    assert said.now == replace(facts.now, said=(Said.SMOOTH, None))
    assert said.moves == ()


def test_dispute_made_by_time_waits_for_the_operator() -> None:
    """S6, T6, X1."""
    facts, _ = all_rung(situation(standing(rung=ASK, said=(Said.OTHER_FAULT, None))), SETTLES_AT)
    assert facts.now.progress is Progress.DISPUTED
    assert next_bell(facts) is None
    assert [each.act for each in possible(situation=facts, by=OPERATOR, at=SETTLES_AT)] == [Act.SETTLE]


# ---------------------------------------------------------------- after an outage


@pytest.mark.parametrize(
    ("at", "reminded"),
    [
        (START - DAY + 3 * HOUR, True),
        (START - HOUR - TICK, True),  # more than 60 min remain
        (START - HOUR, False),
        (START - HOUR + TICK, False),
        (START + DAY, False),
    ],
)
def test_late_reminder_is_sent_only_while_more_than_60_min_remain(at: datetime, reminded: bool) -> None:
    """T3, after an outage."""
    facts = situation()
    decision = ring(situation=facts, at=at)
    expected = told(NoticeKind.REMINDER, USER, EXPERT) if reminded else ()
    assert decision == Decision(now=standing(rung=REMIND), at=START - DAY, notices=expected)


@pytest.mark.parametrize(
    ("at", "linked"), [(START - HOUR + TICK, True), (START, True), (END - TICK, True), (END, False), (END + DAY, False)]
)
def test_late_link_is_sent_until_the_end(at: datetime, linked: bool) -> None:
    """T4, after an outage."""
    decision = ring(situation=situation(standing(rung=REMIND)), at=at)
    expected = told(NoticeKind.LINK, USER, EXPERT) if linked else ()
    assert decision == Decision(now=standing(rung=LINK), at=START - HOUR, notices=expected)


@pytest.mark.parametrize(
    ("at", "asked"), [(ASKS_AT + TICK, True), (SETTLES_AT - TICK, True), (SETTLES_AT, False), (SETTLES_AT + DAY, False)]
)
def test_late_evaluation_reminder_is_sent_until_168_h(at: datetime, asked: bool) -> None:
    """T5, after an outage."""
    decision = ring(situation=situation(standing(rung=LINK)), at=at)
    expected = told(NoticeKind.EVALUATION_REMINDER, USER, EXPERT) if asked else ()
    assert decision == Decision(now=standing(rung=ASK), at=ASKS_AT, notices=expected)


@pytest.mark.parametrize(
    ("off_since", "off_for", "kinds"),
    [
        # off over the reminder
        (START - 25 * HOUR, 3 * HOUR, [NoticeKind.REMINDER]),
        # off over the link, back during the meeting
        (START - 2 * HOUR, 2 * HOUR + 30 * MINUTE, [NoticeKind.LINK]),
        # off over the link and the meeting
        (START - 2 * HOUR, 3 * HOUR, []),
        # off from before the reminder until within the hour: the link alone
        (START - 25 * HOUR, 24 * HOUR + 30 * MINUTE, [NoticeKind.LINK]),
        # three days over the whole meeting: what still helps is the question how it was
        (START - 30 * HOUR, 3 * DAY, [NoticeKind.EVALUATION_REMINDER]),
        # ten days: nothing in a heap, but settled
        (START - 30 * HOUR, 10 * DAY, [NoticeKind.SETTLED]),
    ],
)
def test_worker_that_was_off_sends_no_heap(off_since: datetime, off_for: timedelta, kinds: list[NoticeKind]) -> None:
    """T0, T3-T6, after an outage: a settlement is never dropped."""
    facts, _ = all_rung(situation(), off_since)
    _, rung = all_rung(facts, off_since + off_for)
    assert sent(rung) == [each for kind in kinds for each in both(kind)]


def test_expiry_and_lapse_are_told_however_late() -> None:
    """T1, T2: only T3-T5 are dropped."""
    _, expired = all_rung(situation(awaiting(USER)), START + WEEKS)
    assert sent(expired) == both(NoticeKind.EXPIRED)
    _, lapsed = all_rung(situation(rejected(alternative=alternative(EXPERT))), START + WEEKS)
    assert sent(lapsed) == both(NoticeKind.ALTERNATIVE_LAPSED)


# ---------------------------------------------------------------- another policy


def test_bells_follow_the_frozen_policy() -> None:
    """T3-T6 with 2 h, 10 min, 1 h and 48 h."""
    terms = {"reminder_hours": 2, "link_minutes": 10, "evaluation_reminder_hours": 1, "settlement_hours": 48}
    facts = situation(terms=terms)
    moments = []
    while bell := next_bell(facts):
        moments.append(bell)
        decision = ring(situation=facts, at=bell[0])
        assert decision is not None
        facts = following(facts, decision)
    assert moments == [
        (START - 2 * HOUR, Bell.REMIND),
        (START - 10 * MINUTE, Bell.LINK),
        (END + HOUR, Bell.ASK_EVALUATION),
        (END + 48 * HOUR, Bell.SETTLE),
    ]


@pytest.mark.parametrize("terms", [{"reminder_hours": 1}, {"reminder_hours": 1, "link_minutes": 90}])
def test_reminder_of_a_policy_with_a_short_lead_is_sent_on_time(terms: dict[str, int]) -> None:
    """T3: what is due and not late is sent, also where the link comes no later."""
    _, rung = all_rung(situation(terms=terms), START - HOUR)
    assert sorted(sent(rung)) == sorted(both(NoticeKind.REMINDER) + both(NoticeKind.LINK))
