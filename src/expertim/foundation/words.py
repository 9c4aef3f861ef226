"""Texts of the catalogue: a string, or one per language; and the letters that stand for a name."""

from __future__ import annotations

from typing import Any

from django.utils.translation import get_language


def in_language(text: Any, language: str | None = None) -> str:
    """The text in a language (default: the one in force), else English, else whatever there is."""
    if isinstance(text, dict):
        code = (language or get_language() or "en").split("-")[0]
        return str(text.get(code) or text.get("en") or next(iter(text.values()), ""))
    return str(text or "")


def initials(name: str) -> str:
    """Two letters to know a person by where there is no photo."""
    words = name.split()
    return "".join(word[0] for word in (words[0], words[-1])[: len(words)]).upper() if words else "·"
