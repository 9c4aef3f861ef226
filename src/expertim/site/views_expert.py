"""One expert's page."""

from __future__ import annotations

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from expertim.expertise import queries as expertise
from expertim.meetings import queries as meetings
from expertim.reviews import queries as reviews
from expertim.site import queries
from expertim.site.middleware import HeaderRequest
from expertim.site.views import field_of, rows_shown

TOGETHER = 5  # of the meetings with this expert; all of them stand among one's meetings
_LARGEST_OFFSET = 10_000


@require_safe
def expert(request: HeaderRequest, slug: str, public_id: str) -> HttpResponse:
    """Introduction, services, words of others, our meetings together."""
    field = field_of(request, slug)
    found = expertise.expert_page(expertise=slug, public_id=public_id.replace("\x00", ""))
    if found is None:
        raise Http404
    myself = found.person_id == request.user.pk
    together = None if myself else _together(request, expert=found.person_id)
    return render(
        request,
        "site/expert.html",
        {
            "expert": found,
            "myself": myself,
            "figures": queries.expert_figures(expert=found.person_id, expertise=field.id, reader=request.user.pk),
            "reviews": reviews.about(expert=found.person_id, offset=_offset(request)),
            "together": together,
            "together_rows": rows_shown(request, together),
        },
    )


def _together(request: HeaderRequest, *, expert: int) -> meetings.Page:
    return meetings.listed(person=request.user.pk, which="all", counterparty=expert, limit=TOGETHER)


def _offset(request: HeaderRequest) -> int:
    given = request.GET.get("reviews", "")
    return min(int(given), _LARGEST_OFFSET) if given.isascii() and given.isdecimal() and len(given) < 9 else 0
