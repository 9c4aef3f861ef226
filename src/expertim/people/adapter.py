"""Where allauth meets our persons, our mail and our public address."""

from __future__ import annotations

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.models import EmailAddress
from django.conf import settings
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import get_language, gettext_lazy, override

from expertim.people import terms
from expertim.people.forms import SignUpForm
from expertim.people.languages import spoken
from expertim.people.models import Person

LONGEST_ADDRESS = 254  # as the database keeps it (RFC 5321)
_WAYS = {
    "reauthenticate": gettext_lazy("Type your password"),
    "mfa_reauthenticate": gettext_lazy("Type a code of your app, or a recovery code"),
    "mfa_reauthenticate:webauthn": gettext_lazy("Use a passkey"),
}


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]  # allauth has no types
    """allauth with the fields of a Person, our words, mail in the reader's language, links to the public address."""

    error_messages = {
        **DefaultAccountAdapter.error_messages,
        "address_too_long": gettext_lazy("This address is too long."),
        "account_inactive": gettext_lazy("This account is closed."),
        "email_password_mismatch": gettext_lazy("This e-mail address and this password do not belong together."),
        "email_taken": gettext_lazy("There is an account with this e-mail address already."),
        "enter_current_password": gettext_lazy("This is not your present password."),
        "incorrect_code": gettext_lazy("This is not the code from the mail, or it is too old."),
        "incorrect_password": gettext_lazy("This is not your password."),
        "too_many_login_attempts": gettext_lazy("Too many attempts. Wait five minutes, then try again."),
        "rate_limited": gettext_lazy("That was too fast. Wait a minute, then try again."),
        "duplicate_email": gettext_lazy("This address belongs to your account already."),
    }

    def add_message(
        self, request: HttpRequest, level: int, message_template: str | None = None, *args: Any, **given: Any
    ) -> None:
        """Only what the next page does not say by itself."""
        if not _said_there(request, (message_template or "").rpartition("/")[2]):
            super().add_message(request, level, message_template, *args, **given)

    def get_reauthentication_methods(self, user: Person) -> list[dict[str, Any]]:
        """Ways to show once more that it is you, in our words."""
        return [{**way, "description": _WAYS[way["id"]]} for way in super().get_reauthentication_methods(user)]

    def get_password_change_redirect_url(self, request: HttpRequest) -> str:
        return reverse("settings")

    def get_email_verification_redirect_url(self, email_address: EmailAddress) -> str:
        """Back to where the address was typed; whoever signs up goes on elsewhere."""
        return reverse("account_email")

    def clean_email(self, email: str) -> str:
        """Refused where it does not fit: allauth would cut it off, and write to somebody else."""
        if len(email) > LONGEST_ADDRESS:
            raise ValidationError(self.error_messages["address_too_long"], code="address_too_long")
        cleaned: str = super().clean_email(email)
        return cleaned

    def save_user(self, request: HttpRequest, user: Person, form: SignUpForm, commit: bool = True) -> Person:
        for field in ("name", "time_zone", "date_format", "language"):
            setattr(user, field, form.cleaned_data[field])
        user.welcomed_at = None  # the front page leads to the one that greets newcomers
        saved: Person = super().save_user(request, user, form, commit=commit)
        if commit:
            terms.agree(person=saved, versions=form.texts)
        return saved

    def confirm_email(self, request: HttpRequest, email_address: EmailAddress) -> bool:
        """An address whose code was typed; the main one is told of each that comes to it."""
        added = email_address.pk is None
        room = not added or EmailAddress.objects.can_add_email(email_address.user)
        try:
            with transaction.atomic():
                confirmed: bool = room and super().confirm_email(request, email_address)
        except IntegrityError:  # proved by somebody else at the same moment
            confirmed = room = False
        if not room:
            failed = "account/messages/email_confirmation_failed.txt"
            self.add_message(request, messages.ERROR, failed, {"email": email_address.email})
        elif confirmed and added:
            told = {"added_email": email_address.email}
            self.send_notification_mail("account/email/email_added", email_address.user, told)
        return confirmed

    def send_notification_mail(
        self, template_prefix: str, user: Person, context: dict[str, Any] | None = None, email: str | None = None
    ) -> None:
        """Of an address that was taken away, that one is told too: it may be the only one that its owner reads."""
        super().send_notification_mail(template_prefix, user, context, email)
        if template_prefix == "account/email/email_deleted" and context:
            super().send_notification_mail(template_prefix, user, context, context["deleted_email"])

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        person = context.get("user") or _owner(email)
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


def _owner(email: str) -> Person | None:
    """Whose address this is; proved or not, mail to it is worded for that person."""
    proved = EmailAddress.objects.filter(email=email.lower(), verified=True).select_related("user").first()
    return proved.user if proved else Person.objects.filter(email=email.lower()).first()


def _said_there(request: HttpRequest, message: str) -> bool:
    """Whether the page that follows has this as its heading or its first line."""
    # the page of the code names the address; a second mail is news
    if message in ("email_confirmation_sent.txt", "login_code_sent.txt"):
        return request.POST.get("action") != "resend" and "action_send" not in request.POST
    here = request.resolver_match.url_name if request.resolver_match else ""
    return message == "password_changed.txt" and here == "account_reset_password_from_key"
