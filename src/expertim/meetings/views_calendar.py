"""The calendar that a person subscribes to, and the page where its secret address is made and revoked."""

from __future__ import annotations

import hashlib
from datetime import timedelta

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.cache import get_conditional_response
from django.utils.translation import gettext as _
from django.utils.translation import override
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from expertim.meetings import actions, queries
from expertim.meetings.calendar import feed_events
from expertim.notifications.calendar import ics
from expertim.people import feeds
from expertim.people.languages import spoken
from expertim.people.middleware import PersonRequest
from expertim.people.models import Person

DAYS_BACK = 90
REFRESH = timedelta(hours=1)


@login_not_required
@require_safe
def feed(request: HttpRequest, token: str) -> HttpResponseBase:
    """Whoever knows the address reads the calendar; what time has done to its meetings is done first (T0)."""
    person = feeds.reader_of(token)
    if person is None:
        raise Http404
    actions.catch_up(person=person.pk)
    body = _body(person)
    response = HttpResponse(body, content_type="text/calendar; charset=utf-8")
    response["ETag"] = f'"{hashlib.sha256(body).hexdigest()[:32]}"'
    response["Cache-Control"] = "private, no-cache"
    response["Content-Disposition"] = 'inline; filename="meetings.ics"'
    response["X-Robots-Tag"] = "noindex"
    return get_conditional_response(request, etag=response["ETag"], response=response) or response


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def calendar_settings(request: PersonRequest) -> HttpResponse:
    """Make the address, which is shown this once, or revoke it."""
    if request.method == "POST" and request.POST.get("do") == "revoke":
        if feeds.revoke_feed(person=request.user):
            messages.success(request, _("The address leads nowhere any more. Calendars that read it will say so."))
        return redirect("calendar_settings")
    secret = feeds.new_feed(person=request.user) if request.method == "POST" else ""
    made_at = feeds.feed_made_at(person=request.user)
    shown = {
        "addresses": _addresses(secret) if secret else (),
        "made_at": request.clock.moment(made_at) if made_at else "",
        "days_back": DAYS_BACK,
    }
    return render(request, "meetings/calendar.html", shown)


def _body(person: Person) -> bytes:
    with override(spoken(person.language)):
        events = feed_events(queries.in_calendar(person=person.pk, days_back=DAYS_BACK), person=person)
        name = _("Meetings ({site})").format(site=settings.SITE_NAME)
        return ics.feed(events, name=name, refresh=REFRESH)


def _addresses(secret: str) -> tuple[str, str]:
    """For programs that know how to subscribe, and for those that ask for an address."""
    plain = f"{settings.PUBLIC_URL}{reverse('calendar_feed', args=[secret])}"
    return "webcal://" + plain.partition("://")[2], plain
