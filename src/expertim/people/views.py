"""The bar that asks which of two time zones counts."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from expertim.foundation.cookies import remember
from expertim.people.actions import change_time_zone
from expertim.people.formats import city_of
from expertim.people.going_back import back_of
from expertim.people.middleware import KEPT_COOKIE, PersonRequest
from expertim.people.models import time_zones

_MOST_KEPT = 5


@require_POST
def device_zone(request: PersonRequest) -> HttpResponse:
    """Show all times for the zone of the device, or keep that of the profile and be asked no more about the two."""
    device, answer = request.POST.get("device", ""), request.POST.get("answer", "")
    if device not in time_zones() or answer not in ("change", "keep"):
        messages.warning(request, _("Nothing has been changed. You can choose your time zone from the list here."))
        return redirect("settings")
    response = redirect(back_of(request, otherwise=reverse("settings")))
    before = request.clock
    shown = {"device": city_of(device), "profile": before.zone_name}
    if answer == "change":
        change_time_zone(person=request.user, time_zone=device)
        said = _("All times are now shown for %(device)s, no longer for %(profile)s. No meeting has been moved.")
    else:
        kept = _kept(request, f"{device}~{before.zone_key}")
        # no more than a convenience, so it stays with the browser
        remember(response, KEPT_COOKIE, kept)
        said = _("All times stay shown for %(profile)s. While this device is in %(device)s, you are not asked again.")
    messages.success(request, said % shown)
    return response


def _kept(request: PersonRequest, pair: str) -> str:
    """The last pairs that were answered, with this one; whatever else stood in the cookie is dropped."""
    pairs = [former for former in request.zones_kept.split("|") if _is_pair(former)]
    return "|".join([*(former for former in pairs if former != pair), pair][-_MOST_KEPT:])


def _is_pair(text: str) -> bool:
    return set(text.split("~")) <= time_zones() and text.count("~") == 1
