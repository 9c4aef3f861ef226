"""What every request knows about its person: the language and the clock."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponseBase
from django.utils import translation
from django.utils.cache import patch_vary_headers

from expertim.people.formats import Clock
from expertim.people.languages import spoken
from expertim.people.models import Person

ANONYMOUS_CLOCK = Clock.of(time_zone="UTC", date_format="YYYY-MM-DD HH:MM")


class PersonRequest(HttpRequest):
    """A request as our views get it, behind log-in."""

    user: Person  # LoginRequiredMiddleware lets nobody else through
    clock: Clock


class PersonLocaleMiddleware:
    """Speaks the signed-in person's language, to strangers the one that their browser asks for."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        person = request.user
        wanted = person.language if person.is_authenticated else translation.get_language_from_request(request)
        translation.activate(spoken(wanted))
        request.LANGUAGE_CODE = translation.get_language()
        request.clock = person.clock if person.is_authenticated else ANONYMOUS_CLOCK  # type: ignore[attr-defined]
        response = self.get_response(request)
        response.headers.setdefault("Content-Language", translation.get_language() or "en")
        if not person.is_authenticated:
            patch_vary_headers(response, ("Accept-Language",))
        return response
