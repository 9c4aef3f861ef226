"""Messages of chats that their readers have reported. Nothing else of a chat is an operator's to read."""

from __future__ import annotations

from http import HTTPStatus

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from expertim.backoffice.access import LARGEST, number_in, operators_only
from expertim.chat import actions, queries
from expertim.meetings.views_shared import SeeOther
from expertim.people.middleware import PersonRequest


class SettleForm(forms.Form):
    """What becomes of a reported message, and why."""

    hide = forms.ChoiceField(
        choices=(("yes", gettext_lazy("Hide it from both")), ("no", gettext_lazy("Leave it as it is"))),
        label=gettext_lazy("The message"),
        error_messages={"required": gettext_lazy("Choose what becomes of the message.")},
        widget=forms.RadioSelect,
    )
    note = forms.CharField(
        max_length=500,
        label=gettext_lazy("Note"),
        help_text=gettext_lazy("For the operators only."),
        error_messages={"required": gettext_lazy("Say why.")},
    )


@operators_only
@require_safe
def reports(request: PersonRequest) -> HttpResponse:
    """Open ones first of all; the settled ones on a list of their own."""
    which, before = request.GET.get("list", "open"), number_in(request)
    if which not in ("open", "settled"):
        raise Http404
    rows, older = queries.reports(settled=which == "settled", before=before)
    shown = {
        "rows": rows,
        "older": older,
        "which": which,
        "choices": (("open", _("To be looked at")), ("settled", _("Settled"))),
        "continued": before is not None,
    }
    return render(request, "backoffice/reports.html", shown)


@operators_only
@require_http_methods(["GET", "HEAD", "POST"])
def settle(request: PersonRequest, number: int) -> HttpResponse:
    """One report, and the word on it; a second one is told that it comes too late."""
    report = queries.report(min(number, LARGEST))
    if report is None:
        raise Http404
    form = SettleForm(request.POST if request.method == "POST" else None)
    if report.settled_at is None and form.is_valid():
        said = form.cleaned_data
        if actions.settle(report=report.id, by=request.user.pk, note=said["note"], hide=said["hide"] == "yes"):
            messages.success(
                request,
                _("The message is hidden. Neither of the two can read it any more.")
                if said["hide"] == "yes"
                else _("The message stays as it is."),
            )
        else:
            messages.info(request, _("Another operator has settled this report meanwhile."))
        return SeeOther(reverse("operator_reports"))
    wrong = HTTPStatus.UNPROCESSABLE_ENTITY if form.is_bound and form.errors else HTTPStatus.OK
    return render(request, "backoffice/report.html", {"report": report, "form": form}, status=wrong)
