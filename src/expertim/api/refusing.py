"""From the rules' refusals to problem documents."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

from expertim.api import shown
from expertim.api.asking import Asked
from expertim.api.problems import Problem
from expertim.foundation.amounts import amount_text
from expertim.meetings import queries
from expertim.meetings.facts import Act, Refused
from expertim.meetings.words import field_problem, why_not

_NAMES = {"key": "Idempotency-Key"}
_MEMBERS: dict[str, Callable[[Any], Any]] = {
    "fee": amount_text,
    "price": amount_text,
    "missing": amount_text,
    "minutes": int,
    "start": shown.moment,
    "meetings": list,
}


@contextmanager
def refusing(asked: Asked, act: Act) -> Iterator[None]:
    """Raises the Problem that a Refused of the rules is."""
    try:
        yield
    except Refused as refused:
        raise problem_of(refused, asked=asked, act=act) from refused


def problem_of(refused: Refused, *, asked: Asked, act: Act) -> Problem:
    """A refusal's code is its key; what it tells are its facts."""
    facts = refused.facts
    if refused.key == "invalid":
        errors = [
            {"field": _NAMES.get(field, field), "message": field_problem(field, problem)}
            for field, problem in facts["errors"]
        ]
        return Problem("invalid", errors=errors)
    if refused.key == "not_possible_now":
        return _not_now(refused, asked, act)
    members = {name: read(facts[name]) for name, read in _MEMBERS.items() if name in facts}
    return Problem(refused.key, **members)


def _not_now(refused: Refused, asked: Asked, act: Act) -> Problem:
    """What there is instead; why not, as the pages say it; and of the door its hours."""
    members: dict[str, Any] = {
        "status": refused.facts["state"],
        "actions": shown.actions(refused.facts["possible"]),
    }
    view = queries.meeting_for(person=asked.person.pk, meeting=asked.id("id"))
    if view is None:
        return Problem(refused.key, **members)
    if act is Act.JOIN:
        opens, closes = view.join_window
        members |= {"opens_at": shown.moment(opens), "closes_at": shown.moment(closes)}
    view = replace(view, past=queries.timeline(view))  # who was faster, by name
    return Problem(refused.key, detail=" ".join(why_not(act, view, asked.clock)), **members)
