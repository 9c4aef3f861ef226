"""Warnings about ways of signing in."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Warning, register
from django.db import DatabaseError

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


@register
def services_have_both_their_keys(**_given: Any) -> list[CheckMessage]:
    """Half of a pair shows no button, and says nothing."""
    return [
        Error(
            f"Only one of {name}_CLIENT_ID and {name}_CLIENT_SECRET is set.",
            hint="Set both, as the service shows them, or none.",
            id="expertim.E040",
        )
        for name in ("GOOGLE", "LINKEDIN")
        if bool(read(f"{name}_CLIENT_ID")) != bool(read(f"{name}_CLIENT_SECRET"))
    ]


@register(deploy=True)
def the_legal_texts_are_written(**_given: Any) -> list[CheckMessage]:
    """Where they are not, nobody is asked for anything."""
    from expertim.people.terms import in_force

    try:
        written = {text.kind for text in in_force()}
    except DatabaseError:
        return []  # said already, by the check that looks at the database
    if not (missing := [kind for kind in ("terms", "privacy", "experts", "imprint") if kind not in written]):
        return []
    return [
        Warning(
            f"Of the legal texts these are not written: {', '.join(missing)}.",
            hint="Write them at /operator/legal/; until then nobody is asked to agree to what is missing.",
            id="expertim.W041",
        )
    ]
