"""Credits as whole hundredths: reading, showing, and the one rounding rule (K4). Pure."""

from __future__ import annotations

import re
from decimal import ROUND_HALF_UP, Decimal

HUNDREDTHS = 100
LARGEST_PRICE = 9_999_999  # 99,999.99 credits (P2)

_WRITTEN = re.compile(r"[0-9]{1,9}(\.[0-9]{1,2})?", re.ASCII)


def parse_amount(text: str) -> int:
    """Hundredths from a decimal string such as "25", "25.5" or "25.00".

    Raises ValueError for anything else: signs, exponents, spaces, other digits than ASCII's.
    """
    if not _WRITTEN.fullmatch(text):
        raise ValueError(f"not an amount: {text!r}")
    whole, _, part = text.partition(".")
    return int(whole) * HUNDREDTHS + int(part.ljust(2, "0") or 0)


def amount_text(hundredths: int) -> str:
    """The API's form, always two decimals: 2500 -> "25.00"."""
    sign = "-" if hundredths < 0 else ""
    whole, part = divmod(abs(hundredths), HUNDREDTHS)
    return f"{sign}{whole}.{part:02d}"


def share_of(amount: int, percent: Decimal) -> int:
    """`percent` (0-100) of an amount, rounded half up to a hundredth (K4)."""
    return int((amount * percent / 100).to_integral_value(rounding=ROUND_HALF_UP))
