"""When a page cannot be shown: why, in words that need no database, no session and no person."""

from __future__ import annotations

import sys

from django.core.exceptions import RequestDataTooBig, TooManyFieldsSent
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.views import defaults

from expertim.foundation.limits import too_many

RETRY_AFTER = 30  # seconds; a database that restarts is back by then
WAIT = 300  # seconds; the longest limit but one, that on the codes to one address


def broken(request: HttpRequest) -> HttpResponse:
    """500, or 503 where it is the database that does not answer; called while the exception is being handled."""
    if not isinstance(sys.exc_info()[1], (OperationalError, InterfaceError)):
        return defaults.server_error(request)
    return HttpResponse(
        render_to_string("503.html", using="pages"),
        status=503,
        headers={"Retry-After": str(RETRY_AFTER), "Cache-Control": "no-store"},
    )


def too_many_attempts(request: HttpRequest) -> HttpResponse:
    """429: allauth has counted too many attempts; it does not say until when."""
    return too_many(request, seconds=WAIT)


def unreadable(request: HttpRequest, exception: Exception) -> HttpResponse:
    """400, or 413 for more than a form of ours can hold."""
    if not isinstance(exception, (RequestDataTooBig, TooManyFieldsSent)):
        return defaults.bad_request(request, exception)
    return HttpResponse(render_to_string("413.html", using="pages"), status=413)
