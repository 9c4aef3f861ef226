"""allauth's forms in our words. Everywhere a new password is asked for once: whoever mistypes it has a new one sent."""

from __future__ import annotations

from typing import Any

from allauth.account import forms as allauth
from allauth.account.models import EmailAddress
from django import forms
from django.contrib.auth.password_validation import MinimumLengthValidator
from django.utils.text import format_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from expertim.people.forms import SignUpForm
from expertim.people.models import Person

PASSWORD_HINT = format_lazy(
    gettext_lazy(
        "At least {least} characters. Not your name or your address, and nothing that many people have as a password."
    ),
    least=MinimumLengthValidator().min_length,
)
_NEW_PASSWORD = (gettext_lazy("New password"), gettext_lazy("Choose a password."))
_ADDRESS = (gettext_lazy("E-mail"), gettext_lazy("Type your e-mail address."))
# Of each field: its label, and what is said where it is left empty.
WORDS = {
    "email": _ADDRESS,
    "login": _ADDRESS,
    "password": (gettext_lazy("Password"), gettext_lazy("Type your password.")),
    "oldpassword": (gettext_lazy("Present password"), gettext_lazy("Type the password that you have now.")),
    "password1": _NEW_PASSWORD,
    "code": (gettext_lazy("Code"), gettext_lazy("Type the code from the mail.")),
}
_NO_ADDRESS = gettext_lazy("This does not look like an e-mail address.")


class OurWords(forms.Form):
    """In front of a form of allauth: our labels, our words for what is missing, a new password asked for once."""

    def __init__(self, *args: Any, **given: Any) -> None:
        super().__init__(*args, **given)
        self.fields.pop("password2", None)
        for name in self.fields.keys() & WORDS.keys():
            field = self.fields[name]
            field.label, field.error_messages["required"] = WORDS[name]
            if isinstance(field, forms.EmailField):
                field.error_messages["invalid"] = _NO_ADDRESS
            if name == "password1":
                field.help_text = PASSWORD_HINT


class LoginForm(OurWords, allauth.LoginForm):  # type: ignore[misc]  # allauth has no types
    pass


class OurSignUpForm(OurWords, SignUpForm):
    field_order = SignUpForm.field_order

    def __init__(self, *args: Any, **given: Any) -> None:
        super().__init__(*args, **given)
        if not self.by_passkey:
            self.fields["password1"].label = WORDS["password"][0]


class AddEmailForm(OurWords, allauth.AddEmailForm):  # type: ignore[misc]
    def __init__(self, *args: Any, **given: Any) -> None:
        super().__init__(*args, **given)
        self.fields["email"].label = gettext_lazy("New e-mail")

    def clean_email(self) -> str:
        if not EmailAddress.objects.can_add_email(self.user):
            raise forms.ValidationError(_("An account has two addresses at most. Remove the second one first."))
        email: str = super().clean_email()
        return email


class LoginCodeForm(OurWords, allauth.RequestLoginCodeForm):  # type: ignore[misc]
    _user: Person | None  # allauth's own name for whoever gets the code

    def clean_email(self) -> str:
        """A code opens only what this address was proved to belong to.

        Whoever began to sign up by somebody else's address knows the password of that account: its owner, led in by
        a code, would prove it for them.
        """
        email: str = super().clean_email()
        found = self._user
        if found and not EmailAddress.objects.filter(user=found, email=email.lower(), verified=True).exists():
            self._user = None
        return email


class ConfirmLoginCodeForm(OurWords, allauth.ConfirmLoginCodeForm):  # type: ignore[misc]
    pass


class ChangePasswordForm(OurWords, allauth.ChangePasswordForm):  # type: ignore[misc]
    pass


class SetPasswordForm(OurWords, allauth.SetPasswordForm):  # type: ignore[misc]
    pass


class ResetPasswordForm(OurWords, allauth.ResetPasswordForm):  # type: ignore[misc]
    pass


class ResetPasswordKeyForm(OurWords, allauth.ResetPasswordKeyForm):  # type: ignore[misc]
    pass


class ReauthenticateForm(OurWords, allauth.ReauthenticateForm):  # type: ignore[misc]
    pass


class CodeForm(OurWords, allauth.ConfirmEmailVerificationCodeForm):  # type: ignore[misc]
    pass
