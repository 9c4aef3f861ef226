"""What a calendar answers (RFC 5546, 6047), read from a mail as values. Never raises: what cannot be read says so.

Written by programs of others and by whoever likes to: nothing here is believed, it is only understood.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from email import message_from_bytes
from email.message import Message
from email.policy import default
from email.utils import getaddresses
from enum import StrEnum
from typing import Any

from icalendar import Calendar, Component

MOST_BYTES = 2_000_000
_MOST_COMMENT = 1500
_RECIPIENTS = ("delivered-to", "x-original-to", "envelope-to", "to", "cc")


class Wish(StrEnum):
    """What an answer asks for."""

    ACCEPT = "accept"
    DECLINE = "decline"
    PERHAPS = "perhaps"
    MOVE = "move"
    UNREADABLE = "unreadable"


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """One answer to one invitation."""

    wish: Wish
    uid: str = ""
    sequence: int = 0
    attendee: str = ""  # an address, as the answer claims it
    organizer: str = ""
    start: datetime | None = None  # the date that is answered, or proposed; UTC, None where there is none to be had
    comment: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Incoming:
    """One mail."""

    key: str  # the same whenever the same mail comes
    message_id: str
    sender: str  # as it claims
    recipients: tuple[str, ...]
    by_itself: bool  # sent by a program: never to be answered
    reply: Reply | None


def read(raw: bytes) -> Incoming:
    """A mail, and the first answer to an invitation that is in it."""
    try:
        return _read(message_from_bytes(raw[:MOST_BYTES], policy=default), raw)
    except RecursionError:  # parts within parts within parts: nobody's calendar writes that
        return _read(message_from_bytes(b"", policy=default), raw)


def _read(message: Message, raw: bytes) -> Incoming:
    message_id = _header(message, "message-id").strip()
    seed = message_id.encode(errors="replace") if message_id else raw
    found = next(_answers(message), None)
    recipients = tuple(address for name in _RECIPIENTS for address in _addresses(message, name))
    return Incoming(
        key=f"mail:{hashlib.sha256(seed).hexdigest()[:40]}",
        message_id=message_id,
        sender=next(iter(_addresses(message, "from")), ""),
        recipients=(*recipients, *((found.organizer,) if found and found.organizer else ())),
        by_itself=_by_itself(message),
        reply=found,
    )


def _answers(message: Message) -> Iterator[Reply]:
    for part in message.walk():
        named = (part.get_filename() or "").lower().endswith(".ics")
        if part.is_multipart() or not (part.get_content_type() in ("text/calendar", "application/ics") or named):
            continue
        reply = _reply(part)
        if reply is not None:
            yield reply


def _reply(part: Message) -> Reply | None:
    """None for what is no answer: an invitation that was forwarded, somebody's own calendar."""
    try:
        payload = part.get_payload(decode=True)
        calendar = Calendar.from_ical(payload if isinstance(payload, bytes) else b"")
        method = str(calendar.get("method") or part.get_param("method") or "").upper()
        if method not in ("REPLY", "COUNTER"):
            return None
        return _of_event(method, next(iter(calendar.walk("VEVENT"))))
    except Exception:  # whatever a parser makes of what anybody may send
        return Reply(wish=Wish.UNREADABLE)


def _of_event(method: str, event: Component) -> Reply:
    attendee = event.get("attendee")
    if isinstance(attendee, list):  # an answer has one (RFC 5546, 3.2.3)
        attendee = attendee[0] if len(attendee) == 1 else None
    partstat = str(attendee.params.get("partstat", "")).upper() if attendee is not None else ""
    start = _moment(event.get("dtstart"))
    wish = {"ACCEPTED": Wish.ACCEPT, "DECLINED": Wish.DECLINE, "TENTATIVE": Wish.PERHAPS}.get(partstat, Wish.UNREADABLE)
    if method == "COUNTER":
        wish = Wish.MOVE if start else Wish.UNREADABLE
    return Reply(
        wish=wish,
        uid=str(event.get("uid") or ""),
        sequence=int(event.get("sequence") or 0),
        attendee=_mailto(attendee),
        organizer=_mailto(event.get("organizer")),
        start=start,
        comment=_comment(event.get("comment")) or _comment(event.get("x-calendarserver-private-comment")),  # Apple's
    )


def _moment(value: Any) -> datetime | None:
    """In UTC; None for a whole day, and for a time that does not say whose clock it is read on."""
    moment: date | None = value.dt if value is not None else None
    if not isinstance(moment, datetime) or moment.tzinfo is None:
        return None
    return moment.astimezone(UTC)


def _comment(value: Any) -> str:
    values = value if isinstance(value, list) else [value] if value is not None else []
    text = "\n".join(str(one).strip() for one in values)
    return "".join(sign for sign in text if sign == "\n" or sign.isprintable())[:_MOST_COMMENT].strip()


def _mailto(value: Any) -> str:
    scheme, _colon, address = str(value or "").partition(":")
    return address.strip().lower() if scheme.lower() == "mailto" else ""


def _addresses(message: Message, name: str) -> list[str]:
    values = [str(value) for value in _all(message, name)]
    return [address.lower() for _name, address in getaddresses(values) if address]


def _by_itself(message: Message) -> bool:
    """Bounces, holiday notices, lists: nobody is there to read an answer."""
    automatic = _header(message, "auto-submitted").split(";")[0].strip().lower() not in ("", "no")
    bulk = _header(message, "precedence").strip().lower() in ("bulk", "junk", "list", "auto_reply")
    return automatic or bulk or _header(message, "return-path").strip() == "<>"


def _header(message: Message, name: str) -> str:
    return str(next(iter(_all(message, name)), ""))


def _all(message: Message, name: str) -> list[Any]:
    try:
        return message.get_all(name, [])
    except (ValueError, IndexError, AttributeError, TypeError):  # headers that Python's own reader trips over
        return []
