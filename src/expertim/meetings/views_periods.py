"""Cancelling everything in a period: ask, show what follows for each meeting, do it, say what became of each."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from http import HTTPStatus
from typing import Any

from django import forms
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods

from expertim.expertise.forms_times import DayField, TimesForm
from expertim.expertise.queries import reject_reasons
from expertim.foundation import clock as platform
from expertim.foundation.ids import public_id as new_key
from expertim.meetings import words
from expertim.meetings.facts import Act
from expertim.meetings.periods import MOST, WAYS, Asked, CalledOff, CallingOff, call_off, to_call_off
from expertim.meetings.shown import RowShown, row_shown
from expertim.meetings.typed import LONGEST_TEXT, clean, storable
from expertim.meetings.views_shared import key_of
from expertim.meetings.words.refusals import field_problem
from expertim.people.formats import Clock
from expertim.people.middleware import PersonRequest

_LONGEST = timedelta(days=400)


class PeriodForm(TimesForm):
    """From which day until which, and one reason for all."""

    first_on = DayField(label=gettext_lazy("First day"))
    last_on = DayField(label=gettext_lazy("Last day"))
    reason = forms.CharField(
        label=gettext_lazy("Reason"),
        help_text=gettext_lazy("Everybody whose meeting is called off reads it."),
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def clean_reason(self) -> str:
        text = clean(self.cleaned_data["reason"])
        problem = "too_long" if len(text) > LONGEST_TEXT["reason"] else "" if storable(text) else "unreadable"
        if not text or problem:
            raise forms.ValidationError(field_problem("reason", problem or "required"))
        return text

    def clean(self) -> dict[str, Any]:
        typed = super().clean() or {}
        first, last = typed.get("first_on"), typed.get("last_on")
        if first and last and not first <= last <= first + _LONGEST:
            self.add_error("last_on", _("The last day comes after the first, and at most a year later."))
        return typed


@dataclass(frozen=True, slots=True, kw_only=True)
class CallingOffShown:
    """One meeting of the preview: what its box sends back, what is done to it, and what follows."""

    value: str
    row: RowShown
    act: str
    consequences: list[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class CalledOffShown:
    row: RowShown | None
    done: bool
    words: tuple[str, ...]


@require_http_methods(["GET", "HEAD", "POST"])
def cancel_period(request: PersonRequest) -> HttpResponse:
    """GET asks for the period; the first POST shows, the second does."""
    given = request.POST if request.method == "POST" else None
    form = PeriodForm(given, clock=request.clock, now=platform.now())
    if given is None:
        return render(request, "meetings/period.html", {"form": form})
    if not form.is_valid():
        return render(request, "meetings/period.html", {"form": form}, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    if request.POST.get("do") != "cancel":
        return _preview(request, form)
    asked = _asked(request)
    codes = {reason.code for reason in reject_reasons()}
    if not asked or (any(one.act is Act.REJECT for one in asked) and request.POST.get("reject_reason") not in codes):
        problem = _("Choose why those that wait for you are rejected.") if asked else _("Choose at least one meeting.")
        return _preview(request, form, problem=problem)
    done = call_off(
        person=request.user.pk,
        asked=asked,
        reason=form.cleaned_data["reason"],
        reject_reason=request.POST.get("reject_reason", ""),
        key=key_of(request),
    )
    # Shown and not redirected to: sent again, the keys give the same answer and nothing is done twice (Z1).
    shown = {"summary": _summary(done), "rows": _shown(done, request.clock)}
    return render(request, "meetings/period_done.html", shown)


def _preview(request: PersonRequest, form: PeriodForm, *, problem: str = "") -> HttpResponse:
    first: date = form.cleaned_data["first_on"]
    last: date = form.cleaned_data["last_on"]
    begins, ends = (request.clock.midnight(day) for day in (first, last + timedelta(days=1)))
    found, more = to_call_off(person=request.user.pk, begins=begins, ends=ends)
    fee = sum(one.fee for one in found)
    rejecting = any(one.act is Act.REJECT for one in found)
    shown = {
        "form": form,
        "problem": problem,
        "key": new_key() if problem or request.POST.get("do") != "cancel" else key_of(request),
        "period": _("{first} until {last}").format(first=request.clock.day(first), last=request.clock.day(last)),
        "rows": [_calling_off(one, request.clock) for one in found],
        "more": MOST if more else 0,
        "fee": words.credit_words(fee) if fee else "",
        "reasons": reject_reasons() if rejecting else (),
        "reject_reason": request.POST.get("reject_reason", ""),
    }
    status = HTTPStatus.UNPROCESSABLE_ENTITY if problem else HTTPStatus.OK
    return render(request, "meetings/period_shown.html", shown, status=status)


def _calling_off(one: CallingOff, clock: Clock) -> CallingOffShown:
    return CallingOffShown(
        value=f"{one.view.public_id}:{one.act}:{one.fee}",
        row=row_shown(one.view, clock=clock),
        act=words.act_name(one.act, one.view),
        consequences=words.consequences(one.act, one.view, clock),
    )


def _asked(request: PersonRequest) -> tuple[Asked, ...]:
    """The boxes that were left ticked; what was meddled with is left out."""
    made: dict[str, Asked] = {}
    for value in request.POST.getlist("meeting")[: MOST + 1]:
        meeting, _sep, rest = value.partition(":")
        act, _sep, fee = rest.partition(":")
        if act in WAYS and "\0" not in meeting and fee.isascii() and fee.isdecimal() and len(fee) <= 12:
            made[meeting] = Asked(meeting=meeting, act=Act(act), fee=int(fee))
    return tuple(made.values())


def _shown(done: tuple[CalledOff, ...], clock: Clock) -> list[CalledOffShown]:
    return [
        CalledOffShown(
            row=row_shown(one.view, clock=clock) if one.view else None,
            done=one.refused is None,
            words=_what_became(one, clock),
        )
        for one in done
    ]


def _what_became(one: CalledOff, clock: Clock) -> tuple[str, ...]:
    if one.view is None:
        return (_("There is no such meeting."),)
    if one.refused is None:
        return (words.state_line(one.view, clock), words.money_words(one.view))
    refusal = words.refusal_words(one.refused, act=one.asked.act, view=one.view, clock=clock)
    return (refusal.title, *refusal.sentences, *(problem for _field, problem in refusal.fields))


def _summary(done: tuple[CalledOff, ...]) -> str:
    count = sum(one.refused is None for one in done)
    said = ngettext("{count} meeting has been called off.", "{count} meetings have been called off.", count)
    if count == len(done):
        return said.format(count=count)
    left = len(done) - count
    rest = ngettext("{count} stands as it was: see why.", "{count} stand as they were: see why.", left)
    return said.format(count=count) + " " + rest.format(count=left)
