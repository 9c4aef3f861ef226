"""The ids port: public ids for addresses and the API. A simulation puts its own seeded source here."""

from __future__ import annotations

import secrets
from collections.abc import Callable

_ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"  # without i, l, o, u: nobody mistypes them
LENGTH = 16  # 80 random bits

draw: Callable[[str], str] = secrets.choice


def public_id() -> str:
    """Sixteen characters that nobody guesses."""
    return "".join(draw(_ALPHABET) for _ in range(LENGTH))
