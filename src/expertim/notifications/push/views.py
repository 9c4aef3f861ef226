"""Adding and removing a browser to push to, and the service worker that shows what comes."""

from __future__ import annotations

from pathlib import Path

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from expertim.notifications import actions
from expertim.notifications.forms import DeviceForm
from expertim.notifications.push.setup import push_is_there
from expertim.people.middleware import PersonRequest

_WORKER = Path(__file__).resolve().parent / "worker.js"


@require_POST
def add(request: PersonRequest) -> HttpResponse:
    """Posted by push.js, once the browser has agreed."""
    _require_push()
    form = DeviceForm(request.POST)
    if form.is_valid():
        name = _browser_named(request.headers.get("User-Agent", ""))
        actions.add_device(person=request.user.pk, name=name, **form.cleaned_data)
        messages.success(request, _("Added. From now on this browser shows a line when something happens."))
    else:
        messages.error(request, _("This browser could not be added: what it said about itself cannot be used."))
    return redirect("notification_settings")


@require_POST
def remove(request: PersonRequest, number: int) -> HttpResponse:
    """Forget a device of one's own; a second click finds it gone."""
    _require_push()
    if actions.remove_device(person=request.user.pk, device=number):
        messages.success(request, _("Removed. Nothing is sent to that device any more."))
    return redirect("notification_settings")


@login_not_required
@require_safe
def worker(request: HttpRequest) -> HttpResponse:
    """The service worker. At the root, because it may speak for no more than the folder it comes from."""
    _require_push()
    response = HttpResponse(_WORKER.read_bytes(), content_type="text/javascript; charset=utf-8")
    response["Cache-Control"] = "no-cache"
    return response


def _require_push() -> None:
    if not push_is_there():
        raise Http404


def _browser_named(agent: str) -> str:
    """As a person would call it: what it is and what it runs on. Order matters: each claims to be the next as well."""
    browsers = (("Firefox", "Firefox"), ("Edg", "Edge"), ("OPR", "Opera"), ("Chrome", "Chrome"), ("Safari", "Safari"))
    systems = (
        ("Android", "Android"),
        ("iPhone", "iPhone"),
        ("iPad", "iPad"),
        ("Windows", "Windows"),
        ("Mac OS", "Mac"),
        ("Linux", "Linux"),
    )
    browser = next((name for sign, name in browsers if sign in agent), _("Browser"))
    system = next((name for sign, name in systems if sign in agent), "")
    return _("%(browser)s on %(system)s") % {"browser": browser, "system": system} if system else browser
