"""Finding an expert, and keeping one among one's favourites."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from expertim.expertise import actions, search
from expertim.expertise import queries as expertise
from expertim.foundation.addresses import address
from expertim.meetings.free import next_free
from expertim.people.going_back import back_of
from expertim.site import finding
from expertim.site.middleware import HeaderRequest
from expertim.site.views import field_of
from expertim.site.words_experts import held_words, matching_words, on_time, usually_answers


@require_safe
def experts(request: HeaderRequest, slug: str) -> HttpResponse:
    """Experts who fit what stands in the address (docs/finding.md)."""
    field = field_of(request, slug)
    page = expertise.expertise(slug)
    if page is None:
        raise Http404
    wanted = finding.read(request.GET, expertise=field.id, reader=request.user.pk, skills=page.skills)
    if request.GET.get("skill") and wanted.search.skill is None:
        raise Http404
    found = search.experts(wanted.search)
    return render(
        request,
        "site/experts.html",
        {
            "page": page,
            "found": found,
            "rows": [(row, _figures(row)) for row in found.rows],
            "free": next_free(expert_ids=[row.number for row in found.rows]),
            "finding": wanted,
            "chips": finding.chips(wanted, skills=page.skills),
            "choices": finding.choices(wanted),
            "more": wanted.query(after=found.next) if found.next else None,
        },
    )


def _figures(row: search.FoundExpert) -> list[str]:
    """What timelines say of an expert, as far as it is known."""
    said = [
        matching_words(row.matching) if row.matching else "",
        usually_answers(row.answer_minutes),
        held_words(row.held) if row.held else "",
        on_time(row.on_time_percent),
    ]
    return [words for words in said if words]


@require_POST
def favourite(request: HeaderRequest, slug: str, public_id: str) -> HttpResponse:
    """Make an expert a favourite, or no longer one; back to where the button stood."""
    wanted = request.POST.get("favourite") == "on"
    expert = public_id.replace("\x00", "")
    name = actions.keep_favourite(person=request.user.pk, expertise=slug, expert=expert, wanted=wanted)
    if name is None:
        raise Http404
    words = _("%(name)s is now among your favourites.") if wanted else _("%(name)s is no longer a favourite.")
    messages.success(request, words % {"name": name})
    return redirect(back_of(request, otherwise=address("expert", slug, public_id)))
