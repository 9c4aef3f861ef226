"""What those are called who have left: one name for all, kept in English, said in the reader's language."""

from __future__ import annotations

from django.utils.translation import gettext

FORMER = "A former user"


def called(name: str) -> str:
    """The name as a reader sees it."""
    return gettext("A former user") if name == FORMER else name
