"""Who may begin a chat, and telling its reader: a chat knows neither experts nor meetings nor notices."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django.db import connection, transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from expertim.chat import actions, queries
from expertim.expertise.queries import places_of
from expertim.foundation.addresses import public_address
from expertim.meetings.mails.frame import framed
from expertim.meetings.queries import acquainted
from expertim.notifications.actions import tell
from expertim.notifications.kinds import INBOX, MAIL, PUSH, Envelope, Kind, Letter, Told, kind_of
from expertim.outbox.worker import NotNow, Withdrawn
from expertim.people.former import called

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise as Lazy

CHAT_MESSAGE = "chat_message"
# Whoever is looking at the chat has read by then what is new in it, and needs no letter.
PATIENCE = timedelta(minutes=3)

_TITLE: Lazy = gettext_lazy("New message")
KIND = Kind(
    code=CHAT_MESSAGE,
    title=_TITLE,
    group=gettext_lazy("Messages"),
    who=gettext_lazy("the other party"),
    when=gettext_lazy("Somebody has written to you and you have nothing unread from them; after three minutes"),
    not_after=gettext_lazy("the message has been read"),
    channels=(INBOX, MAIL, PUSH),
)


def may_begin(*, person: int, other: int) -> bool:
    """Whether a person may begin a chat with another one.

    A user with an expert who lets anybody write; an expert with whoever they have ever had a meeting with. Once there
    are words in a chat, both may go on.
    """
    if person == other:
        return False
    if queries.have_spoken(person=person, other=other):
        return True
    if queries.is_welcome(expert=other) and places_of(other):
        return True
    return acquainted(expert=person, other=other) and bool(places_of(person))


def say(*, writer: int, writer_name: str, reader: int, text: str, key: str) -> str:
    """Say something and tell the reader, both or neither; the chat's public id. Raises chat.actions' refusals."""
    kind = kind_of(CHAT_MESSAGE)
    assert kind is not None
    with transaction.atomic():
        said = actions.say(writer=writer, reader=reader, text=text, key=key)
        if said is not None and said.news:
            values = {"chat": said.chat, "message": said.message, "name": writer_name}
            notice: dict[str, Any] = {"recipient": reader, "kind": CHAT_MESSAGE, "key": f"message:{said.message}"}
            tell([notice | {"reference": None, "values": values} | kind.asked()])
    found = queries.chat_with(person=writer, other=reader)
    assert found is not None
    return found


def mark_read(*, person: int, chat: str, up_to: int) -> None:
    """What a person has been shown of a chat, and the notices about it."""
    actions.mark_read(person=person, chat=chat, up_to=up_to)
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE notifications_notice SET read_at = platform_now() WHERE recipient_id = %s AND kind = %s"
            " AND read_at IS NULL AND \"values\" ->> 'chat' = %s AND (\"values\" ->> 'message')::bigint <= %s",
            [person, CHAT_MESSAGE, chat, up_to],
        )


def message_words(values: dict[str, Any]) -> tuple[str, str]:
    """The notice in the inbox: title and sentence. What was said stands in the chat only."""
    return str(_TITLE), _("%(name)s has written to you.") % {"name": called(values["name"])}


def write(told: Told, envelope: Envelope) -> Letter:
    """Withdrawn once the message has been read; what was said is not sent by mail, where others may read it."""
    if told.now < told.at + PATIENCE:
        raise NotNow(told.at + PATIENCE)
    if queries.is_read(message=told.values["message"]):
        raise Withdrawn("no_longer_so")
    return framed(
        envelope,
        subject=_("%(name)s has written to you") % {"name": called(told.values["name"])},
        paragraphs=[
            _("You have a new message from %(name)s. It stands in your chat with them, where you can answer.")
            % {"name": called(told.values["name"])}
        ],
        facts=[],
        button=(_("Read the message"), public_address("chat", told.values["chat"])),
        thread=f"chat.{told.values['chat']}",
    )
