"""The notice that credits have moved: its title, its sentence in the inbox, its subject."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from expertim.credits.moves import Movement
from expertim.foundation.numbers import credit_words
from expertim.meetings.words.notices import others_than

TITLE = gettext_lazy("Credits moved")


def moved_words(values: Mapping[str, Any], label_row: Mapping[str, Any] | None, *, reader: int) -> tuple[str, str]:
    """Title and sentence; `label_row` is the meeting's row of `queries.labels`, if it is about one."""
    return str(TITLE), moved_sentence(values, label_row, reader=reader)


def moved_subject(values: Mapping[str, Any]) -> str:
    amount = credit_words(abs(int(values["amount"])))
    return {
        Movement.DEDUCTION: _("%(amount)s paid for a late cancellation"),
        Movement.PAYMENT: _("%(amount)s paid to you"),
        Movement.BONUS: _("%(amount)s for your first review"),
        Movement.GRANT: _("%(amount)s granted to you"),
    }[Movement(values["movement"])] % {"amount": amount}


def moved_sentence(values: Mapping[str, Any], label_row: Mapping[str, Any] | None, *, reader: int) -> str:
    words = {
        "amount": credit_words(abs(int(values["amount"]))),
        "service": label_row["service_title"] if label_row else "",
        "name": " – ".join(who.name for who in others_than(reader, label_row)) if label_row else "",
        "reason": str(values.get("reason", "")),
    }
    return {
        Movement.DEDUCTION: _("You have paid %(amount)s for cancelling “%(service)s” with %(name)s late."),
        Movement.PAYMENT: _("You have been paid %(amount)s for “%(service)s” with %(name)s."),
        Movement.BONUS: _("You have been given %(amount)s for your first review of %(name)s."),
        Movement.GRANT: _("You have been granted %(amount)s. The reason given: %(reason)s"),
    }[Movement(values["movement"])] % words
