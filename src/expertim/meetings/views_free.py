"""What pages on which a date is chosen are told of free times."""

from __future__ import annotations

from typing import Any

from expertim.foundation.htmx import by_htmx
from expertim.meetings.forms_dates import DateForm
from expertim.meetings.free import Free
from expertim.meetings.free_shown import free_shown
from expertim.meetings.queries import Who
from expertim.people.middleware import PersonRequest

_KEPT = ("service", "skill", "message")  # what goes along from week to week without script


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
    return {"free": shown, "moved": by_htmx(request) and request.headers.get("HX-Target") == "free-times"}
