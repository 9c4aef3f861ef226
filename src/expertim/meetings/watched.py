"""What the outbox asks about meetings: whether time is late, and whose rows are still of use."""

from __future__ import annotations

from typing import Any

from django.db import connection


def oldest_bell() -> float | None:
    """For how many seconds (platform's clock) the meeting that waits longest has been due to be rung; None: none is."""
    [(age,)] = _rows(
        "SELECT extract(epoch FROM (SELECT platform_now()) - min(alarm_at))::float FROM meetings_meeting"
        " WHERE alarm_at <= (SELECT platform_now())",
        {},
    )
    return None if age is None else float(age)


def living(ids: list[int], days: int) -> set[int]:
    """Which of these meetings are not over for so many days yet, or wait for anything still: time, or an operator."""
    rows = _rows(
        """SELECT id FROM meetings_meeting WHERE id = ANY (%(ids)s)
              AND (alarm_at IS NOT NULL OR progress = 'disputed'
                   OR ends_at > (SELECT platform_now()) - make_interval(days => %(days)s))""",
        {"ids": ids, "days": days},
    )
    return {row[0] for row in rows}


def _rows(statement: str, values: dict[str, Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return list(cursor.fetchall())
