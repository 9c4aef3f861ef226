"""Signing in by Google, LinkedIn, or in a demo by a service that is none: allauth's, with our rules and our fields."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any

from allauth.socialaccount.adapter import DefaultSocialAccountAdapter, get_adapter
from allauth.socialaccount.helpers import render_authentication_error
from allauth.socialaccount.models import SocialAccount, SocialLogin
from allauth.socialaccount.providers.openid_connect import views as openid
from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.forms import Form
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from requests import RequestException

from expertim.foundation.headers import POLICY
from expertim.people.models import Person

TRIAL = "dummy"  # allauth's name of the service that is none


@dataclass(frozen=True, slots=True, kw_only=True)
class Service:
    """One that people may sign in by here."""

    id: str
    name: str
    address: str  # of ours: a form is sent there


def offered() -> tuple[Service, ...]:
    """Those that this installation has keys for; in a movable one the trial beside them."""
    found = [
        Service(
            id=app["provider_id"], name=app["name"], address=reverse("openid_connect_login", args=[app["provider_id"]])
        )
        for app in _apps()
    ]
    if settings.MOVABLE_CLOCK:
        found.append(Service(id=TRIAL, name=_("a service for trying"), address=reverse("dummy_login")))
    return tuple(found)


def shown(_request: HttpRequest) -> dict[str, Any]:
    """For templates: `sign_in_services()`, called by those few that show buttons."""
    return {"sign_in_services": offered}


def _apps() -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = settings.SOCIALACCOUNT_PROVIDERS.get("openid_connect", {}).get("APPS", [])
    return found


def may_lead_away(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Let the forms of this page end at the services: browsers hold `form-action` against redirects too."""

    @wraps(view)
    def led(request: HttpRequest, *args: Any, **named: Any) -> HttpResponse:
        response = view(request, *args, **named)
        if origins := " ".join(app["settings"]["origin"] for app in _apps()):
            policy = POLICY.replace("form-action 'self'", f"form-action 'self' {origins}")
            response.headers.setdefault("Content-Security-Policy", policy)
        return response

    return led


def _known(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """404 for a service that is none of ours: allauth would take other names of it too."""

    @login_not_required
    @wraps(view)
    def guarded(request: HttpRequest, provider_id: str) -> HttpResponse:
        if provider_id not in [app["provider_id"] for app in _apps()]:
            raise Http404
        return view(request, provider_id)

    return guarded


def _asked(request: HttpRequest, provider_id: str) -> HttpResponse:
    """To the service; where it says nothing that can be understood, to the page that says so."""
    try:
        answer: HttpResponse = openid.login(request, provider_id)
    except (RequestException, ValueError, KeyError):
        answer = render_authentication_error(request, get_adapter().get_provider(request, provider_id))
    return answer


login = may_lead_away(_known(_asked))
login.login_required = False  # type: ignore[attr-defined]  # Django's own mark, which `wraps` has carried here
callback = _known(openid.callback)


class SocialAdapter(DefaultSocialAccountAdapter):  # type: ignore[misc]  # allauth has no types
    """A service's word for an address counts only where it says that it has proved it; nobody gets in by an address."""

    error_messages = {
        **DefaultSocialAccountAdapter.error_messages,
        "email_taken": gettext_lazy("There is an account with this address. Sign in to it, then connect %s to it."),
        "no_password": gettext_lazy("This is your only way in. Set a password first."),
        "no_verified_email": gettext_lazy("Confirm your e-mail address first."),
    }

    def pre_social_login(self, request: HttpRequest, sociallogin: SocialLogin) -> None:
        for address in sociallogin.email_addresses:
            # LinkedIn's documents have it as a string: "false" must not be taken for true
            address.verified = address.verified in (True, "true", "True")

    def can_authenticate_by_email(self, login: SocialLogin, email: str) -> bool:
        """Never: who has an account signs in to it first, then connects the service."""
        return False

    def save_user(self, request: HttpRequest, sociallogin: SocialLogin, form: Form | None = None) -> Person:
        """With the address that was typed and no other: one the service has proved must not vouch for it."""
        if form is not None:
            typed = form.cleaned_data["email"].lower()
            kept = [address for address in sociallogin.email_addresses if address.email.lower() == typed]
            sociallogin.email_addresses = kept
        saved: Person = super().save_user(request, sociallogin, form)
        return saved

    def get_signup_form_initial_data(self, sociallogin: SocialLogin) -> dict[str, Any]:
        return {"email": _address(sociallogin), "name": _name(sociallogin.account)}


def _address(sociallogin: SocialLogin) -> str:
    return str(sociallogin.email_addresses[0].email) if sociallogin.email_addresses else ""


def _name(account: SocialAccount) -> str:
    """What the service says the person is called."""
    told = account.extra_data
    told = told.get("userinfo") or told.get("id_token") or told
    parts = (told.get("name"), told.get("first_name"), told.get("last_name"))
    whole = str(parts[0]) if parts[0] else " ".join(str(part) for part in parts[1:] if part)
    return " ".join(whole.split())[:120]


def name_of(provider: str) -> str:
    """A service by the name people know, also one that is no longer offered."""
    return next((service.name for service in offered() if service.id == provider), provider.capitalize())
