"""Reading an inbox as values: codes, never words; what they say is worded by the room they come from."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from expertim.notifications.models import Notice

PAGE = 25


@dataclass(frozen=True, slots=True, kw_only=True)
class NoticeRow:
    id: int
    kind: str
    meeting: int | None  # the notice's reference: a meeting's id
    values: dict[str, Any]
    at: datetime
    read: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class NoticePage:
    """Notices, newest first; `older` is the number to ask the next page with."""

    rows: tuple[NoticeRow, ...]
    older: int | None


def inbox(*, person: int, before: int | None = None, limit: int = PAGE) -> NoticePage:
    """One page of a person's notices, newest first; those before a number."""
    found = Notice.objects.filter(recipient=person).order_by("-id")
    if before is not None:
        found = found.filter(id__lt=before)
    rows = [
        NoticeRow(
            id=notice.pk,
            kind=notice.kind,
            meeting=notice.reference,
            values=notice.values,
            at=notice.at,
            read=notice.read_at is not None,
        )
        for notice in found[: limit + 1]
    ]
    return NoticePage(rows=tuple(rows[:limit]), older=rows[limit - 1].id if len(rows) > limit else None)
