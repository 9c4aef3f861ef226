"""What a move becomes: balanced legs, one leg a movement, every hundredth accounted for."""

from __future__ import annotations

import os
from collections import Counter
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from expertim.credits.moves import Account, Block, Bonus, Close, Kind, Move, Movement, close, grant_posting, posting

AT = datetime(2027, 3, 16, 9, 0, tzinfo=UTC)
JANA, PETR = 11, 22

CAMPAIGN = os.environ.get("HYPOTHESIS_PROFILE") == "campaign"
EXAMPLES = settings(max_examples=20_000 if CAMPAIGN else 300, derandomize=not CAMPAIGN, deadline=None, database=None)
amounts = st.integers(0, 9_999_999)
percents = st.integers(0, 10_000).map(lambda hundredths: Decimal(hundredths) / 100)


def written(move: Move) -> dict[str, Any]:
    return posting(move, user=JANA, expert=PETR, cause="meeting", reference=7, at=AT)


def leg(account: Account, wallet: int | None, amount: int, movement: Movement | None = None) -> dict[str, Any]:
    return {"account": account, "wallet": wallet, "amount": amount, "movement": movement}


def base(kind: Kind) -> dict[str, Any]:
    return {"kind": kind, "cause": "meeting", "reference": 7, "at": "2027-03-16T09:00:00+00:00"}


# ---------------------------------------------------------------- each move, whole


def test_block_sets_credits_aside_and_is_no_movement() -> None:
    """K5: blocking moves nothing out of the person's hands."""
    assert written(Block(amount=2500)) == base(Kind.BLOCK) | {
        "legs": [leg(Account.AVAILABLE, JANA, -2500), leg(Account.BLOCKED, JANA, 2500)],
        "opens": {"wallet": JANA, "amount": 2500},
    }


def test_close_with_a_fee_splits_the_block() -> None:
    """C3, K3, K4: 12.50 deducted, 12.50 returned, 10.00 to the expert, 2.50 to the platform."""
    assert written(Close(amount=2500, fee=1250, commission=250)) == base(Kind.CLOSE) | {
        "legs": [
            leg(Account.BLOCKED, JANA, -1250, Movement.DEDUCTION),
            leg(Account.BLOCKED, JANA, -1250),
            leg(Account.AVAILABLE, JANA, 1250),
            leg(Account.AVAILABLE, PETR, 1000, Movement.PAYMENT),
            leg(Account.COMMISSION, None, 250),
        ],
        "closes": {"returned": 1250, "deducted": 1250, "paid": 1000, "commission": 250},
    }


def test_close_without_a_fee_returns_all_and_is_no_movement() -> None:
    """K3, K5."""
    assert written(Close(amount=2500, fee=0, commission=0)) == base(Kind.CLOSE) | {
        "legs": [leg(Account.BLOCKED, JANA, -2500), leg(Account.AVAILABLE, JANA, 2500)],
        "closes": {"returned": 2500, "deducted": 0, "paid": 0, "commission": 0},
    }


def test_close_with_the_whole_price_returns_nothing() -> None:
    """S1, K3."""
    assert written(Close(amount=2500, fee=2500, commission=500)) == base(Kind.CLOSE) | {
        "legs": [
            leg(Account.BLOCKED, JANA, -2500, Movement.DEDUCTION),
            leg(Account.AVAILABLE, PETR, 2000, Movement.PAYMENT),
            leg(Account.COMMISSION, None, 500),
        ],
        "closes": {"returned": 0, "deducted": 2500, "paid": 2000, "commission": 500},
    }


def test_close_with_all_of_the_fee_commission_pays_the_expert_nothing() -> None:
    """K4, 100 %: no leg and no movement of nothing."""
    assert written(Close(amount=2500, fee=1250, commission=1250)) == base(Kind.CLOSE) | {
        "legs": [
            leg(Account.BLOCKED, JANA, -1250, Movement.DEDUCTION),
            leg(Account.BLOCKED, JANA, -1250),
            leg(Account.AVAILABLE, JANA, 1250),
            leg(Account.COMMISSION, None, 1250),
        ],
        "closes": {"returned": 1250, "deducted": 1250, "paid": 0, "commission": 1250},
    }


def test_close_without_commission_pays_the_expert_all_of_the_fee() -> None:
    """K4, 0 %."""
    assert written(Close(amount=2500, fee=2500, commission=0))["legs"] == [
        leg(Account.BLOCKED, JANA, -2500, Movement.DEDUCTION),
        leg(Account.AVAILABLE, PETR, 2500, Movement.PAYMENT),
    ]


def test_bonus_comes_from_the_platform() -> None:
    """V1, K1."""
    assert written(Bonus(amount=500)) == base(Kind.BONUS) | {
        "legs": [leg(Account.BONUS, None, -500), leg(Account.AVAILABLE, JANA, 500, Movement.BONUS)]
    }


@pytest.mark.parametrize(("at", "written_at"), [(AT, "2027-03-16T09:00:00+00:00"), (None, None)])
def test_grant_comes_from_the_platform_with_its_reason(at: datetime | None, written_at: str | None) -> None:
    """X2, K1: without a moment it is posted at the platform's time."""
    assert grant_posting(person=JANA, amount=10_000, cause="grant", reason="Welcome", by="ops@example.org", at=at) == {
        "kind": Kind.GRANT,
        "cause": "grant",
        "reference": None,
        "at": written_at,
        "legs": [leg(Account.ISSUANCE, None, -10_000), leg(Account.AVAILABLE, JANA, 10_000, Movement.GRANT)],
        "reason": "Welcome",
        "by": "ops@example.org",
    }


# ---------------------------------------------------------------- rounding and impossible closes


@pytest.mark.parametrize(
    ("fee", "percent", "commission"),
    [
        (1250, "20", 250),
        (1251, "20", 250),  # 250.2
        (1253, "20", 251),  # 250.6
        (1, "50", 1),  # half a hundredth goes up
        (1, "49.99", 0),
        (3, "50", 2),
        (333, "12.5", 42),  # 41.625
        (2500, "0", 0),
        (2500, "100", 2500),
        (0, "20", 0),
        (9_999_999, "0.01", 1000),  # 999.9999
    ],
)
def test_commission_is_rounded_half_up(fee: int, percent: str, commission: int) -> None:
    """K4."""
    expected = Close(amount=10_000_000, fee=fee, commission=commission)
    assert close(amount=10_000_000, fee=fee, commission_percent=Decimal(percent)) == expected


@pytest.mark.parametrize(
    ("amount", "fee", "commission"), [(100, 101, 0), (100, -1, 0), (100, 50, 51), (100, 50, -1), (-1, 0, 0)]
)
def test_close_that_gives_more_than_there_is_cannot_be_made(amount: int, fee: int, commission: int) -> None:
    """K2, K3."""
    with pytest.raises(ValueError, match="cannot be closed"):
        Close(amount=amount, fee=fee, commission=commission)


# ---------------------------------------------------------------- whatever the amounts


def by_account(posted: dict[str, Any]) -> Counter[tuple[Account, int | None]]:
    sums: Counter[tuple[Account, int | None]] = Counter()
    for each in posted["legs"]:
        sums[each["account"], each["wallet"]] += each["amount"]
    return sums


@EXAMPLES
@given(amount=amounts, part=st.integers(0, 9_999_999), percent=percents)
def test_every_close_ends_the_block_to_the_last_hundredth(amount: int, part: int, percent: Decimal) -> None:
    """K1, K3, K4: what the expert gets plus the commission is exactly what the user paid."""
    fee = min(part, amount)
    made = close(amount=amount, fee=fee, commission_percent=percent)
    exact = fee * percent / 100
    assert -Decimal("0.5") < made.commission - exact <= Decimal("0.5")
    posted = written(made)
    sums, ends = by_account(posted), posted["closes"]
    assert sum(each["amount"] for each in posted["legs"]) == 0
    assert sums[Account.BLOCKED, JANA] == -amount
    assert sums[Account.AVAILABLE, JANA] == ends["returned"] == amount - fee
    assert sums[Account.AVAILABLE, PETR] + sums[Account.COMMISSION, None] == ends["deducted"] == fee
    assert (ends["paid"], ends["commission"]) == (sums[Account.AVAILABLE, PETR], made.commission)


@EXAMPLES
@given(
    move=st.one_of(
        amounts.map(lambda amount: Block(amount=amount)),
        amounts.map(lambda amount: Bonus(amount=amount)),
        st.tuples(amounts, amounts, amounts)
        .map(sorted)
        .map(lambda three: Close(amount=three[2], fee=three[1], commission=three[0])),
    )
)
def test_every_posting_sums_to_zero_has_no_empty_leg_and_each_movement_once(move: Move) -> None:
    """K1, K5."""
    legs = written(move)["legs"]
    assert sum(each["amount"] for each in legs) == 0
    assert all(each["amount"] for each in legs)
    movements = [each["movement"] for each in legs if each["movement"]]
    assert len(movements) == len(set(movements))
    assert all(each["wallet"] is not None for each in legs if each["movement"])


@EXAMPLES
@given(amount=st.integers(1, 9_999_999), part=amounts, percent=percents)
def test_user_who_blocks_and_closes_has_lost_exactly_the_fee(amount: int, part: int, percent: Decimal) -> None:
    """K2, K3."""
    fee = min(part, amount)
    sums = by_account(written(Block(amount=amount)))
    sums.update(by_account(written(close(amount=amount, fee=fee, commission_percent=percent))))
    assert sums[Account.BLOCKED, JANA] == 0
    assert sums[Account.AVAILABLE, JANA] == -fee
