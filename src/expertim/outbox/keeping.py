"""How long rows are kept when they are done with: for OUTBOX_KEEP_DAYS, and longer while what they are about lives.

A row holds an address and a subject, so it is not kept for ever. What a meeting shows of what was sent must be whole as
long as anybody may ask; which ones those are, the room above says. Nothing is sent twice for want of its row: what a
row was made from (a notice, a version of a meeting) stays, and makes none again.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from django.conf import settings
from django.db import connection

FEWEST_DAYS = 30  # answers of calendars are known by their rows: a repeat must not be answered again

Living = Callable[[list[int], int], set[int]]
_about: list[Living] = []
_from: tuple[datetime, int] | None = None  # where the last look ended; what is kept must not be looked at again at once

_OLD = """
SELECT id, reference, done_at FROM outbox_row
 WHERE done_at < clock_timestamp() - make_interval(days => %(days)s)
   AND (%(at)s::timestamptz IS NULL OR (done_at, id) > (%(at)s, %(id)s))
 ORDER BY done_at, id LIMIT %(limit)s
"""


def keep_what_is_about(living: Living) -> None:
    """Register `living(references, days)`: which of these are not over for so many days, so that their rows stay."""
    _about.append(living)


def keep_days() -> int:
    return max(FEWEST_DAYS, int(settings.OUTBOX_KEEP_DAYS))


def sweep(limit: int) -> int:
    """Drop old rows among the next `limit`; answers how many were looked at."""
    global _from
    at, last = _from or (None, 0)
    with connection.cursor() as cursor:
        cursor.execute(_OLD, {"days": keep_days(), "at": at, "id": last, "limit": limit})
        rows = cursor.fetchall()
        _from = (rows[-1][2], rows[-1][0]) if len(rows) == limit else None
        references = sorted({row[1] for row in rows if row[1] is not None})
        kept = set().union(*(living(references, keep_days()) for living in _about)) if references else set()
        gone = [row[0] for row in rows if row[1] not in kept]
        # Not what somebody has had tried again meanwhile.
        cursor.execute("DELETE FROM outbox_row WHERE id = ANY (%s) AND done_at IS NOT NULL", [gone])
    return len(rows)
