"""One page for each act: GET explains and asks, POST does."""

from __future__ import annotations

from dataclasses import replace
from http import HTTPStatus
from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from expertim.expertise.queries import reject_reasons
from expertim.foundation.ids import public_id as new_key
from expertim.foundation.limits import LIMITS, spend
from expertim.meetings import actions, queries, words
from expertim.meetings.facts import PARTIES, Act, By, Refused
from expertim.meetings.forms import form_of
from expertim.meetings.forms_dates import ActForm, DateForm
from expertim.meetings.free import Free, free_for
from expertim.meetings.queries import MeetingView
from expertim.meetings.shown import acts_shown, meeting_shown
from expertim.meetings.views_free import free_of, gone, gone_refusal, warned_of
from expertim.meetings.views_shared import (
    QUARTERS,
    acknowledged,
    chosen_words,
    come_in,
    found_or_404,
    key_of,
    lets_out,
    refuse_in,
    seen_moment,
    seen_number,
    status_of,
    summary_of,
    to_meeting,
)
from expertim.meetings.words.refusals import Refusal
from expertim.people.middleware import PersonRequest
from expertim.reviews.queries import written_by

# The address of an act is its name with dashes.
ACTS = {act.replace("_", "-"): act for act in Act if act not in (Act.PROPOSE, Act.SETTLE)}
_OF_AN_ALTERNATIVE = (Act.ALTERNATIVE_CONFIRM, Act.ALTERNATIVE_REJECT, Act.ALTERNATIVE_WITHDRAW)
_WARNED = (Act.CONFIRM, Act.RESCHEDULE, Act.ALTERNATIVE_CONFIRM)  # O1
# The chapters of the manuals (site/manual/*.md).
HELP = {
    Act.CONFIRM: "confirm",
    Act.REJECT: "reject",
    Act.WITHDRAW: "withdraw",
    Act.CANCEL: "cancel",
    Act.RESCHEDULE: "another-date",
    Act.ALTERNATIVE_CONFIRM: "another-date",
    Act.ALTERNATIVE_REJECT: "another-date",
    Act.ALTERNATIVE_WITHDRAW: "another-date",
    Act.JOIN: "join",
    Act.EVALUATE: "evaluate",
}
# What stands in a meeting's way is not changed by reading it again.
_AS_BEFORE = ("overlap", "insufficient_credits", "invalid")


@require_http_methods(["GET", "HEAD", "POST"])
def meeting_act(request: PersonRequest, public_id: str, act: str) -> HttpResponse:
    """The page of an act; a POST does it once, however often it is sent (Z1)."""
    if act not in ACTS:
        raise Http404
    view = found_or_404(request, public_id)
    if request.method == "POST":
        return _done(request, view, ACTS[act])
    if not _possible(view, ACTS[act]):
        return _closed(request, view, ACTS[act])
    return _page(request, view, ACTS[act], _form(request, view, ACTS[act]))


def _done(request: PersonRequest, view: MeetingView, act: Act) -> HttpResponse:
    if view.my_role not in PARTIES:  # an operator looks on (X2)
        return _closed(request, view, act)
    if act in LIMITS:
        spend(act, request.user.pk)
    form = _form(request, view, act)
    if not form.is_valid():
        if not _possible(view, act):
            return _closed(request, view, act, form)
        return _page(request, view, act, form, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    if isinstance(form, DateForm) and form.from_list and gone(request, _free_for(request, view), form):
        refusal = gone_refusal(request, form, expert="" if view.my_role is By.EXPERT else view.expert.name)
        return _page(request, view, act, form, refusal=refusal, went=True, status=HTTPStatus.CONFLICT)
    typed = form.typed | _seen(request, act)
    if act in _WARNED:
        typed["acknowledge_overlap"] = acknowledged(request.POST, typed.get("start") or typed.get("seen_start"))
    key = key_of(request)
    try:
        outcome = actions.perform(person=request.user.pk, meeting=view.public_id, act=act, key=key, **typed)
    except Refused as refused:
        return _refused(request, view, act, form, refused)
    if act is Act.JOIN:
        return come_in(view)
    return to_meeting(request, view.public_id, _said(request, view, act, typed, repeated=outcome.repeated))


def _said(request: PersonRequest, view: MeetingView, act: Act, typed: dict[str, Any], *, repeated: bool) -> str:
    """What has happened and what comes next; `view` is the meeting as it was when the act was judged."""
    if repeated:
        return words.done_before()
    alternative = view.situation.now.alternative
    start = typed.get("start") or (alternative.start if alternative and act is Act.ALTERNATIVE_CONFIRM else None)
    fee = max(typed.get("seen_fee", 0), 0)
    return words.done(act, view, request.clock, start=start, fee=fee, said=typed.get("progress"))


def _refused(request: PersonRequest, view: MeetingView, act: Act, form: ActForm, refused: Refused) -> HttpResponse:
    if refused.key == "not_found":
        raise Http404
    if refused.key not in _AS_BEFORE:
        view = found_or_404(request, view.public_id)  # as it stands now, with its new terms
    if not _possible(view, act):
        return _closed(request, view, act, form)
    refusal = words.refusal_words(refused, act=act, view=view, clock=request.clock)
    refuse_in(form, refusal)
    return _page(request, view, act, form, refused=refused, refusal=refusal, status=status_of(refused))


def _page(
    request: PersonRequest,
    view: MeetingView,
    act: Act,
    form: ActForm,
    *,
    refused: Refused | None = None,
    refusal: Refusal | None = None,
    went: bool = False,
    status: int = HTTPStatus.OK,
) -> HttpResponse:
    """The act's page; what was refused stands on top, the key stays unless it has been used up."""
    key = refused.key if refused else ""
    shown = (
        _explained(request, view, act)
        | _free(request, view, form)
        | {
            "form": form,
            "summary": summary_of(form, refusal, request=request),
            "chosen": chosen_words(form, request, view.other),
            "key": new_key() if key == "idempotency_key_reused" else key_of(request),
            "overlapped": _date_of(view, act, form) if key == "overlap" else "",
            "gone": warned_of(request, form, now=went),
            "quarters": QUARTERS,
        }
    )
    page = render(request, "meetings/act.html", shown, status=status)
    return lets_out(page) if act is Act.JOIN else page


def _free(request: PersonRequest, view: MeetingView, form: ActForm) -> dict[str, Any]:
    if not isinstance(form, DateForm):
        return {}
    shown = free_of(request, _free_for(request, view), form, view.other)
    if shown["free"]:
        form.initial = {}  # a date that stood there already would contradict the one that is chosen
    return shown


def _free_for(request: PersonRequest, view: MeetingView) -> Free | None:
    """D1-D3: the expert's free times, for both; the meeting's own time is free for it."""
    return free_for(
        reader=request.user.pk,
        expert=view.expert.id,
        expertise=view.expertise_slug,
        minutes=view.situation.length_minutes,
        but=view.id,
    )


def _explained(request: PersonRequest, view: MeetingView, act: Act) -> dict[str, Any]:
    """What follows from the act, the terms it is agreed to on, and the button that repeats the act and its price."""
    fee = view.cancelling.fee if view.cancelling and act is Act.CANCEL else 0
    return {
        "meeting": meeting_shown(view, clock=request.clock),
        "act": act.value,
        "question": words.question(act, view),
        "consequences": words.consequences(act, view, request.clock),
        "seen": _shown_terms(view, act, fee),
        "button": words.button(act, view, fee=fee),
        "help": help_address(act, view),
    }


def help_address(act: Act, view: MeetingView) -> str:
    """Where the manual of this side of the meeting tells of the act."""
    manual = "expert" if view.my_role is By.EXPERT else "user"
    return f"{reverse('help_page', args=[manual])}#{HELP[act]}"


def _closed(request: PersonRequest, view: MeetingView, act: Act, form: ActForm | None = None) -> HttpResponse:
    """An act that is not possible now: why, and what is possible instead. What was typed is still there to be read."""
    waiting = act is Act.JOIN and request.method != "POST"  # looking at a door that is shut is no conflict
    view = replace(view, past=queries.timeline(view))  # who was faster, by name
    shown = {
        "meeting": meeting_shown(view, clock=request.clock),
        "name": words.act_name(act, view),
        "reasons": words.why_not(act, view, request.clock),
        "acts": acts_shown(view, clock=request.clock),
        "typed": _typed_texts(form) if form else (),
    }
    return render(request, "meetings/closed.html", shown, status=HTTPStatus.OK if waiting else HTTPStatus.CONFLICT)


def _form(request: PersonRequest, view: MeetingView, act: Act) -> ActForm:
    reasons = reject_reasons() if act in (Act.REJECT, Act.ALTERNATIVE_REJECT) else ()
    review = None
    if act is Act.EVALUATE and view.my_role is By.USER:
        review = written_by(user=view.user.id, expert=view.expert.id)
    data = request.POST if request.method == "POST" else None
    return form_of(act, data, view=view, clock=request.clock, reasons=reasons, review=review)


def _possible(view: MeetingView, act: Act) -> bool:
    return view.my_role in PARTIES and any(action.act is act for action in view.actions)


def _seen(request: PersonRequest, act: Act) -> dict[str, Any]:
    """C5: the terms that the page showed."""
    seen: dict[str, Any] = {}
    if act is Act.CONFIRM or act in _OF_AN_ALTERNATIVE:
        seen["seen_start"] = seen_moment(request.POST, "seen_start")
    if act is Act.CANCEL:
        seen["seen_fee"] = seen_number(request.POST, "seen_fee")
    return seen


def _shown_terms(view: MeetingView, act: Act, fee: int) -> dict[str, str]:
    alternative = view.situation.now.alternative
    if act is Act.CANCEL:
        return {"seen_fee": str(fee)}
    if act is Act.CONFIRM:
        return {"seen_start": view.situation.start.isoformat()}
    if act in _OF_AN_ALTERNATIVE and alternative:
        return {"seen_start": alternative.start.isoformat()}
    return {}


def _date_of(view: MeetingView, act: Act, form: ActForm) -> str:
    """The start that the person is warned of (O1)."""
    start = form.start if isinstance(form, DateForm) else None
    return start.isoformat() if start else _shown_terms(view, act, 0)["seen_start"]


def _typed_texts(form: ActForm) -> tuple[tuple[str, str], ...]:
    """Labels and texts that were sent and are too good to be lost."""
    kept = (name for name in ("reason", "message", "review") if name in form.fields)
    return tuple((str(form[name].label), str(form[name].value())) for name in kept if form[name].value())
