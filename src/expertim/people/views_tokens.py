"""The page where tokens for programs are made, listed and revoked."""

from __future__ import annotations

from allauth.account.decorators import reauthentication_required
from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from expertim.people.middleware import PersonRequest
from expertim.people.models import ApiToken
from expertim.people.tokens import MOST, TooManyTokens, new_token, revoke_token, tokens_of

_DAYS = {
    "30": gettext_lazy("30 days"),
    "90": gettext_lazy("90 days"),
    "365": gettext_lazy("a year"),
    "never": gettext_lazy("until I revoke it"),
}
_LARGEST = 2**63 - 1


class TokenForm(forms.Form):
    """What a token is for, what it may do, and for how long."""

    name = forms.CharField(
        max_length=60,
        label=gettext_lazy("What it is for"),
        help_text=gettext_lazy("So that you know it again, such as “my calendar script”."),
        error_messages={"required": gettext_lazy("Say what the token is for.")},
    )
    scope = forms.ChoiceField(
        choices=[
            ("read", gettext_lazy("read what I can read")),
            ("write", gettext_lazy("read, and do what I can do: propose, confirm, cancel, spend credits")),
        ],
        initial="read",
        label=gettext_lazy("It may"),
        error_messages={"required": gettext_lazy("Choose what the token may do.")},
        widget=forms.RadioSelect,
    )
    days = forms.ChoiceField(
        choices=list(_DAYS.items()),
        initial="90",
        label=gettext_lazy("It is good for"),
    )


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@reauthentication_required  # type: ignore[untyped-decorator]  # allauth has no types
def tokens(request: PersonRequest) -> HttpResponse:
    """Make a token, which is shown this once, or revoke one; behind the password, like all that opens an account."""
    if request.method == "POST" and "revoke" in request.POST:
        return _revoked(request)
    form = TokenForm(request.POST if request.method == "POST" else None)
    secret = ""
    if form.is_valid():
        days = form.cleaned_data["days"]
        try:
            secret = new_token(
                person=request.user,
                name=form.cleaned_data["name"],
                scope=ApiToken.Scope(form.cleaned_data["scope"]),
                days=int(days) if days.isdecimal() else None,
            )
            form = TokenForm()
        except TooManyTokens:
            form.add_error(None, _("You have {most} tokens already. Revoke one first.").format(most=MOST))
    status = 422 if form.is_bound and not secret else 200
    shown = {"form": form, "secret": secret, "tokens": _shown(request)}
    return render(request, "people/tokens.html", shown, status=status)


def _revoked(request: PersonRequest) -> HttpResponse:
    number = request.POST["revoke"]
    known = number.isascii() and number.isdecimal() and int(number) <= _LARGEST if len(number) < 20 else False
    if known and revoke_token(person=request.user, number=int(number)):
        messages.success(request, _("The token has been revoked. Programs that use it are refused from now on."))
    return redirect("tokens")


def _shown(request: PersonRequest) -> list[dict[str, str | int]]:
    """Each token in the reader's words."""
    clock = request.clock
    return [
        {
            "id": token.id,
            "name": token.name,
            "may": str(ApiToken.Scope(token.scope).label),
            "made": clock.moment(token.made_at),
            "ends": clock.moment(token.expires_at) if token.expires_at else "",
            "used": clock.moment(token.last_used_at) if token.last_used_at else "",
        }
        for token in tokens_of(request.user)
    ]
