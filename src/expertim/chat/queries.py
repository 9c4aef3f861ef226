"""Reading chats as values, each reader from their own side: a list, one chat, what is new in it, what was reported."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection

from expertim.chat.models import Chat, Welcome
from expertim.people.former import called

PAGE = 30
MESSAGES = 50
_PREVIEW = 120


@dataclass(frozen=True, slots=True, kw_only=True)
class Other:
    """Whom a chat is with."""

    id: int
    public_id: str
    name: str
    photo: str = ""  # its version, empty where there is none


@dataclass(frozen=True, slots=True, kw_only=True)
class ChatRow:
    """A chat in a list; `unread` is how many messages its reader has not seen, `preview` the newest one's beginning."""

    public_id: str
    other: Other
    last: int
    unread: int
    blocked: bool  # by the reader
    mine: bool  # the newest message
    hidden: bool
    preview: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageRow:
    """One message; `text` is empty where an operator has hidden it."""

    id: int
    mine: bool
    text: str
    hidden: bool
    reported: bool  # by the reader
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """One chat as one of the two sees it: the messages oldest first; `older` is where they go on upwards."""

    public_id: str
    other: Other
    here: bool  # whether the other still has an account
    read: int  # what the reader has seen before
    blocked: bool  # by the reader
    closed: bool  # blocked by either
    messages: tuple[MessageRow, ...]
    older: int | None

    @property
    def newest(self) -> int:
        return self.messages[-1].id if self.messages else 0


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportRow:
    """A reported message, with what an operator needs to judge it; nothing else of the chat is shown."""

    id: int
    text: str
    writer: Other
    reader: Other
    reason: str
    said_at: datetime
    at: datetime
    settled_at: datetime | None
    note: str
    hidden: bool


# `c` a chat, `%(me)s` one of its two; one row each for either side, so that each side's index is used.
_MINE = """(SELECT c.*, true AS i_am_low, c.high_id AS other_id, c.low_read AS my_read,
                   c.low_blocked_at AS my_block FROM chat_chat c WHERE c.low_id = %(me)s
            UNION ALL
            SELECT c.*, false, c.low_id, c.high_read, c.high_blocked_at FROM chat_chat c WHERE c.high_id = %(me)s)"""


def _rows(sql: str, given: dict[str, Any]) -> list[dict[str, Any]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, given)
        names = [column.name for column in cursor.description]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


def chats(*, person: int, before: int | None = None) -> tuple[tuple[ChatRow, ...], int | None]:
    """A person's chats, the one with the newest message first, across all Expertises; and where the list goes on."""
    rows = _rows(
        f"""SELECT c.public_id, c.last, c.my_block IS NOT NULL AS blocked, p.id AS other_id,
                   p.public_id AS other_public_id, p.name AS other_name, p.photo AS other_photo,
                   m.by_low = c.i_am_low AS mine, m.hidden_at IS NOT NULL AS hidden,
                   left(m.text, {_PREVIEW}) AS preview, m.at,
                   (SELECT count(*) FROM chat_message n
                     WHERE n.chat_id = c.id AND n.id > c.my_read AND n.by_low <> c.i_am_low) AS unread
              FROM {_MINE} c JOIN people_person p ON p.id = c.other_id JOIN chat_message m ON m.id = c.last
             WHERE %(before)s::bigint IS NULL OR c.last < %(before)s
             ORDER BY c.last DESC LIMIT {PAGE + 1}""",
        {"me": person, "before": before},
    )
    found = tuple(
        ChatRow(
            public_id=row["public_id"],
            other=_other(row),
            last=row["last"],
            unread=row["unread"],
            blocked=row["blocked"],
            mine=row["mine"],
            hidden=row["hidden"],
            preview="" if row["hidden"] else row["preview"],
            at=row["at"],
        )
        for row in rows[:PAGE]
    )
    return found, found[-1].last if len(rows) > PAGE else None


def opened(*, person: int, chat: str, before: int | None = None, after: int | None = None) -> Opened | None:
    """One chat and its newest messages, or those `before` or `after` a number; None for anybody else's."""
    rows = _rows(
        f"""SELECT c.id, c.public_id, c.my_read, c.my_block IS NOT NULL AS blocked, c.i_am_low,
                   coalesce(c.low_blocked_at, c.high_blocked_at) IS NOT NULL AS closed, p.id AS other_id,
                   p.public_id AS other_public_id, p.name AS other_name, p.photo AS other_photo, p.is_active AS here
              FROM {_MINE} c JOIN people_person p ON p.id = c.other_id WHERE c.public_id = %(chat)s""",
        {"me": person, "chat": chat},
    )
    if not rows:
        return None
    row = rows[0]
    messages = _messages(row, before=before, after=after)
    more = len(messages) > MESSAGES and after is None
    shown = tuple(messages[:MESSAGES] if after is not None else reversed(messages[:MESSAGES]))
    return Opened(
        public_id=row["public_id"],
        other=_other(row),
        here=row["here"],
        read=row["my_read"],
        blocked=row["blocked"],
        closed=row["closed"],
        messages=shown,
        older=shown[0].id if more else None,
    )


def _messages(row: dict[str, Any], *, before: int | None, after: int | None) -> list[MessageRow]:
    found = _rows(
        f"""SELECT m.id, m.by_low = %(i_am_low)s AS mine, m.text, m.hidden_at IS NOT NULL AS hidden, m.at,
                   m.by_low <> %(i_am_low)s AND EXISTS (
                       SELECT FROM chat_report r WHERE r.message_id = m.id) AS reported
              FROM chat_message m
             WHERE m.chat_id = %(chat)s AND (%(before)s::bigint IS NULL OR m.id < %(before)s)
                   AND (%(after)s::bigint IS NULL OR m.id > %(after)s)
             ORDER BY m.id {"DESC" if after is None else "ASC"} LIMIT {MESSAGES + 1}""",
        {"chat": row["id"], "i_am_low": row["i_am_low"], "before": before, "after": after},
    )
    return [
        MessageRow(
            id=one["id"],
            mine=one["mine"],
            text="" if one["hidden"] else one["text"],
            hidden=one["hidden"],
            reported=one["reported"],
            at=one["at"],
        )
        for one in found
    ]


def chat_with(*, person: int, other: int) -> str | None:
    """The address of the chat of these two, if there is one."""
    rows = _rows(f"SELECT c.public_id FROM {_MINE} c WHERE c.other_id = %(other)s", {"me": person, "other": other})
    return str(rows[0]["public_id"]) if rows else None


def have_spoken(*, person: int, other: int) -> bool:
    """Whether either of the two has said anything to the other."""
    low, high = sorted((person, other))
    return Chat.objects.filter(low=low, high=high, last__gt=0).exists()


def is_read(*, message: int) -> bool:
    """Whether its reader has seen a message, or can no longer see it: nobody needs a letter about it then."""
    rows = _rows(
        """SELECT m.hidden_at IS NOT NULL OR m.id <= CASE WHEN m.by_low THEN c.high_read ELSE c.low_read END AS seen
             FROM chat_message m JOIN chat_chat c ON c.id = m.chat_id WHERE m.id = %(message)s""",
        {"message": message},
    )
    return not rows or bool(rows[0]["seen"])


def is_welcome(*, expert: int) -> bool:
    """Whether anybody may begin a chat with this expert."""
    return Welcome.objects.filter(person=expert).exists()


_REPORT = """SELECT r.id, m.text, r.reason, m.at AS said_at, r.at, r.settled_at, r.note,
                    m.hidden_at IS NOT NULL AS hidden, w.id AS writer_id, w.public_id AS writer_public_id,
                    w.name AS writer_name, p.id AS reader_id, p.public_id AS reader_public_id, p.name AS reader_name
               FROM chat_report r JOIN chat_message m ON m.id = r.message_id JOIN chat_chat c ON c.id = m.chat_id
               JOIN people_person w ON w.id = CASE WHEN m.by_low THEN c.low_id ELSE c.high_id END
               JOIN people_person p ON p.id = CASE WHEN m.by_low THEN c.high_id ELSE c.low_id END"""


def report(number: int) -> ReportRow | None:
    rows = _rows(f"{_REPORT} WHERE r.id = %(number)s", {"number": number})
    return _report(rows[0]) if rows else None


def reports(*, settled: bool, before: int | None = None) -> tuple[tuple[ReportRow, ...], int | None]:
    """Reported messages, newest first, open or settled; and where the list goes on."""
    rows = _rows(
        f"""{_REPORT} WHERE (r.settled_at IS NOT NULL) = %(settled)s
               AND (%(before)s::bigint IS NULL OR r.id < %(before)s)
             ORDER BY r.id DESC LIMIT {PAGE + 1}""",
        {"settled": settled, "before": before},
    )
    found = tuple(_report(row) for row in rows[:PAGE])
    return found, found[-1].id if len(rows) > PAGE else None


def _report(row: dict[str, Any]) -> ReportRow:
    said = ("id", "text", "reason", "said_at", "at", "settled_at", "note", "hidden")
    return ReportRow(**{name: row[name] for name in said}, writer=_other(row, "writer"), reader=_other(row, "reader"))


def _other(row: dict[str, Any], name: str = "other") -> Other:
    return Other(
        id=row[f"{name}_id"],
        public_id=row[f"{name}_public_id"],
        name=called(row[f"{name}_name"]),
        photo=row.get(f"{name}_photo", ""),
    )
