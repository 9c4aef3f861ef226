"""What one tells about oneself, a small form for each group; nothing in them is required."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.utils.functional import Promise
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from expertim.foundation.one_line import LineField
from expertim.people.models import Billing, Profile, WorkStatus
from expertim.people.models_profile import LONGEST
from expertim.people.tongues import tongues

_LINKEDIN = re.compile(r"(?:https?://)?(?:[a-z]{2,3}\.)?linkedin\.com/in/([\w%.-]{1,60})/?(?:[?#].*)?", re.IGNORECASE)
_PHONE = RegexValidator(r"\A\+?[0-9 ()/.-]{5,30}\Z", gettext_lazy("Type a number such as +420 601 234 567."))


def _line(label: Any, *, hint: Any = "", complete: str = "", longest: int = LONGEST, **more: Any) -> LineField:
    attrs = {"autocomplete": complete} if complete else {}
    return LineField(
        required=False, max_length=longest, label=label, help_text=hint, widget=forms.TextInput(attrs=attrs), **more
    )


class WorkForm(forms.Form):
    work_status = forms.ChoiceField(
        required=False,
        choices=[("", gettext_lazy("Say nothing about it")), *WorkStatus.choices],
        label=gettext_lazy("What you do"),
    )
    position = _line(gettext_lazy("Position"), complete="organization-title")
    company = _line(gettext_lazy("Company"), complete="organization")
    industry = _line(gettext_lazy("Industry"), hint=gettext_lazy("In a word or two, such as banking or education."))
    linkedin = _line(
        gettext_lazy("LinkedIn"),
        hint=gettext_lazy("The address of your page there, such as linkedin.com/in/your-name."),
        longest=400,
        complete="url",
    )

    def clean_linkedin(self) -> str:
        """The page of a person there, spelled in one way whatever was copied from the browser."""
        typed: str = self.cleaned_data["linkedin"]
        found = _LINKEDIN.fullmatch(typed)
        if typed and not found:
            raise ValidationError(_("This is not the address of a person's page on LinkedIn."), code="linkedin")
        return f"https://www.linkedin.com/in/{quote(found[1], safe='%')}" if found else ""


class SchoolForm(forms.Form):
    school = _line(gettext_lazy("School"), hint=gettext_lazy("The one you attend, or the last you left."))
    school_city = _line(gettext_lazy("City of the school"))


class PlaceForm(forms.Form):
    city = _line(gettext_lazy("City"), complete="address-level2")
    phone = _line(
        gettext_lazy("Phone"),
        hint=gettext_lazy("For the operators of this platform alone, should a meeting go wrong."),
        longest=30,
        complete="tel",
        validators=[_PHONE],
    )

    languages = forms.MultipleChoiceField(
        required=False,
        choices=lambda: tongues(get_language() or "en").items(),
        label=gettext_lazy("Languages you speak"),
        widget=forms.CheckboxSelectMultiple(),
    )


class BillingForm(forms.Form):
    title = _line(gettext_lazy("Name or company"), complete="billing organization")
    company_id = _line(gettext_lazy("Company ID"), longest=30)
    tax_id = _line(gettext_lazy("Tax ID"), longest=30)
    email = forms.EmailField(
        required=False,
        max_length=254,
        label=gettext_lazy("E-mail for invoices"),
        error_messages={"invalid": gettext_lazy("This does not look like an e-mail address.")},
        widget=forms.EmailInput(attrs={"autocomplete": "billing email"}),
    )
    street = _line(gettext_lazy("Street and number"), complete="billing street-address")
    city = _line(gettext_lazy("City"), complete="billing address-level2")
    postcode = _line(gettext_lazy("Postcode"), longest=20, complete="billing postal-code")
    country = _line(gettext_lazy("Country"), complete="billing country-name")


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """One page of the profile: what it asks, where that is kept, and who sees it."""

    title: Promise
    seen_by: Promise
    form: type[forms.Form]
    model: type[Profile] | type[Billing]


_BY_OTHERS = gettext_lazy("Others here see this beside your name.")
GROUPS = {
    "work": Group(title=gettext_lazy("Work"), seen_by=_BY_OTHERS, form=WorkForm, model=Profile),
    "school": Group(title=gettext_lazy("School"), seen_by=_BY_OTHERS, form=SchoolForm, model=Profile),
    "place": Group(
        title=gettext_lazy("City, languages, phone"),
        seen_by=gettext_lazy("Others here see your city and your languages, never your phone."),
        form=PlaceForm,
        model=Profile,
    ),
    "billing": Group(
        title=gettext_lazy("Billing"),
        seen_by=gettext_lazy("This stands on invoices. Only you and the operators of this platform see it."),
        form=BillingForm,
        model=Billing,
    ),
}
