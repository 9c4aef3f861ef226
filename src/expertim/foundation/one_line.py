"""What may stand where a name stands: in a subject, a list, between other people's words."""

from __future__ import annotations

import unicodedata
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from expertim.foundation.texts import capped

# They turn round how all that follows is read, beyond the name's own end (Unicode TR 36).
_TURNS = {*"\u202a\u202b\u202c\u202d\u202e", *"\u2066\u2067\u2068\u2069"}
_BREAKS = ("Cc", "Cs", "Zl", "Zp")


def validate_one_line(text: str) -> None:
    """One line with something to be seen in it; raises ValidationError."""
    if any(sign in _TURNS or unicodedata.category(sign) in _BREAKS for sign in text):
        raise ValidationError(_("Line breaks and control characters cannot stand here."), code="one_line")
    if text and all(unicodedata.category(sign)[0] in "ZC" for sign in text):
        raise ValidationError(_("Type something that can be seen."), code="unseen")


class LineField(forms.CharField):
    """One line of text: without outer blanks, marks capped, nothing that breaks or turns it."""

    default_validators = [validate_one_line]

    def to_python(self, value: Any) -> str:
        return capped(super().to_python(value) or "")


class TextField(forms.CharField):
    """Some lines of text, marks capped."""

    def __init__(self, *, rows: int = 6, **given: Any) -> None:
        super().__init__(widget=forms.Textarea(attrs={"rows": rows}), **given)

    def to_python(self, value: Any) -> str:
        return capped(super().to_python(value) or "")
