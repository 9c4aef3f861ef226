"""The experts of an Expertise and their services: listed and offered, or not."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from expertim.backoffice.access import LARGEST, number_in, operators_only
from expertim.backoffice.queries import expertises as queries
from expertim.backoffice.views_expertises import expertise_or_404
from expertim.expertise import actions
from expertim.meetings.views_shared import SeeOther
from expertim.people.middleware import PersonRequest


@operators_only
@require_safe
def experts(request: PersonRequest, slug: str) -> HttpResponse:
    expertise, before = expertise_or_404(slug), number_in(request)
    page = queries.experts(expertise=expertise.pk, before=before)
    shown = {"expertise": expertise, "page": page, "continued": before is not None}
    return render(request, "backoffice/experts.html", shown)


@operators_only
@require_POST
def listed(request: PersonRequest, slug: str, number: int) -> HttpResponse:
    """List an expert here or not; what has been proposed stays."""
    expertise, on = expertise_or_404(slug), _wanted(request)
    if not actions.list_expert(expertise=expertise.pk, expert=min(number, LARGEST), active=on):
        raise Http404
    messages.success(
        request,
        _("The expert is listed and can be proposed to.")
        if on
        else _("The expert is no longer listed. Meetings already proposed go on."),
    )
    return SeeOther(reverse("operator_experts", args=[slug]))


@operators_only
@require_POST
def offered(request: PersonRequest, slug: str, public_id: str) -> HttpResponse:
    """Offer a service or not; what has been proposed stays."""
    expertise, on = expertise_or_404(slug), _wanted(request)
    if not actions.offer_service(expertise=expertise.pk, service=public_id.replace("\x00", ""), active=on):
        raise Http404
    messages.success(
        request,
        _("The service is offered.") if on else _("The service is no longer offered. Meetings already proposed go on."),
    )
    return SeeOther(reverse("operator_experts", args=[slug]))


def _wanted(request: PersonRequest) -> bool:
    """What it is to be, so that a double click does it once."""
    wanted = request.POST.get("to")
    if wanted not in ("on", "off"):
        raise Http404
    return wanted == "on"
