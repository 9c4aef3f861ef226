"""allauth's forms of the second factor in our words; each code of an app is taken once."""

from __future__ import annotations

from allauth.mfa import app_settings
from allauth.mfa.adapter import get_adapter
from allauth.mfa.base import forms as base
from allauth.mfa.models import Authenticator
from allauth.mfa.totp import forms as totp
from allauth.mfa.webauthn import forms as webauthn
from django import forms
from django.core.cache import cache
from django.utils.translation import gettext_lazy

from expertim.foundation.one_line import validate_one_line
from expertim.people.models import Person

_LONGEST_NAME = 60


def _code_field(*, recovery: bool) -> forms.CharField:
    hint = gettext_lazy("The six digits that your app shows now.")
    either = gettext_lazy("The six digits that your app shows now, or one of your recovery codes.")
    return forms.CharField(
        max_length=20,
        label=gettext_lazy("Code"),
        help_text=either if recovery else hint,
        error_messages={"required": gettext_lazy("Type the code.")},
        widget=forms.TextInput(attrs={"autocomplete": "one-time-code", "inputmode": "numeric"}),
    )


def _name_field() -> forms.CharField:
    return forms.CharField(
        required=False,
        label=gettext_lazy("What you call it"),
        help_text=gettext_lazy("So that you know it again, such as “my phone”."),
        max_length=_LONGEST_NAME,
        validators=[validate_one_line],
    )


def take_once(person: Person, code: str) -> None:
    """RFC 6238 §5.2: a code that was seen over somebody's shoulder opens nothing. Raises ValidationError.

    allauth remembers a code for one period; with the periods before and after it would work again.
    """
    periods = 2 * app_settings.TOTP_TOLERANCE + 1
    digits = "".join(filter(str.isdigit, code))
    if not cache.add(f"code-taken:{person.pk}:{digits}", 1, timeout=periods * app_settings.TOTP_PERIOD):
        raise get_adapter().validation_error("incorrect_code")


class _TakenOnce:
    """Before allauth's form: what its own check has let through must not have been taken before."""

    user: Person
    authenticator: Authenticator

    def clean_code(self) -> str:
        code: str = super().clean_code()  # type: ignore[misc]
        if self.authenticator.type == Authenticator.Type.TOTP:
            take_once(self.user, code)
        return code


class AuthenticateForm(_TakenOnce, base.AuthenticateForm):  # type: ignore[misc]  # allauth has no types
    code = _code_field(recovery=True)


class ReauthenticateForm(_TakenOnce, base.ReauthenticateForm):  # type: ignore[misc]
    code = _code_field(recovery=True)


class ActivateTOTPForm(totp.ActivateTOTPForm):  # type: ignore[misc]
    code = _code_field(recovery=False)

    def clean_code(self) -> str:
        code: str = super().clean_code()
        take_once(self.user, code)
        return code


class AddPasskeyForm(webauthn.AddWebAuthnForm):  # type: ignore[misc]
    name = _name_field()
    passwordless = forms.BooleanField(
        required=False,
        initial=True,
        label=gettext_lazy("Sign in with it alone, without the password"),
        help_text=gettext_lazy("Your device then asks for your fingerprint, your face or its own code each time."),
    )


class FirstPasskeyForm(webauthn.SignupWebAuthnForm):  # type: ignore[misc]
    name = _name_field()


class EditPasskeyForm(webauthn.EditWebAuthnForm):  # type: ignore[misc]
    name = forms.CharField(
        label=gettext_lazy("What you call it"),
        error_messages={"required": gettext_lazy("Type a name.")},
        max_length=_LONGEST_NAME,
        validators=[validate_one_line],
    )


def spent(form: forms.Form) -> bool:
    """Whether the form was refused because there have been too many attempts."""
    return any(form.has_error(name, "too_many_login_attempts") for name in form.fields)
