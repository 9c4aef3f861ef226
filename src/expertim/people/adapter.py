"""Where allauth meets our persons, our mail and our public address."""

from __future__ import annotations

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import get_language, override

from expertim.people.forms import SignUpForm
from expertim.people.languages import spoken
from expertim.people.models import Person


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]  # allauth has no types
    """allauth with the fields of a Person, mail in the reader's language, and links to the public address."""

    def save_user(self, request: HttpRequest, user: Person, form: SignUpForm, commit: bool = True) -> Person:
        for field in ("name", "time_zone", "date_format", "language"):
            setattr(user, field, form.cleaned_data[field])
        saved: Person = super().save_user(request, user, form, commit=commit)
        return saved

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        person = context.get("user") or Person.objects.filter(email=email.lower()).first()
        with override(spoken(person.language) if person else get_language()):
            super().send_mail(
                template_prefix,
                email,
                {**context, "public_url": settings.PUBLIC_URL, "person": person, "site": settings.SITE_NAME},
            )

    def get_reset_password_from_key_url(self, key: str) -> str:
        """On the public address: a Host header chosen by a stranger must not end up in somebody's mail."""
        uid, _dash, rest = key.partition("-")
        return settings.PUBLIC_URL + reverse("account_reset_password_from_key", kwargs={"uidb36": uid, "key": rest})
