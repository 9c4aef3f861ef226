"""The pages of webhooks: a person's own, and the installation's for operators."""

from __future__ import annotations

from typing import Any

from allauth.account.decorators import reauthentication_required
from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from expertim.api import webhooks
from expertim.api.models import Attempt, Endpoint
from expertim.foundation.outbound import MOST_URL, Blocked, Unreachable
from expertim.people.middleware import PersonRequest

ATTEMPTS = 50
_BLOCKED = {
    "scheme": gettext_lazy("The address must begin with https."),
    "port": gettext_lazy("The address must be at the usual port of https."),
    "own_host": gettext_lazy("This is our own address."),
    "address": gettext_lazy("This address is not on the public internet."),
    "unknown_host": gettext_lazy("There is no such host."),
    "unreadable": gettext_lazy("This is not an address that can be called."),
}
_METHODS = ["GET", "HEAD", "POST"]


class EndpointForm(forms.Form):
    """Where, and what."""

    url = forms.CharField(
        max_length=MOST_URL,
        label=gettext_lazy("Address"),
        help_text=gettext_lazy("Of your program, beginning with https. It is called whenever something happens."),
        error_messages={"required": gettext_lazy("Give the address.")},
        widget=forms.URLInput(attrs={"inputmode": "url", "autocomplete": "off", "spellcheck": "false"}),
    )
    events = forms.MultipleChoiceField(
        choices=[(name, name) for name in webhooks.event_names()],
        initial=webhooks.event_names(),
        label=gettext_lazy("It is told of"),
        error_messages={"required": gettext_lazy("Choose what it is told of.")},
        widget=forms.CheckboxSelectMultiple,
    )


@never_cache
@require_http_methods(_METHODS)
@reauthentication_required  # type: ignore[untyped-decorator]  # allauth has no types
def own(request: PersonRequest) -> HttpResponse:
    """A person's webhooks: of their own meetings."""
    return _list(request, person=request.user.pk)


@never_cache
@require_http_methods(_METHODS)
@reauthentication_required  # type: ignore[untyped-decorator]  # allauth has no types
def own_one(request: PersonRequest, public_id: str) -> HttpResponse:
    return _one(request, public_id, person=request.user.pk)


@never_cache
@require_http_methods(_METHODS)
def installation(request: PersonRequest) -> HttpResponse:
    """The installation's: of all meetings. To anybody but operators they do not exist."""
    return _of_operators(request, "")


@never_cache
@require_http_methods(_METHODS)
def installation_one(request: PersonRequest, public_id: str) -> HttpResponse:
    return _of_operators(request, public_id)


def _of_operators(request: PersonRequest, public_id: str) -> HttpResponse:
    if not request.user.is_operator:
        raise Http404
    return _guarded(request, public_id)  # type: ignore[no-any-return]  # allauth has no types


@reauthentication_required  # type: ignore[untyped-decorator]  # allauth has no types
def _guarded(request: PersonRequest, public_id: str) -> HttpResponse:
    return _one(request, public_id, person=None) if public_id else _list(request, person=None)


def _list(request: PersonRequest, *, person: int | None) -> HttpResponse:
    form = EndpointForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            made = webhooks.new_endpoint(
                person=person, url=form.cleaned_data["url"], events=form.cleaned_data["events"]
            )
        except Blocked as blocked:
            form.add_error("url", str(_BLOCKED[blocked.reason]))
        except Unreachable:
            form.add_error("url", _("Nobody says where this host is. Try again in a while."))
        except webhooks.TooManyEndpoints:
            form.add_error(None, _("There are {most} already. Remove one first.").format(most=webhooks.MOST))
        else:
            return _page(request, made, secret=made.secret)
    shown = {
        "form": form,
        "of_all": person is None,
        "endpoints": Endpoint.objects.filter(person=person).order_by("-id"),
        "page": _name("webhook", person),
    }
    return render(request, "api/webhooks.html", shown, status=422 if form.is_bound else 200)


def _one(request: PersonRequest, public_id: str, *, person: int | None) -> HttpResponse:
    endpoint = None if "\0" in public_id else Endpoint.objects.filter(public_id=public_id, person=person).first()
    if endpoint is None:
        raise Http404
    if request.method != "POST":
        return _page(request, endpoint)
    match request.POST.get("do", ""):
        case "test":
            webhooks.send_test(endpoint)
            messages.success(request, _("A test message is on its way. It stands below once it has been sent."))
        case "rotate":
            return _page(request, endpoint, secret=webhooks.rotate(endpoint))
        case "on":
            webhooks.switch_on(endpoint)
            messages.success(request, _("The webhook is on again. What happened meanwhile can be sent again below."))
        case "remove":
            endpoint.delete()
            messages.success(request, _("The webhook has been removed. Nothing is sent there any more."))
            return redirect(_name("webhooks", person))
        case "replay":
            _replay(request, endpoint)
    return redirect(_name("webhook", person), public_id)


def _replay(request: PersonRequest, endpoint: Endpoint) -> None:
    number = request.POST.get("attempt", "")
    if not (number.isascii() and number.isdecimal() and len(number) < 19):
        return
    attempt = endpoint.attempts.filter(pk=int(number)).first()
    if attempt is not None:
        webhooks.replay(attempt)
        messages.success(request, _("It is sent once more, under the same id."))


def _page(request: PersonRequest, endpoint: Endpoint, *, secret: str = "") -> HttpResponse:
    clock = request.clock
    shown = {
        "endpoint": endpoint,
        "address": reverse(_name("webhook", endpoint.person_id), args=[endpoint.public_id]),
        "up": reverse(_name("webhooks", endpoint.person_id)),
        "secret": secret,
        "both_until": clock.moment(endpoint.former_until) if secret and endpoint.former_until else "",
        "off_since": clock.moment(endpoint.disabled_at) if endpoint.disabled_at else "",
        "failing_since": clock.moment(endpoint.failing_since) if endpoint.failing_since else "",
        "attempts": [_attempt(one, request) for one in endpoint.attempts.order_by("-id")[:ATTEMPTS]],
        "most": ATTEMPTS,
    }
    return render(request, "api/webhook.html", shown)


def _attempt(one: Attempt, request: PersonRequest) -> dict[str, Any]:
    return {
        "number": one.pk,
        "at": request.clock.moment(one.at),
        "event": one.payload["event"],
        "meeting": one.payload.get("meeting", ""),
        "message": one.message,
        "good": one.status is not None and 200 <= one.status < 300,
        "said": one.trouble or _("answered %(status)s") % {"status": one.status},
        "milliseconds": one.milliseconds,
    }


def _name(page: str, person: int | None) -> str:
    return page if person is not None else f"operator_{page}"
