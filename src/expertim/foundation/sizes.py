"""How much may be sent to us: nothing larger than a form is read, but where a room says that it takes a file."""

from __future__ import annotations

from collections.abc import Callable
from http import HTTPStatus

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.template.loader import render_to_string

_LARGER: dict[str, int] = {}


def takes_files(path: str, *, most: int) -> None:
    """At this very path so many bytes may be sent; said at start-up by the room whose page it is."""
    _LARGER[path] = most


class BodySizeMiddleware:
    """413 before a byte of it is read. Django's own limit leaves files out and would keep them on our disk first."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        announced = request.META.get("CONTENT_LENGTH") or "0"
        of_a_program = request.path.startswith("/api/")  # which judges it by itself, and says so in its own way
        most = _LARGER.get(request.path, settings.DATA_UPLOAD_MAX_MEMORY_SIZE)
        if not of_a_program and announced.isdecimal() and int(announced[:20]) > most:
            return too_large()
        return self.get_response(request)


def too_large() -> HttpResponse:
    """The page that says so; it knows no person, for nothing of the request has been read."""
    return HttpResponse(render_to_string("413.html", using="pages"), status=HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
