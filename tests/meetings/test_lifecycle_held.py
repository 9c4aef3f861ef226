"""An agreed meeting and what is said of it: joining, evaluating, what a settlement moves, reviews."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal

import pytest

from expertim.credits.moves import Bonus, Close
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
    Standing,
)
from expertim.meetings.lifecycle import decide, following
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


# ---------------------------------------------------------------- joining


@pytest.mark.parametrize("by", PARTIES)
@pytest.mark.parametrize("at", [START - 15 * MINUTE, START, END, END + 60 * MINUTE - TICK])
def test_first_join_is_logged_with_its_event(by: By, at: datetime) -> None:
    """J1."""
    attended = (at, None) if by is USER else (None, at)
    assert decide(situation=situation(), command=command(Act.JOIN, by, at)) == Decision(
        now=standing(attended_at=attended), at=at, entries=(entry(Event.ATTENDED, by, at),), joined=True
    )


def test_second_join_for_the_same_date_is_logged_without_an_event() -> None:
    """J1: the first moment is the one that counts."""
    here = standing(attended_at=(CAME, None))
    again = decide(situation=situation(here), command=command(Act.JOIN, USER, CAME + MINUTE))
    assert again == Decision(now=here, at=CAME + MINUTE, joined=True)


def test_joins_of_the_two_parties_are_kept_apart() -> None:
    """J1."""
    here = standing(attended_at=(CAME, None))
    other = decide(situation=situation(here), command=command(Act.JOIN, EXPERT, CAME + MINUTE))
    assert other.now == standing(attended_at=(CAME, CAME + MINUTE))
    assert other.entries == (entry(Event.ATTENDED, EXPERT, CAME + MINUTE),)


def test_doors_open_and_close_by_the_frozen_policy() -> None:
    """J1 with 5 minutes before and none after."""
    facts = situation(terms={"join_opens_minutes": 5, "join_closes_minutes": 0})
    for at, joins in ((START - 5 * MINUTE - TICK, False), (START - 5 * MINUTE, True), (END - TICK, True), (END, False)):
        if joins:
            assert decide(situation=facts, command=command(Act.JOIN, USER, at)).joined
            continue
        with pytest.raises(Refused, match="not_possible_now"):
            decide(situation=facts, command=command(Act.JOIN, USER, at))


def test_new_date_forgets_who_joined_for_the_old_one() -> None:
    """J1, D4: the first time per party and date."""
    facts = situation(standing(attended_at=(START - 10 * MINUTE, None)))
    at = START - 9 * MINUTE
    for asked in (
        command(Act.RESCHEDULE, USER, at, start=START + HOUR),
        command(Act.ALTERNATIVE_CONFIRM, EXPERT, at),
    ):
        facts = following(facts, decide(situation=facts, command=asked))
    later = START + 50 * MINUTE
    joined = decide(situation=facts, command=command(Act.JOIN, USER, later))
    assert joined.entries == (entry(Event.ATTENDED, USER, later),)
    assert joined.now.attended_at == (later, None)


# ---------------------------------------------------------------- evaluating


def settled(
    by: By, said: Said, after: Standing, payment: tuple[Payment, tuple[Close, ...]], outcome: Progress, fee: int
) -> Decision:
    """A statement that settles the meeting at once."""
    return Decision(
        now=replace(after, progress=outcome, payment=payment[0]),
        at=AT,
        entries=(
            entry(Event.PROGRESS_RECORDED, by, AT, progress=said),
            entry(Event.PROGRESS_EVALUATED, PLATFORM, AT, progress=outcome, fee=fee),
        ),
        moves=payment[1],
        notices=told(NoticeKind.SETTLED, USER, EXPERT),
        stated=said,
    )


def test_user_says_it_went_smoothly_and_the_expert_is_paid() -> None:
    """E1, S1."""
    assert decide(situation=situation(), command=command(Act.EVALUATE, USER, AT, stars=4)) == replace(
        settled(USER, SMOOTH, standing(said=(SMOOTH, None)), PAID, Progress.WENT_SMOOTHLY, PRICE), stars=4
    )


@pytest.mark.parametrize("expert_said", [None, SMOOTH, OTHER])
def test_user_admits_not_coming_and_pays_the_no_show_fee(expert_said: Said | None) -> None:
    """E1, S2: by default all of the price."""
    facts = situation(standing(said=(None, expert_said)))
    asked = command(Act.EVALUATE, USER, AT, progress=MINE, stars=None)
    assert decide(situation=facts, command=asked) == settled(
        USER, MINE, standing(said=(MINE, expert_said)), PAID, Progress.NO_SHOW_USER, PRICE
    )


@pytest.mark.parametrize("user_said", [None, OTHER])
def test_expert_admits_not_coming_and_all_is_returned(user_said: Said | None) -> None:
    """E2, S3."""
    facts = situation(standing(said=(user_said, None)))
    decision = decide(situation=facts, command=command(Act.EVALUATE, EXPERT, AT, progress=MINE))
    expected = settled(EXPERT, MINE, standing(said=(user_said, MINE)), RETURNED, Progress.NO_SHOW_EXPERT, 0)
    assert decision == expected


@pytest.mark.parametrize(("by", "said"), [(USER, OTHER), (EXPERT, OTHER), (EXPERT, SMOOTH)])
def test_first_word_that_settles_nothing_waits_for_the_other(by: By, said: Said) -> None:
    """E1, E2: none of S1-S3."""
    asked = command(Act.EVALUATE, by, AT, progress=said, stars=None)
    assert decide(situation=situation(), command=asked) == Decision(
        now=standing(said=(said, None) if by is USER else (None, said)),
        at=AT,
        entries=(entry(Event.PROGRESS_RECORDED, by, AT, progress=said),),
        stated=said,
    )


@pytest.mark.parametrize(
    ("by", "said", "other_said"),
    [(USER, OTHER, SMOOTH), (USER, OTHER, OTHER), (EXPERT, SMOOTH, OTHER), (EXPERT, OTHER, OTHER)],
)
def test_second_word_that_settles_nothing_is_a_dispute(by: By, said: Said, other_said: Said) -> None:
    """S4: the credits stay blocked; both and the operators are told."""
    before, after = ((None, other_said), (said, other_said)) if by is USER else ((other_said, None), (other_said, said))
    asked = command(Act.EVALUATE, by, AT, progress=said, stars=None)
    assert decide(situation=situation(standing(said=before)), command=asked) == Decision(
        now=standing(said=after, progress=Progress.DISPUTED),
        at=AT,
        entries=(
            entry(Event.PROGRESS_RECORDED, by, AT, progress=said),
            entry(Event.PROGRESS_DISPUTED, PLATFORM, AT),
        ),
        notices=told(NoticeKind.DISPUTED, USER, EXPERT, OPERATOR),
        stated=said,
    )


@pytest.mark.parametrize(
    ("by", "before", "said", "outcome", "fee", "payment"),
    [
        (USER, disputed(user=None), SMOOTH, Progress.WENT_SMOOTHLY, PRICE, PAID),
        (USER, disputed(user=None), MINE, Progress.NO_SHOW_USER, PRICE, PAID),
        (EXPERT, disputed(expert=None), MINE, Progress.NO_SHOW_EXPERT, 0, RETURNED),
    ],
)
def test_word_of_the_silent_party_settles_a_dispute(
    by: By, before: Standing, said: Said, outcome: Progress, fee: int, payment: tuple[Payment, tuple[Close, ...]]
) -> None:
    """S6, S1-S3."""
    after = replace(before, said=(said, before.said[1]) if by is USER else (before.said[0], said))
    asked = command(Act.EVALUATE, by, AT, progress=said, stars=5 if said is SMOOTH and by is USER else None)
    expected = replace(settled(by, said, after, payment, outcome, fee), stars=asked.stars)
    assert decide(situation=situation(before), command=asked) == expected


@pytest.mark.parametrize(
    ("by", "before", "said"),
    [
        (USER, disputed(user=None), OTHER),
        (EXPERT, disputed(expert=None), SMOOTH),
        (EXPERT, disputed(expert=None), OTHER),
    ],
)
def test_any_other_word_of_the_silent_party_leaves_it_disputed(by: By, before: Standing, said: Said) -> None:
    """S6: and nobody is told a second time."""
    after = replace(before, said=(said, before.said[1]) if by is USER else (before.said[0], said))
    asked = command(Act.EVALUATE, by, AT, progress=said, stars=None)
    assert decide(situation=situation(before), command=asked) == Decision(
        now=after, at=AT, entries=(entry(Event.PROGRESS_RECORDED, by, AT, progress=said),), stated=said
    )


@pytest.mark.parametrize("progress", [Progress.WENT_SMOOTHLY, Progress.NO_SHOW_USER, Progress.NO_SHOW_EXPERT])
@pytest.mark.parametrize("said", Said)
@pytest.mark.parametrize("by", PARTIES)
def test_word_after_the_settlement_is_kept_and_moves_no_credits(by: By, said: Said, progress: Progress) -> None:
    """E1, E2: its stars and words count all the same."""
    before = standing(progress=progress, payment=Payment.PAID)
    asked = command(Act.EVALUATE, by, AT, progress=said, stars=3 if by is USER else None)
    assert decide(situation=situation(before), command=asked) == Decision(
        now=replace(before, said=(said, None) if by is USER else (None, said)),
        at=AT,
        entries=(entry(Event.PROGRESS_RECORDED, by, AT, progress=said),),
        stated=said,
        stars=asked.stars,
    )


@pytest.mark.parametrize(
    ("by", "typed", "refusal"),
    [
        (USER, {"progress": None}, invalid("progress", "required")),
        (EXPERT, {"progress": None}, invalid("progress", "required")),
        (USER, {"stars": None}, invalid("stars", "required")),
        (EXPERT, {"stars": 5}, invalid("stars", "not_yours")),
        (EXPERT, {"review": "A pleasant client"}, invalid("review", "not_yours")),
    ],
)
def test_evaluation_lacking_or_exceeding_what_is_asked_is_refused(
    by: By, typed: dict[str, object], refusal: tuple[str, dict[str, object]]
) -> None:
    """E1, E2."""
    with pytest.raises(Refused) as refused:
        decide(situation=situation(), command=command(Act.EVALUATE, by, AT, **typed))
    assert (refused.value.key, refused.value.facts) == refusal


@pytest.mark.parametrize("said", [MINE, OTHER])
@pytest.mark.parametrize("stars", [None, 1])
def test_stars_are_free_to_give_where_it_did_not_take_place(said: Said, stars: int | None) -> None:
    """E1."""
    asked = command(Act.EVALUATE, USER, AT, progress=said, stars=stars)
    assert decide(situation=situation(), command=asked).stars == stars


# ---------------------------------------------------------------- what a settlement moves


@pytest.mark.parametrize(
    ("price", "no_show_percent", "commission_percent", "fee", "commission"),
    [
        (2500, "100", "20", 2500, 500),
        (2501, "50", "20", 1251, 250),
        (333, "33.33", "12.5", 111, 14),  # 1.109889; 0.13875
        (1, "50", "50", 1, 1),
        (2500, "40", "100", 1000, 1000),
        (2500, "40", "0", 1000, 0),
    ],
)
def test_no_show_fee_and_commission_are_rounded_half_up(
    price: int, no_show_percent: str, commission_percent: str, fee: int, commission: int
) -> None:
    """S2, K4: the rest of the block is returned."""
    terms = {"no_show_fee_percent": Decimal(no_show_percent), "commission_percent": Decimal(commission_percent)}
    asked = command(Act.EVALUATE, USER, AT, progress=MINE, stars=None)
    payment = (Payment.PAID, (Close(amount=price, fee=fee, commission=commission),))
    assert decide(situation=situation(price=price, terms=terms), command=asked) == settled(
        USER, MINE, standing(said=(MINE, None)), payment, Progress.NO_SHOW_USER, fee
    )


@pytest.mark.parametrize(
    ("price", "commission_percent", "commission"), [(2503, "50", 1252), (1, "49.99", 0), (2500, "100", 2500)]
)
def test_commission_of_a_held_meeting_is_rounded_half_up(price: int, commission_percent: str, commission: int) -> None:
    """S1, K4."""
    facts = situation(price=price, terms={"commission_percent": Decimal(commission_percent)})
    decision = decide(situation=facts, command=command(Act.EVALUATE, USER, AT))
    assert decision.moves == (Close(amount=price, fee=price, commission=commission),)


def test_no_show_fee_of_nothing_returns_all_and_pays_nobody() -> None:
    """S2 with 0 %: Returned."""
    facts = situation(terms={"no_show_fee_percent": Decimal(0)})
    asked = command(Act.EVALUATE, USER, AT, progress=MINE, stars=None)
    assert decide(situation=facts, command=asked) == settled(
        USER, MINE, standing(said=(MINE, None)), RETURNED, Progress.NO_SHOW_USER, 0
    )


@pytest.mark.parametrize(
    ("by", "said", "outcome"),
    [
        (USER, SMOOTH, Progress.WENT_SMOOTHLY),
        (USER, MINE, Progress.NO_SHOW_USER),
        (EXPERT, MINE, Progress.NO_SHOW_EXPERT),
    ],
)
def test_free_meeting_settles_and_stays_free(by: By, said: Said, outcome: Progress) -> None:
    """S1-S3, price 0: no movements."""
    free = standing(payment=Payment.FREE)
    asked = command(Act.EVALUATE, by, AT, progress=said, stars=5 if said is SMOOTH else None)
    after = replace(free, said=(said, None) if by is USER else (None, said))
    expected = replace(settled(by, said, after, (Payment.FREE, ()), outcome, 0), stars=asked.stars)
    assert decide(situation=situation(free, price=0), command=asked) == expected


# ---------------------------------------------------------------- reviews


@pytest.mark.parametrize("said", Said)
@pytest.mark.parametrize("before", [standing(), disputed(user=None), standing(progress=Progress.NO_SHOW_EXPERT)])
def test_first_words_about_an_expert_earn_the_bonus_whatever_the_progress(said: Said, before: Standing) -> None:
    """V1: also after the settlement; the bonus comes beside what the settlement moves."""
    asked = command(Act.EVALUATE, USER, AT, progress=said, stars=5, review="She knew the answer.")
    silent = decide(situation=situation(before), command=replace(asked, review=""))
    assert decide(situation=situation(before), command=asked) == replace(
        silent, review="She knew the answer.", moves=(*silent.moves, Bonus(amount=500))
    )


@pytest.mark.parametrize(
    ("reviewed", "review", "bonus", "moves"),
    [
        (False, "Good.", 500, (Bonus(amount=500),)),
        (False, "Good.", 1, (Bonus(amount=1),)),
        (False, "Good.", 0, ()),  # a policy without a bonus
        (True, "Better.", 500, ()),  # an edit
        (False, "", 500, ()),  # no words
    ],
)
def test_bonus_is_the_frozen_policys_and_earned_once(
    reviewed: bool, review: str, bonus: int, moves: tuple[Bonus, ...]
) -> None:
    """V1."""
    facts = situation(reviewed=reviewed, terms={"review_bonus": bonus})
    asked = command(Act.EVALUATE, USER, AT, progress=OTHER, stars=None, review=review)
    assert decide(situation=facts, command=asked) == Decision(
        now=standing(said=(OTHER, None)),
        at=AT,
        entries=(entry(Event.PROGRESS_RECORDED, USER, AT, progress=OTHER),),
        moves=moves,
        stated=OTHER,
        review=review,
    )


def test_words_about_a_free_meeting_earn_the_bonus_too() -> None:
    """V1, price 0: the only credits that move are the platform's."""
    facts = situation(standing(payment=Payment.FREE), price=0, available=0)
    decision = decide(situation=facts, command=command(Act.EVALUATE, USER, AT, review="Kind and quick."))
    assert decision.moves == (Bonus(amount=500),)
    after = following(facts, decision)
    assert (after.available, after.reviewed, after.now.payment) == (500, True, Payment.FREE)
