"""Every meeting, to be found and read (X2)."""

from __future__ import annotations

from urllib.parse import urlencode

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from expertim.backoffice.access import number_in, operators_only
from expertim.backoffice.queries import meetings as queries
from expertim.backoffice.words import LISTS, payment_words, state_words
from expertim.meetings.actions import catch_up
from expertim.people.middleware import PersonRequest


@operators_only
@require_safe
def meetings(request: PersonRequest) -> HttpResponse:
    """By a party's name or address, by id, by where it stands; each row leads to the meeting's own page."""
    q, state, person = (request.GET.get(name, "") for name in ("q", "state", "person"))
    if state and state not in LISTS:
        raise Http404
    catch_up()  # T0
    before = number_in(request)
    page = queries.meetings(q=q, state=state, person=person, before=before)
    asked = {name: value for name, value in (("q", q), ("state", state), ("person", person)) if value}
    shown = {
        "page": page,
        "q": q,
        "state": state,
        "person": person,
        "states": LISTS,
        "asked": urlencode(asked),
        "continued": before is not None,
        "state_words": state_words,
        "payment_words": payment_words,
    }
    return render(request, "backoffice/meetings.html", shown)
