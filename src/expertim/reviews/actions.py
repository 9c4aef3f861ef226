"""Hiding a public text and showing it again (X2); what it says is its writer's. And the expert's right of reply."""

from __future__ import annotations

from dataclasses import dataclass
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


def remove_written(*, user: int) -> None:
    """Take back all texts of somebody who leaves, and what was replied to them.

    The rows stay, hidden: the books hold a bonus for each, and say so (K6).
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "DELETE FROM reviews_reply r USING reviews_review v WHERE r.review_id = v.id AND v.user_id = %s", [user]
        )
        cursor.execute(
            "UPDATE reviews_review SET text = '', hidden_at = coalesce(hidden_at, platform_now()),"
            " hidden_note = 'taken back by its writer, who has left' WHERE user_id = %s",
            [user],
        )


def show(*, review: int) -> bool:
    """Show a hidden text again; False where it was not hidden. The note goes: it was about the hiding."""
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE reviews_review SET hidden_at = NULL, hidden_note = '' WHERE id = %s AND hidden_at IS NOT NULL",
            [review],
        )
        return bool(cursor.rowcount == 1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Replied:
    """What has become of a reply; `user` is whose text it answers, `first` that there was none before."""

    user: int
    first: bool


def reply(*, expert: int, review: int, text: str) -> Replied | None:
    """Write the expert's reply to a public text about them, or another in its place; None where it is not theirs.

    What an operator has hidden stays hidden.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO reviews_reply (review_id, text, written_at, hidden_note)"
            " SELECT r.id, %s, platform_now(), '' FROM reviews_review r"
            "  WHERE r.id = %s AND r.expert_id = %s AND r.hidden_at IS NULL"
            " ON CONFLICT (review_id) DO UPDATE SET text = excluded.text, written_at = excluded.written_at"
            " RETURNING (SELECT r.user_id FROM reviews_review r WHERE r.id = review_id), xmax = 0",
            [text, review, expert],
        )
        row = cursor.fetchone()
    return Replied(user=row[0], first=row[1]) if row else None


def take_back(*, expert: int, review: int) -> bool:
    """Remove the expert's own reply; False where there is none, or it is hidden: an operator's note belongs to it."""
    with connection.cursor() as cursor:
        cursor.execute(
            "DELETE FROM reviews_reply p USING reviews_review r WHERE r.id = p.review_id AND p.review_id = %s"
            " AND r.expert_id = %s AND p.hidden_at IS NULL",
            [review, expert],
        )
        return bool(cursor.rowcount == 1)
