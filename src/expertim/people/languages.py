"""Which language a person is spoken to in."""

from __future__ import annotations

from django.conf import settings


def spoken(wanted: str) -> str:
    """The wanted language where our own words are complete in it, else English.

    Django and allauth bring translations of their own: half a page in each language would be worse than one.
    """
    code = wanted.split("-")[0]
    return code if code in settings.COMPLETE_LANGUAGES else "en"
