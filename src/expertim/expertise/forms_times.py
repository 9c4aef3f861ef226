"""What is typed about one's times: days and hours as one writes them, one line for each weekday."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from expertim.expertise.free_times import LONGEST_BUFFER, Span, read_spans, spans_text
from expertim.expertise.models_times import LARGEST_LIMIT, LONGEST_NOTICE
from expertim.people.formats import Clock

_PLAIN = {"autocomplete": "off"}
_DIGITS = {"autocomplete": "off", "inputmode": "numeric"}
_UNREADABLE = gettext_lazy("Type hours such as 9:00-12:00, 13:00-17:00.")
_BACKWARDS = gettext_lazy(
    "Hours end after they begin, at 24:00 at the latest. What goes on after midnight is the next day's."
)
_DAY_UNREADABLE = gettext_lazy("Type the day as in the example.")
_LATEST = date(2200, 1, 1)


class HoursField(forms.CharField):
    """Hours of a day as typed; an empty field is an answer too: a day without."""

    def __init__(self, **given: Any) -> None:
        super().__init__(max_length=200, widget=forms.TextInput(attrs=_PLAIN), **given)

    def clean(self, value: Any) -> tuple[Span, ...]:
        text = str(self.to_python(value))
        self.run_validators(text)
        try:
            return read_spans(text)
        except ValueError as error:
            raise forms.ValidationError(_BACKWARDS if str(error) == "backwards" else _UNREADABLE) from None


class DayField(forms.CharField):
    """A day in the person's own format."""

    def __init__(self, **given: Any) -> None:
        super().__init__(max_length=40, widget=forms.TextInput(attrs=_PLAIN), **given)
        self.error_messages["required"] = _DAY_UNREADABLE
        self.clock: Clock | None = None

    def clean(self, value: Any) -> date:
        text = super().clean(value)
        if self.clock is None:
            raise TypeError("no clock to read the day by")
        try:
            day = self.clock.local(self.clock.instant(text, "12:00")).date()
        except (ValueError, OverflowError):
            raise forms.ValidationError(_DAY_UNREADABLE) from None
        if day > _LATEST:
            raise forms.ValidationError(_DAY_UNREADABLE)
        return day


class TimesForm(forms.Form):
    """One form of the page; its fields carry the form's name, so that several stand on one page."""

    use_required_attribute = False

    def __init__(self, data: Any = None, *, clock: Clock, now: datetime, prefix: str = "", **given: Any) -> None:
        super().__init__(data, label_suffix="", prefix=prefix or None, **given)
        self.clock = clock
        for name in self.fields:
            field = self.fields[name]
            if isinstance(field, DayField):
                field.clock = clock
                field.help_text = _("For example {date}").format(date=clock.date(now))


class WeekForm(TimesForm):
    """Seven lines."""

    def __init__(self, data: Any = None, *, weekly: tuple[tuple[Span, ...], ...], **given: Any) -> None:
        initial = {f"day_{day}": spans_text(spans) for day, spans in enumerate(weekly)}
        super().__init__(data, initial=initial, **given)
        days = (
            _("Monday"), _("Tuesday"), _("Wednesday"), _("Thursday"), _("Friday"), _("Saturday"), _("Sunday"),
        )  # fmt: skip
        for day, name in enumerate(days):
            self.fields[f"day_{day}"] = HoursField(label=name)

    @property
    def weekly(self) -> tuple[tuple[Span, ...], ...]:
        return tuple(self.cleaned_data[f"day_{day}"] for day in range(7))


class DayForm(TimesForm):
    on = DayField(label=gettext_lazy("Day"))
    hours = HoursField(
        label=gettext_lazy("Hours on that day"), help_text=gettext_lazy("Such as 10:00-14:00. Left empty: a day off.")
    )


class HolidayForm(TimesForm):
    first_on = DayField(label=gettext_lazy("First day"))
    last_on = DayField(label=gettext_lazy("Last day"))

    def clean(self) -> dict[str, Any]:
        typed = super().clean() or {}
        if not self.errors and typed["last_on"] < typed["first_on"]:
            self.add_error("last_on", _("The last day comes after the first."))
        return typed


class AroundForm(TimesForm):
    """Notice in hours, buffer in minutes, meetings a day."""

    notice = forms.IntegerField(
        label=gettext_lazy("Shortest notice, in hours"),
        help_text=gettext_lazy("How long before its start a meeting can still be proposed at a free time."),
        min_value=0,
        max_value=LONGEST_NOTICE // 60,
        widget=forms.TextInput(attrs=_DIGITS),
    )
    buffer = forms.IntegerField(
        label=gettext_lazy("Time between meetings, in minutes"),
        help_text=gettext_lazy("Kept free before and after everything else you have."),
        min_value=0,
        max_value=LONGEST_BUFFER,
        widget=forms.TextInput(attrs=_DIGITS),
    )
    limit = forms.IntegerField(
        label=gettext_lazy("Meetings a day at most"),
        help_text=gettext_lazy("Left empty: as many as fit."),
        required=False,
        min_value=1,
        max_value=LARGEST_LIMIT,
        widget=forms.TextInput(attrs=_DIGITS),
    )


class CalendarForm(TimesForm):
    """A calendar elsewhere."""

    name = forms.CharField(
        label=gettext_lazy("What you call it"), max_length=80, widget=forms.TextInput(attrs=_PLAIN), strip=True
    )
    address = forms.CharField(
        label=gettext_lazy("Its address"),
        max_length=2000,
        help_text=gettext_lazy("It begins with https:// or webcal:// and often ends with .ics. Only we read it."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "inputmode": "url", "spellcheck": "false"}),
    )


class PauseForm(TimesForm):
    until = DayField(label=gettext_lazy("First day on which you take proposals again"))

    def __init__(self, data: Any = None, *, now: datetime, **given: Any) -> None:
        super().__init__(data, now=now, **given)
        self.now = now

    def clean_until(self) -> datetime:
        """The beginning of that day, which must be to come."""
        day: date = self.cleaned_data["until"]
        moment = self.clock.midnight(day)
        if moment <= self.now:
            raise forms.ValidationError(_("Choose a day to come."))
        return moment
