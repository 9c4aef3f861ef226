"""Saying something, reading, blocking, reporting. Moments are the platform's, like those of notices."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass

from django.db import connection, transaction

from expertim.chat.models import MOST_LETTERS, Chat, Message, Report, Welcome
from expertim.foundation import clock


class Blocked(Exception):
    """One of the two has blocked the other; `by_me` says who."""

    def __init__(self, *, by_me: bool) -> None:
        super().__init__(by_me)
        self.by_me = by_me


class Unsaid(ValueError):
    """Nothing in it that could be seen, or too long."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """A message by its number; `news` where its reader had nothing unread from the same writer before."""

    chat: str
    message: int
    news: bool


def said(text: str) -> str:
    """The text as it is kept. Raises Unsaid."""
    text = text.replace("\r\n", "\n").strip()
    if len(text) > MOST_LETTERS or all(unicodedata.category(sign)[0] in "ZC" for sign in text):
        raise Unsaid(text)
    return text


@transaction.atomic
def say(*, writer: int, reader: int, text: str, key: str) -> Said | None:
    """Say something to another person, in their one chat, which begins with it.

    Under a key that was used before nothing happens again, and None is answered. Raises Blocked, Unsaid.
    """
    text = said(text)
    low, high = sorted((writer, reader))
    by_low = writer == low
    now = clock.now()
    chat, _begun = Chat.objects.get_or_create(low_id=low, high_id=high, defaults={"begun_at": now})
    chat = Chat.objects.select_for_update().get(pk=chat.pk)
    if blocker := (chat.low_blocked_at and low) or (chat.high_blocked_at and high):
        raise Blocked(by_me=blocker == writer)
    others_read = chat.high_read if by_low else chat.low_read
    news = not Message.objects.filter(chat=chat, by_low=by_low, id__gt=others_read).exists()
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO chat_message (chat_id, by_low, key, text, at) VALUES (%s, %s, %s, %s, %s)"
            " ON CONFLICT (chat_id, by_low, key) DO NOTHING RETURNING id",
            [chat.pk, by_low, key, text, now],
        )
        if (row := cursor.fetchone()) is None:
            return None
    number = int(row[0])
    # Whoever answers has read what stands above the answer.
    Chat.objects.filter(pk=chat.pk).update(last=number, **{"low_read" if by_low else "high_read": number})
    return Said(chat=chat.public_id, message=number, news=news)


def mark_read(*, person: int, chat: str, up_to: int) -> None:
    """What a person has been shown, never less than before and never more than there is."""
    for side in ("low", "high"):
        Chat.objects.filter(**{"public_id": chat, side: person, f"{side}_read__lt": up_to, "last__gte": up_to}).update(
            **{f"{side}_read": up_to}
        )


def block(*, person: int, chat: str, yes: bool) -> bool:
    """Neither can write while one has blocked the other; False where it was so already."""
    changed = 0
    for side in ("low", "high"):
        mine = Chat.objects.filter(**{"public_id": chat, side: person, f"{side}_blocked_at__isnull": yes})
        changed += mine.update(**{f"{side}_blocked_at": clock.now() if yes else None})
    return changed > 0


def report(*, person: int, chat: str, message: int, reason: str) -> bool:
    """Show the operators a message of the other's; False where that was done before."""
    with connection.cursor() as cursor:
        cursor.execute(
            """INSERT INTO chat_report (message_id, reason, at, note)
               SELECT m.id, %(reason)s, platform_now(), '' FROM chat_message m JOIN chat_chat c ON c.id = m.chat_id
                WHERE m.id = %(message)s AND c.public_id = %(chat)s
                  AND %(person)s = CASE WHEN m.by_low THEN c.high_id ELSE c.low_id END
               ON CONFLICT (message_id) DO NOTHING""",
            {"reason": reason, "message": message, "chat": chat, "person": person},
        )
        return bool(cursor.rowcount)


@transaction.atomic
def settle(*, report: int, by: int, note: str, hide: bool) -> bool:
    """An operator's word on a report; `hide` takes the message out of sight. False where it has been settled before."""
    found = Report.objects.select_for_update(of=("self",)).filter(pk=report, settled_at=None).first()
    if found is None:
        return False
    now = clock.now()
    Report.objects.filter(pk=report).update(settled_at=now, settled_by=by, note=note)
    if hide:
        Message.objects.filter(pk=found.message_id).update(hidden_at=now)
    return True


def welcome(*, person: int, yes: bool) -> None:
    """Whether people whom an expert has never met may begin a chat with them."""
    if yes:
        Welcome.objects.get_or_create(person_id=person, defaults={"since": clock.now()})
    else:
        Welcome.objects.filter(person=person).delete()
