"""Warnings about ways of signing in."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Warning, register

from expertim.foundation.variables import read


@register
def factor_key_is_private(**_given: Any) -> list[CheckMessage]:
    """Nobody else on the machine reads the secrets of second factors."""
    path = settings.DATA_DIR / "factor_key"
    if read("FACTOR_KEY") or not path.exists() or not path.stat().st_mode & 0o077:
        return []
    return [
        Warning(
            "The file factor_key in DATA_DIR can be read by other users of this machine: with the database's rows "
            "they can make everybody's second codes.",
            hint=f"chmod 600 {path}. Do not delete it: nobody's app would be believed any more.",
            id="expertim.W040",
        )
    ]
