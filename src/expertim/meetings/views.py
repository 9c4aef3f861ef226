"""Reading: the list of one's meetings, and one meeting."""

from __future__ import annotations

from dataclasses import replace

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils.translation import pgettext
from django.views.decorators.http import require_http_methods

from expertim.expertise import queries as expertise_queries
from expertim.expertise.rows import ExpertisePage
from expertim.foundation.htmx import by_htmx, unchanged
from expertim.meetings import queries
from expertim.meetings.sent import sent_shown
from expertim.meetings.shown import meeting_shown, news_shown, row_shown, seen_mark, timeline_shown
from expertim.meetings.views_shared import found_or_404
from expertim.people.middleware import PersonRequest

LISTS = ("scheduled", "held", "all")


@require_http_methods(["GET", "HEAD"])
def meetings(request: PersonRequest) -> HttpResponse:
    """All my meetings: scheduled (B3), held (B4) or every one; of one Expertise or of all; `?after=` goes on."""
    which = request.GET.get("list", "scheduled")
    if which not in LISTS:
        raise Http404
    slug = request.GET.get("expertise")
    field = _field_or_404(slug) if slug else None
    try:
        page = queries.listed(
            person=request.user.pk,
            which=which,
            expertise=field.id if field else None,
            after=request.GET.get("after"),
        )
    except ValueError:
        raise Http404 from None
    labels = {
        "scheduled": pgettext("list of meetings", "Scheduled"),
        "held": pgettext("list of meetings", "Held"),
        "all": pgettext("list of meetings", "All"),
    }
    shown = {
        "which": which,
        "only": field,  # `field` is the layout's: the Expertise one is in
        "within": f"&expertise={field.slug}" if field else "",
        "filters": tuple((name, labels[name]) for name in LISTS),
        "rows": tuple(row_shown(view, clock=request.clock) for view in page.rows),
        "next": page.next,
        "continued": "after" in request.GET,
    }
    return render(request, "meetings/list.html", shown)


def _field_or_404(slug: str) -> ExpertisePage:
    field = None if "\0" in slug else expertise_queries.expertise(slug)
    if field is None:
        raise Http404
    return field


@require_http_methods(["GET", "HEAD"])
def meeting(request: PersonRequest, public_id: str) -> HttpResponse:
    """One meeting: where it stands, both clocks, the credits, what I can do, and the timeline.

    An open page asks again with `?seen=`: it gets what it shows anew and what has happened, or 204.
    """
    view = found_or_404(request, public_id)
    seen = seen_mark(view, meeting_shown(view, clock=request.clock))
    if by_htmx(request) and request.GET.get("seen") == seen:
        return unchanged()
    view = replace(view, past=queries.timeline(view))
    shown = meeting_shown(view, clock=request.clock)
    timeline = timeline_shown(view.past, view=view, clock=request.clock)
    given = {"meeting": shown, "timeline": timeline, "seen": seen}
    if not by_htmx(request):
        given["sent"] = sent_shown(view, reader=request.user.pk, clock=request.clock)
        return render(request, "meetings/meeting.html", given)
    given["news"] = news_shown(request.GET.get("seen", ""), meeting=shown, timeline=timeline)
    return render(request, "meetings/meeting_live.html", given)
