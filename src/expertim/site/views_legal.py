"""The operator's terms, privacy policy and imprint, for everybody; and agreeing to them."""

from __future__ import annotations

from dataclasses import dataclass

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.safestring import SafeString
from django.views.decorators.http import require_http_methods, require_safe

from expertim.people import terms
from expertim.people.middleware import PersonRequest
from expertim.people.models import Agreement, TermsText

_LARGEST = 2**31 - 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """A version as it is read."""

    kind: str
    title: str
    number: int
    published: str
    text: SafeString


def _shown(request: HttpRequest, text: TermsText, *, under: int = 1) -> Shown:
    return Shown(
        kind=text.kind,
        title=str(TermsText.Kind(text.kind).label),
        number=text.number,
        published=request.clock.moment(text.published_at),  # type: ignore[attr-defined]
        text=terms.as_page(text.text, under=under),
    )


@login_not_required
@require_safe
def legal(request: HttpRequest) -> HttpResponse:
    """What there is to read."""
    return render(request, "site/legal.html", {"texts": [_shown(request, text) for text in terms.in_force()]})


@login_not_required
@require_safe
def legal_text(request: HttpRequest, kind: str) -> HttpResponse:
    """One of them, in force or as it once was: agreements name their version."""
    given = request.GET.get("version", "")
    number = int(given) if given.isascii() and given.isdecimal() and len(given) < 11 else None
    if kind not in TermsText.Kind.values or (given and number is None) or (number or 0) > _LARGEST:
        raise Http404
    text = terms.version(kind, number)
    if text is None:
        raise Http404
    agreed = None
    if isinstance(request.user.pk, int):
        at = Agreement.objects.filter(person_id=request.user.pk, version=text).values_list("at", flat=True).first()
        agreed = request.clock.moment(at) if at else None  # type: ignore[attr-defined]
    newest = text if number is None else terms.version(kind)
    shown = {"text": _shown(request, text), "newest": newest and newest.number, "agreed": agreed}
    return render(request, "site/legal_text.html", shown)


@require_http_methods(["GET", "HEAD", "POST"])
def agree(request: PersonRequest) -> HttpResponse:
    """Asked once for each new version; what is agreed to is what was on the page."""
    there = request.POST.get("next") or request.GET.get("next", "")
    ours = url_has_allowed_host_and_scheme(there, allowed_hosts=None) and there.startswith("/")
    owed = terms.owed_by(request.user)
    if request.method == "POST" and owed:
        read = set(request.POST.getlist("version"))
        terms.agree(person=request.user, versions=[text for text in owed if str(text.pk) in read])
        owed = [text for text in owed if str(text.pk) not in read]
    if not owed:
        return redirect(there if ours else "/")
    shown = {"texts": [(text.pk, _shown(request, text, under=2)) for text in owed], "next": there if ours else "/"}
    return render(request, "site/legal_agree.html", shown)
