"""Marking notices as read, at the platform's moment like that of the notice itself; and what people want to be told."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import time
from typing import Any

from django.db import connection, transaction

from expertim.notifications.kinds import CALENDAR, MAIL, PUSH
from expertim.notifications.models import Device, Preference, QuietHours

MOST_DEVICES = 10
_LARGEST = 2**63 - 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """A notice that has been opened, and the meeting's id, or the chat, or the expert's page, that it leads to."""

    kind: str
    meeting: int | None
    chat: str = ""
    expert: tuple[str, str] | None = None  # Expertise and public id
    application: tuple[int, str] | None = None  # its number, and the Expertise


def mark_read(*, person: int, notice: int) -> Opened | None:
    """Mark one of a person's notices as read, keeping the first moment; None where it is not theirs."""
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE notifications_notice SET read_at = coalesce(read_at, platform_now())"
            " WHERE id = %s AND recipient_id = %s RETURNING kind, reference, coalesce(\"values\" ->> 'chat', ''),"
            " \"values\" ->> 'expertise', \"values\" ->> 'expert',"
            " (\"values\" ->> 'application')::bigint, \"values\" ->> 'field'",
            [notice, person],
        )
        row = cursor.fetchone()
    if row is None:
        return None
    kind, meeting, chat, *expert, application, field = row
    return Opened(
        kind=kind,
        meeting=meeting,
        chat=chat,
        expert=(expert[0], expert[1]) if all(expert) else None,
        application=(application, field) if application and field else None,
    )


def mark_all_read(*, person: int, up_to: int) -> int:
    """Mark a person's notices up to a number as read; what came after the page was shown stays unread."""
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE notifications_notice SET read_at = platform_now()"
            " WHERE recipient_id = %s AND read_at IS NULL AND id <= %s",
            [person, up_to],
        )
        return int(cursor.rowcount)


def forget_name(*, name: str, instead: str) -> None:
    """Let notices to others name somebody who has left by another name."""
    with connection.cursor() as cursor:
        cursor.execute(
            'UPDATE notifications_notice SET "values" = replace("values"::text, %(old)s, %(new)s)::jsonb'
            ' WHERE strpos("values"::text, %(old)s) > 0',
            {"old": json.dumps(name, ensure_ascii=False), "new": json.dumps(instead, ensure_ascii=False)},
        )


def tell(notices: list[dict[str, Any]]) -> None:
    """Add notices, with whatever else goes out beside them, to the caller's transaction.

    Each is {recipient, kind, key, reference, values, at, generation, not_after} and what `Kind.asked` says; meetings
    do the same through their own writer.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT notifications_add(%s::jsonb)", [json.dumps(notices)])


def want(
    *,
    person: int,
    mail: Mapping[str, bool],
    quiet: tuple[time, time] | None,
    push: Mapping[str, bool] | None = None,
    calendar: bool = True,
) -> None:
    """Store which kinds a person wants by mail and on their devices, whether meetings come into their calendar by mail,
    and their quiet hours (none: None). What is wanted needs no row.
    """
    with transaction.atomic():
        for channel, wanted in ((MAIL, mail), (PUSH, push or {}), (CALENDAR, {CALENDAR: calendar})):
            on = [kind for kind, yes in wanted.items() if yes]
            Preference.objects.filter(person=person, channel=channel, kind__in=on).delete()
            for kind in (kind for kind, yes in wanted.items() if not yes):
                switch_off(person=person, kind=kind, channel=channel)
        if quiet is None:
            QuietHours.objects.filter(person=person).delete()
        else:
            begins, ends = quiet
            QuietHours.objects.update_or_create(person_id=person, defaults={"begins": begins, "ends": ends})


def switch_off(*, person: int, kind: str, channel: str = MAIL) -> None:
    """No more of that kind to that person on that channel."""
    Preference.objects.update_or_create(person_id=person, kind=kind, channel=channel, defaults={"wanted": False})


def add_device(*, person: int, name: str, endpoint: str, p256dh: str, auth: str) -> None:
    """Push to a browser from now on; of too many the oldest goes. Whoever signs in there later takes it over."""
    with transaction.atomic():
        told = {"person_id": person, "name": name[:80], "p256dh": p256dh, "auth": auth}
        Device.objects.update_or_create(endpoint=endpoint, defaults=told)
        newest = Device.objects.filter(person=person).order_by("-id").values_list("id", flat=True)[:MOST_DEVICES]
        Device.objects.filter(person=person).exclude(id__in=list(newest)).delete()


def remove_device(*, person: int, device: int) -> bool:
    """False where it is not theirs, or gone already."""
    return Device.objects.filter(person=person, pk=min(device, _LARGEST)).delete()[0] > 0
