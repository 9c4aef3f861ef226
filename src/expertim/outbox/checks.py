"""Warnings about mail."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Warning, register


@register
def mail_goes_somewhere(**_given: Any) -> list[CheckMessage]:
    """EMAIL_URL can be read, and is there where people wait for mail."""
    from expertim.outbox.mail import mail_server

    if not settings.EMAIL_URL:
        if settings.MOVABLE_CLOCK:
            return []
        return [
            Warning(
                "EMAIL_URL is not set: mail is only written to the worker's log, and nobody can sign up.",
                hint="Set EMAIL_URL, e.g. smtp+tls://user:password@mail.example.org:587.",
                id="expertim.W010",
            )
        ]
    try:
        mail_server(settings.EMAIL_URL)
    except ValueError as error:
        return [Error("EMAIL_URL cannot be read.", hint=str(error), id="expertim.E010")]
    return []
