"""Signing up by a service, and taking one away again, in our words."""

from __future__ import annotations

from typing import Any

from allauth.socialaccount import forms as allauth
from allauth.socialaccount.models import SocialApp
from django import forms
from django.utils.translation import gettext_lazy

from expertim.people.forms import AboutPerson
from expertim.people.forms_signing_in import OurWords


class SocialSignUpForm(OurWords, AboutPerson, allauth.SignupForm):  # type: ignore[misc]  # allauth has no types
    """What the service has not told us; the address may be another than the service's, then a code proves it."""

    field_order = ["email", "name", "time_zone", "date_format", "language"]


class DisconnectForm(allauth.DisconnectForm):  # type: ignore[misc]
    def save(self) -> None:
        try:
            super().save()
        except SocialApp.DoesNotExist:  # the service is no longer offered here
            self.cleaned_data["account"].delete()


class TrialForm(forms.Form):
    """What the service that is none answers; only in an installation for trials."""

    id = forms.IntegerField(min_value=1, max_value=10**6, label=gettext_lazy("Number of your account there"))
    email = forms.EmailField(label=gettext_lazy("E-mail address there"))
    email_verified = forms.BooleanField(required=False, initial=True, label=gettext_lazy("The service has proved it"))
    first_name = forms.CharField(max_length=60, label=gettext_lazy("First name"))
    last_name = forms.CharField(max_length=60, label=gettext_lazy("Last name"))

    def __init__(self, *args: Any, **given: Any) -> None:
        super().__init__(*args, **given)
        self.fields["id"].initial = 1
