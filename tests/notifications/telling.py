"""A worker's rounds for the mail of one world's people, and the mails as they were written."""

from __future__ import annotations

from typing import Any

from expertim.foundation import clock
from expertim.meetings.actions import ring_due
from expertim.outbox import claims, worker
from expertim.outbox.models import Row
from expertim.people.models import Person


def rows_of(*people: Person, ways: tuple[str, ...] = ("notice",), **having: Any) -> list[Row]:
    """The notices' rows for these people, in order; `ways` are kinds of rows."""
    return list(Row.objects.filter(kind__in=ways, recipient__in=[p.pk for p in people], **having).order_by("id"))


def kinds_of(*people: Person, **having: Any) -> list[str]:
    return [row.payload["kind"] for row in rows_of(*people, **having)]


def ring_all() -> None:
    while ring_due(limit=200):
        pass


def deliver(*people: Person, ways: tuple[str, ...] = ("notice",)) -> list[Row]:
    """Ring what is due, then send what is due to these people and to nobody else; their rows as they then stand."""
    ring_all()
    now = clock.now()
    for row in rows_of(*people, ways=ways, status="waiting"):
        if row.due_at > now:
            continue
        # As a claim would take it, for one row: other tests' rows stay as they are.
        Row.objects.filter(pk=row.pk).update(status="leased", fence=row.fence + 1, attempts=row.attempts + 1)
        worker._deliver(
            claims.Claimed(
                id=row.pk,
                kind=row.kind,
                payload=row.payload,
                fence=row.fence + 1,
                attempts=row.attempts + 1,
                deaths=0,
                too_late=row.not_after is not None and row.not_after <= now,
            )
        )
    return rows_of(*people, ways=ways)


def letters(*people: Person) -> dict[str, dict[str, Any]]:
    """What was sent to these people, by kind."""
    return {row.payload["kind"]: row.payload for row in deliver(*people) if row.status == "sent"}
