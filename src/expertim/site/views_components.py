"""The living page of the parts that every page is made of, each in all its states."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django import forms
from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from expertim.foundation.numbers import credit_words
from expertim.meetings import words
from expertim.meetings.facts import Act
from expertim.meetings.shown import MeetingShown, RowShown, meeting_shown, row_shown, timeline_shown
from expertim.meetings.views_shared import QUARTERS, Problem, Summary
from expertim.people.formats import Clock, city_of
from expertim.people.middleware import PersonRequest
from expertim.people.tongues import tongue_names
from expertim.site import samples, samples_people
from expertim.site.words_experts import kind_words, on_time, usually_answers

_CLOCK = Clock.of(time_zone="Europe/Prague", date_format="DD.MM.YYYY HH:MM")


class _SampleForm(forms.Form):
    """One field of each kind, as our forms have them."""

    clock = _CLOCK

    date = forms.CharField(label=gettext_lazy("Date"), help_text=gettext_lazy("Like 16.03.2027"))
    time = forms.CharField(
        label=gettext_lazy("Time"),
        help_text=gettext_lazy("Like 14:30"),
        widget=forms.TextInput(attrs={"list": "quarters"}),
    )
    message = forms.CharField(label=gettext_lazy("Message"), required=False, widget=forms.Textarea(attrs={"rows": 3}))
    reason = forms.ChoiceField(
        label=gettext_lazy("Reason"),
        widget=forms.RadioSelect,
        choices=[("time", gettext_lazy("The time does not suit me")), ("field", gettext_lazy("Outside my field"))],
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Sample:
    """A meeting with both faces: its row in a list, and its own page."""

    row: RowShown
    meeting: MeetingShown


@login_not_required
@require_safe
def components(request: PersonRequest) -> HttpResponse:
    """For operators; in a movable installation for everybody."""
    person = request.user
    if not settings.MOVABLE_CLOCK and not (person.is_authenticated and person.is_operator):
        raise Http404
    return render(request, "site/components.html", _parts())


def _parts() -> dict[str, Any]:
    late, agreed = samples.late(), samples.agreed()
    every = [
        _Sample(row=row_shown(view, clock=_CLOCK), meeting=meeting_shown(view, clock=_CLOCK))
        for view in samples.meetings()
    ]
    wrong = _SampleForm({"date": "31.02.2027", "time": "14:30", "message": "About my bakery."}, prefix="wrong")
    wrong.is_valid()
    return {
        "samples": every,
        "money": [meeting_shown(view, clock=_CLOCK) for view in (agreed, late, samples.free())],
        "consequences": words.consequences(Act.CANCEL, late, _CLOCK),
        "button": words.button(Act.CANCEL, late, fee=1250),
        "timeline": timeline_shown(samples.timeline(), view=agreed, clock=_CLOCK),
        "overlap": Summary(
            title=_("You have another meeting at that time"),
            problems=(Problem(words=_("Nothing has been done yet. You can go on all the same.")),),
            overlaps=(every[2].row,),
        ),
        "form": _SampleForm(prefix="fresh"),
        "wrong": wrong,
        "quarters": QUARTERS,
        "figures": [0, 2500, 1250, -1250, 123_456_78],
        "price": credit_words(2500),
        **_of_people(),
    }


def _of_people() -> dict[str, Any]:
    """An expert as their page shows them, a chat, free times."""
    chat = samples_people.chat()
    return {
        "expert": samples_people.expert(),
        "cards": samples_people.cards(),
        "standing": samples_people.standing(),
        "services": samples_people.services(),
        "review": samples_people.review(),
        "shown": {
            "badges": [kind_words("expert-advice")],
            "work": "Svoboda a syn",
            "zone": city_of(samples.PETR.time_zone),
            "languages": tongue_names(["cs", "en"], reader=get_language() or "en"),
            "answers": usually_answers(90),
            "on_time": on_time(97),
        },
        "chat": chat,
        "said": [(row, _CLOCK.time(row.at)) for row in chat.messages],
        "free": samples_people.free_week(_CLOCK),
        "zone": _CLOCK.zone_name,
    }
