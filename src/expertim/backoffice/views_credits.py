"""The ledger: every posting, and the sums of all accounts."""

from __future__ import annotations

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from expertim.backoffice.access import number_in, operators_only
from expertim.backoffice.queries import ledger as queries
from expertim.backoffice.queries.overview import figures
from expertim.backoffice.words import ACCOUNTS, POSTINGS
from expertim.meetings.actions import catch_up
from expertim.people.middleware import PersonRequest


@operators_only
@require_safe
def ledger(request: PersonRequest) -> HttpResponse:
    """The latest first; `?kind=` shows one kind, grants for example."""
    kind, before = request.GET.get("kind", ""), number_in(request)
    if kind and kind not in POSTINGS:
        raise Http404
    catch_up()  # T0
    shown = {
        "page": queries.postings(kind=kind, before=before),
        "figures": figures(),
        "kind": kind,
        "kinds": POSTINGS,
        "accounts": ACCOUNTS,
        "continued": before is not None,
    }
    return render(request, "backoffice/credits.html", shown)
