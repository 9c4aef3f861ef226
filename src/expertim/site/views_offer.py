"""What an expert offers, by themselves: services with their prices, the words of their page, the skills they name."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from expertim.expertise import applying, offering
from expertim.expertise.actions import Overtaken
from expertim.expertise.offering import OwnPlace, OwnService
from expertim.meetings.queries import counts_by_service
from expertim.meetings.views_shared import key_of
from expertim.meetings.words.proposing import service_label
from expertim.site.forms_offer import AboutForm, ServiceForm
from expertim.site.middleware import HeaderRequest
from expertim.site.words_experts import kind_words


@require_safe
def offer(request: HeaderRequest) -> HttpResponse:
    """Every Expertise in which one is an expert: its page, skills and services, each with the way to change it."""
    places = offering.own_places(request.user.pk)
    counts = counts_by_service(expert=request.user.pk) if places else {}
    shown = {
        "places": places,
        "kept": {number: _kept_words(count) for number, count in counts.items()},
        "kind_words": kind_words,
        "wished": {place.expertise: _wished(request, place) for place in places if not place.services},
    }
    return render(request, "site/offer.html", shown)


@require_http_methods(["GET", "HEAD", "POST"])
def about(request: HeaderRequest, slug: str) -> HttpResponse:
    """Headline, introduction and the skills one gives advice in."""
    place = _place(request, slug)
    form = AboutForm(_sent(request), place=place, own=get_language() or "en")
    if form.is_valid():
        offering.introduce(
            person=request.user.pk,
            expertise=slug,
            headline=form.text("headline"),
            introduction=form.text("introduction"),
            skills=[int(number) for number in form.cleaned_data["skills"]],
        )
        messages.success(request, _("Saved. This is how your page reads from now on, and how you are found."))
        return redirect("offer")
    return render(request, "site/offer_about.html", {"place": place, "form": form}, status=_status(form))


@require_http_methods(["GET", "HEAD", "POST"])
def service_new(request: HeaderRequest, slug: str) -> HttpResponse:
    place = _place(request, slug)
    form = ServiceForm(_sent(request), place=place, terms=None, own=get_language() or "en")
    if form.is_valid():
        try:
            offering.add_service(person=request.user.pk, expertise=slug, key=key_of(request), terms=form.terms)
        except offering.TooMany:
            form.add_error(None, _("You have as many services here as one may have. Change one of them instead."))
        else:
            messages.success(request, _("The service is on offer. It can be proposed from now on."))
            return redirect("offer")
    return _service_page(request, place, form, None)


@require_http_methods(["GET", "HEAD", "POST"])
def service(request: HeaderRequest, slug: str, public_id: str) -> HttpResponse:
    """One service: changed, withdrawn, offered again. What has been proposed keeps its terms."""
    place = _place(request, slug)
    now = place.service(public_id)
    if now is None:
        raise Http404
    if request.method == "POST" and (to := request.POST.get("to")) in ("on", "off"):
        return _put_on_offer(request, slug, now, offered=to == "on")
    form = ServiceForm(_sent(request), place=place, terms=now.terms, own=get_language() or "en")
    if not form.is_valid():
        return _service_page(request, place, form, now)
    mine: dict[str, Any] = {"person": request.user.pk, "expertise": slug, "service": public_id}
    try:
        offering.change_service(**mine, seen=request.POST.get("seen", ""), terms=form.terms)
    except Overtaken:
        now = _place(request, slug).service(public_id) or now
        return _service_page(request, place, form, now, overtaken=True)
    said = _("Saved. It is proposed at these terms from now on; meetings already proposed keep theirs.")
    messages.success(request, said)
    return redirect("offer")


def _put_on_offer(request: HeaderRequest, slug: str, now: OwnService, *, offered: bool) -> HttpResponse:
    offering.put_on_offer(person=request.user.pk, expertise=slug, service=now.id, offered=offered)
    said = (
        _("{service} is on offer again.")
        if offered
        else _("{service} can no longer be proposed. Meetings already proposed stand as they are.")
    )
    messages.success(request, said.format(service=now.title))
    return redirect("offer")


def _service_page(
    request: HeaderRequest, place: OwnPlace, form: ServiceForm, now: OwnService | None, *, overtaken: bool = False
) -> HttpResponse:
    count = counts_by_service(expert=request.user.pk).get(now.number, 0) if now else 0
    shown = {
        "place": place,
        "form": form,
        "service": now,
        "overtaken": overtaken,
        "terms": service_label(now.row) if now else "",
        "key": key_of(request),
        "consequences": _consequences(count) if now else (),
    }
    status = HTTPStatus.CONFLICT if overtaken else _status(form)
    return render(request, "site/offer_service.html", shown, status=status)


def _consequences(count: int) -> list[str]:
    """What a change brings about, before it is made (C5)."""
    said = [
        _("From now on it is proposed at the new terms."),
        _("Whoever is about to propose it is shown the new terms first; nobody agrees to what they have not seen."),
    ]
    return [*said, _kept_words(count)] if count else said


def _kept_words(count: int) -> str:
    return ngettext(
        "{count} meeting to come was proposed with it, and keeps its title, length and price.",
        "{count} meetings to come were proposed with it, and keep their title, length and price.",
        count,
    ).format(count=count)


def _wished(request: HeaderRequest, place: OwnPlace) -> str:
    """What the application said of the services wished: a start for the first one."""
    sent = applying.latest_application(person=request.user.pk, expertise=place.number)
    return sent.services if sent else ""


def _place(request: HeaderRequest, slug: str) -> OwnPlace:
    """To whoever is no expert there the page does not exist."""
    found = next((place for place in offering.own_places(request.user.pk) if place.expertise == slug), None)
    if found is None:
        raise Http404
    return found


def _sent(request: HeaderRequest) -> Any:
    return request.POST if request.method == "POST" else None


def _status(form: Any) -> int:
    return HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK
