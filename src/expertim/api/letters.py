"""The letter that a webhook has been switched off."""

from __future__ import annotations

from django.utils.translation import gettext as _

from expertim.api.models import Endpoint
from expertim.foundation.addresses import public_address
from expertim.meetings.mails.frame import framed
from expertim.notifications.kinds import Envelope, Letter, Told
from expertim.outbox.worker import Withdrawn


def write(told: Told, envelope: Envelope) -> Letter:
    """Withdrawn where it has been switched on again, or removed."""
    endpoint = Endpoint.objects.filter(public_id=told.values.get("endpoint", "")).exclude(disabled_at=None).first()
    if endpoint is None:
        raise Withdrawn("no_longer_so")
    page = "webhook" if endpoint.person_id else "operator_webhook"
    return framed(
        envelope,
        subject=_("A webhook has been switched off"),
        paragraphs=[
            _("This address has not taken what we sent, again and again: %(url)s") % {"url": endpoint.url},
            _("Nothing is sent there any more. Once it works again, you can switch the webhook on."),
        ],
        facts=[],
        button=(_("See the webhook"), public_address(page, endpoint.public_id)),
    )
