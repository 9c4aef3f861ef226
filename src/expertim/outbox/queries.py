"""Reading the outbox as values."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Q

from expertim.outbox.models import Row

PAGE = 50
LARGEST_NUMBER = 2**63 - 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Mail:
    """One mail as it was written."""

    number: int
    to: tuple[str, ...]
    subject: str
    text: str
    html: str
    due_at: datetime
    status: str
    status_words: str
    error: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MailPage:
    """Mails, newest first; `older` is the number to ask the next page with."""

    mails: tuple[Mail, ...]
    older: int | None


# A notice becomes a mail when it is sent: until then nobody knows what it will say.
_LETTERS = Row.objects.filter(Q(kind="mail") | Q(kind__in=["notice", "calendar"], payload__has_key="subject"))


def mails(*, before: int | None = None) -> MailPage:
    """At most PAGE mails, those before a number; newest first."""
    rows = _LETTERS.order_by("-id")
    if before is not None:
        rows = rows.filter(id__lt=before)
    found = [_mail(row) for row in rows[: PAGE + 1]]
    more = len(found) > PAGE
    shown = tuple(found[:PAGE])
    return MailPage(mails=shown, older=shown[-1].number if more else None)


def mail(number: int) -> Mail | None:
    """One mail, or None where there is none of that number."""
    if number > LARGEST_NUMBER:
        return None
    row = _LETTERS.filter(id=number).first()
    return _mail(row) if row else None


def _mail(row: Row) -> Mail:
    payload: dict[str, Any] = row.payload
    return Mail(
        number=row.pk,
        to=(*payload.get("to", ()), *payload.get("cc", ())),
        subject=payload.get("subject", ""),
        text=payload.get("body", ""),
        html=payload.get("html") or "",
        due_at=row.due_at,
        status=row.status,
        status_words=row.get_status_display(),
        error=row.last_error,
    )
