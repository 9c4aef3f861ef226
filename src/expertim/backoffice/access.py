"""The door to the operator's pages: to anybody else they do not exist."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse

from expertim.people.middleware import PersonRequest

LARGEST = 2**63 - 1  # the database's own largest number
View = Callable[..., HttpResponse]


def operators_only(view: View) -> View:
    """Signed in is everybody here (LoginRequiredMiddleware); an operator has to be."""

    @wraps(view)
    def guarded(request: PersonRequest, *args: Any, **named: Any) -> HttpResponse:
        if not request.user.is_operator:
            raise Http404
        return view(request, *args, **named)

    return guarded


def number_in(request: HttpRequest, name: str = "before") -> int | None:
    """A number of the address at which a list goes on; None, that is its beginning, for anything else."""
    given = request.GET.get(name, "")
    if not (given.isascii() and given.isdecimal() and len(given) < 20):
        return None
    return min(int(given), LARGEST)
