"""What is typed on the two pages of proposing."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy

from expertim.expertise.rows import SkillRow
from expertim.meetings.forms import DateForm, amount, choice, offer
from expertim.meetings.words.refusals import PROBLEMS, field_problem
from expertim.people.formats import Clock

_MOST_DIGITS = 6  # of a length in minutes; more would not be a number but an attack on int()


class ProposeForm(DateForm):
    """P1: which skill of the service, when, and a message."""

    skill = choice("skill", gettext_lazy("What it is about"))
    field_order = ["skill", "date", "time", "fold", "message"]

    def __init__(self, data: Any = None, *, clock: Clock, skills: Iterable[SkillRow], **given: Any) -> None:
        super().__init__(data, clock=clock, **given)
        offer(self, "skill", [(skill.slug, skill.name) for skill in skills])

    @property
    def typed(self) -> dict[str, Any]:
        return super().typed | {"skill": self.cleaned_data["skill"]}


class OfferForm(DateForm):
    """P2: one of the expert's own services for a skill, when, how long, at what price."""

    service = choice("service", gettext_lazy("What you offer"))
    minutes = forms.CharField(
        label=gettext_lazy("Length in minutes"),
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
        error_messages={"required": PROBLEMS["minutes", "unreadable"]},
    )
    price = forms.CharField(
        label=gettext_lazy("Price in credits"),
        widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}),
        error_messages={"required": PROBLEMS["price", "unreadable"]},
    )
    field_order = ["service", "date", "time", "fold", "minutes", "price", "message"]

    def __init__(self, data: Any = None, *, clock: Clock, services: list[tuple[str, str]], **given: Any) -> None:
        super().__init__(data, clock=clock, **given)
        offer(self, "service", services)

    def clean_minutes(self) -> int:
        text: str = self.cleaned_data["minutes"]
        if not (text.isascii() and text.isdecimal() and len(text) <= _MOST_DIGITS):
            raise forms.ValidationError(field_problem("minutes", "unreadable"))
        return int(text)

    def clean_price(self) -> int:
        return amount("price", self.cleaned_data["price"])

    @property
    def typed(self) -> dict[str, Any]:
        expertise, service, skill = self.cleaned_data["service"].split("/")
        return super().typed | {
            "expertise": expertise,
            "service": service,
            "skill": skill,
            "minutes": self.cleaned_data["minutes"],
            "price": self.cleaned_data["price"],
        }
