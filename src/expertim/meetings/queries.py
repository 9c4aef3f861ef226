"""Reading meetings: values, a fixed number of statements whatever the number of rows."""

from __future__ import annotations

from django.db import connection


def due_meetings(*, limit: int, person: int | None = None) -> list[int]:
    """Ids of meetings to which time has something to do now, the longest due first."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT id FROM meetings_meeting WHERE alarm_at <= (SELECT platform_now())"
            " AND (%s::bigint IS NULL OR %s::bigint IN (user_id, expert_id)) ORDER BY alarm_at, id LIMIT %s",
            [person, person, limit],
        )
        return [row[0] for row in cursor.fetchall()]
