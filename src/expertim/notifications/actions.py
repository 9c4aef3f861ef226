"""Marking notices as read, at the platform's moment like that of the notice itself; and what people want to be told."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import time

from django.db import connection, transaction

from expertim.notifications.kinds import MAIL
from expertim.notifications.models import Preference, QuietHours


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """A notice that has been opened, and the meeting's id that it leads to."""

    meeting: int | None


def mark_read(*, person: int, notice: int) -> Opened | None:
    """Mark one of a person's notices as read, keeping the first moment; None where it is not theirs."""
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE notifications_notice SET read_at = coalesce(read_at, platform_now())"
            " WHERE id = %s AND recipient_id = %s RETURNING reference",
            [notice, person],
        )
        row = cursor.fetchone()
    return Opened(meeting=row[0]) if row else None


def mark_all_read(*, person: int, up_to: int) -> int:
    """Mark a person's notices up to a number as read; what came after the page was shown stays unread."""
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE notifications_notice SET read_at = platform_now()"
            " WHERE recipient_id = %s AND read_at IS NULL AND id <= %s",
            [person, up_to],
        )
        return int(cursor.rowcount)


def want(*, person: int, mail: Mapping[str, bool], quiet: tuple[time, time] | None) -> None:
    """Store which kinds a person wants by mail, and their quiet hours (none: None). What is wanted needs no row."""
    with transaction.atomic():
        Preference.objects.filter(person=person, channel=MAIL, kind__in=[k for k, on in mail.items() if on]).delete()
        for kind in (kind for kind, on in mail.items() if not on):
            switch_off(person=person, kind=kind)
        if quiet is None:
            QuietHours.objects.filter(person=person).delete()
        else:
            begins, ends = quiet
            QuietHours.objects.update_or_create(person_id=person, defaults={"begins": begins, "ends": ends})


def switch_off(*, person: int, kind: str) -> None:
    """No more mail of that kind to that person."""
    Preference.objects.update_or_create(person_id=person, kind=kind, channel=MAIL, defaults={"wanted": False})
