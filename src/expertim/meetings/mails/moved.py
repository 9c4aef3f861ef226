"""The letter that says that credits have moved: how much, what for, and what there is now."""

from __future__ import annotations

from django.utils.translation import gettext as _

from expertim.credits.models import Wallet
from expertim.credits.moves import Movement
from expertim.foundation.addresses import public_address
from expertim.foundation.numbers import credit_words
from expertim.meetings import queries
from expertim.meetings.mails.frame import framed
from expertim.meetings.words.moved import moved_sentence, moved_subject
from expertim.notifications.kinds import Envelope, Letter, Told

_THANKS = Movement.BONUS, Movement.GRANT


def write(told: Told, envelope: Envelope) -> Letter:
    """A movement is never undone, so there is nothing to look at again; the balance is the one at sending."""
    label = queries.labels(ids=[told.reference]).get(told.reference) if told.reference is not None else None
    wallet = Wallet.objects.get(person=envelope.person.pk)
    paragraphs = [moved_sentence(told.values, label, reader=envelope.person.pk)]
    if Movement(told.values["movement"]) in _THANKS:
        paragraphs.append(_("They are yours to use at once, for any meeting."))
    facts = [(_("Available now"), credit_words(wallet.available))]
    if wallet.blocked:
        facts.append((_("Set aside for meetings"), credit_words(wallet.blocked)))
    return framed(
        envelope,
        subject=moved_subject(told.values),
        paragraphs=[*paragraphs, _("Every movement, with the balance after it, stands under My account.")],
        facts=facts,
        button=(_("See my account"), public_address("account")),
        thread=f"meeting.{label['public_id']}" if label else "",
    )
