"""How one signs in, on one page; and allauth's pages of the second factor, with our answers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from allauth.account.decorators import reauthentication_required
from allauth.mfa.base.views import AuthenticateView as AuthenticateOfAllauth
from allauth.mfa.base.views import ReauthenticateView as ReauthenticateOfAllauth
from allauth.mfa.models import Authenticator
from allauth.mfa.webauthn import views as webauthn
from allauth.socialaccount.models import SocialAccount
from allauth.socialaccount.views import ConnectionsView as ConnectionsOfAllauth
from django.conf import settings
from django.contrib import messages
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse_lazy
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from expertim.foundation.limits import too_many
from expertim.people.devices import device
from expertim.people.forms_second_factor import spent
from expertim.people.middleware import PersonRequest
from expertim.people.services import name_of, offered
from expertim.people.sessions import end_sessions, sessions_of

WAIT = 300  # seconds; as long as wrong codes are remembered, settings._RATES


@dataclass(frozen=True, slots=True, kw_only=True)
class FactorRow:
    """A passkey, or the app, as its person may see it; moments in words."""

    id: int
    name: str
    made: str
    used: str  # "" where it has not been used yet


@require_http_methods(["GET", "HEAD"])
def security(request: PersonRequest) -> HttpResponse:
    """Passkeys, the app and its recovery codes, and where one is signed in."""
    kept = list(Authenticator.objects.filter(user=request.user).order_by("id"))
    clock = request.clock
    passkeys, app, codes = [], None, None
    for one in kept:
        row = FactorRow(
            id=one.pk,
            name=one.wrap().name if one.type == Authenticator.Type.WEBAUTHN else "",
            made=clock.moment(one.created_at),
            used=clock.moment(one.last_used_at) if one.last_used_at else "",
        )
        if one.type == Authenticator.Type.WEBAUTHN:
            passkeys.append(row)
        elif one.type == Authenticator.Type.TOTP:
            app = row
        else:
            codes = len(one.wrap().get_unused_codes())
    shown = {
        "passkeys": passkeys,
        "app": app,
        "codes_left": codes,
        "held_back": request.user.held_back,
        "must": settings.OPERATORS_NEED_SECOND_FACTOR and request.user.is_staff,
        "sessions": [
            {
                "name": row.name,
                "here": row.here,
                "device": device(row.browser),
                "started": clock.moment(row.started_at),
                "used": clock.moment(row.used_at),
            }
            for row in sessions_of(request.user, here=request.session.session_key)
        ],
    }
    return render(request, "people/security.html", shown)


@require_POST
@reauthentication_required  # type: ignore[untyped-decorator]  # allauth has no types
def end_session(request: PersonRequest) -> HttpResponse:
    """Sign oneself out elsewhere: at one device, or at all others."""
    name = request.POST.get("session", "")
    here = request.session.session_key
    ended = end_sessions(person=request.user, but=here, name=None if name == "others" else name)
    if ended:
        said = ngettext("You are signed out there.", "You are signed out at %(count)d other devices.", ended)
        messages.success(request, said % {"count": ended})
    else:
        messages.info(request, _("There was nothing to end: that sign-in is over already."))
    return redirect("mfa_index")


class _LimitedTries:
    """429 once too many wrong codes have been typed, also for the right one (reliability, case 80)."""

    request: HttpRequest

    def form_invalid(self, form: Form) -> HttpResponse:
        if spent(form):
            return too_many(self.request, seconds=WAIT)
        answer: HttpResponse = super().form_invalid(form)  # type: ignore[misc]
        return answer


class AuthenticateView(_LimitedTries, AuthenticateOfAllauth):  # type: ignore[misc]  # allauth has no types
    pass


class ReauthenticateView(_LimitedTries, ReauthenticateOfAllauth):  # type: ignore[misc]
    pass


class _OwnPasskey:
    """Back to the page that lists it."""

    success_url: Any = reverse_lazy("mfa_index")
    context_object_name = "passkey"


class FirstPasskeyView(webauthn.SignupWebAuthnView):  # type: ignore[misc]
    """The passkey of an account that is made without a password."""

    def form_valid(self, form: Form) -> HttpResponse:
        answer: HttpResponse = super().form_valid(form)
        way_back = _("For the day on which your device is lost, make recovery codes in your settings, under Security.")
        messages.info(self.request, way_back)
        return answer


class RemovePasskeyView(_OwnPasskey, webauthn.RemoveWebAuthnView):  # type: ignore[misc]
    pass


class EditPasskeyView(_OwnPasskey, webauthn.EditWebAuthnView):  # type: ignore[misc]
    pass


class ConnectionsView(ConnectionsOfAllauth):  # type: ignore[misc]
    """Which services one may sign in by, and which one could."""

    def get_context_data(self, **given: Any) -> dict[str, Any]:
        connected = SocialAccount.objects.filter(user=self.request.user).order_by("id")
        rows = [
            {
                "id": one.pk,
                "service": name_of(one.provider),
                "since": self.request.clock.moment(one.date_joined),
                "used": self.request.clock.moment(one.last_login),
            }
            for one in connected
        ]
        held = {one.provider for one in connected}
        free = [service for service in offered() if service.id not in held]
        shown: dict[str, Any] = super().get_context_data(connected=rows, free=free, **given)
        return shown
