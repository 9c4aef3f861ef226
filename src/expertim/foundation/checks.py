"""Warnings about settings that are dangerous on a machine that others reach."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Warning, register

SHORTEST_KEY = 32


@register
def secret_key_is_long(**_given: Any) -> list[CheckMessage]:
    """Sessions and reset links are only as strong as the key that signs them."""
    if len(settings.SECRET_KEY) >= SHORTEST_KEY:
        return []
    return [
        Error(
            f"SECRET_KEY has fewer than {SHORTEST_KEY} characters.",
            hint="Unset it: a good one is made and kept in DATA_DIR/secret_key.",
            id="expertim.E001",
        )
    ]


@register
def nothing_for_trials_in_public(**_given: Any) -> list[CheckMessage]:
    """DEBUG and the movable clock stay at home."""
    found: list[CheckMessage] = []
    if settings.DEBUG:
        found.append(
            Warning(
                "DEBUG is on: whoever causes an error sees our code and settings.",
                hint="Unset DEBUG on any machine that others reach.",
                id="expertim.W001",
            )
        )
    if settings.MOVABLE_CLOCK and settings.PUBLIC_URL.startswith("https://"):
        found.append(
            Warning(
                "EXPERTIM_MOVABLE_CLOCK is set at a public address: anybody may move the clock and read all mail.",
                hint="Unset EXPERTIM_MOVABLE_CLOCK wherever credits or people are real.",
                id="expertim.W002",
            )
        )
    return found
