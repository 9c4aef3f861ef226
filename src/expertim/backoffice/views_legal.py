"""The operator's terms, privacy policy and imprint: looked at as they will stand, then published for good."""

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

from expertim.backoffice.access import operators_only
from expertim.meetings.views_shared import SeeOther
from expertim.people import terms
from expertim.people.middleware import PersonRequest
from expertim.people.models import TermsText


class LegalForm(forms.Form):
    text = forms.CharField(
        max_length=terms.LONGEST,
        label=gettext_lazy("Text"),
        help_text=gettext_lazy(
            "An empty line begins a paragraph, “## ” a heading, “- ” a point of a list; **stars** make words strong."
        ),
        error_messages={"required": gettext_lazy("Write the text.")},
        widget=forms.Textarea(attrs={"rows": 24}),
    )
    seen = forms.IntegerField(min_value=0, max_value=2**31 - 1, widget=forms.HiddenInput)


@operators_only
@require_safe
def texts(request: PersonRequest) -> HttpResponse:
    written = {text.kind: text for text in terms.in_force()}
    rows = [
        {
            "kind": kind.value,
            "title": str(kind.label),
            "number": written[kind].number if kind in written else 0,
            "published": request.clock.moment(written[kind].published_at) if kind in written else "",
        }
        for kind in TermsText.Kind
    ]
    return render(request, "backoffice/legal.html", {"rows": rows})


@operators_only
@require_http_methods(["GET", "HEAD", "POST"])
def text(request: PersonRequest, kind: str) -> HttpResponse:
    """A new version: shown first, then published. The one before it stays, for those who agreed to it."""
    if kind not in TermsText.Kind.values:
        raise Http404
    now = terms.version(kind)
    initial = {"text": now.text if now else "", "seen": now.number if now else 0}
    form = LegalForm(request.POST if request.method == "POST" else None, initial=initial)
    preview, status = "", HTTPStatus.OK
    if form.is_valid():
        preview = terms.as_page(form.cleaned_data["text"], under=2)
        if "publish" in request.POST:
            try:
                terms.publish(kind=TermsText.Kind(kind), by=request.user, **form.cleaned_data)
                messages.success(request, _("The text is published."))
                return SeeOther(reverse("operator_legal"))
            except terms.PublishedMeanwhile:
                status = HTTPStatus.CONFLICT
                form.add_error(None, _("Somebody has published another version since. Compare it with yours first."))
    elif form.is_bound:
        status = HTTPStatus.UNPROCESSABLE_ENTITY
    shown = {"form": form, "preview": preview, "kind": kind, "title": str(TermsText.Kind(kind).label)}
    shown |= {"asked": kind in terms.AGREED, "for_experts": kind == terms.EXPERTS, "number": initial["seen"]}
    return render(request, "backoffice/legal_text.html", shown, status=status)
