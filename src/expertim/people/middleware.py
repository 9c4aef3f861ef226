"""What every request knows about its person: the language, the clock, and that answers are theirs alone."""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from django.contrib import auth
from django.contrib.auth.middleware import AuthenticationMiddleware
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest, HttpResponseBase
from django.utils import translation
from django.utils.cache import patch_vary_headers
from django.utils.crypto import constant_time_compare
from django.utils.functional import SimpleLazyObject

from expertim.foundation.cookies import cookie_name
from expertim.people.formats import Clock
from expertim.people.languages import spoken
from expertim.people.models import Person

# Pairs of device and profile that one has answered; people/zone_bar.html reads them.
KEPT_COOKIE = cookie_name("expertim_zones")
ANONYMOUS_CLOCK = Clock.of(time_zone="UTC", date_format="YYYY-MM-DD HH:MM")


class PersonRequest(HttpRequest):
    """A request as our views get it, behind log-in."""

    user: Person  # LoginRequiredMiddleware lets nobody else through
    clock: Clock
    zones_kept: str


class PersonMiddleware(AuthenticationMiddleware):
    """`request.user` from the statement that has read the session; all that is unusual is left to Django."""

    def process_request(self, request: HttpRequest) -> None:
        super().process_request(request)
        request.user = SimpleLazyObject(lambda: _signed_in(request))  # type: ignore[assignment]  # lazily a person


def _signed_in(request: HttpRequest) -> Person | AnonymousUser:
    known: Person | AnonymousUser | None = getattr(request, "_cached_user", None)  # Django's own name for it
    if known is None:
        read = request.session.get(auth.SESSION_KEY) and request.session.person  # type: ignore[attr-defined]
        # A switched-off person, another password, a session without its column: Django refuses, rotates or reads anew.
        known = read if read and _vouched(request, read) else auth.get_user(request)
        request._cached_user = known  # type: ignore[attr-defined]
    assert known is not None
    return known


def _vouched(request: HttpRequest, person: Person) -> bool:
    """What django.contrib.auth.get_user demands of a session before it believes it."""
    session = request.session
    return (
        session[auth.SESSION_KEY] == str(person.pk)
        and session.get(auth.BACKEND_SESSION_KEY) in settings.AUTHENTICATION_BACKENDS
        and person.is_active
        and constant_time_compare(session.get(auth.HASH_SESSION_KEY, ""), person.get_session_auth_hash())
    )


class PersonLocaleMiddleware:
    """Speaks the signed-in person's language; to strangers the one chosen below, else their browser's."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        person = request.user
        wanted = person.language if person.is_authenticated else translation.get_language_from_request(request)
        translation.activate(spoken(wanted))
        request.LANGUAGE_CODE = translation.get_language()
        request.clock = person.clock if person.is_authenticated else ANONYMOUS_CLOCK  # type: ignore[attr-defined]
        request.zones_kept = request.COOKIES.get(KEPT_COOKIE, "")  # type: ignore[attr-defined]
        response = self.get_response(request)
        response.headers.setdefault("Content-Language", translation.get_language() or "en")
        if person.is_authenticated:
            # Whoever sits down here next must not find it by going back.
            response.headers.setdefault("Cache-Control", "no-store")
        if not person.is_authenticated:
            patch_vary_headers(response, ("Accept-Language", "Cookie"))
        return response
