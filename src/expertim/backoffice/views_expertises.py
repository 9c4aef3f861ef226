"""Expertises: what is in force there, and changing it (X2)."""

from __future__ import annotations

import json
from http import HTTPStatus
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from expertim.backoffice.access import operators_only
from expertim.backoffice.forms import POLICY_WORDS, ExpertiseTextsForm, PolicyForm, policy_seen
from expertim.backoffice.queries import expertises as queries
from expertim.expertise import actions
from expertim.expertise.models import PERCENTS, POLICY, Expertise
from expertim.foundation.numbers import amount_typed
from expertim.meetings.views_shared import SeeOther
from expertim.people.middleware import PersonRequest

_TEXTS = ("name", "introduction")


@operators_only
@require_safe
def expertises(request: PersonRequest) -> HttpResponse:
    return render(request, "backoffice/expertises.html", {"expertises": queries.expertises()})


@operators_only
@require_safe
def expertise(request: PersonRequest, slug: str) -> HttpResponse:
    """One Expertise: policy, texts, skills."""
    row = expertise_or_404(slug)
    shown = {
        "expertise": row,
        "policy": [
            (label, policy_shown(name, getattr(row, name)), unit) for name, (label, unit) in POLICY_WORDS.items()
        ],
        "skills": list(row.skills.all()),
    }
    return render(request, "backoffice/expertise.html", shown)


@operators_only
@require_http_methods(["GET", "HEAD", "POST"])
def policy(request: PersonRequest, slug: str) -> HttpResponse:
    """Every value of the policy; meetings already proposed keep theirs."""
    row = expertise_or_404(slug)
    now = {name: getattr(row, name) for name in POLICY}
    shown = {name: policy_shown(name, value) for name, value in now.items()}
    form = PolicyForm(request.POST if request.method == "POST" else None, initial=shown)
    if request.method != "POST":
        return _policy_page(request, row, form)
    if not form.is_valid():
        return _policy_page(request, row, form, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    seen = policy_seen(_seen(request)) or {}
    typed = form.cleaned_data
    changes = {name: value for name, value in typed.items() if value != seen.get(name)}
    try:
        actions.amend(expertise=row.pk, seen=seen or dict.fromkeys(POLICY), changes=changes)
    except actions.Overtaken:
        kept = now | changes if seen else now  # the other's changes, and over them what was changed here
        form = PolicyForm({name: policy_shown(name, value) for name, value in kept.items()}, initial=shown)
        return _policy_page(request, row, form, status=HTTPStatus.CONFLICT)
    return _saved(request, row, bool(changes), _("The policy is saved. It goes for meetings proposed from now on."))


@operators_only
@require_http_methods(["GET", "HEAD", "POST"])
def texts(request: PersonRequest, slug: str) -> HttpResponse:
    """Name and introduction in each language."""
    row = expertise_or_404(slug)
    now = {name: getattr(row, name) for name in _TEXTS}
    form = ExpertiseTextsForm(request.POST if request.method == "POST" else None, texts=now)
    if request.method != "POST":
        return _texts_page(request, row, form)
    if not form.is_valid():
        return _texts_page(request, row, form, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    seen = {name: _seen(request).get(name) for name in _TEXTS}
    changes = {name: value for name, value in form.texts.items() if value != now[name]}
    try:
        actions.amend(expertise=row.pk, seen=seen, changes=changes)
    except actions.Overtaken:
        return _texts_page(request, row, form, status=HTTPStatus.CONFLICT)
    return _saved(request, row, bool(changes), _("The texts are saved; people read them from now on."))


def policy_shown(name: str, value: Any) -> str:
    """A value of the policy as a page shows and a person types it: no needless decimals."""
    if name == "review_bonus":
        return amount_typed(value)
    return f"{value:f}".rstrip("0").rstrip(".") if name in PERCENTS and value % 1 else f"{value:.0f}"


def expertise_or_404(slug: str) -> Expertise:
    row = Expertise.objects.filter(slug=slug).first()
    if row is None:
        raise Http404
    return row


def _policy_page(request: PersonRequest, row: Expertise, form: PolicyForm, status: int = HTTPStatus.OK) -> HttpResponse:
    seen = {name: str(getattr(row, name)) for name in POLICY}
    return _edit_page(request, row, form, "backoffice/policy.html", seen=seen, status=status)


def _texts_page(
    request: PersonRequest, row: Expertise, form: ExpertiseTextsForm, status: int = HTTPStatus.OK
) -> HttpResponse:
    seen = {name: getattr(row, name) for name in _TEXTS}
    return _edit_page(request, row, form, "backoffice/texts.html", seen=seen, status=status)


def _edit_page(
    request: PersonRequest, row: Expertise, form: Any, template: str, *, seen: dict[str, Any], status: int
) -> HttpResponse:
    shown = {"expertise": row, "form": form, "seen": json.dumps(seen), "overtaken": status == HTTPStatus.CONFLICT}
    return render(request, template, shown, status=status)


def _seen(request: PersonRequest) -> dict[str, Any]:
    """What the page showed when it was opened; nothing where somebody meddled with it."""
    try:
        seen = json.loads(request.POST.get("seen", ""))
    except ValueError:
        return {}
    return seen if isinstance(seen, dict) else {}


def _saved(request: PersonRequest, row: Expertise, changed: bool, words: str) -> HttpResponse:
    if changed:
        messages.success(request, words)
    else:
        messages.info(request, _("Nothing was changed, so nothing was saved."))
    return SeeOther(reverse("operator_expertise", args=[row.slug]))
