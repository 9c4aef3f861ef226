"""The front page, and the dashboard inside an Expertise (B1-B5)."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from expertim.expertise import actions as expertise_actions
from expertim.expertise import queries as expertise
from expertim.meetings import queries as meetings
from expertim.meetings.shown import RowShown, row_shown
from expertim.site.middleware import HeaderRequest
from expertim.site.queries import Field

COMING = 3  # meetings on the front page
FEW = 10  # rows of a list on the dashboard, before a link to all
FEW_EXPERTS = 4  # under each skill


@login_not_required
@require_safe
def home(request: HeaderRequest) -> HttpResponse:
    """What this place is, the Expertises, and for whom is signed in what comes next; a newcomer is greeted first."""
    if request.header and request.user.welcomed_at is None:
        return redirect("welcome")
    coming = meetings.listed(person=request.user.pk, which="scheduled", limit=COMING) if request.header else None
    shown = {"expertises": expertise.expertises(), "coming": coming, "rows": rows_shown(request, coming)}
    page = render(request, "site/home.html", shown)
    page["X-Robots-Tag"] = "all"
    return page


@require_safe
def dashboard(request: HeaderRequest, slug: str) -> HttpResponse:
    """B1-B5: counts, what is scheduled, what was held, experts by skill."""
    field, person = field_of(request, slug), request.user.pk
    counts = meetings.counts(person=person, expertise=field.id)
    scheduled = meetings.listed(which="scheduled", person=person, expertise=field.id, limit=FEW)
    # where nothing was held, the count has said so, and the list need not be asked
    held = meetings.listed(which="held", person=person, expertise=field.id, limit=FEW) if counts.held else None
    return render(
        request,
        "site/dashboard.html",
        {
            "counts": counts,
            "scheduled": scheduled,
            "scheduled_rows": rows_shown(request, scheduled),
            "held": held,
            "held_rows": rows_shown(request, held),
            "skills": expertise.experts_by_skill(expertise=slug, person_id=person, per_skill=FEW_EXPERTS),
        },
    )


@require_http_methods(["GET", "HEAD", "POST"])
def skills(request: HeaderRequest, slug: str) -> HttpResponse:
    """Which skills of this Expertise one wants to develop, and which one has; those of the others stay as they are."""
    field_of(request, slug)
    every = expertise.skills_to_wish(request.user.pk)
    if request.method == "POST":
        here = {skill.id for skill in every if skill.expertise == slug}
        away = [skill for skill in every if skill.expertise != slug]
        wished, held = (_numbers(request, name) & here for name in ("skill", "held"))
        person = request.user.pk
        expertise_actions.wish(person_id=person, skill_ids=wished | {skill.id for skill in away if skill.wished})
        expertise_actions.hold(person_id=person, skill_ids=held | {skill.id for skill in away if skill.held})
        messages.success(request, _("Saved. The experts for these skills come first on your dashboard."))
        return redirect("dashboard", slug)
    return render(request, "site/skills.html", {"skills": [skill for skill in every if skill.expertise == slug]})


def _numbers(request: HeaderRequest, name: str) -> set[int]:
    return {int(number) for number in request.POST.getlist(name) if number.isascii() and number.isdecimal()}


def rows_shown(request: HeaderRequest, page: meetings.Page | None) -> list[RowShown]:
    return [row_shown(view, clock=request.clock) for view in page.rows] if page else []


def field_of(request: HeaderRequest, slug: str) -> Field:
    """The Expertise of the address; it came with the header."""
    field = request.header.field(slug)
    if field is None:
        raise Http404
    return field
