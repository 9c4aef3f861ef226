"""What one wants to be told by mail, on one's devices and in one's calendar, and when not."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from datetime import time
from itertools import groupby
from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from expertim.notifications.kinds import PUSH, Kind, all_kinds
from expertim.notifications.queries import Wishes

_WHEN = {
    "input_formats": ["%H:%M", "%H.%M", "%H"],
    "required": False,
    "error_messages": {"invalid": gettext_lazy("Type a time of day, like 22:00.")},
}


class WishesForm(forms.Form):
    """A box for each kind that can be switched off, by mail and by push; one for the calendar; two times of day.

    `pushed`: whether this installation pushes, so that there is anything to choose.
    """

    calendar = forms.BooleanField(
        required=False,
        label=gettext_lazy("Meetings come into my calendar by mail"),
        help_text=gettext_lazy("An invitation comes with the mail, and keeps the event right as the meeting changes."),
    )

    begins = forms.TimeField(
        label=gettext_lazy("Quiet from"),
        help_text=gettext_lazy("A time of day in your own zone, like 22:00."),
        widget=forms.TimeInput(format="%H:%M", attrs={"inputmode": "numeric", "autocomplete": "off"}),
        **_WHEN,  # type: ignore[arg-type]  # one set of arguments for both fields
    )
    ends = forms.TimeField(
        label=pgettext_lazy("a time of day", "until"),
        help_text=gettext_lazy("Like 07:00. Leave both empty to be told at any hour."),
        widget=forms.TimeInput(format="%H:%M", attrs={"inputmode": "numeric", "autocomplete": "off"}),
        **_WHEN,  # type: ignore[arg-type]
    )

    def __init__(self, *args: Any, wishes: Wishes, pushed: bool, operator: bool = False, **given: Any) -> None:
        self._shown = [kind for kind in all_kinds() if operator or not kind.for_operators]
        # What is not shown is not chosen either: else somebody made an operator later would have switched it off.
        self._choosable = [kind for kind in self._shown if kind.switchable and kind.by_mail]
        begins, ends = wishes.quiet or (None, None)
        mailed = {kind.code: kind.code not in wishes.off for kind in self._choosable}
        self._pushed = {f"push_{kind.code}": kind for kind in self._shown if PUSH in kind.channels and pushed}
        on_devices = {name: kind.code not in wishes.push_off for name, kind in self._pushed.items()}
        given["initial"] = {"begins": begins, "ends": ends, "calendar": wishes.calendar, **mailed, **on_devices}
        super().__init__(*args, **given)
        for kind in self._choosable:
            self.fields[kind.code] = forms.BooleanField(required=False, label=kind.title)
        for name, kind in self._pushed.items():
            self.fields[name] = forms.BooleanField(required=False, label=kind.title)

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
        return {kind.code: bool(self.cleaned_data[kind.code]) for kind in self._choosable}

    @property
    def push(self) -> dict[str, bool]:
        return {kind.code: bool(self.cleaned_data[name]) for name, kind in self._pushed.items()}

    @property
    def quiet(self) -> tuple[time, time] | None:
        begins, ends = self.cleaned_data["begins"], self.cleaned_data["ends"]
        return (begins, ends) if begins is not None else None

    def groups(self) -> Iterator[tuple[str, list[tuple[Kind, Any]]]]:
        """The kinds under their headings, each with its box or, where it stays on, None."""
        for heading, kinds in groupby(self._shown, key=lambda kind: str(kind.group)):
            yield heading, [(kind, self[kind.code] if kind.switchable else None) for kind in kinds if kind.by_mail]

    def pushes(self) -> list[Any]:
        """The boxes of what comes to devices."""
        return [self[name] for name in self._pushed]


class DeviceForm(forms.Form):
    """What a browser says when it has agreed to be pushed to (RFC 8291, W3C Push API); nobody types it."""

    endpoint = forms.URLField(max_length=1000, assume_scheme="https")
    p256dh = forms.CharField(max_length=100)
    auth = forms.CharField(max_length=40)

    def clean_endpoint(self) -> str:
        endpoint = str(self.cleaned_data["endpoint"])
        if not endpoint.startswith("https://") and not settings.OUTBOUND_PRIVATE:
            raise forms.ValidationError(_("This is not the address of a push service."))
        return endpoint

    def clean_p256dh(self) -> str:
        return _decodable(self.cleaned_data["p256dh"], length=65)  # an uncompressed point of P-256

    def clean_auth(self) -> str:
        return _decodable(self.cleaned_data["auth"], length=16)


def _decodable(text: str, *, length: int) -> str:
    try:
        found = base64.b64decode(text.rstrip("=") + "=" * (-len(text.rstrip("=")) % 4), altchars=b"-_", validate=True)
    except ValueError:
        found = b""
    if len(found) != length:
        raise forms.ValidationError(_("This is not a key."))
    return text.rstrip("=")
