"""When a page cannot be shown, or a form not be taken: why, and what one can do."""

from __future__ import annotations

import sys
from collections.abc import Callable
from http import HTTPStatus
from urllib.parse import urlsplit

from django.conf import settings
from django.core.exceptions import RequestDataTooBig, TooManyFieldsSent
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext_lazy, pgettext_lazy
from django.views import defaults

from expertim.foundation.limits import too_many
from expertim.foundation.sizes import too_large

RETRY_AFTER = 30  # seconds; a database that restarts is back by then
WAIT = 300  # seconds; the longest limit but one, that on the codes to one address
# What people type here, by the names of the fields; passwords and codes are not given back, nor what a page carried.
_TYPED = {
    "message": gettext_lazy("Message"),
    "reason": gettext_lazy("Reason"),
    "review": gettext_lazy("Your words about the expert"),
    "note": gettext_lazy("Note"),
    "date": gettext_lazy("Date"),
    "time": gettext_lazy("Time"),
    "minutes": gettext_lazy("Length in minutes"),
    "price": gettext_lazy("Price in credits"),
    "fee": gettext_lazy("Fee in credits"),
    "amount": gettext_lazy("Credits"),
    "name": pgettext_lazy("of a person", "Name"),
    "email": gettext_lazy("E-mail"),
}
_TYPED |= {
    f"name_{code}": pgettext_lazy("of an Expertise or a skill", "Name") for code, _language in settings.LANGUAGES
}
_TYPED |= {f"introduction_{code}": gettext_lazy("Introduction") for code, _language in settings.LANGUAGES}


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
    return too_large()


def out_of_date(request: HttpRequest, reason: str = "") -> HttpResponse:
    """403 for a form that carries no token of this sign-in. What was typed in a page of ours is given back."""
    ours = _from_here(request)
    typed = [(label, request.POST[name]) for name, label in _TYPED.items() if ours and request.POST.get(name)]
    return render(request, "403_csrf.html", {"typed": typed, "again": _page_of(request)}, status=403)


class WordsForABareRefusal:
    """405 as a page: somebody who had to log in arrives by GET where only a press does something.

    Programs (the API, calendar servers, a script of ours) read the status and need no page.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        bare = response.status_code == HTTPStatus.METHOD_NOT_ALLOWED and not getattr(response, "content", b"")
        if not bare or "text/html" not in request.headers.get("Accept", ""):
            return response
        page = render(request, "405.html", status=HTTPStatus.METHOD_NOT_ALLOWED)
        page.headers["Allow"] = response.headers["Allow"]
        return page


def _from_here(request: HttpRequest) -> bool:
    """Whether the browser vouches that the form stood on a page of ours: nobody else's words are shown as typed."""
    own = {f"{request.scheme}://{request.get_host()}", *settings.CSRF_TRUSTED_ORIGINS}
    return request.headers.get("Origin") in own or request.headers.get("Sec-Fetch-Site") == "same-origin"


def _page_of(request: HttpRequest) -> str:
    """The page that the form stood on; the front page where the browser does not say."""
    page = request.headers.get("Referer", "")
    if not url_has_allowed_host_and_scheme(page, allowed_hosts={request.get_host()}):
        return "/"
    parts = urlsplit(page)
    return f"{parts.path}?{parts.query}" if parts.query else parts.path
