"""An expert's right of reply: what is said to a text, and its writer told, both or neither."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from expertim.foundation.addresses import public_address
from expertim.meetings.mails.frame import framed
from expertim.notifications.actions import tell
from expertim.notifications.kinds import Envelope, Kind, Letter, Told, kind_of
from expertim.outbox.worker import Withdrawn
from expertim.people.former import called
from expertim.reviews import actions, queries

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise as Lazy

REVIEW_REPLIED = "review_replied"
_TITLE: Lazy = gettext_lazy("Reply to your words")
KIND = Kind(
    code=REVIEW_REPLIED,
    title=_TITLE,
    group=gettext_lazy("Messages"),
    who=gettext_lazy("who wrote the words"),
    when=gettext_lazy("An expert has replied to your words about them, for the first time"),
    not_after=gettext_lazy("the reply is no longer there"),
)


def reply(*, expert: int, name: str, public_id: str, expertise: str, review: int, text: str) -> bool:
    """Reply to a text about this expert; its writer is told of the first. False where it is not theirs to reply to."""
    kind = kind_of(REVIEW_REPLIED)
    assert kind is not None
    with transaction.atomic():
        replied = actions.reply(expert=expert, review=review, text=text)
        if replied is not None and replied.first:
            values = {"expertise": expertise, "expert": public_id, "person": expert, "name": name, "review": review}
            notice: dict[str, Any] = {"recipient": replied.user, "kind": REVIEW_REPLIED, "key": f"reply:{review}"}
            tell([notice | {"reference": None, "values": values} | kind.asked()])
    return replied is not None


def replied_words(values: dict[str, Any]) -> tuple[str, str]:
    """The notice in the inbox: title and sentence."""
    return str(_TITLE), _("%(name)s has replied to what you wrote about them.") % {"name": called(values["name"])}


def write(told: Told, envelope: Envelope) -> Letter:
    """Withdrawn where the reply has been taken back, or either text has been hidden."""
    values = told.values
    found = queries.one_about(expert=values["person"], review=values["review"])
    if found is None or found.reply is None:
        raise Withdrawn("no_longer_so")
    return framed(
        envelope,
        subject=_("%(name)s has replied to your words") % {"name": called(values["name"])},
        paragraphs=[
            _("%(name)s has replied to what you wrote about them. Everybody can read it below your words.") % values
        ],
        facts=[],
        button=(_("Read the reply"), public_address("expert", values["expertise"], values["expert"])),
    )
