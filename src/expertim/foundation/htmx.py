"""Pages that follow what happens and acts that open in place; the same addresses work without any script."""

from __future__ import annotations

from collections.abc import Callable
from http import HTTPStatus

from django.http import HttpRequest, HttpResponse, HttpResponseBase

DIALOG = "dialog-body"  # where base.html opens an act in place
_NO_MORE_POLLING = 286  # htmx's own number
_REFUSED = (HTTPStatus.CONFLICT, HTTPStatus.UNPROCESSABLE_ENTITY, HTTPStatus.TOO_MANY_REQUESTS)


def by_htmx(request: HttpRequest) -> bool:
    """Whether a part of a page is asked for, not a page."""
    return request.headers.get("HX-Request") == "true"


def in_dialog(request: HttpRequest) -> bool:
    """Whether the answer is shown in place, above the page that was there."""
    return by_htmx(request) and request.headers.get("HX-Target") == DIALOG


def unchanged() -> HttpResponse:
    """The answer to a page that asks whether anything is new, and nothing is."""
    return HttpResponse(status=HTTPStatus.NO_CONTENT)


class HtmxMiddleware:
    """Turns what views answer into what htmx can follow; to all other requests it does nothing.

    A redirect leads the whole page on. Where a page only asks for news it must not be thrown out of what its reader
    is doing (they may have signed out in another window): there it stops asking.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        if not by_htmx(request):
            return response
        # A part must never come back from the browser's cache as the page of that address.
        response.headers["Cache-Control"] = "no-store"
        if 300 <= response.status_code < 400:
            return _led_on(request, response)
        if response.status_code in _REFUSED:
            # htmx 2 shows what succeeded only, and browsers report the rest as errors; the words say that nothing did.
            response.status_code = HTTPStatus.OK
        return response


def _led_on(request: HttpRequest, response: HttpResponseBase) -> HttpResponse:
    asking = request.method == "GET" and not in_dialog(request)
    headers = {"HX-Reswap": "none"} if asking else {"HX-Redirect": response.headers["Location"]}
    made = HttpResponse(status=_NO_MORE_POLLING if asking else HTTPStatus.OK, headers=headers)
    made.headers["Cache-Control"] = "no-store"
    made.cookies = response.cookies
    return made
