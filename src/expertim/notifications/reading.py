"""What every channel looks at before it sends: is it wanted, does its reader sleep, how long is it of use."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, time
from typing import Any

from django.db import connection

from expertim.notifications.kinds import CALENDAR, MAIL, Kind, Told, kind_of
from expertim.notifications.models import Notice
from expertim.notifications.quiet import quiet_until
from expertim.outbox.worker import NotNow, Undeliverable, Withdrawn
from expertim.people.models import Person


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """Read when it goes out, not when it was written."""

    now: datetime
    not_after: datetime | None
    wanted: bool
    calendar: bool  # whether meetings come into the person's calendar by mail
    quiet: tuple[time, time] | None


def noticed(payload: dict[str, Any]) -> tuple[Notice, Kind]:
    """The notice that a row is about, and its kind. Raises Withdrawn, Undeliverable."""
    notice = Notice.objects.select_related("recipient").filter(pk=payload["notice"]).first()
    kind = kind_of(payload["kind"])
    if notice is None or not notice.recipient.is_active:
        raise Withdrawn("nobody_there")
    if kind is None:
        raise Undeliverable(f"nobody writes letters of kind {payload['kind']}")
    return notice, kind


def told_by(notice: Notice, payload: dict[str, Any], reading: Reading) -> Told:
    return Told(
        id=notice.pk,
        kind=notice.kind,
        reference=notice.reference,
        generation=payload.get("generation"),
        values=notice.values,
        at=notice.at.astimezone(UTC),
        now=reading.now,
    )


def read(*, person: int, kind: str, channel: str, row: str) -> Reading:
    """One person's wishes for a kind on a channel, and the end of use of an outbox row (its key). One statement."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT platform_now(), (SELECT not_after FROM outbox_row WHERE key = %(row)s),"
            " NOT EXISTS (SELECT 1 FROM notifications_preference WHERE person_id = %(person)s AND kind = %(kind)s"
            " AND channel = %(channel)s AND NOT wanted),"
            " NOT EXISTS (SELECT 1 FROM notifications_preference WHERE person_id = %(person)s"
            " AND channel = %(calendar)s AND NOT wanted),"
            " q.begins, q.ends FROM (SELECT 1) AS one"
            " LEFT JOIN notifications_quiethours q ON q.person_id = %(person)s",
            {"row": row, "person": person, "kind": kind, "channel": channel, "calendar": CALENDAR},
        )
        now, not_after, wanted, calendar, begins, ends = cursor.fetchone()
    return Reading(
        now=now.astimezone(UTC),
        not_after=not_after,
        wanted=wanted,
        calendar=calendar,
        quiet=(begins, ends) if begins is not None else None,
    )


def is_wanted(reading: Reading, kind: Kind, channel: str) -> bool:
    """Some kinds of mail stay whatever a row says, or they would reach nobody who is not looking."""
    return reading.wanted or (channel == MAIL and not kind.switchable)


def respect_the_night(reading: Reading, person: Person, *, about: datetime | None) -> None:
    """Wait for the end of the quiet hours, unless it would come too late then: `about` is the moment it speaks of.

    Raises NotNow.
    """
    if reading.quiet is None:
        return
    begins, ends = reading.quiet
    until = quiet_until(at=reading.now, zone=person.clock.zone, begins=begins, ends=ends)
    too_late_at = reading.not_after or about
    if until is not None and (too_late_at is None or too_late_at <= reading.now or until < too_late_at):
        raise NotNow(until)


def moment_in(notice: Notice) -> datetime | None:
    """The moment that a notice speaks of, if it names one."""
    return datetime.fromisoformat(notice.values["start"]) if notice.values.get("start") else None
