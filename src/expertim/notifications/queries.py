"""Reading an inbox, wishes and what was sent, as values: codes, never words; their room words them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time
from typing import Any

from django.db import connection

from expertim.notifications.kinds import CALENDAR, MAIL, PUSH
from expertim.notifications.models import Device, Notice, Preference, QuietHours

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


@dataclass(frozen=True, slots=True, kw_only=True)
class Wishes:
    """What a person has switched off, and when they sleep."""

    off: frozenset[str]  # kinds, by mail
    quiet: tuple[time, time] | None
    push_off: frozenset[str] = frozenset()
    calendar: bool = True


def wishes(*, person: int) -> Wishes:
    off = {MAIL: set[str](), PUSH: set[str](), CALENDAR: set[str]()}
    for channel, kind in Preference.objects.filter(person=person, wanted=False).values_list("channel", "kind"):
        off[channel].add(kind)
    night = QuietHours.objects.filter(person=person).first()
    return Wishes(
        off=frozenset(off[MAIL]),
        push_off=frozenset(off[PUSH]),
        calendar=not off[CALENDAR],
        quiet=(night.begins, night.ends) if night else None,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class DeviceRow:
    """A device that is pushed to; moments by the machine's clock."""

    id: int
    name: str
    made_at: datetime
    last_at: datetime | None


def devices(*, person: int) -> tuple[DeviceRow, ...]:
    """In the order in which they were added."""
    found = Device.objects.filter(person=person).order_by("id").values("id", "name", "made_at", "last_at")
    return tuple(DeviceRow(**row) for row in found)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """One thing sent about a meeting and what became of it; `at` is when it was sent, or is or was due."""

    number: int
    way: str  # notice (by mail), calendar, push, mail (an answer to a calendar's answer)
    kind: str  # of a notice; else empty
    recipient: int
    name: str
    status: str
    why: str  # of a withdrawn one: a code
    at: datetime


_SENT = """
SELECT r.id, r.kind, coalesce(r.payload ->> 'kind', ''), r.recipient, coalesce(p.name, ''), r.status,
       CASE WHEN r.status = 'withdrawn' THEN r.last_error ELSE '' END,
       coalesce((r.payload ->> 'at')::timestamptz, r.due_at)
  FROM outbox_row r LEFT JOIN people_person p ON p.id = r.recipient
 WHERE r.kind IN ('notice', 'calendar', 'push', 'mail') AND r.reference = %(meeting)s
   AND (%(person)s::bigint IS NULL OR r.recipient = %(person)s)
 ORDER BY r.id
"""


def sent_about(*, meeting: int, person: int | None = None) -> tuple[Sent, ...]:
    """All that went out about one meeting (its id), oldest first: to one person, or to everybody."""
    with connection.cursor() as cursor:
        cursor.execute(_SENT, {"meeting": meeting, "person": person})
        names = ("number", "way", "kind", "recipient", "name", "status", "why", "at")
        return tuple(Sent(**dict(zip(names, row, strict=True))) for row in cursor.fetchall())
