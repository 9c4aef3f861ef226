"""Proposing: a user to an expert (P1), an expert to somebody they know (P2)."""

from __future__ import annotations

from dataclasses import replace
from http import HTTPStatus
from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods

from expertim.expertise import queries as expertise_queries
from expertim.expertise.rows import ExpertPage, ServiceRow
from expertim.foundation.ids import public_id as new_key
from expertim.foundation.limits import spend
from expertim.meetings import actions, words
from expertim.meetings.facts import Act, By, Refused
from expertim.meetings.forms_proposing import Offered, OfferForm, ProposeForm
from expertim.meetings.free import Free, free_for
from expertim.meetings.queries import Who, acquainted
from expertim.meetings.rows import terms_of
from expertim.meetings.views_free import free_of, gone, gone_refusal, warned_of
from expertim.meetings.views_shared import (
    QUARTERS,
    acknowledged,
    chosen_words,
    key_of,
    refuse_in,
    seen_number,
    status_of,
    summary_of,
    to_meeting,
)
from expertim.meetings.words.proposing import (
    offer_label,
    offering_words,
    paused_words,
    proposed_words,
    proposing_words,
    service_label,
)
from expertim.meetings.words.refusals import Refusal
from expertim.people.middleware import PersonRequest
from expertim.people.models import Person


@require_http_methods(["GET", "HEAD", "POST"])
def propose(request: PersonRequest, slug: str, public_id: str) -> HttpResponse:
    """P1: propose a service of an expert, at the price and length that the page shows."""
    if request.method == "POST":
        spend(Act.PROPOSE, request.user.pk)
    expert = _expert_or_404(slug, public_id)
    asked = request.POST if request.method == "POST" else request.GET
    service = _service(expert, asked.get("service"))
    if service is None or expert.person_id == request.user.pk:
        return _choose(request, expert, gone=request.method == "POST")
    form = _propose_form(request, service)
    if request.method != "POST":
        return _propose_page(request, expert, service, form)
    if not form.is_valid():
        return _propose_page(request, expert, service, form, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    if form.from_list and gone(request, _free(request, expert, service), form):
        refusal = gone_refusal(request, form, expert=expert.name)
        return _propose_page(request, expert, service, form, refusal=refusal, went=True, status=HTTPStatus.CONFLICT)
    try:
        outcome = _proposed(request, expert, service, form)
    except Refused as refused:
        return _refused(request, expert, form, refused)
    said = proposed_words(form.typed["start"], request.clock, _who(expert), blocked=service.price)
    return to_meeting(request, outcome.meeting, words.done_before() if outcome.repeated else said)


def _proposed(request: PersonRequest, expert: ExpertPage, service: ServiceRow, form: ProposeForm) -> actions.Outcome:
    return actions.propose(
        person=request.user.pk,
        role=By.USER,
        expertise=expert.expertise,
        other=expert.id,
        service=service.id,
        price=seen_number(request.POST, "seen_price"),
        minutes=seen_number(request.POST, "seen_minutes"),
        acknowledge_overlap=acknowledged(request.POST, form.start),
        key=key_of(request),
        **form.typed,
    )


def _refused(request: PersonRequest, expert: ExpertPage, form: ProposeForm, refused: Refused) -> HttpResponse:
    if refused.key == "not_found":
        raise Http404
    if refused.key == "invalid":
        expert = _expert_or_404(expert.expertise, expert.id)  # as it is offered now
    service = _service(expert, request.POST.get("service"))
    if service and refused.key == "terms_changed":
        service = replace(service, price=refused.facts["price"], minutes=refused.facts["minutes"])
    if service is None:
        return _choose(request, expert, gone=True)
    refusal = words.refusal_words(refused, act=Act.PROPOSE, view=None, clock=request.clock, name=expert.name)
    refuse_in(form, refusal)
    return _propose_page(request, expert, service, form, refused=refused, refusal=refusal, status=status_of(refused))


def _propose_page(
    request: PersonRequest,
    expert: ExpertPage,
    service: ServiceRow,
    form: ProposeForm,
    *,
    refused: Refused | None = None,
    refusal: Refusal | None = None,
    went: bool = False,
    status: int = HTTPStatus.OK,
) -> HttpResponse:
    field = expertise_queries.expertise(expert.expertise)
    if field is None:
        raise Http404
    free = _free(request, expert, service)
    paused = free.kept.paused_until if free and free.kept.paused else None
    shown = _shown(request, form, refused, refusal, _who(expert), went=went) | free_of(
        request, free, form, _who(expert)
    )
    shown |= {
        "paused": paused_words(paused, request.clock, expert.name) if paused else "",
        "expert": expert,
        "service": service,
        "consequences": proposing_words(service, terms_of(field.terms), name=expert.name),
        "button": words.button_of_a_proposal(service.price),
        "seen": {"service": service.id, "seen_price": service.price, "seen_minutes": service.minutes},
    }
    return render(request, "meetings/propose.html", shown, status=status)


def _free(request: PersonRequest, expert: ExpertPage, service: ServiceRow) -> Free | None:
    return free_for(
        reader=request.user.pk, expert=expert.person_id, expertise=expert.expertise, minutes=service.minutes
    )


def _choose(request: PersonRequest, expert: ExpertPage, *, gone: bool) -> HttpResponse:
    """Which service: also where the chosen one is no longer offered; what was typed goes along."""
    asked = request.POST if request.method == "POST" else request.GET
    shown = {
        "expert": expert,
        "gone": gone,
        "myself": expert.person_id == request.user.pk,
        "services": [(service.id, service_label(service)) for service in expert.services],
        "kept": {name: asked[name] for name in ("date", "time", "message") if asked.get(name)},
    }
    status = HTTPStatus.UNPROCESSABLE_ENTITY if gone else HTTPStatus.OK
    return render(request, "meetings/choose.html", shown, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
def propose_to(request: PersonRequest, public_id: str) -> HttpResponse:
    """P2: an expert proposes one of their services to a person they know, at a length and price of their choice."""
    if request.method == "POST":
        spend(Act.PROPOSE, request.user.pk)
    person = _acquaintance_or_404(request, public_id)
    form = _offer_form(request)
    if not form.is_bound:
        return _offer_page(request, person, form)
    if not form.is_valid():
        return _offer_page(request, person, form, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    if form.from_list and gone(request, _own_free(request, form), form):
        refusal = gone_refusal(request, form, expert="")
        return _offer_page(request, person, form, refusal=refusal, went=True, status=HTTPStatus.CONFLICT)
    try:
        outcome = actions.propose(
            person=request.user.pk,
            role=By.EXPERT,
            other=person.public_id,
            acknowledge_overlap=acknowledged(request.POST, form.start),
            key=key_of(request),
            **form.typed,
        )
    except Refused as refused:
        if refused.key == "not_found":
            raise Http404 from None
        refusal = words.refusal_words(refused, act=Act.PROPOSE, view=None, clock=request.clock)
        refuse_in(form, refusal)
        return _offer_page(request, person, form, refused=refused, refusal=refusal, status=status_of(refused))
    said = proposed_words(form.typed["start"], request.clock, person)
    return to_meeting(request, outcome.meeting, words.done_before() if outcome.repeated else said)


def _offer_page(
    request: PersonRequest,
    person: Who,
    form: OfferForm,
    *,
    refused: Refused | None = None,
    refusal: Refusal | None = None,
    went: bool = False,
    status: int = HTTPStatus.OK,
) -> HttpResponse:
    shown = _shown(request, form, refused, refusal, person, went=went)
    shown |= free_of(request, _own_free(request, form), form, person) | {
        "person": person,
        "free_for": form.free_for,
        "consequences": offering_words(name=person.name),
        "button": words.act_name(Act.PROPOSE),
        "seen": {},
    }
    return render(request, "meetings/propose_to.html", shown, status=status)


def _own_free(request: PersonRequest, form: OfferForm) -> Free | None:
    """The expert's own free times for what is chosen, or could be."""
    asked, person = form.free_for, request.user.pk
    return free_for(reader=person, expert=person, expertise=asked.expertise, minutes=asked.minutes)


def _shown(
    request: PersonRequest,
    form: Any,
    refused: Refused | None,
    refusal: Refusal | None,
    other: Who,
    *,
    went: bool,
) -> dict[str, Any]:
    """What both pages of proposing share."""
    key = refused.key if refused else ""
    return {
        "form": form,
        "summary": summary_of(form, refusal, request=request),
        "chosen": chosen_words(form, request, other),
        "key": new_key() if key == "idempotency_key_reused" else key_of(request),
        "overlapped": form.start.isoformat() if key == "overlap" else "",
        "gone": warned_of(request, form, now=went),
        "quarters": QUARTERS,
    }


def _propose_form(request: PersonRequest, service: ServiceRow) -> ProposeForm:
    if request.method == "POST":
        return ProposeForm(request.POST, clock=request.clock, skills=service.skills)
    initial = {name: request.GET[name] for name in ("skill", "date", "time", "message") if name in request.GET}
    if len(service.skills) == 1:
        initial["skill"] = service.skills[0].slug
    return ProposeForm(clock=request.clock, skills=service.skills, initial=initial)


def _offer_form(request: PersonRequest) -> OfferForm:
    offers = tuple(
        Offered(expertise=own.expertise, service=service, skill=skill.slug, label=offer_label(service, skill, own))
        for own in expertise_queries.services_of(request.user.pk)
        for service in own.services
        for skill in service.skills
    )
    if not offers:
        raise Http404
    if request.method == "POST" and "show" not in request.POST:
        return OfferForm(request.POST, clock=request.clock, offers=offers)
    asked = request.POST if request.method == "POST" else request.GET  # a page that only shows other free times
    initial = {name: asked[name] for name in OfferForm.base_fields if name in asked}
    if len(offers) == 1:
        initial["service"] = offers[0].value
    return OfferForm(clock=request.clock, offers=offers, initial=initial)


def _expert_or_404(slug: str, public_id: str) -> ExpertPage:
    expert = None if "\0" in public_id else expertise_queries.expert_page(expertise=slug, public_id=public_id)
    if expert is None:
        raise Http404
    return expert


def _acquaintance_or_404(request: PersonRequest, public_id: str) -> Who:
    """Somebody with whom there has been a meeting; anybody else is as unknown as nobody."""
    person = None if "\0" in public_id else Person.objects.filter(public_id=public_id, is_active=True).first()
    if person is None or not acquainted(expert=request.user.pk, other=person.pk):
        raise Http404
    return Who(id=person.pk, public_id=person.public_id, name=person.name, time_zone=person.time_zone)


def _service(expert: ExpertPage, asked: str | None) -> ServiceRow | None:
    if asked is None and len(expert.services) == 1:
        return expert.services[0]
    return next((service for service in expert.services if service.id == asked), None)


def _who(expert: ExpertPage) -> Who:
    return Who(id=expert.person_id, public_id=expert.id, name=expert.name, time_zone=expert.time_zone)
