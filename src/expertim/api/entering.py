"""Who asks: a token stands for its person and knows no cookies, a session must show that its own page asks."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from django.http import HttpRequest, HttpResponseBase
from django.middleware.csrf import CsrfViewMiddleware

from expertim.api.problems import Problem
from expertim.meetings.queries import DUE, is_due
from expertim.people.models import Person
from expertim.people.tokens import bearer_of

PREFIX = "/api/"


@dataclass(frozen=True, slots=True, kw_only=True)
class Entered:
    """Who asks, and whether time has something to do to a meeting of theirs."""

    person: Person
    due: bool


class TokensIgnoreCookies:
    """Before the session is looked at: a request that brings a token has none."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if request.path.startswith(PREFIX) and "Authorization" in request.headers:
            request.COOKIES = {}
        return self.get_response(request)


def entered(request: HttpRequest, *, acts: bool) -> Entered:
    """The person behind a request; raises the Problem not_authenticated or not_allowed."""
    given = request.headers.get("Authorization")
    if given is None:
        return _by_session(request, acts=acts)
    scheme, _separator, secret = given.partition(" ")
    bearer = bearer_of(secret.strip(), along=DUE) if scheme.lower() == "bearer" else None
    if bearer is None:
        raise _unknown()
    if acts and not bearer.may_act:
        raise Problem("not_allowed", detail="This token may only read.")
    _agreed(bearer.person, acts=acts)
    return Entered(person=bearer.person, due=bool(bearer.along[0]))


def _by_session(request: HttpRequest, *, acts: bool) -> Entered:
    person = request.user
    if not isinstance(person, Person) and not person.is_authenticated:
        raise _unknown()
    assert person.is_authenticated
    if acts and _OwnPage(lambda request: None).refuses(request):  # type: ignore[arg-type]  # never called
        raise Problem("not_allowed", detail="Send the CSRF token of your session in X-CSRFToken.")
    _agreed(person, acts=acts)
    return Entered(person=person, due=not acts and is_due(person=person.pk))


def _agreed(person: Person, *, acts: bool) -> None:
    """No program can agree to terms for its person; until they have, it reads and does not act."""
    if acts and person.owes_terms:
        raise Problem("not_allowed", detail="This person has yet to agree to the terms, at /legal/agree/.")


def _unknown() -> Problem:
    return Problem("not_authenticated", headers={"WWW-Authenticate": 'Bearer realm="api"'})


class _OwnPage(CsrfViewMiddleware):
    """Django's own test of a session's request, asked by hand."""

    def refuses(self, request: HttpRequest) -> bool:
        self.process_request(request)
        return self.process_view(request, None, (), {}) is not None  # type: ignore[arg-type]  # no view to look at
