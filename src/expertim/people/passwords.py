"""Which passwords are too easily guessed here, beyond those that Django knows of."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.auth.password_validation import MinimumLengthValidator
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

# Beside the names of the site and its host: what somebody would try first at a place like this (ASVS 6.1.2).
WORDS = ("expertim", "expert", "expertise", "meeting", "credits", "password", "passphrase", "welcome")
_SHORTEST = 4  # letters; parts of a name that are shorter stand in too many good passwords


def context_words() -> tuple[str, ...]:
    """In small letters, the longest first."""
    host = urlsplit(settings.PUBLIC_URL).hostname or ""
    named = re.findall(r"\w+", f"{settings.SITE_NAME} {host}".lower())
    found = {word for word in named if len(word) >= _SHORTEST and not word.isdecimal()} | set(WORDS)
    return tuple(sorted(found, key=lambda word: (-len(word), word)))


class ContextWordsValidator:
    """A word of this place does not count for the length: “expertim-2026” is no password, a phrase around it is."""

    def validate(self, password: str, user: Any = None) -> None:
        left = password.lower()
        for word in context_words():
            left = left.replace(word, "")
        least = MinimumLengthValidator().min_length
        if left != password.lower() and len(left) < least:
            raise ValidationError(self.get_help_text(), code="password_context")

    def get_help_text(self) -> str:
        return _("This password is little more than a word of this place. Add some words of your own.")
