"""The channel mail: what a notice says is written when it is sent, as its meeting stands then."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime, time
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core import signing
from django.db import connection
from django.urls import reverse
from django.utils.translation import override

from expertim.notifications.kinds import MAIL, Envelope, Kind, Letter, Told, kind_of, writer_of
from expertim.notifications.models import Notice
from expertim.notifications.quiet import quiet_until
from expertim.outbox import mail as post
from expertim.outbox.worker import NotNow, Undeliverable, Withdrawn
from expertim.people.languages import spoken
from expertim.people.models import Person

_SALT = "expertim.unsubscribe"
_CONTROLS = re.compile(r"[\x00-\x1f\x7f\u2028\u2029]+")
_LONGEST_SUBJECT = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What is looked at before anything is written."""

    now: datetime
    not_after: datetime | None
    about: datetime | None  # the moment that the notice speaks of, if it names one
    wanted: bool
    quiet: tuple[time, time] | None


def send(payload: dict[str, Any]) -> dict[str, Any]:
    """The sender of rows of kind "notice"; answers what the row keeps: to whom, under which subject, when.

    Raises what the worker understands: Withdrawn, NotNow, Undeliverable.
    """
    notice = Notice.objects.select_related("recipient").filter(pk=payload["notice"]).first()
    kind = kind_of(payload["kind"])
    if notice is None or not notice.recipient.is_active:
        raise Withdrawn("nobody_there")
    if kind is None:
        raise Undeliverable(f"nobody writes letters of kind {payload['kind']}")
    reading = _read(notice, kind)
    if not reading.wanted:
        raise Withdrawn("switched_off")
    _respect_the_night(reading, kind, notice.recipient)
    told = Told(
        id=notice.pk,
        kind=notice.kind,
        reference=notice.reference,
        generation=payload.get("generation"),
        values=notice.values,
        at=notice.at.astimezone(UTC),
        now=reading.now,
    )
    message = _written(told, kind, notice.recipient)
    post.send(message)
    return _kept(message, reading.now)


def _read(notice: Notice, kind: Kind) -> Reading:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT platform_now(), (SELECT not_after FROM outbox_row WHERE key = %s),"
            " (SELECT wanted FROM notifications_preference WHERE person_id = %s AND kind = %s AND channel = %s),"
            " q.begins, q.ends FROM (SELECT 1) AS one LEFT JOIN notifications_quiethours q ON q.person_id = %s",
            [f"notice:{notice.recipient_id}:{notice.key}", notice.recipient_id, kind.code, MAIL, notice.recipient_id],
        )
        now, not_after, wanted, begins, ends = cursor.fetchone()
    return Reading(
        now=now.astimezone(UTC),
        not_after=not_after,
        about=datetime.fromisoformat(notice.values["start"]) if notice.values.get("start") else None,
        wanted=wanted is not False or not kind.switchable,
        quiet=(begins, ends) if begins is not None else None,
    )


def _respect_the_night(reading: Reading, kind: Kind, person: Person) -> None:
    """Wait for the end of the quiet hours, unless it would come too late then."""
    if not kind.quiet or reading.quiet is None:
        return
    begins, ends = reading.quiet
    until = quiet_until(at=reading.now, zone=person.clock.zone, begins=begins, ends=ends)
    too_late_at = reading.not_after or reading.about
    if until is not None and (too_late_at is None or too_late_at <= reading.now or until < too_late_at):
        raise NotNow(until)


def _written(told: Told, kind: Kind, person: Person) -> dict[str, Any]:
    """The whole message. A letter that cannot be written is given up at once: a repeat would fail as well."""
    write = writer_of(kind.code)
    assert write is not None
    leave = absolute(reverse("unsubscribe", args=[leave_token(person=person.pk, kind=kind.code)]))
    envelope = Envelope(
        person=person,
        settings_address=absolute(reverse("notification_settings")),
        leave_address=leave if kind.switchable else "",
    )
    with override(spoken(person.language)):
        try:
            letter = write(told, envelope)
        except (Withdrawn, NotNow):
            raise
        except (LookupError, TypeError, ValueError, AttributeError, RuntimeError) as error:
            raise Undeliverable(f"the letter cannot be written: {error!r}") from error
    return {
        "from": settings.DEFAULT_FROM_EMAIL,
        "to": [person.email],
        "subject": one_line(letter.subject),
        "body": letter.text,
        "html": letter.html,
        "calendar": {"method": letter.calendar[0], "text": letter.calendar[1]} if letter.calendar else None,
        "headers": _headers(told, letter, envelope),
    }


def _headers(told: Told, letter: Letter, envelope: Envelope) -> dict[str, str]:
    host = urlsplit(settings.PUBLIC_URL).hostname or "localhost"
    # Of the notice alone: sent twice by whatever accident, it is shown once by most readers. With its moment, because
    # a database that was restored to an earlier day gives the same number again.
    message_id = f"<notice.{told.id}.{int(told.at.timestamp()):x}@{host}>"
    headers = {"Message-ID": message_id, "Auto-Submitted": "auto-generated"}
    if letter.thread:
        headers["References"] = headers["In-Reply-To"] = f"<{letter.thread}@{host}>"
    if envelope.leave_address:  # RFC 8058
        headers["List-Unsubscribe"] = f"<{envelope.leave_address}>"
        headers["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    return headers


def _kept(message: dict[str, Any], now: datetime) -> dict[str, Any]:
    kept = {"to": message["to"], "subject": message["subject"], "at": now.isoformat()}
    if settings.MOVABLE_CLOCK:  # there /demo/mail/ shows the whole of it
        kept |= {"body": message["body"], "html": message["html"]}
    return kept


def one_line(text: str) -> str:
    """A header's text: no line of its own can be begun in it."""
    return " ".join(_CONTROLS.sub(" ", text).split())[:_LONGEST_SUBJECT]


def absolute(path: str) -> str:
    return f"{settings.PUBLIC_URL}{path}"


def leave_token(*, person: int, kind: str) -> str:
    """Names whom and what a one-click unsubscription is about; nobody else can make one."""
    return signing.dumps([person, kind], salt=_SALT)


def left(token: str) -> tuple[int, Kind]:
    """Whom and what a token is about. Raises ValueError for one that is not ours, or of a kind that stays."""
    try:
        person, code = signing.loads(token, salt=_SALT)
    except signing.BadSignature as error:
        raise ValueError("not one of our tokens") from error
    kind = kind_of(code)
    if kind is None or not kind.switchable:
        raise ValueError("not a kind that can be switched off")
    return person, kind
