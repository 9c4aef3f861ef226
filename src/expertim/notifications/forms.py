"""What one wants to be told by mail, and when not."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import time
from itertools import groupby
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from expertim.notifications.kinds import Kind, all_kinds
from expertim.notifications.queries import Wishes

_WHEN = {
    "input_formats": ["%H:%M", "%H.%M", "%H"],
    "required": False,
    "error_messages": {"invalid": gettext_lazy("Type a time of day, like 22:00.")},
}


class WishesForm(forms.Form):
    """One box for each kind that can be switched off; two times of day."""

    begins = forms.TimeField(
        label=gettext_lazy("No mail from"),
        help_text=gettext_lazy("A time of day in your own zone, like 22:00."),
        widget=forms.TimeInput(format="%H:%M", attrs={"inputmode": "numeric", "autocomplete": "off"}),
        **_WHEN,  # type: ignore[arg-type]  # one set of arguments for both fields
    )
    ends = forms.TimeField(
        label=gettext_lazy("until"),
        help_text=gettext_lazy("Like 07:00. Leave both empty to get mail at any hour."),
        widget=forms.TimeInput(format="%H:%M", attrs={"inputmode": "numeric", "autocomplete": "off"}),
        **_WHEN,  # type: ignore[arg-type]
    )

    def __init__(self, *args: Any, wishes: Wishes, **given: Any) -> None:
        begins, ends = wishes.quiet or (None, None)
        wanted = {kind.code: kind.code not in wishes.off for kind in choosable()}
        given["initial"] = {"begins": begins, "ends": ends, **wanted}
        super().__init__(*args, **given)
        for kind in choosable():
            self.fields[kind.code] = forms.BooleanField(required=False, label=kind.title)

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        begins, ends = given.get("begins"), given.get("ends")
        if self.errors:
            return given
        if (begins is None) != (ends is None):
            missing = "begins" if begins is None else "ends"
            self.add_error(missing, _("Type both times, or leave both empty."))
        elif begins is not None and begins == ends:
            self.add_error("ends", _("Quiet hours that end when they begin would last all day. Type another time."))
        return given

    @property
    def mail(self) -> dict[str, bool]:
        return {kind.code: bool(self.cleaned_data[kind.code]) for kind in choosable()}

    @property
    def quiet(self) -> tuple[time, time] | None:
        begins, ends = self.cleaned_data["begins"], self.cleaned_data["ends"]
        return (begins, ends) if begins is not None else None

    def groups(self) -> Iterator[tuple[str, list[tuple[Kind, Any]]]]:
        """The kinds under their headings, each with its box or, where it stays on, None."""
        for heading, kinds in groupby(all_kinds(), key=lambda kind: str(kind.group)):
            yield heading, [(kind, self[kind.code] if kind.switchable else None) for kind in kinds if kind.by_mail]


def choosable() -> tuple[Kind, ...]:
    return tuple(kind for kind in all_kinds() if kind.switchable and kind.by_mail)
