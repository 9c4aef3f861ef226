"""One's profile as a whole, and as others see it."""

from __future__ import annotations

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from expertim.expertise import queries as expertise
from expertim.meetings.queries import acquainted
from expertim.people.forms_profile import GROUPS
from expertim.people.profile import told_by, told_by_public_id
from expertim.site.complete import completeness
from expertim.site.middleware import HeaderRequest
from expertim.site.person_shown import facts_shown


@require_safe
def profile(request: HeaderRequest) -> HttpResponse:
    """What one has told, group by group; what is missing, and what it would help."""
    told = told_by(request.user.pk)
    wished = any(skill.wished for skill in expertise.skills_to_wish(request.user.pk))
    groups = {name: (group, facts_shown(told, group=name)) for name, group in GROUPS.items()}
    shown = {"groups": groups, "complete": completeness(told, wished=wished)}
    return render(request, "site/profile.html", shown)


@require_safe
def person(request: HeaderRequest, public_id: str) -> HttpResponse:
    """Somebody as those see them who have a meeting or a chat with them; of anybody else there is no such page."""
    told = told_by_public_id(public_id)
    if told is None:
        raise Http404
    myself = told.person.pk == request.user.pk
    if not myself and not acquainted(expert=request.user.pk, other=told.person.pk):
        raise Http404
    shown = {
        "person": told.person,
        "profile": told.profile,
        "facts": [fact for name in ("work", "school", "place") for fact in facts_shown(told, group=name, public=True)],
        "has": expertise.skills_held(told.person.pk),
        "myself": myself,
        "places": expertise.places_of(told.person.pk),
    }
    return render(request, "site/person.html", shown)
