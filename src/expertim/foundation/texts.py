"""What any typed text is cleaned of, in one place: marks heaped on a letter until they cover the lines around it."""

from __future__ import annotations

import unicodedata

MOST_MARKS = 8  # on one letter; no written language needs more than five


def capped(text: str) -> str:
    """Without the combining marks beyond MOST_MARKS on one letter (Unicode categories Mn and Me)."""
    if text.isascii():
        return text
    kept, marks = [], 0
    for sign in text:
        marks = marks + 1 if unicodedata.category(sign) in ("Mn", "Me") else 0
        if marks <= MOST_MARKS:
            kept.append(sign)
    return "".join(kept)
