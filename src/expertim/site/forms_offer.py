"""What experts type about themselves and their services: in their own language, and in others where they like."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from expertim.expertise.catalogue.rows import Text
from expertim.expertise.forms import AmountField
from expertim.expertise.offering import OwnPlace, Terms
from expertim.foundation.durations import LONGEST_MINUTES, SHORTEST_MINUTES
from expertim.foundation.one_line import LineField, TextField
from expertim.site.words_experts import KINDS, kind_words

_MOST_DIGITS = 6  # more would not be a number but an attack on int()


class TextsForm(forms.Form):
    """TEXTS in one language, and folded away in the others: `title`, `title_cs` …"""

    use_required_attribute = False  # our own words, all at once, instead of the browser's one by one
    TEXTS: tuple[str, ...] = ()

    def __init__(self, data: Any = None, *, own: str, texts: dict[str, Text], **given: Any) -> None:
        self.own = _first_language(own, texts.values())
        initial = given.pop("initial", {})
        for name, text in texts.items():
            said = text if isinstance(text, dict) else {self.own: text}
            initial |= {self._field(name, code): words for code, words in said.items()}
        super().__init__(data, label_suffix="", initial=initial, **given)
        for name in self.TEXTS:
            for code, language in settings.LANGUAGES:
                if code != self.own:
                    self.fields[f"{name}_{code}"] = self._translated(name, code, language)
        self.fields[self.TEXTS[0]].widget.attrs["lang"] = self.own

    def _field(self, name: str, code: str) -> str:
        return name if code == self.own else f"{name}_{code}"

    def _translated(self, name: str, code: str, language: str) -> forms.Field:
        same = self.fields[name]
        longest = same.max_length  # type: ignore[attr-defined]  # texts are CharFields
        shape: dict[str, Any] = {"label": language, "max_length": longest, "required": False}
        made = TextField(**shape) if isinstance(same, TextField) else LineField(**shape)
        made.widget.attrs["lang"] = code
        return made

    @property
    def own_language(self) -> str:
        """The language of the first field, by its own name."""
        return dict(settings.LANGUAGES)[self.own]

    def others(self, name: str) -> list[forms.BoundField]:
        """The fields of the other languages."""
        return [self[f"{name}_{code}"] for code, _language in settings.LANGUAGES if code != self.own]

    def others_open(self, name: str) -> bool:
        return any(bound.value() or bound.errors for bound in self.others(name))

    def text(self, name: str) -> Text:
        """As the catalogue holds it: one text where there is only one language's, else one per language."""
        first: str = self.cleaned_data[name]
        codes = [code for code, _language in settings.LANGUAGES if code != self.own]
        others = {code: said for code in codes if (said := self.cleaned_data[f"{name}_{code}"])}
        return {self.own: first, **others} if others else first


class ServiceForm(TextsForm):
    TEXTS = ("title",)
    title = LineField(
        max_length=120,
        label=gettext_lazy("Title"),
        help_text=gettext_lazy("What a user gets, such as An hour over your valuation."),
        error_messages={"required": gettext_lazy("Give the service a title.")},
    )
    kind = forms.ChoiceField(
        label=gettext_lazy("Kind of service"),
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("Choose one of the kinds.")},
    )
    minutes = forms.CharField(
        label=gettext_lazy("Length in minutes"),
        help_text=gettext_lazy("From 5 to 480."),
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
        error_messages={"required": gettext_lazy("Type whole minutes, from 5 to 480.")},
    )
    price = AmountField(
        label=gettext_lazy("Price in credits"),
        help_text=gettext_lazy("Such as 25 or 25.50; 0 is free of charge."),
        widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}),
        error_messages={"required": gettext_lazy("Type the price; 0 is free of charge.")},
    )
    skills = forms.MultipleChoiceField(
        label=gettext_lazy("Skills it is for"),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": gettext_lazy("Choose at least one skill.")},
    )

    def __init__(self, data: Any = None, *, place: OwnPlace, terms: Terms | None, **given: Any) -> None:
        initial: dict[str, Any] = {"kind": KINDS[0]}
        if terms is not None:
            initial = {"kind": terms.kind, "minutes": terms.minutes, "price": terms.price}
            initial["skills"] = [str(number) for number in terms.skills]
        super().__init__(data, texts={"title": terms.title if terms else ""}, initial=initial, **given)
        kinds = list(dict.fromkeys([*KINDS, *([terms.kind] if terms else [])]))
        _offer(self, "kind", [(kind, kind_words(kind)) for kind in kinds])
        _offer(self, "skills", _skills(place))

    def clean_minutes(self) -> int:
        text: str = self.cleaned_data["minutes"].strip()
        minutes = int(text) if text.isascii() and text.isdecimal() and len(text) <= _MOST_DIGITS else 0
        if not SHORTEST_MINUTES <= minutes <= LONGEST_MINUTES:
            raise forms.ValidationError(_("Type whole minutes, from 5 to 480."))
        return minutes

    @property
    def terms(self) -> Terms:
        typed = self.cleaned_data
        return Terms(
            kind=typed["kind"],
            title=self.text("title"),
            minutes=typed["minutes"],
            price=typed["price"],
            skills=frozenset(map(int, typed["skills"])),
        )


class AboutForm(TextsForm):
    """What stands on one's page in an Expertise, and the skills one gives advice in."""

    TEXTS = ("headline", "introduction")
    headline = LineField(
        max_length=160,
        required=False,
        label=gettext_lazy("Headline"),
        help_text=gettext_lazy("One line that says what you can help with."),
    )
    introduction = TextField(
        max_length=5000,
        required=False,
        label=gettext_lazy("Introduction"),
        help_text=gettext_lazy("What you have done, and for whom your advice is."),
    )
    skills = forms.MultipleChoiceField(
        required=False, label=gettext_lazy("Skills you give advice in"), widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, data: Any = None, *, place: OwnPlace, **given: Any) -> None:
        texts = {"headline": place.headline, "introduction": place.introduction}
        chosen = {"skills": [str(number) for number in place.skills]}
        super().__init__(data, texts=texts, initial=chosen, **given)
        _offer(self, "skills", _skills(place))


def _first_language(own: str, texts: Iterable[Text]) -> str:
    """One's own, unless there are words in other languages only: then English, or whatever there is."""
    codes = dict(settings.LANGUAGES)
    own = own.split("-")[0]
    said = [text for text in texts if isinstance(text, dict) and text]
    if said and not any(own in text for text in said):
        first = said[0]
        own = "en" if "en" in first else next(iter(first))
    return own if own in codes else "en"


def _skills(place: OwnPlace) -> list[tuple[str, str]]:
    return [(str(number), name) for number, name in place.choices]


def _offer(form: forms.Form, name: str, choices: list[tuple[str, str]]) -> None:
    field = form.fields[name]
    assert isinstance(field, forms.ChoiceField)
    field.choices = choices
