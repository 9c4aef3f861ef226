"""Sessions that nobody will come back to."""

from __future__ import annotations

from django.db import connection


def sweep(limit: int) -> int:
    """Drop at most `limit` expired sessions; answers how many. Expiry follows the machine's clock."""
    with connection.cursor() as cursor:
        cursor.execute(
            "DELETE FROM django_session WHERE session_key IN (SELECT session_key FROM django_session"
            " WHERE expire_date < clock_timestamp() LIMIT %s FOR UPDATE SKIP LOCKED)",
            [limit],
        )
        return int(cursor.rowcount)
