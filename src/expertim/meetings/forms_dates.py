"""What forms of meetings are made of, and the date: one of the free times, or one that is typed."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from expertim.meetings.words.refusals import PROBLEMS, field_problem
from expertim.people.formats import Clock, NoSuchTime, TwiceThatTime

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise as Lazy

OTHER = "other"  # instead of a free time of the list: the one that is typed
_EXAMPLE = datetime(2027, 12, 31, 12, tzinfo=UTC)


def long_text(label: Lazy, *, required: bool = False, hint: Lazy | str = "", rows: int = 4) -> forms.CharField:
    return forms.CharField(
        label=label,
        required=required,
        help_text=hint,
        widget=forms.Textarea(attrs={"rows": rows}),
    )


def choice(name: str, label: Lazy, *, missing: Lazy | None = None, **given: Any) -> forms.ChoiceField:
    """Radio buttons: a list that is read, not unfolded."""
    return forms.ChoiceField(
        label=label,
        widget=forms.RadioSelect,
        error_messages={
            "required": missing or PROBLEMS[name, "required"],
            "invalid_choice": PROBLEMS.get((name, "not_offered"), PROBLEMS[name, "required"]),
        },
        **given,
    )


class ActForm(forms.Form):
    """An act with nothing to type."""

    use_required_attribute = False  # our own words, all at once, instead of the browser's one by one

    def __init__(self, data: Any = None, *, clock: Clock, **given: Any) -> None:
        super().__init__(data, label_suffix="", **given)
        self.clock = clock

    def clean(self) -> dict[str, Any] | None:
        """Each field once: no page sends two answers, and of two neither is what somebody has chosen."""
        for name in self.fields:
            if isinstance(self.data, QueryDict) and len(self.data.getlist(name)) > 1:
                self.add_error(name, _("Only one answer can be taken here."))
        return super().clean()

    @property
    def typed(self) -> dict[str, Any]:
        """What `perform` and `propose` are given; of a valid form."""
        return dict(self.cleaned_data)

    def refuse(self, name: str, problem: str) -> None:
        """Put what is wrong beside the field it is about, or on top where no field of this page is."""
        field = {"start": "date"}.get(name, name)
        self.add_error(field if field in self.fields else None, problem)


class DateForm(ActForm):
    """A date as the person writes it, a time, and which of the two where the clocks go back."""

    date = forms.CharField(
        label=gettext_lazy("Date"),
        widget=forms.TextInput(attrs={"autocomplete": "off", "inputmode": "text"}),
        error_messages={"required": PROBLEMS["start", "required"]},
    )
    time = forms.CharField(
        label=gettext_lazy("Time"),
        widget=forms.TextInput(attrs={"autocomplete": "off", "list": "quarters"}),
        error_messages={"required": PROBLEMS["start", "required"]},
    )
    fold = forms.ChoiceField(
        label=gettext_lazy("Which of the two"),
        required=False,
        choices=[("0", ""), ("1", "")],
        widget=forms.RadioSelect,
    )
    message = long_text(
        gettext_lazy("Message"), hint=gettext_lazy("Stands on the timeline; the other person reads it.")
    )
    at = forms.CharField(required=False, max_length=40, widget=forms.HiddenInput)  # a free time of the list

    def __init__(self, data: Any = None, *, clock: Clock, **given: Any) -> None:
        super().__init__(data, clock=clock, **given)
        self.twice: tuple[datetime, datetime] | None = None
        if self.from_list:
            for name in ("date", "time"):
                self.fields[name].required = False
        self.fields["date"].help_text = _("For example {date}").format(date=clock.date(_EXAMPLE))
        self.fields["time"].help_text = _("Such as 14:30, by the clocks of {zone}").format(zone=clock.zone_name)

    @property
    def chosen(self) -> str:
        """The free time that was chosen from the list, as it was sent."""
        return str(self.data.get("at", self.initial.get("at", ""))).strip()

    @property
    def from_list(self) -> bool:
        return self.chosen not in ("", OTHER)

    def clean(self) -> dict[str, Any]:
        typed: dict[str, Any] = super().clean() or {}
        if self.from_list:
            return self._chosen(typed)
        if "date" not in typed or "time" not in typed:
            return typed
        fold = typed.get("fold")
        try:
            self.clock.instant(typed["date"], typed["time"])
        except NoSuchTime:
            self.add_error("time", field_problem("start", "no_such_time"))
        except TwiceThatTime as twice:
            self._choose(twice.instants, fold)
        except (ValueError, OverflowError):
            self.add_error("date", field_problem("start", "unreadable"))
        if not self.errors:
            typed["start"] = self.clock.instant(typed["date"], typed["time"], fold=int(fold) if fold else None)
        return typed

    def _chosen(self, typed: dict[str, Any]) -> dict[str, Any]:
        """A time of the list; what is typed beside it must not say something else."""
        if typed.get("date") or typed.get("time"):
            self.add_error("date", field_problem("start", "two"))
            return typed
        try:
            start = datetime.fromisoformat(self.chosen)
        except ValueError:
            start = None
        # Beyond these years no clock can show it.
        if start is None or start.tzinfo is None or not 1971 <= start.year <= 9000:
            self.add_error("date", field_problem("start", "unreadable"))
        else:
            typed["start"] = start
        return typed

    def _choose(self, instants: tuple[datetime, datetime], fold: str | None) -> None:
        self.twice = instants
        field = self.fields["fold"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [(str(i), self.clock.moment(instant)) for i, instant in enumerate(instants)]
        if not fold:
            self.add_error("fold", field_problem("start", "twice"))

    @property
    def start(self) -> datetime | None:
        """The moment as it was understood, once it was."""
        return getattr(self, "cleaned_data", {}).get("start")

    @property
    def typed(self) -> dict[str, Any]:
        return {"start": self.cleaned_data["start"], "message": self.cleaned_data["message"]}
