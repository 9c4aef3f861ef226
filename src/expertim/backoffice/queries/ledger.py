"""The ledger: every posting with its legs."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from expertim.backoffice.queries.reading import PAGE, Page, Row, paged, read


@dataclass(frozen=True, slots=True, kw_only=True)
class PostingRow:
    """What happened to credits once; `legs` come to zero. `by` is the name of who granted, else what was written."""

    id: int
    kind: str
    cause: str
    at: datetime
    reason: str
    by: str
    public_id: str | None
    service: Any
    legs: list[Row]


def postings(*, kind: str = "", before: int | None = None, limit: int = PAGE) -> Page[PostingRow]:
    """The latest first; of one kind where it is given."""
    rows = read(
        """SELECT p.id, p.kind, p.cause, p.at, p.reason, coalesce(o.name, p.by) AS by, m.public_id,
                  m.service_title AS service,
                  (SELECT jsonb_agg(jsonb_build_object('account', e.account, 'amount', e.amount, 'name', w.name,
                                                       'person', w.public_id) ORDER BY e.id)
                     FROM credits_entry e LEFT JOIN people_person w ON w.id = e.wallet_id
                    WHERE e.posting_id = p.id) AS legs
             FROM credits_posting p LEFT JOIN meetings_meeting m ON m.id = p.reference
             LEFT JOIN people_person o ON p.by = 'operator:' || o.public_id
            WHERE (%(kind)s = '' OR p.kind = %(kind)s) AND (%(before)s::bigint IS NULL OR p.id < %(before)s)
            ORDER BY p.id DESC LIMIT %(limit)s""",
        {"kind": kind, "before": before, "limit": limit + 1},
    )
    return paged([PostingRow(**row) for row in rows], numbers=[row["id"] for row in rows], limit=limit)


def granted(cause: str) -> tuple[int, str] | None:
    """Amount and reason of what was granted under a cause; None where nothing was."""
    rows = read(
        """SELECT e.amount, p.reason FROM credits_posting p
             JOIN credits_entry e ON e.posting_id = p.id AND e.movement = 'grant' WHERE p.cause = %(cause)s""",
        {"cause": cause},
    )
    return (rows[0]["amount"], rows[0]["reason"]) if rows else None
