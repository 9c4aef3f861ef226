"""Warnings about the address that calendars answer to."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, register
from django.core.exceptions import ValidationError
from django.core.validators import validate_email

from expertim.foundation.ids import LENGTH
from expertim.notifications.calendar.addresses import SEAL_LENGTH

_LONGEST_LOCAL_PART = 64  # RFC 5321, 4.5.3.1.1


@register
def answers_can_arrive(**_given: Any) -> list[CheckMessage]:
    """EMAIL_REPLY_ADDRESS has room for the token and is an address with it."""
    given: str = settings.EMAIL_REPLY_ADDRESS
    if not given or _fits(given):
        return []
    return [
        Error(
            "EMAIL_REPLY_ADDRESS cannot be used.",
            hint="It needs one star before the @ and at most 22 other signs there, e.g. reply+*@meet.example.org.",
            id="expertim.E011",
        )
    ]


def _fits(given: str) -> bool:
    local, _at, host = given.replace("*", "0" * (LENGTH + SEAL_LENGTH), 1).rpartition("@")
    try:
        validate_email(f"{local}@{host}")
    except ValidationError:
        return False
    return given.count("*") == 1 and "*" in given.rpartition("@")[0] and len(local) <= _LONGEST_LOCAL_PART
