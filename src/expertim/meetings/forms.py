"""What is typed on the pages of meetings. Forms judge shapes only; whether an act may be done is the core's to say."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from expertim.expertise.rows import ReasonRow
from expertim.foundation.numbers import credit_words, parse_typed
from expertim.meetings.facts import Act, By, Progress, Said
from expertim.meetings.forms_dates import ActForm, DateForm, choice, long_text
from expertim.meetings.queries import MeetingView
from expertim.meetings.words import outcomes, said_words
from expertim.meetings.words.refusals import PROBLEMS, field_problem
from expertim.people.formats import Clock


class RejectForm(ActForm):
    """A2, D5: a reason of the list, and a message if one likes."""

    reason = choice("reason", gettext_lazy("Reason"), missing=PROBLEMS["reason", "not_offered"])
    message = long_text(
        gettext_lazy("Message"), hint=gettext_lazy("Stands on the timeline; the other person reads it.")
    )

    def __init__(self, data: Any = None, *, clock: Clock, reasons: Iterable[ReasonRow]) -> None:
        super().__init__(data, clock=clock)
        offer(self, "reason", [(reason.code, reason.text) for reason in reasons])


class CancelForm(ActForm):
    """C2-C4: a reason in words."""

    reason = forms.CharField(
        label=gettext_lazy("Reason"),
        help_text=gettext_lazy("The other person reads it."),
        widget=forms.Textarea(attrs={"rows": 4}),
        error_messages={"required": PROBLEMS["reason", "required"]},
    )


class ExpertsEvaluationForm(ActForm):
    """E2: how it went."""

    progress = choice(
        "progress",
        gettext_lazy("How it went"),
        help_text=gettext_lazy("If the platform itself failed, choose the last one."),
    )

    def __init__(self, data: Any = None, *, clock: Clock, other: str, **given: Any) -> None:
        super().__init__(data, clock=clock, **given)
        offer(self, "progress", [(said.value, said_words(said, other=other, mine=True)) for said in Said])

    @property
    def typed(self) -> dict[str, Any]:
        return {"progress": Said(self.cleaned_data["progress"])}


class UsersEvaluationForm(ExpertsEvaluationForm):
    """E1: how it went, stars, and words for others to read (V1)."""

    stars = forms.ChoiceField(
        label=gettext_lazy("Stars"),
        required=False,
        help_text=gettext_lazy("Needed if it went smoothly. Only the operators see them."),
        choices=[(str(n), f"{n} " + "★" * n) for n in range(1, 6)],
        widget=forms.RadioSelect,
        error_messages={"invalid_choice": PROBLEMS["stars", "out_of_range"]},
    )
    review = long_text(gettext_lazy("Your words about the expert"), rows=6)

    @property
    def typed(self) -> dict[str, Any]:
        stars = self.cleaned_data["stars"]
        return super().typed | {"stars": int(stars) if stars else None, "review": self.cleaned_data["review"]}


class SettleForm(ActForm):
    """X1: what became of the meeting, what it costs, and why."""

    outcome = choice("outcome", gettext_lazy("What became of the meeting"), choices=[])
    fee = forms.CharField(
        label=gettext_lazy("Fee in credits"),
        widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}),
        error_messages={"required": PROBLEMS["fee", "unreadable"]},
    )
    note = forms.CharField(
        label=gettext_lazy("Note"),
        help_text=gettext_lazy("Why you decide so. Both parties read it."),
        widget=forms.Textarea(attrs={"rows": 4}),
        error_messages={"required": PROBLEMS["note", "required"]},
    )

    def __init__(self, data: Any = None, *, clock: Clock, price: int, user: str, expert: str) -> None:
        super().__init__(data, clock=clock)
        offer(
            self, "outcome", [(outcome.value, words) for outcome, words in outcomes(user=user, expert=expert).items()]
        )
        self.fields["fee"].help_text = _("From 0 to {price}, the price of the meeting.").format(
            price=credit_words(price)
        )

    def clean_fee(self) -> int:
        return amount("fee", self.cleaned_data["fee"])

    @property
    def typed(self) -> dict[str, Any]:
        return {**self.cleaned_data, "outcome": Progress(self.cleaned_data["outcome"])}


def form_of(
    act: Act,
    data: Any,
    *,
    view: MeetingView,
    clock: Clock,
    reasons: Iterable[ReasonRow] = (),
    review: str | None = None,
) -> ActForm:
    """The form of an act's page, empty or filled with what was sent."""
    if act in (Act.REJECT, Act.ALTERNATIVE_REJECT):
        return RejectForm(data, clock=clock, reasons=reasons)
    if act is Act.CANCEL:
        return CancelForm(data, clock=clock)
    if act is Act.RESCHEDULE:
        day, time = clock.typed(view.situation.start)
        return DateForm(data, clock=clock, initial={"date": day, "time": time})
    if act is Act.EVALUATE and view.my_role is By.USER:
        form = UsersEvaluationForm(data, clock=clock, other=view.expert.name, initial={"review": review or ""})
        form.fields["review"].help_text = review_hint(view, review)
        return form
    if act is Act.EVALUATE:
        return ExpertsEvaluationForm(data, clock=clock, other=view.user.name)
    return ActForm(data, clock=clock)


def review_hint(view: MeetingView, review: str | None) -> str:
    """V1: what these words become, and what they earn."""
    if review is not None:
        return _(
            "You have written about {name} before; this is your text. What you leave here replaces it, "
            "nothing at all leaves it as it is."
        ).format(name=view.expert.name)
    public = _("Everybody reads them on the page of {name}.").format(name=view.expert.name)
    bonus = view.situation.terms.review_bonus
    if not bonus:
        return public
    return public + " " + _("For your first words about somebody you get {bonus}.").format(bonus=credit_words(bonus))


def offer(form: forms.Form, name: str, choices: list[tuple[str, str]]) -> None:
    field = form.fields[name]
    assert isinstance(field, forms.ChoiceField)
    field.choices = choices


def amount(name: str, text: str) -> int:
    """Hundredths from what a person types; a comma is as good as a point."""
    try:
        return parse_typed(text)
    except ValueError:
        raise forms.ValidationError(field_problem(name, "unreadable")) from None
