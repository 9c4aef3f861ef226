"""Public texts: hidden with a note, and shown again (X2). Stars are visible on these pages only (V1)."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from expertim.backoffice.access import LARGEST, number_in, operators_only
from expertim.backoffice.forms import HideForm
from expertim.backoffice.queries import reviews as queries
from expertim.meetings.views_shared import SeeOther, seen_moment
from expertim.people.middleware import PersonRequest
from expertim.reviews import actions


@operators_only
@require_safe
def reviews(request: PersonRequest) -> HttpResponse:
    """All texts, public or hidden."""
    which, q, before = request.GET.get("list", "all"), request.GET.get("q", ""), number_in(request)
    if which not in queries.LISTS:
        raise Http404
    shown = {
        "page": queries.reviews(which=which, q=q, before=before),
        "which": which,
        "q": q,
        "choices": (("all", _("All")), ("public", _("Public")), ("hidden", _("Hidden"))),
        "asked": urlencode({"list": which} | ({"q": q} if q else {})),
        "continued": before is not None,
    }
    return render(request, "backoffice/reviews.html", shown)


@operators_only
@require_http_methods(["GET", "HEAD", "POST"])
def hide(request: PersonRequest, number: int) -> HttpResponse:
    """Hide the text that was read; one written anew since is shown first."""
    review = queries.review(min(number, LARGEST))
    if review is None:
        raise Http404
    form = HideForm(request.POST if request.method == "POST" else None)
    shown: dict[str, Any] = {"review": review, "form": form, "anew": False}
    if request.method != "POST":
        return render(request, "backoffice/hide.html", shown)
    if not form.is_valid():
        return render(request, "backoffice/hide.html", shown, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    seen = seen_moment(request.POST, "seen")
    if not actions.hide(review=review.id, note=form.cleaned_data["note"], seen=seen) and review.hidden_at is None:
        shown["anew"] = True
        return render(request, "backoffice/hide.html", shown, status=HTTPStatus.CONFLICT)
    messages.success(request, _("The text is hidden. Nobody but operators can read it."))
    return SeeOther(reverse("operator_reviews"))


@operators_only
@require_POST
def show(request: PersonRequest, number: int) -> HttpResponse:
    if queries.review(min(number, LARGEST)) is None:
        raise Http404
    actions.show(review=min(number, LARGEST))
    messages.success(request, _("The text is public again."))
    return SeeOther(reverse("operator_reviews"))
