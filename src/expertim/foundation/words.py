"""Texts of the catalogue: a string, or one per language."""

from __future__ import annotations

from typing import Any

from django.utils.translation import get_language


def in_language(text: Any, language: str | None = None) -> str:
    """The text in a language (default: the one in force), else English, else whatever there is."""
    if isinstance(text, dict):
        code = (language or get_language() or "en").split("-")[0]
        return str(text.get(code) or text.get("en") or next(iter(text.values()), ""))
    return str(text or "")
