"""What is typed on the two pages of proposing."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy

from expertim.expertise.rows import ServiceRow, SkillRow
from expertim.foundation.durations import LONGEST_MINUTES, SHORTEST_MINUTES
from expertim.meetings.forms import amount, offer
from expertim.meetings.forms_dates import DateForm, choice
from expertim.meetings.words.refusals import field_problem
from expertim.people.formats import Clock

_MOST_DIGITS = 6  # of a length in minutes; more would not be a number but an attack on int()


@dataclass(frozen=True, slots=True, kw_only=True)
class FreeFor:
    """What free times are shown for: a service, at the length that is typed, if one can be."""

    expertise: str
    title: str
    minutes: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Offered:
    """What an expert may propose: a service for one of its skills."""

    expertise: str
    service: ServiceRow
    skill: str
    label: str

    @property
    def value(self) -> str:
        return f"{self.expertise}/{self.service.id}/{self.skill}"


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
    """P2: one of the expert's own services for a skill, when, how long, at what price.

    Length and price left empty are the service's usual ones: without JavaScript they could not follow the choice.
    """

    service = choice("service", gettext_lazy("What you offer"))
    minutes = forms.CharField(
        label=gettext_lazy("Length in minutes"),
        required=False,
        help_text=gettext_lazy("Left empty: as usual for what you offer."),
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
    )
    price = forms.CharField(
        label=gettext_lazy("Price in credits"),
        required=False,
        help_text=gettext_lazy("Left empty: as usual for what you offer."),
        widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}),
    )
    field_order = ["service", "date", "time", "fold", "minutes", "price", "message"]

    def __init__(self, data: Any = None, *, clock: Clock, offers: Sequence[Offered], **given: Any) -> None:
        super().__init__(data, clock=clock, **given)
        self.offers = {offered.value: offered for offered in offers}
        offer(self, "service", [(offered.value, offered.label) for offered in offers])

    @property
    def free_for(self) -> FreeFor:
        """Of what is chosen, else of the first; a length that cannot be is none."""
        offered = self.offers.get(str(self["service"].value()), next(iter(self.offers.values())))
        typed = str(self["minutes"].value() or "").strip()
        minutes = int(typed) if typed.isascii() and typed.isdecimal() and len(typed) <= _MOST_DIGITS else 0
        usual = offered.service.minutes
        return FreeFor(
            expertise=offered.expertise,
            title=offered.service.title,
            minutes=minutes if SHORTEST_MINUTES <= minutes <= LONGEST_MINUTES else usual,
        )

    def clean_minutes(self) -> int | None:
        text: str = self.cleaned_data["minutes"]
        if not text:
            return None
        if not (text.isascii() and text.isdecimal() and len(text) <= _MOST_DIGITS):
            raise forms.ValidationError(field_problem("minutes", "unreadable"))
        return int(text)

    def clean_price(self) -> int | None:
        text: str = self.cleaned_data["price"]
        return amount("price", text) if text else None

    @property
    def typed(self) -> dict[str, Any]:
        chosen = self.offers[self.cleaned_data["service"]]
        minutes, price = self.cleaned_data["minutes"], self.cleaned_data["price"]
        return super().typed | {
            "expertise": chosen.expertise,
            "service": chosen.service.id,
            "skill": chosen.skill,
            "minutes": chosen.service.minutes if minutes is None else minutes,
            "price": chosen.service.price if price is None else price,
        }
