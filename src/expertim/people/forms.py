"""Signing up, and one's settings."""

from __future__ import annotations

from typing import Any

from allauth.account.forms import SignupForm
from allauth.core import context
from django import forms
from django.conf import settings
from django.db import IntegrityError, transaction
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.html import format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import get_language, gettext_lazy, pgettext_lazy
from django.utils.translation import gettext as _

from expertim.foundation.collation import order
from expertim.foundation.one_line import validate_one_line
from expertim.people import terms
from expertim.people.formats import DATE_FORMATS, city_of
from expertim.people.models import Person, TermsText, time_zones, validate_time_zone

_EXAMPLES = {
    "DD.MM.YYYY HH:MM": "31.12.2027 14:30",
    "MM/DD/YYYY HH:MM": "12/31/2027 14:30",
    "YYYY-MM-DD HH:MM": "2027-12-31 14:30",
}


def zone_choices() -> list[tuple[str, Any]]:
    """All zones by region, labelled with their cities; the empty choice first."""
    regions: dict[str, list[tuple[str, str]]] = {}
    elsewhere = []
    for name in sorted(time_zones()):
        region, _slash, city = name.partition("/")
        if city:
            regions.setdefault(region, []).append((name, _place(name, city)))
        else:
            elsewhere.append((name, name))
    reader = get_language() or "en"
    for places in regions.values():
        places.sort(key=lambda place: order(place[1], language=reader))
    return [("", _("Choose your time zone")), *regions.items(), (_("Others"), elsewhere)]


def _place(zone: str, city: str) -> str:
    """America/Argentina/Ushuaia: "Argentina · Ushuaia"; the city in the reader's own language."""
    *land, _city = city.replace("_", " ").split("/")
    return " · ".join([*land, city_of(zone)])


class TimeZoneField(forms.ChoiceField):
    """A choice among all zones; a few lines of script choose the device's own where nothing is chosen yet."""

    def __init__(self, **given: Any) -> None:
        super().__init__(
            choices=zone_choices,
            validators=[validate_time_zone],
            label=gettext_lazy("Time zone"),
            help_text=gettext_lazy("All times are shown to you in this zone."),
            error_messages={"required": gettext_lazy("Choose the time zone you live in.")},
            widget=forms.Select(attrs={"data-device-zone": ""}),
            **given,
        )


def _name_field() -> forms.CharField:
    return forms.CharField(
        max_length=120,
        label=pgettext_lazy("of a person", "Name"),
        help_text=gettext_lazy("As others shall see it."),
        validators=[validate_one_line],
        error_messages={"required": gettext_lazy("Type your name.")},
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )


def _format_field() -> forms.ChoiceField:
    return forms.ChoiceField(
        choices=[(name, _EXAMPLES[name]) for name in DATE_FORMATS],
        label=gettext_lazy("Dates look like"),
    )


def _language_field() -> forms.ChoiceField:
    return forms.ChoiceField(choices=settings.LANGUAGES, label=gettext_lazy("Language"))


def _links(texts: list[TermsText]) -> SafeString:
    named = ((reverse("legal_text", args=[text.kind]), TermsText.Kind(text.kind).label) for text in texts)
    return format_html_join(", ", '<a href="{}">{}</a>', named)


class AboutPerson(forms.Form):
    """What we need to speak with a person, in front of whatever form of allauth somebody signs up by."""

    name = _name_field()
    time_zone = TimeZoneField()
    date_format = _format_field()
    language = _language_field()
    agree = forms.BooleanField(
        label=gettext_lazy("I have read these texts and agree to them"),
        error_messages={"required": gettext_lazy("Without your agreement there can be no account.")},
    )

    def __init__(self, *args: Any, **given: Any) -> None:
        super().__init__(*args, **given)
        accepted = context.request.headers.get("Accept-Language", "") if context.request else ""
        american = accepted.lower().startswith("en-us")
        self.fields["date_format"].initial = DATE_FORMATS[1] if american else DATE_FORMATS[0]
        language = (get_language() or "en").split("-")[0]
        self.fields["language"].initial = language if language in dict(settings.LANGUAGES) else "en"
        self.texts = terms.in_force(terms.AGREED)
        if self.texts:
            self.fields["agree"].help_text = _links(self.texts)
        else:
            del self.fields["agree"]

    def clean(self) -> dict[str, Any] | None:
        """What is agreed to is what the page named: a version published meanwhile is shown first."""
        read = self.data.getlist("version") if hasattr(self.data, "getlist") else []
        if self.texts and "agree" in (self.cleaned_data or {}) and read != [str(text.pk) for text in self.texts]:
            self.add_error("agree", _("The texts have been changed since. Read them again."))
        cleaned: dict[str, Any] | None = super().clean()
        return cleaned


class SignUpForm(AboutPerson, SignupForm):  # type: ignore[misc]  # allauth has no types
    """allauth's e-mail and password, and what we need to speak with a person."""

    field_order = ["email", "name", "password1", "time_zone", "date_format", "language"]

    def try_save(self, request: HttpRequest) -> tuple[Person | None, HttpResponse | None]:
        """Save, or answer as for an address that has an account where another sign-up was faster."""
        try:
            with transaction.atomic():
                return self._save_or_go_on(request)
        except IntegrityError:
            if not Person.objects.filter(email=self.cleaned_data["email"]).exists():
                raise
            self.account_already_exists = True
            return self._save_or_go_on(request)

    def _save_or_go_on(self, request: HttpRequest) -> tuple[Person | None, HttpResponse | None]:
        # The second click of a double click, or a second try before the code was typed: whoever knows the
        # password goes on with the account just made. Others cannot tell it from a new one; both ways hash once.
        if self.account_already_exists:
            person = Person.objects.filter(email=self.cleaned_data["email"]).first()
            typed = self.cleaned_data.get("password1")  # none where a passkey is to be made
            known = person is not None and typed is not None and person.check_password(typed)
            if person is not None and known and person.last_login is None:
                return person, None
        saved: tuple[Person | None, HttpResponse | None] = super().try_save(request)
        return saved


class SettingsForm(forms.Form):
    """What one may change about oneself."""

    name = _name_field()
    time_zone = TimeZoneField()
    date_format = _format_field()
    language = _language_field()
