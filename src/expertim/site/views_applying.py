"""Applying to become an expert, and the operator's decision."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from http import HTTPStatus
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from expertim.expertise import applying as applications
from expertim.expertise import queries as expertise
from expertim.expertise.actions import Overtaken
from expertim.expertise.models import Application
from expertim.foundation.one_line import LineField, TextField
from expertim.foundation.words import in_language
from expertim.people import terms
from expertim.site import applying
from expertim.site.middleware import HeaderRequest
from expertim.site.views import field_of

_LARGEST = 2**63 - 1


class ApplicationForm(forms.Form):
    """What an expert's page shall say, and the agreement to the policy shown beside it."""

    headline = LineField(
        max_length=160,
        label=gettext_lazy("Headline"),
        help_text=gettext_lazy("One line that says what you can help with."),
        error_messages={"required": gettext_lazy("Say in one line what you can help with.")},
    )
    introduction = TextField(
        max_length=5000,
        label=gettext_lazy("Introduction"),
        help_text=gettext_lazy("What you have done, and for whom your advice is."),
        error_messages={"required": gettext_lazy("Introduce yourself.")},
    )
    skills = forms.MultipleChoiceField(
        label=gettext_lazy("Skills you give advice in"),
        error_messages={"required": gettext_lazy("Choose at least one skill.")},
        widget=forms.CheckboxSelectMultiple(),
    )
    services = TextField(
        rows=4,
        max_length=2000,
        label=gettext_lazy("Services you wish to offer"),
        help_text=gettext_lazy(
            "Each with its length and its price in credits. Once you are approved, you put them on offer yourself."
        ),
        error_messages={"required": gettext_lazy("Say what you would offer.")},
    )
    agreed = forms.BooleanField(
        label=gettext_lazy("I agree to these terms for experts."),
        error_messages={"required": gettext_lazy("You can apply only if you agree to the terms for experts.")},
    )

    def __init__(self, *args: Any, slug: str, person: int, **given: Any) -> None:
        super().__init__(*args, **given)
        self.text = terms.version(terms.EXPERTS)
        here = [skill for skill in expertise.skills_to_wish(person) if skill.expertise == slug]
        self.fields["skills"].choices = [(str(skill.id), skill.name) for skill in here]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """What is agreed to is the version that the page showed: one published meanwhile is shown first."""
        typed = super().clean() or {}
        if self.text and typed.get("agreed") and self.data.get("version") != str(self.text.pk):
            self.add_error("agreed", _("The texts have been changed since. Read them again."))
        return typed


class DecisionForm(forms.Form):
    approve = forms.ChoiceField(
        choices=[("yes", gettext_lazy("Approve: list them as an expert")), ("no", gettext_lazy("Refuse"))],
        label=gettext_lazy("Your decision"),
        error_messages={"required": gettext_lazy("Choose one of the two.")},
        widget=forms.RadioSelect,
    )
    reason = TextField(
        required=False,
        rows=3,
        max_length=2000,
        label=gettext_lazy("Reason"),
        help_text=gettext_lazy("Needed for a refusal. The applicant reads it as you write it."),
    )

    def clean(self) -> dict[str, Any]:
        typed = super().clean() or {}
        if typed.get("approve") == "no" and not typed.get("reason"):
            self.add_error("reason", _("Say why, so that the applicant can do something about it."))
        return typed


@require_http_methods(["GET", "HEAD", "POST"])
def apply(request: HeaderRequest, slug: str) -> HttpResponse:
    """Where one stands: the form, what was sent and waits, or how it was decided."""
    field, person = field_of(request, slug), request.user
    if request.method == "POST" and "withdraw" in request.POST:
        if applications.withdraw_application(person=person.pk, expertise=field.id):
            messages.success(request, _("Your application has been taken back."))
        return redirect("apply", slug)
    form = ApplicationForm(
        request.POST if request.method == "POST" else None,
        slug=slug,
        person=person.pk,
        initial=_before(person.pk, field.id),
    )
    if request.method == "POST" and form.is_valid():
        said = {name: value for name, value in form.cleaned_data.items() if name not in ("agreed", "skills")}
        try:
            applying.send(
                person=person,
                expertise=field.id,
                skills=[int(one) for one in form.cleaned_data["skills"]],
                agreed_to=form.text,
                **said,
            )
        except applications.NotNow:  # a second click, or a second window
            return redirect("apply", slug)
        messages.success(request, _("Your application has been sent. You are told as soon as it is decided."))
        return redirect("apply", slug)
    status = HTTPStatus.UNPROCESSABLE_ENTITY if request.method == "POST" else HTTPStatus.OK
    page = expertise.expertise(slug)
    shown = {
        "form": form,
        "slug": slug,
        "name": field.name,
        "terms": page.terms if page else {},
        "text": form.text,
        "whole": terms.as_page(form.text.text, under=2) if form.text else "",
        "latest": applications.latest_application(person=person.pk, expertise=field.id),
        "expert": applications.is_expert(person=person.pk, expertise=field.id),
        "offers": applications.offers_anything(person=person.pk, expertise=field.id),
    }
    return render(request, "site/apply.html", shown, status=status)


def _before(person: int, field: int) -> dict[str, Any]:
    """What the last one said, so that nothing has to be typed anew."""
    last = applications.latest_application(person=person, expertise=field)
    if last is None:
        return {}
    chosen = [str(number) for number in last.skills.values_list("pk", flat=True)]
    return {"headline": last.headline, "introduction": last.introduction, "services": last.services, "skills": chosen}


def _operators_only(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """To anybody else these pages do not exist, whatever the method."""

    @wraps(view)
    def guarded(request: HeaderRequest, **named: Any) -> HttpResponse:
        if not request.user.is_operator:
            raise Http404
        return view(request, **named)

    return guarded


@_operators_only
@require_safe
def waiting(request: HeaderRequest) -> HttpResponse:
    """For operators: who waits, the longest first."""
    return render(request, "site/applications.html", {"rows": applications.waiting_applications()})


@_operators_only
@require_http_methods(["GET", "HEAD", "POST"])
def decide(request: HeaderRequest, number: int) -> HttpResponse:
    """For operators: one application, and the decision, which is made once."""
    found = applications.application(min(number, _LARGEST))
    if found is None:
        raise Http404
    form = DecisionForm(request.POST if request.method == "POST" else None)
    if found.decision != applications.OPEN or found.person_id == request.user.pk:
        return _decision_page(request, found, form, HTTPStatus.CONFLICT if request.method == "POST" else HTTPStatus.OK)
    if not form.is_valid():
        return _decision_page(
            request, found, form, HTTPStatus.UNPROCESSABLE_ENTITY if request.method == "POST" else HTTPStatus.OK
        )
    approve = form.cleaned_data["approve"] == "yes"
    try:
        applying.decide(
            application=found.pk, by=request.user.pk, approve=approve, reason=form.cleaned_data["reason"].strip()
        )
    except Overtaken:
        return redirect("operator_application", found.pk)
    said = _("%(name)s is an expert in %(expertise)s now.") if approve else _("%(name)s has been told why not.")
    messages.success(request, said % {"name": found.person.name, "expertise": in_language(found.expertise.name)})
    return redirect("operator_applications")


def _decision_page(request: HeaderRequest, found: Application, form: DecisionForm, status: int) -> HttpResponse:
    shown = {"one": found, "form": form, "own": found.person_id == request.user.pk}
    return render(request, "site/application.html", shown, status=status)
