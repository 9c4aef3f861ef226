"""What the pages of meetings share: finding one's meeting, what was seen, what is wrong, and where one goes next."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from http import HTTPStatus
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _

from expertim.foundation.headers import policy
from expertim.foundation.ids import public_id
from expertim.meetings import actions
from expertim.meetings.facts import By, Refused
from expertim.meetings.forms_dates import ActForm, DateForm
from expertim.meetings.lifecycle import ring
from expertim.meetings.queries import MeetingView, Who, by_public_ids, meeting_for
from expertim.meetings.rooms import way_in
from expertim.meetings.shown import RowShown, row_shown
from expertim.meetings.words import Refusal, both_clocks
from expertim.people.middleware import PersonRequest
from expertim.video.platforms import everywhere

QUARTERS = tuple(f"{hour:02d}:{minute:02d}" for hour in range(24) for minute in (0, 15, 30, 45))
_NEVER = datetime(1971, 1, 1, tzinfo=UTC)
_LONGEST_KEY = 64


class SeeOther(HttpResponseRedirect):
    """303: whatever was sent, the next page is asked for anew."""

    status_code = HTTPStatus.SEE_OTHER


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """One line of the error summary, leading to its field; no anchor where it is about the whole page."""

    words: str
    anchor: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Summary:
    """What stands on top of a page on which nothing has been done."""

    title: str
    problems: tuple[Problem, ...] = ()
    links: tuple[tuple[str, str], ...] = ()
    overlaps: tuple[RowShown, ...] = ()
    waiting: tuple[RowShown, ...] = ()  # not agreed yet, and therefore no cause of the warning


def found_or_404(request: PersonRequest, meeting: str) -> MeetingView:
    """The reader's meeting; an operator's to look at. A stranger's is as unknown as one that is not there."""
    view = view_or_404(person=request.user.pk, meeting=meeting, operator=request.user.is_operator)
    request.field_slug = view.expertise_slug  # type: ignore[attr-defined]  # the header is in the meeting's Expertise
    return view


def view_or_404(*, person: int, meeting: str, operator: bool) -> MeetingView:
    """A meeting as one reader sees it. What time has done is done first, for an operator too (T0).

    The header rings its reader's own meetings only; for others' the rules say here whether anything is due.
    """
    view = None if "\0" in meeting else meeting_for(person=person, meeting=meeting, operator=operator)
    if view is not None and view.my_role is By.OPERATOR and ring(situation=view.situation, at=view.at) is not None:
        actions.catch_up(person=view.user.id)
        view = meeting_for(person=person, meeting=meeting, operator=operator)
    if view is None:
        raise Http404
    return view


def come_in(view: MeetingView) -> HttpResponse:
    """After Join: on to the room, wherever that is."""
    way = way_in(view)
    response = SeeOther(way.entry.url or reverse("room", args=[view.public_id]))
    response["Referrer-Policy"] = "no-referrer"  # a platform need not learn where somebody comes from
    return response


def lets_out(response: HttpResponse) -> HttpResponse:
    """Let the page's form lead on to a video platform: browsers hold its policy against the redirect after it, too."""
    response["Content-Security-Policy"] = policy(leads=everywhere())
    return response


def key_of(request: HttpRequest) -> str:
    """Z1: the key made when the page was first shown; a new one for a new page."""
    key = request.POST.get("key", "")
    return key if 0 < len(key) <= _LONGEST_KEY and key.isascii() and key.isalnum() else public_id()


def seen_number(data: Mapping[str, Any], name: str) -> int:
    """A whole number that the page carried; where it was meddled with, one that nothing is equal to."""
    text = str(data.get(name, ""))
    return int(text) if text.isascii() and text.isdecimal() and len(text) <= 12 else -1


def seen_moment(data: Mapping[str, Any], name: str) -> datetime:
    """A moment that the page carried; where it was meddled with, one that no meeting has."""
    try:
        moment = datetime.fromisoformat(str(data.get(name, "")))
    except ValueError:
        return _NEVER
    return moment if moment.tzinfo else _NEVER


def acknowledged(data: Mapping[str, Any], start: datetime | None, *, of: str = "overlap") -> bool:
    """O1: go on all the same, at the very time that was warned of; another time typed since is warned of anew."""
    return start is not None and seen_moment(data, f"acknowledge_{of}") == start


def summary_of(
    form: forms.Form, refusal: Refusal | None, *, request: PersonRequest, refused: Refused | None = None
) -> Summary | None:
    """The error summary: why nothing was done, each field's own words, and the meetings in the way (O1)."""
    if refusal is None and not form.errors:
        return None
    problems = [Problem(words=sentence) for sentence in refusal.sentences] if refusal else []
    problems += [Problem(words=str(error)) for error in form.non_field_errors()]
    problems += [
        Problem(words=f"{bound.label}: {error}", anchor=anchor_of(bound)) for bound in form for error in bound.errors
    ]
    named = refusal.overlaps + refusal.waiting if refusal else ()
    views = by_public_ids(person=request.user.pk, meetings=named) if named else ()
    rows = {view.public_id: row_shown(view, clock=request.clock) for view in views}
    return Summary(
        title=refusal.title if refusal else _("This needs another look"),
        problems=tuple(problems),
        links=refusal.links if refusal else (),
        overlaps=tuple(row for name, row in rows.items() if refusal and name in refusal.overlaps),
        waiting=tuple(row for name, row in rows.items() if refusal and name in refusal.waiting),
    )


def refuse_in(form: ActForm, refusal: Refusal) -> None:
    """Put a refusal's words beside the fields they are about."""
    form.is_valid()  # the errors of a form are gathered on the first look
    for name, words in refusal.fields:
        form.refuse(name, words)


def anchor_of(bound: forms.BoundField) -> str:
    """Where the focus goes: the control, or the first of several radio buttons."""
    return bound.id_for_label or f"{bound.auto_id}_0"


def chosen_words(form: forms.Form, request: PersonRequest, *others: Who) -> str:
    """The date as it was understood, on every clock concerned."""
    start = form.start if isinstance(form, DateForm) else None
    return both_clocks(start, request.clock, *others) if start else ""


def status_of(refused: Refused) -> int:
    return HTTPStatus.UNPROCESSABLE_ENTITY if refused.key == "invalid" else HTTPStatus.CONFLICT


def to_meeting(request: HttpRequest, meeting: str, said: str) -> HttpResponse:
    """After an act: the meeting's page, with what happened and what comes next."""
    messages.success(request, said)
    return SeeOther(reverse("meeting", args=[meeting]))
