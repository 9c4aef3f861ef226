"""The letter to operators that a room is not in place."""

from __future__ import annotations

from django.utils.translation import gettext as _

from expertim.foundation.addresses import public_address
from expertim.meetings import queries
from expertim.meetings.mails.frame import framed
from expertim.meetings.words.missing import TITLE, missing_sentence
from expertim.notifications.kinds import Envelope, Letter, Told
from expertim.outbox.worker import Withdrawn
from expertim.video.rooms import still_missing


def write(told: Told, envelope: Envelope) -> Letter:
    """Withdrawn where the room has come into place since, or is no longer needed."""
    label = queries.labels(ids=[told.reference]).get(told.reference) if told.reference is not None else None
    if label is None or told.generation is None or not still_missing(reference=label["id"], generation=told.generation):
        raise Withdrawn("no_longer_so")
    return framed(
        envelope,
        subject=str(TITLE),
        paragraphs=[
            missing_sentence(told.values, label, envelope.person.clock),
            *_what_comes(told),
        ],
        facts=[],
        button=(_("See the meeting"), public_address("meeting", label["public_id"])),
        thread=f"meeting.{label['public_id']}",
    )


def _what_comes(told: Told) -> list[str]:
    if told.values.get("fell_back"):
        return []
    return [_("It is tried again by itself. If it still fails when somebody joins, both use the built-in room.")]
