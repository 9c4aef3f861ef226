"""The skills of an Expertise: named in each language, added, put in order."""

from __future__ import annotations

from http import HTTPStatus

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from expertim.backoffice.access import LARGEST, operators_only
from expertim.backoffice.forms import TextsForm
from expertim.backoffice.views_expertises import expertise_or_404
from expertim.expertise import actions
from expertim.expertise.models import Expertise, Skill
from expertim.foundation.ids import public_id
from expertim.foundation.words import in_language
from expertim.meetings.views_shared import SeeOther
from expertim.people.middleware import PersonRequest


@operators_only
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: PersonRequest, slug: str) -> HttpResponse:
    """A new skill, at the end of the list; the same name twice is one skill."""
    expertise = expertise_or_404(slug)
    form = TextsForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        name = form.texts["name"]
        if actions.add_skill(expertise=expertise.pk, slug=slug_of(in_language(name, "en")), name=name):
            messages.success(request, _("The skill is added. Experts can be found by it once they serve it."))
            return _back(expertise)
        form.add_error(None, _("There is a skill of that name already."))
    return _page(request, expertise, form, None)


@operators_only
@require_http_methods(["GET", "HEAD", "POST"])
def skill(request: PersonRequest, slug: str, number: int) -> HttpResponse:
    """Another name for a skill; meetings already proposed keep the old one."""
    expertise = expertise_or_404(slug)
    row = _skill_or_404(expertise, number)
    form = TextsForm(request.POST if request.method == "POST" else None, texts={"name": row.name})
    if request.method == "POST" and form.is_valid():
        actions.name_skill(skill=row.pk, name=form.texts["name"])
        messages.success(request, _("The skill's name is saved."))
        return _back(expertise)
    return _page(request, expertise, form, row)


@operators_only
@require_POST
def up(request: PersonRequest, slug: str, number: int) -> HttpResponse:
    expertise = expertise_or_404(slug)
    actions.lift_skill(expertise=expertise.pk, skill=_skill_or_404(expertise, number).pk)
    return _back(expertise)


def slug_of(name: str) -> str:
    """For addresses and files; a name without a Latin letter gets one that says nothing."""
    return slugify(name)[:60].strip("-") or public_id()


def _page(request: PersonRequest, expertise: Expertise, form: TextsForm, row: Skill | None) -> HttpResponse:
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK
    return render(request, "backoffice/skill.html", {"expertise": expertise, "form": form, "skill": row}, status=status)


def _skill_or_404(expertise: Expertise, number: int) -> Skill:
    row = expertise.skills.filter(pk=min(number, LARGEST)).first()
    if row is None:
        raise Http404
    return row


def _back(expertise: Expertise) -> HttpResponse:
    return SeeOther(reverse("operator_expertise", args=[expertise.slug]) + "#skills")
