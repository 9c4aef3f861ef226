"""Hiding a public text and showing it again (X2); what it says is its writer's."""

from __future__ import annotations

from datetime import datetime

from django.db import connection


def hide(*, review: int, note: str, seen: datetime) -> bool:
    """Hide a text as it was seen; False where it has been written anew since, or is hidden already."""
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE reviews_review SET hidden_at = platform_now(), hidden_note = %s"
            " WHERE id = %s AND written_at = %s AND hidden_at IS NULL",
            [note, review, seen],
        )
        return bool(cursor.rowcount == 1)


def show(*, review: int) -> bool:
    """Show a hidden text again; False where it was not hidden. The note goes: it was about the hiding."""
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE reviews_review SET hidden_at = NULL, hidden_note = '' WHERE id = %s AND hidden_at IS NOT NULL",
            [review],
        )
        return bool(cursor.rowcount == 1)
