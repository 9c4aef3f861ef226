"""What pages on which a date is chosen are told of free times, and what they say where one went meanwhile."""

from __future__ import annotations

from typing import Any

from expertim.foundation.htmx import by_htmx
from expertim.meetings.forms_dates import DateForm
from expertim.meetings.free import Free
from expertim.meetings.free_shown import free_shown
from expertim.meetings.queries import Who
from expertim.meetings.views_shared import acknowledged
from expertim.meetings.words.free import gone_words
from expertim.meetings.words.refusals import Refusal
from expertim.people.middleware import PersonRequest

_KEPT = ("service", "skill", "minutes", "price", "message")  # what goes along from week to week without script


def free_of(request: PersonRequest, free: Free | None, form: Any, other: Who) -> dict[str, Any]:
    """The list of free times for a page; nothing where no hours are kept, and then the page is as it was."""
    if free is None or not free.kept.hours.kept or not isinstance(form, DateForm):
        return {"free": None, "moved": False}
    asked = request.POST if request.method == "POST" else request.GET

    def address(week: str) -> str:
        query = request.GET.copy()
        for name in _KEPT:
            if asked.get(name):
                query[name] = asked[name]
        query["week"] = week
        return f"{request.path}?{query.urlencode()}"

    shown = free_shown(
        free, clock=request.clock, other=other, week=asked.get("week", ""), chosen=form.chosen, address=address
    )
    # Whoever only chooses another service goes on choosing: the focus is led to the list by its own links alone.
    moved = by_htmx(request) and request.headers.get("HX-Target") == "free-times"
    return {"free": shown, "moved": moved and request.headers.get("HX-Trigger") != "what"}


def gone(request: PersonRequest, free: Free | None, form: DateForm) -> bool:
    """A free time of the list that went while the page stood open: a warning once, for any time may be proposed."""
    start = form.start if form.from_list else None
    if start is None or free is None or not free.kept.hours.kept:
        return False
    return free.went(start) and not acknowledged(request.POST, start, of="gone")


def gone_refusal(request: PersonRequest, form: DateForm, *, expert: str) -> Refusal:
    """What is said then; `expert` is empty where it is the expert who reads."""
    assert form.start is not None
    return gone_words(form.start, request.clock, expert=expert)


def warned_of(request: PersonRequest, form: Any, *, now: bool) -> str:
    """The start that has gone: warned of now, or gone on with before, so that the next warning does not forget it."""
    start = form.start if isinstance(form, DateForm) else None
    return start.isoformat() if start and (now or acknowledged(request.POST, start, of="gone")) else ""
