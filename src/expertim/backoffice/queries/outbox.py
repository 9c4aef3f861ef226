"""What is done outside: how far each row has come. What it says stays with its recipient."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from expertim.backoffice.queries.reading import PAGE, Page, paged, read

LISTS = {
    "dead": "r.status = 'dead'",
    "waiting": "r.status IN ('waiting', 'leased')",
    "all": "true",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class OutboxRow:
    """One row without its content; `to` are the addresses of a mail."""

    id: int
    kind: str
    status: str
    due_at: datetime
    done_at: datetime | None
    attempts: int
    error: str
    to: list[str]
    too_late: bool
    public_id: str | None  # of the meeting


def rows(*, which: str, before: int | None = None, limit: int = PAGE) -> Page[OutboxRow]:
    """The latest first; `which` is one of LISTS."""
    found = read(
        f"""SELECT r.id, r.kind, r.status, r.due_at, r.done_at, r.attempts, r.last_error AS error,
                   coalesce(r.payload -> 'to', '[]') AS to, coalesce(r.not_after < platform_now(), false) AS too_late,
                   m.public_id
              FROM outbox_row r LEFT JOIN meetings_meeting m ON m.id = r.reference
             WHERE {LISTS[which]} AND (%(before)s::bigint IS NULL OR r.id < %(before)s)
             ORDER BY r.id DESC LIMIT %(limit)s""",
        {"before": before, "limit": limit + 1},
    )
    return paged([OutboxRow(**row) for row in found], numbers=[row["id"] for row in found], limit=limit)
