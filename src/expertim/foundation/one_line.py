"""What may stand where a name stands: in a subject, a list, between other people's words."""

from __future__ import annotations

import unicodedata

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

# They turn round how all that follows is read, beyond the name's own end (Unicode TR 36).
_TURNS = {*"\u202a\u202b\u202c\u202d\u202e", *"\u2066\u2067\u2068\u2069"}
_BREAKS = ("Cc", "Cs", "Zl", "Zp")


def validate_one_line(text: str) -> None:
    """One line with something to be seen in it; raises ValidationError."""
    if any(sign in _TURNS or unicodedata.category(sign) in _BREAKS for sign in text):
        raise ValidationError(_("Line breaks and control characters cannot stand here."), code="one_line")
    if text and all(unicodedata.category(sign)[0] in "ZC" for sign in text):
        raise ValidationError(_("Type something that can be seen."), code="unseen")
