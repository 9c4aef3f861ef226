"""T0 for readers: before a page is read, what time has done to its reader's meetings is written."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.contrib.sessions.middleware import SessionMiddleware
from django.http import HttpRequest, HttpResponseBase
from django.utils.functional import SimpleLazyObject

from expertim.foundation.cookies import cookie_name, remember
from expertim.foundation.htmx import by_htmx, in_dialog
from expertim.meetings import actions
from expertim.people.middleware import PersonRequest
from expertim.people.sessions import SessionStore
from expertim.site import queries

RING_LIMIT = 100
MOST_ROUNDS = 100  # of ringing for one page: a bell that nobody can ring must not hold its reader for ever
FIELD_COOKIE = cookie_name("expertim_field")
_WITHOUT_HEADER = ("/accounts/", "/admin/", "/api/", "/healthz", "/photo/", "/static/", "/favicon.ico", "/robots.txt")
_WITH_HEADER = ("/api/v1/docs",)  # a page all the same


class HeaderRequest(PersonRequest):
    """A request of a signed-in person as the views of this room get it."""

    header: queries.Header


class HeaderSessionMiddleware(SessionMiddleware):
    """One statement for session, person and header: a page costs that one and its own."""

    def process_request(self, request: HttpRequest) -> None:
        key = request.COOKIES.get(settings.SESSION_COOKIE_NAME)
        wanted = request.method in ("GET", "HEAD") and _headed(request.path)
        # A page that only asks for news says nothing about whether anybody is there.
        idle = request.method == "GET" and by_htmx(request) and not in_dialog(request)
        request.session = SessionStore(key, along=queries.HEADER if wanted else "", prolong=not idle)


class HeaderMiddleware:
    """Puts `request.header` before every page of ours for a signed-in person, None before all others."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        request.header = None  # type: ignore[attr-defined]
        response = self.get_response(request)
        slug = _chosen(request)
        if slug and slug != request.COOKIES.get(FIELD_COOKIE):
            # which Expertise one was in last; no more than a convenience, so it stays with the browser
            remember(response, FIELD_COOKIE, slug)
        return response

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: Any) -> None:
        if not _headed(request.path) or not request.user.is_authenticated:
            return
        person = request.user.pk
        if request.method in ("GET", "HEAD"):
            request.header = current_header(person=person, read=_read_along(request))  # type: ignore[attr-defined]
        else:
            # An act rings its own meeting and mostly answers with a redirect; the header is for what it shows instead.
            request.header = SimpleLazyObject(lambda: current_header(person=person))  # type: ignore[attr-defined]


def _headed(path: str) -> bool:
    return path in _WITH_HEADER or not path.startswith(_WITHOUT_HEADER)


def _read_along(request: HttpRequest) -> tuple[Any, ...] | None:
    """The header's row that came with the session, if it is about the person whom the session vouches for."""
    session = request.session
    if not isinstance(session, SessionStore) or session.person is None or session.person.pk != request.user.pk:
        return None
    return session.along


def current_header(*, person: int, read: tuple[Any, ...] | None = None) -> queries.Header:
    """The header as it is once time has done all that was due; the worker may be late or off.

    `read`: its row where the session's statement has brought it.
    """
    header = queries.header_of(read) if read else queries.header(person=person)
    if header.due:
        for _round in range(MOST_ROUNDS):
            if not actions.ring_due(person=person, limit=RING_LIMIT):
                break
        header = queries.header(person=person)
    return header


def _chosen(request: HttpRequest) -> str | None:
    if request.method not in ("GET", "HEAD"):
        return None  # asking the header of a POST would read it for nothing
    header = getattr(request, "header", None)
    match = request.resolver_match
    slug = match.kwargs.get("slug") if match else None
    # only what is there: an address somebody made up is not remembered
    return slug if isinstance(slug, str) and header and header.field(slug) else None
