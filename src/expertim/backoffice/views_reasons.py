"""The reasons one may choose when rejecting (A2, D5): worded, offered or withdrawn, put in order."""

from __future__ import annotations

from http import HTTPStatus

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from expertim.backoffice.access import LARGEST, operators_only
from expertim.backoffice.forms import TextsForm
from expertim.backoffice.views_skills import slug_of
from expertim.expertise import actions
from expertim.expertise.models import RejectReason
from expertim.foundation.words import in_language
from expertim.meetings.views_shared import SeeOther
from expertim.people.middleware import PersonRequest


class ReasonForm(TextsForm):
    TEXTS = (("text", gettext_lazy("Reason ({language})"), 200),)


@operators_only
@require_safe
def reasons(request: PersonRequest) -> HttpResponse:
    return render(request, "backoffice/reasons.html", {"reasons": list(RejectReason.objects.all())})


@operators_only
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: PersonRequest) -> HttpResponse:
    """A new reason, offered at once, at the end of the list."""
    form = ReasonForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        text = form.texts["text"]
        if actions.add_reason(code=slug_of(in_language(text, "en")), text=text):
            messages.success(request, _("The reason is added and can be chosen from now on."))
            return SeeOther(reverse("operator_reasons"))
        form.add_error(None, _("There is a reason of that wording already."))
    return _page(request, form, None)


@operators_only
@require_http_methods(["GET", "HEAD", "POST"])
def reason(request: PersonRequest, number: int) -> HttpResponse:
    """Another wording; what stands on timelines keeps the old one."""
    row = _reason_or_404(number)
    form = ReasonForm(request.POST if request.method == "POST" else None, texts={"text": row.text})
    if request.method == "POST" and form.is_valid():
        actions.word_reason(reason=row.pk, text=form.texts["text"])
        messages.success(request, _("The wording is saved."))
        return SeeOther(reverse("operator_reasons"))
    return _page(request, form, row)


@operators_only
@require_POST
def offered(request: PersonRequest, number: int) -> HttpResponse:
    """Offer or withdraw, by what it is to be: a double click does it once."""
    row, wanted = _reason_or_404(number), request.POST.get("to")
    if wanted not in ("on", "off"):
        raise Http404
    actions.offer_reason(reason=row.pk, active=wanted == "on")
    told = _("“%(reason)s” can be chosen again.") if wanted == "on" else _("“%(reason)s” can no longer be chosen.")
    messages.success(request, told % {"reason": in_language(row.text)})
    return SeeOther(reverse("operator_reasons"))


@operators_only
@require_POST
def up(request: PersonRequest, number: int) -> HttpResponse:
    actions.lift_reason(reason=_reason_or_404(number).pk)
    return SeeOther(reverse("operator_reasons"))


def _page(request: PersonRequest, form: ReasonForm, row: RejectReason | None) -> HttpResponse:
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK
    return render(request, "backoffice/reason.html", {"form": form, "reason": row}, status=status)


def _reason_or_404(number: int) -> RejectReason:
    row = RejectReason.objects.filter(pk=min(number, LARGEST)).first()
    if row is None:
        raise Http404
    return row
