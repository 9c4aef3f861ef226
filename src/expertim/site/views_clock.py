"""The clock of a movable installation: shown to everybody there, moved by anybody, forwards only."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from expertim.foundation import clock
from expertim.people.going_back import back_of
from expertim.people.middleware import PersonRequest
from expertim.site import queries

STEPS = {"15m": timedelta(minutes=15), "1h": timedelta(hours=1), "1d": timedelta(days=1)}


@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
def clock_page(request: PersonRequest) -> HttpResponse:
    """What the platform's clock shows and what it will bring next; POST moves it."""
    if not settings.MOVABLE_CLOCK:
        raise Http404
    if request.method == "POST":
        _move(request)
        return redirect(back_of(request, otherwise=reverse("demo_clock")))
    return render(request, "site/clock.html", {"now": clock.now(), "next": queries.next_due()})


def _move(request: PersonRequest) -> None:
    by = request.POST.get("by", "")
    moment: datetime | None = None
    try:
        if by in STEPS:
            moment = clock.advance(STEPS[by])
        elif by == "next":
            due = queries.next_due()
            if due is None:
                messages.info(request, _("Nothing is due at any later time, so the clock stays where it is."))
                return
            moment = clock.move_to(due)
    except (clock.ClockRefused, OverflowError):
        pass
    if moment is None:
        messages.warning(request, _("The clock has not been moved."))
        return
    shown = {"moment": request.clock.moment(moment), "zone": request.clock.zone_name}
    messages.success(request, _("It is now %(moment)s (%(zone)s).") % shown)
