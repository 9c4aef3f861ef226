"""Taking rows in hand and saying what became of them.

A claim gives a lease (machine's clock of the database) and a fence token that only grows. Whoever reports on a
row shows the token: a worker that fell asleep over its lease cannot overwrite what the next one did.
"""

from __future__ import annotations

import json
import random
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection

LEASE_SECONDS = 120
# Together some three days: a mail server that is down over a weekend loses nothing.
BACK_OFF_SECONDS = (5, 300, 1800, 7200, 18000, 36000, 86400, 86400)
MOST_ATTEMPTS = len(BACK_OFF_SECONDS) + 1
MOST_DEATHS = 3
_SURVIVED = "deaths = 0"  # who can still say what became of a row did not die of it, and a refusal is no death


@dataclass(frozen=True, slots=True, kw_only=True)
class Claimed:
    """One row in hand."""

    id: int
    kind: str
    payload: dict[str, Any]
    fence: int
    attempts: int
    deaths: int  # 1 where a worker ended with it in hand, more where it had begun to send it
    too_late: bool


# platform_now() stands in a sub-select: called once, and the index on what is open can be used.
# A row whose lease has run out had a worker that died: those come last, or one that kills would kill the next one too.
_CLAIM = """
WITH clock AS MATERIALIZED (SELECT platform_now() AS at),
due AS (
    SELECT id FROM outbox_row
    WHERE status IN ('waiting', 'leased')
      AND due_at <= (SELECT at FROM clock)
      AND kind = ANY(%s)
      AND (retry_at IS NULL OR retry_at <= clock_timestamp())
      AND (lease_until IS NULL OR lease_until <= clock_timestamp())
      AND NOT EXISTS (SELECT FROM outbox_pause)
    ORDER BY priority, due_at, id LIMIT %s
    FOR UPDATE SKIP LOCKED
)
UPDATE outbox_row AS r
SET status = 'leased', lease_until = clock_timestamp() + %s * interval '1 second',
    fence = r.fence + 1, attempts = r.attempts + 1,
    deaths = CASE WHEN r.status = 'leased' THEN greatest(r.deaths, 1) ELSE r.deaths END
FROM due WHERE r.id = due.id
RETURNING r.id, r.kind, r.payload::text, r.fence, r.attempts, r.deaths,
          coalesce(r.not_after <= (SELECT at FROM clock), false), r.priority, r.due_at
"""


def claim(*, kinds: list[str], limit: int) -> list[Claimed]:
    """Take at most `limit` due rows of these kinds in hand, the urgent first; no row is ever in two hands."""
    with connection.cursor() as cursor:
        cursor.execute(_CLAIM, [kinds, limit, LEASE_SECONDS])
        rows = cursor.fetchall()
    return [
        Claimed(
            id=row[0],
            kind=row[1],
            payload=json.loads(row[2]),
            fence=row[3],
            attempts=row[4],
            deaths=row[5],
            too_late=row[6],
        )
        for row in sorted(rows, key=lambda row: (row[5], row[7], row[8], row[0]))
    ]


def begun(row: Claimed) -> bool:
    """Sending of a row that was in a dying worker's hand begins: if this worker dies too, it was this row."""
    return _report(row, "deaths = deaths + 1", [], keep_lease=True)


def done(row: Claimed, *, kept: dict[str, Any] | None = None) -> bool:
    """It has been sent; `kept` joins its payload. False where the row is no longer ours."""
    return _report(
        row,
        "status = 'sent', done_at = clock_timestamp(), last_error = '', payload = payload || %s::jsonb",
        [json.dumps(kept or {})],
    )


def expired(row: Claimed) -> bool:
    """Its time had passed before anybody could send it."""
    return _report(row, "status = 'expired', done_at = clock_timestamp()", [])


def withdrawn(row: Claimed, *, why: str) -> bool:
    """What it would say is no longer so."""
    return _report(row, "status = 'withdrawn', done_at = clock_timestamp(), last_error = %s", [why])


def postponed(row: Claimed, *, until: datetime) -> bool:
    """Not now: its recipient sleeps. It has not used an attempt."""
    return _report(row, f"status = 'waiting', attempts = attempts - 1, due_at = %s, {_SURVIVED}", [until])


def dead(row: Claimed, *, error: str) -> bool:
    """It will not be tried again."""
    return _report(row, "status = 'dead', done_at = clock_timestamp(), last_error = %s", [error])


def failed(row: Claimed, *, error: str) -> bool:
    """It will be tried again, each time later; after the last attempt it is given up."""
    if row.attempts >= MOST_ATTEMPTS:
        return dead(row, error=error)
    # Jitter spreads what failed together, so that it does not come back together.
    seconds = BACK_OFF_SECONDS[row.attempts - 1] * random.uniform(0.8, 1.2)
    return _report(
        row,
        f"status = 'waiting', retry_at = clock_timestamp() + %s * interval '1 second', last_error = %s, {_SURVIVED}",
        [seconds, error],
    )


def given_back(row: Claimed) -> bool:
    """It was not even tried: the lease would have run out first, or the worker is stopping."""
    return _report(row, "status = 'waiting', attempts = attempts - 1", [])


def _report(row: Claimed, change: str, values: list[Any], *, keep_lease: bool = False) -> bool:
    lease = "" if keep_lease else ", lease_until = NULL"
    with connection.cursor() as cursor:
        cursor.execute(
            f"UPDATE outbox_row SET {change}{lease} WHERE id = %s AND fence = %s AND status = 'leased'",
            [*values, row.id, row.fence],
        )
        return bool(cursor.rowcount == 1)
