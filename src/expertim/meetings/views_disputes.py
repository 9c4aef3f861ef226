"""The operator's disputes (X1): decided in two steps, so that what follows is seen before. Nobody else has them."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from expertim.meetings import actions, queries, words
from expertim.meetings.evidence import evidence_of
from expertim.meetings.facts import Act, By, Command, Decision, Progress, Refused
from expertim.meetings.forms import SettleForm
from expertim.meetings.lifecycle import decide
from expertim.meetings.queries import MeetingView
from expertim.meetings.shown import meeting_shown, row_shown, timeline_shown
from expertim.meetings.typed import checked
from expertim.meetings.views_shared import SeeOther, key_of, refuse_in, status_of, summary_of, view_or_404
from expertim.meetings.words.refusals import Refusal, own_dispute
from expertim.meetings.words.settling import settling_button, settling_words
from expertim.people.middleware import PersonRequest

_NO_PARTY = 0  # nobody's id: an operator reads as an operator, also what they are a party of


@require_http_methods(["GET", "HEAD"])
def disputes(request: PersonRequest) -> HttpResponse:
    """Meetings whose parties do not say the same, the longest waiting first."""
    _require_operator(request)
    actions.catch_up()  # T0: a dispute that only time has brought about waits here too
    rows = tuple(row_shown(view, clock=request.clock) for view in queries.disputed())
    return render(request, "meetings/disputes.html", {"rows": rows})


@require_http_methods(["GET", "HEAD", "POST"])
def settle(request: PersonRequest, public_id: str) -> HttpResponse:
    """One dispute with all there is to know about it, and the decision."""
    _require_operator(request)
    view = _disputed_or_404(public_id)
    form = SettleForm(
        request.POST if request.method == "POST" else None,
        clock=request.clock,
        price=view.situation.price,
        user=view.user.name,
        expert=view.expert.name,
    )
    if request.method != "POST" or "change" in request.POST:
        return _page(request, view, form)
    if not form.is_valid():
        return _page(request, view, form, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    decision = f"{form.typed['outcome'].value}:{form.typed['fee']}"
    try:
        if request.POST.get("seen") != decision and _may_decide(request, view):
            # What was seen is what is decided: the second page's own outcome and fee, not ones changed behind it.
            foresee(view, form.typed)
            return _shown_first(request, view, form, decision)
        actions.perform(
            person=request.user.pk,
            meeting=view.public_id,
            act=Act.SETTLE,
            operator=True,
            key=key_of(request),
            **form.typed,
        )
    except Refused as refused:
        return _refused(request, _disputed_or_404(public_id), form, refused)
    messages.success(request, words.done(Act.SETTLE, view, request.clock))
    return SeeOther(reverse("disputes"))


def foresee(view: MeetingView, typed: dict[str, Any]) -> Decision:
    """What the decision would bring about, by the rules themselves; raises Refused as the act would."""
    command = Command(act=Act.SETTLE, by=By.OPERATOR, at=view.at, **checked(Act.SETTLE, typed))
    return decide(situation=view.situation, command=command)


def _shown_first(request: PersonRequest, view: MeetingView, form: SettleForm, decision: str) -> HttpResponse:
    """What this very decision brings about, and the button that does it."""
    outcome, fee = form.typed["outcome"], form.typed["fee"]
    shown = {
        "meeting": meeting_shown(view, clock=request.clock),
        "consequences": settling_words(view, outcome=outcome, fee=fee),
        "button": settling_button(view, fee=fee),
        "form": form,
        "seen": decision,
        "key": key_of(request),
    }
    return render(request, "meetings/settle_shown.html", shown)


def _refused(request: PersonRequest, view: MeetingView, form: SettleForm, refused: Refused) -> HttpResponse:
    refusal = words.refusal_words(refused, act=Act.SETTLE, view=view, clock=request.clock)
    if refused.key == "not_possible_now" and _is_party(request, view):
        refusal = own_dispute()
    refuse_in(form, refusal)
    return _page(request, view, form, refusal=refusal, status=status_of(refused))


def _page(
    request: PersonRequest,
    view: MeetingView,
    form: SettleForm,
    *,
    refusal: Refusal | None = None,
    status: int = HTTPStatus.OK,
) -> HttpResponse:
    shown = {
        "meeting": meeting_shown(view, clock=request.clock),
        "party": _is_party(request, view),
        "open": _is_open(view),
        "stars": queries.stars_of(view),
        "evidence": evidence_of(view, joins=queries.attendance(view), clock=request.clock),
        "timeline": timeline_shown(queries.timeline(view), view=view, clock=request.clock),
        "consequences": words.consequences(Act.SETTLE, view, request.clock),
        "form": form,
        "summary": summary_of(form, refusal, request=request),
        "key": key_of(request),
    }
    return render(request, "meetings/settle.html", shown, status=status)


def _is_party(request: PersonRequest, view: MeetingView) -> bool:
    return request.user.pk in (view.user.id, view.expert.id)


def _is_open(view: MeetingView) -> bool:
    return view.situation.now.progress is Progress.DISPUTED


def _may_decide(request: PersonRequest, view: MeetingView) -> bool:
    """Else the act is tried all the same: the rules have the words for why not."""
    return _is_open(view) and not _is_party(request, view)


def _require_operator(request: PersonRequest) -> None:
    if not request.user.is_operator:
        raise Http404


def _disputed_or_404(public_id: str) -> MeetingView:
    return view_or_404(person=_NO_PARTY, meeting=public_id, operator=True)
