"""What operators type: shapes and limits; what follows is said by the pages."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from expertim.backoffice.words import languages_of
from expertim.credits.ledger import LARGEST_GRANT
from expertim.expertise.catalogue.rows import Text
from expertim.expertise.models import PERCENTS, POLICY, Expertise
from expertim.foundation.amounts import LARGEST_PRICE
from expertim.foundation.numbers import (
    amount_shown,
    amount_typed,
    credit_words,
    number_shown,
    parse_typed,
    unreadable_amount,
)
from expertim.foundation.one_line import validate_one_line

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise as Lazy

# Each value of the policy in the words of the rules: its name, and what it counts.
POLICY_WORDS: dict[str, tuple[Lazy, Lazy]] = {
    "free_cancellation_hours": (gettext_lazy("Free cancellation until"), gettext_lazy("hours before the start")),
    "late_fee_percent": (gettext_lazy("Late cancellation fee"), gettext_lazy("% of the price")),
    "commission_percent": (gettext_lazy("Platform's commission"), gettext_lazy("% of what is deducted")),
    "no_show_fee_percent": (gettext_lazy("Fee when the user did not come"), gettext_lazy("% of the price")),
    "join_opens_minutes": (gettext_lazy("Join opens"), gettext_lazy("minutes before the start")),
    "join_closes_minutes": (gettext_lazy("Link dies"), gettext_lazy("minutes after the end")),
    "reminder_hours": (gettext_lazy("Reminder"), gettext_lazy("hours before the start")),
    "link_minutes": (gettext_lazy("Link reminder"), gettext_lazy("minutes before the start")),
    "evaluation_reminder_hours": (gettext_lazy("Evaluation reminder"), gettext_lazy("hours after the end")),
    "settlement_hours": (gettext_lazy("Automatic evaluation"), gettext_lazy("hours after the end")),
    "review_bonus": (gettext_lazy("Bonus for a first text review"), gettext_lazy("credits")),
}


class OperatorForm(forms.Form):
    use_required_attribute = False  # our own words, all at once, instead of the browser's one by one

    def __init__(self, data: Any = None, **given: Any) -> None:
        super().__init__(data, label_suffix="", **given)


class CreditsField(forms.CharField):
    """Credits with at most two decimals; the value is hundredths."""

    def __init__(self, *, most: int, least: int = 0, **given: Any) -> None:
        super().__init__(widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}), **given)
        self.most, self.least = most, least

    def prepare_value(self, value: Any) -> Any:
        return amount_typed(value) if isinstance(value, int) else value

    def to_python(self, value: Any) -> Any:
        text = super().to_python(value)
        if not text:
            return None
        try:
            hundredths = parse_typed(text)
        except ValueError:
            raise ValidationError(unreadable_amount()) from None
        if not self.least <= hundredths <= self.most:
            limits = {"least": amount_shown(self.least), "most": credit_words(self.most)}
            raise ValidationError(_("Type an amount from %(least)s to %(most)s.") % limits)
        return hundredths


def reason_field(label: Lazy, hint: Lazy, missing: Lazy) -> forms.CharField:
    return forms.CharField(
        label=label,
        help_text=hint,
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": missing},
    )


class GrantForm(OperatorForm):
    """Credits from the platform to a person."""

    amount = CreditsField(
        least=1,
        most=LARGEST_GRANT,
        label=gettext_lazy("Credits"),
        help_text=gettext_lazy("At most two decimals."),
        error_messages={"required": gettext_lazy("Type how many credits.")},
    )
    reason = reason_field(
        gettext_lazy("Reason"),
        gettext_lazy("Stands in the ledger, and under the person's own movements."),
        gettext_lazy("Say what the credits are for."),
    )


class HideForm(OperatorForm):
    note = reason_field(
        gettext_lazy("Why it is hidden"),
        gettext_lazy("For operators; neither the writer nor the expert reads it."),
        gettext_lazy("Say why it is hidden."),
    )


class PolicyForm(OperatorForm):
    """Every value of an Expertise's policy; bonus in hundredths, percentages exact."""

    def __init__(self, data: Any = None, **given: Any) -> None:
        super().__init__(data, **given)
        for name in POLICY:
            self.fields[name] = _policy_field(name)


def _policy_field(name: str) -> forms.Field:
    label, unit = POLICY_WORDS[name]
    column: Any = Expertise._meta.get_field(name)
    usual = column.get_default()
    if name == "review_bonus":
        hint = _("%(unit)s; usually %(usual)s") % {"unit": capfirst(unit), "usual": amount_shown(usual)}
        return CreditsField(most=LARGEST_PRICE, label=label, help_text=hint, error_messages={"required": _MISSING})
    most = 100 if name in PERCENTS else next(v.limit_value for v in column.validators if v.code == "max_value")
    limits = {"unit": capfirst(unit), "most": number_shown(most), "usual": number_shown(usual)}
    hint = _("%(unit)s, 0 to %(most)s; usually %(usual)s") % limits
    beyond = _("Type a number from 0 to %(most)s.") % limits
    errors: dict[str, Any] = {"required": _MISSING, "invalid": beyond, "min_value": beyond, "max_value": beyond}
    shape: dict[str, Any] = {"label": label, "help_text": hint, "min_value": 0, "max_value": most}
    if name in PERCENTS:
        two = _("At most two decimals.")
        exact = errors | {"max_decimal_places": two, "max_digits": two, "max_whole_digits": beyond}
        return forms.DecimalField(max_digits=5, decimal_places=2, error_messages=exact, **shape)
    return forms.IntegerField(error_messages=errors, **shape)


_MISSING = gettext_lazy("Type a number.")


class TextsForm(OperatorForm):
    """Texts in several languages: fields `name_en`, `name_cs` … for each of `TEXTS`; {} stands for the language."""

    TEXTS: tuple[tuple[str, Lazy, int], ...] = (("name", gettext_lazy("Name ({language})"), 120),)

    def __init__(self, data: Any = None, *, texts: Mapping[str, Any] | None = None, **given: Any) -> None:
        initial = {
            f"{name}_{code}": text
            for name, said in (texts or {}).items()
            for code, text in languages_of(said, codes=_codes()).items()
        }
        super().__init__(data, initial=initial, **given)
        for name, label, longest in self.TEXTS:
            for number, (code, language) in enumerate(settings.LANGUAGES):
                wide = longest > 200
                self.fields[f"{name}_{code}"] = forms.CharField(
                    label=label.format(language=language),
                    max_length=longest,
                    required=not number and not wide,
                    validators=[] if wide else [validate_one_line],
                    help_text=_("Stands also for the languages that are left empty.") if not number else "",
                    error_messages={"required": _("Type a name in this language at least.")},
                    widget=forms.Textarea(attrs={"rows": 4, "lang": code})
                    if wide
                    else forms.TextInput(attrs={"lang": code}),
                )

    @property
    def texts(self) -> dict[str, Text]:
        """As the catalogue holds them: one text where there is only the first language's, else one per language."""
        return {name: self._text(name) for name, _label, _longest in self.TEXTS}

    def _text(self, name: str) -> Text:
        said = {code: self.cleaned_data[f"{name}_{code}"].strip() for code in _codes()}
        given = {code: text for code, text in said.items() if text}
        return given if set(given) - {_codes()[0]} else said[_codes()[0]]


class ExpertiseTextsForm(TextsForm):
    TEXTS = (
        ("name", gettext_lazy("Name ({language})"), 120),
        ("introduction", gettext_lazy("Introduction ({language})"), 5000),
    )


def _codes() -> list[str]:
    return [code for code, _language in settings.LANGUAGES]


def policy_seen(values: Mapping[str, Any]) -> dict[str, Any] | None:
    """The values that a page showed, from its hidden field; None where somebody meddled with it."""
    try:
        return {name: Decimal(values[name]) if name in PERCENTS else int(values[name]) for name in POLICY}
    except (ArithmeticError, KeyError, TypeError, ValueError):
        return None
