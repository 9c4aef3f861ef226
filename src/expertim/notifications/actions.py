"""Marking notices as read. The moment is the platform's, like that of the notice itself."""

from __future__ import annotations

from dataclasses import dataclass

from django.db import connection


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """A notice that has been opened, and the meeting's id that it leads to."""

    meeting: int | None


def mark_read(*, person: int, notice: int) -> Opened | None:
    """Mark one of a person's notices as read, keeping the first moment; None where it is not theirs."""
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE notifications_notice SET read_at = coalesce(read_at, platform_now())"
            " WHERE id = %s AND recipient_id = %s RETURNING reference",
            [notice, person],
        )
        row = cursor.fetchone()
    return Opened(meeting=row[0]) if row else None


def mark_all_read(*, person: int, up_to: int) -> int:
    """Mark a person's notices up to a number as read; what came after the page was shown stays unread."""
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE notifications_notice SET read_at = platform_now()"
            " WHERE recipient_id = %s AND read_at IS NULL AND id <= %s",
            [person, up_to],
        )
        return int(cursor.rowcount)
