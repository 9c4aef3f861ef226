"""People: found by name or address; one of them with wallet, meetings and notices; grants; signing in."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from expertim.backoffice.access import number_in, operators_only
from expertim.backoffice.forms import GrantForm
from expertim.backoffice.queries import ledger
from expertim.backoffice.queries import people as queries
from expertim.backoffice.queries.meetings import meetings as meetings_of
from expertim.backoffice.queries.people import Profile
from expertim.backoffice.words import MOVEMENTS, payment_words, state_words, told_words
from expertim.foundation.numbers import credit_words
from expertim.meetings.actions import catch_up
from expertim.meetings.moved import grant as post_grant
from expertim.meetings.views_shared import SeeOther, key_of
from expertim.people.actions import amend_person
from expertim.people.middleware import PersonRequest
from expertim.people.models import Person

FEW = 5


@operators_only
@require_safe
def people(request: PersonRequest) -> HttpResponse:
    """Who has an account here; `?q=` finds by name or address."""
    q, before = request.GET.get("q", ""), number_in(request)
    shown = {
        "page": queries.people(q=q, before=before),
        "q": q,
        "asked": urlencode({"q": q}) if q else "",
        "continued": before is not None,
    }
    return render(request, "backoffice/people.html", shown)


@operators_only
@require_safe
def person(request: PersonRequest, public_id: str) -> HttpResponse:
    """One person: who they are, what they have, what they have been told."""
    who = _profile_or_404(public_id)
    shown = {
        "who": who,
        "myself": who.id == request.user.pk,
        "blocks": queries.blocks(who.id),
        "movements": queries.movements(who.id, limit=FEW),
        "meetings": meetings_of(person=who.public_id, limit=FEW),
        "notices": queries.notices(who.id, limit=FEW),
        **_WORDS,
    }
    return render(request, "backoffice/person.html", shown)


@operators_only
@require_safe
def movements(request: PersonRequest, public_id: str) -> HttpResponse:
    """Every movement of one person."""
    who, before = _profile_or_404(public_id), number_in(request)
    page = queries.movements(who.id, before=before)
    shown = {"who": who, "page": page, "continued": before is not None, **_WORDS}
    return render(request, "backoffice/movements.html", shown)


@operators_only
@require_safe
def notices(request: PersonRequest, public_id: str) -> HttpResponse:
    """Every notice to one person."""
    who, before = _profile_or_404(public_id), number_in(request)
    shown = {"who": who, "page": queries.notices(who.id, before=before), "continued": before is not None, **_WORDS}
    return render(request, "backoffice/told.html", shown)


@operators_only
@require_http_methods(["GET", "HEAD", "POST"])
def grant(request: PersonRequest, public_id: str) -> HttpResponse:
    """Credits for a person, in two steps: what and why is typed first, what follows is shown before it is done."""
    who, key = _profile_or_404(public_id), key_of(request)
    form = GrantForm(request.POST if request.method == "POST" else None)
    shown: dict[str, Any] = {"who": who, "form": form, "key": key}
    if request.method != "POST" or "change" in request.POST:
        if request.method == "POST":
            form = shown["form"] = GrantForm(initial={n: request.POST.get(n, "") for n in ("amount", "reason")})
        return render(request, "backoffice/grant.html", shown)
    if not form.is_valid():
        return render(request, "backoffice/grant.html", shown, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    amount, reason = form.cleaned_data["amount"], form.cleaned_data["reason"]
    # What was seen is what is granted: the second page's own amount, not one changed behind it.
    if request.POST.get("granting") != str(amount):
        return render(request, "backoffice/grant_shown.html", shown | {"amount": amount, "reason": reason})
    cause = f"grant:{who.public_id}:{key}"
    by = f"operator:{request.user.public_id}"
    new = post_grant(person_id=who.id, amount=amount, reason=reason, by=by, cause=cause)
    if not new and ledger.granted(cause) != (amount, reason):  # the same page, used for another grant (Z1)
        shown["used"] = True
        return render(request, "backoffice/grant.html", shown, status=HTTPStatus.CONFLICT)
    given = {"name": who.name, "amount": credit_words(amount)}
    messages.success(request, _("%(name)s has been granted %(amount)s, to be used from now on.") % given)
    return SeeOther(reverse("operator_person", args=[who.public_id]))


@operators_only
@require_http_methods(["GET", "HEAD", "POST"])
def signing_in(request: PersonRequest, public_id: str) -> HttpResponse:
    """Switch a person's signing in off, or on again. Asked for by what it is to be, so a double click does it once."""
    who = _profile_or_404(public_id)
    if who.id == request.user.pk:
        return render(request, "backoffice/signing_in.html", {"who": who, "myself": True}, status=_forbidden(request))
    if request.method != "POST":
        return render(request, "backoffice/signing_in.html", {"who": who, "myself": False})
    wanted = request.POST.get("to")
    if wanted not in ("on", "off"):
        raise Http404
    if who.active != (wanted == "on"):
        amend_person(person=Person.objects.get(pk=who.id), is_active=wanted == "on")
    told = _("%(name)s can sign in again.") if wanted == "on" else _("%(name)s is signed out and cannot sign in.")
    messages.success(request, told % {"name": who.name})
    return SeeOther(reverse("operator_person", args=[who.public_id]))


_WORDS = {
    "kinds": MOVEMENTS,
    "state_words": state_words,
    "payment_words": payment_words,
    "told_words": told_words,
}


def _profile_or_404(public_id: str) -> Profile:
    """As it stands once time has done its work to this person's meetings (T0)."""
    who = queries.profile(public_id)
    if who is not None and who.due and catch_up(person=who.id):
        who = queries.profile(public_id)
    if who is None:
        raise Http404
    return who


def _forbidden(request: PersonRequest) -> int:
    return HTTPStatus.CONFLICT if request.method == "POST" else HTTPStatus.OK
