"""Credits as whole hundredths, and the rounding of K4."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from expertim.foundation.amounts import amount_text, parse_amount, share_of


@pytest.mark.parametrize(
    ("text", "hundredths"),
    [("0", 0), ("25", 2500), ("25.5", 2550), ("25.05", 2505), ("0.01", 1), ("99999.99", 9_999_999), ("007", 700)],
)
def test_an_amount_is_read(text: str, hundredths: int) -> None:
    assert parse_amount(text) == hundredths


@pytest.mark.parametrize(
    "text",
    ["", " 1", "1 ", "1.", ".5", "1.005", "-1", "+1", "1e3", "1,5", "١", "½", "1_000", "NaN", "1\n", "1234567890"],
)
def test_anything_else_is_no_amount(text: str) -> None:
    with pytest.raises(ValueError, match="not an amount"):
        parse_amount(text)


@given(st.integers(min_value=0, max_value=99_999_999_999))
def test_an_amount_comes_back_from_its_text(hundredths: int) -> None:
    assert parse_amount(amount_text(hundredths)) == hundredths


def test_the_form_of_the_api_has_two_decimals() -> None:
    assert [amount_text(n) for n in (0, 2500, -5)] == ["0.00", "25.00", "-0.05"]


@pytest.mark.parametrize(
    ("amount", "percent", "share"),
    [
        (2500, "50", 1250),
        (3333, "50", 1667),  # 1666.5
        (1, "50", 1),  # half a hundredth is rounded up
        (1, "49.99", 0),
        (3, "16.67", 1),  # 0.5001
        (2500, "0", 0),
        (2500, "100", 2500),
        (9_999_999, "33.33", 3_333_000),  # 3332999.6667
    ],
)
def test_k4_a_share_is_rounded_half_up_to_a_hundredth(amount: int, percent: str, share: int) -> None:
    assert share_of(amount, Decimal(percent)) == share


@given(st.integers(min_value=0, max_value=9_999_999), st.decimals(min_value=0, max_value=100, places=2))
def test_k4_a_share_is_at_most_half_a_hundredth_from_the_exact_one(amount: int, percent: Decimal) -> None:
    share = share_of(amount, percent)
    assert 0 <= share <= amount
    exact = amount * percent / 100
    assert Decimal("-0.5") < exact - share <= Decimal("0.5") or exact - share == Decimal("-0.5")
