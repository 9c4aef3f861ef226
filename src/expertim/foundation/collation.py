"""The order of words in the reader's language: names of languages, cities, skills. Pure."""

from __future__ import annotations

import unicodedata

# Letters that stand after their plain ones (ČSN 97 6030, STN 01 0181); all other accents only decide between equals.
_CZECH = {"č": "c", "ř": "r", "š": "s", "ž": "z", "ch": "h"}
_SLOVAK = {"ä": "a", "č": "c", "ô": "o", "š": "s", "ž": "z", "ch": "h"}
_AFTER = {"cs": _CZECH, "sk": _SLOVAK}
_LAST = "\N{TILDE}"  # after every plain letter


def order(text: str, *, language: str) -> tuple[str, str]:
    """What to sort by: case never counts, accents only where a language says so or words are else the same."""
    folded = text.casefold()
    told = folded
    for letter, before in _AFTER.get(language.split("-")[0], {}).items():
        told = told.replace(letter, f"{before}{_LAST}")
    return "".join(c for c in unicodedata.normalize("NFD", told) if not unicodedata.combining(c)), folded
