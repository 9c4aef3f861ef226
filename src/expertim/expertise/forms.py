"""Form fields of the catalogue: texts in several languages, amounts of credits."""

from __future__ import annotations

import json
from typing import Any

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from expertim.foundation.amounts import LARGEST_PRICE
from expertim.foundation.numbers import amount_shown, amount_typed, parse_typed, unreadable_amount


class TextField(forms.CharField):
    """A text, or one per language as {"en": …, "cs": …}."""

    def __init__(self, **options: Any) -> None:
        for ours in ("encoder", "decoder"):  # what a JSON column offers its form field
            options.pop(ours, None)
        options.setdefault("widget", forms.Textarea(attrs={"rows": 2, "cols": 60}))
        options["help_text"] = _('A text, or one per language, such as {"en": "Law", "cs": "Právo"}.')
        super().__init__(**options)

    def prepare_value(self, value: Any) -> Any:
        return json.dumps(value, ensure_ascii=False, indent=1) if isinstance(value, dict) else value

    def to_python(self, value: Any) -> Any:
        text = super().to_python(value)
        if not text or not text.startswith("{"):
            return text
        languages = {code for code, _name in settings.LANGUAGES}
        try:
            texts = json.loads(text)
        except ValueError:
            raise ValidationError(_("These braces are not closed, or a quote is missing.")) from None
        if (
            not texts
            or not set(texts) <= languages
            or not all(isinstance(t, str) and t.strip() for t in texts.values())
        ):
            raise ValidationError(_("Only texts in the languages %(codes)s."), params={"codes": ", ".join(languages)})
        return texts

    def has_changed(self, initial: Any, data: Any) -> bool:
        try:
            return bool((initial or "") != self.to_python(data))
        except ValidationError:
            return True


class AmountField(forms.CharField):
    """Credits with at most two decimals; the value is hundredths."""

    def __init__(self, **options: Any) -> None:
        for ours in ("min_value", "max_value"):  # what a number column offers its form field
            options.pop(ours, None)
        super().__init__(**options)

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
        if hundredths > LARGEST_PRICE:
            raise ValidationError(_("The most that may stand here is {most}.").format(most=amount_shown(LARGEST_PRICE)))
        return hundredths

    def has_changed(self, initial: Any, data: Any) -> bool:
        try:
            return bool(initial != self.to_python(data))
        except ValidationError:
            return True
