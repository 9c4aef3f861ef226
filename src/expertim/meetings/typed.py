"""What was typed, before anything is asked of the rules: shapes and sizes only. Pure."""

from __future__ import annotations

import unicodedata
from datetime import UTC, datetime, timedelta
from typing import Any

from expertim.foundation.amounts import LARGEST_PRICE
from expertim.foundation.durations import LONGEST_MINUTES, SHORTEST_MINUTES
from expertim.foundation.texts import capped
from expertim.meetings.facts import Act, Refused

LONGEST_TEXT = {"reason": 2000, "message": 2000, "note": 2000, "review": 5000}
_LONGEST_KEY = 200
_TEXTS_REQUIRED = {
    Act.CANCEL: ("reason",),
    Act.REJECT: ("reason",),
    Act.ALTERNATIVE_REJECT: ("reason",),
    Act.SETTLE: ("note",),
}
_STARTS = {Act.PROPOSE, Act.RESCHEDULE}


def checked(act: Act, typed: dict[str, Any]) -> dict[str, Any]:
    """The typed values, texts trimmed and moments in UTC; raises Refused("invalid") naming every wrong field."""
    taken: dict[str, Any] = {name: clean(value) if name in LONGEST_TEXT else value for name, value in typed.items()}
    errors = []
    for name in LONGEST_TEXT:
        text = taken.get(name, "")
        if name in _TEXTS_REQUIRED.get(act, ()) and not text:
            errors.append((name, "required"))
        elif not storable(text):
            errors.append((name, "unreadable"))
        elif len(text) > LONGEST_TEXT[name]:
            errors.append((name, "too_long"))
    if act in _STARTS and (problem := _start_problem(taken.get("start"))):
        errors.append(("start", problem))
    if act is Act.EVALUATE and taken.get("progress") is None:
        errors.append(("progress", "required"))
    stars = taken.get("stars")
    if stars is not None and stars not in (1, 2, 3, 4, 5):
        errors.append(("stars", "out_of_range"))
    if errors:
        raise Refused("invalid", errors=tuple(errors))
    # In UTC from here on: with a zone's own arithmetic, 48 hours across a change of clocks would be 47 or 49.
    return {name: value.astimezone(UTC) if isinstance(value, datetime) else value for name, value in taken.items()}


def checked_offer(*, minutes: int, price: int) -> None:
    """P2: 5-480 whole minutes, 0.00-99,999.99 credits; raises Refused("invalid")."""
    errors = []
    if not SHORTEST_MINUTES <= minutes <= LONGEST_MINUTES:
        errors.append(("minutes", "out_of_range"))
    if not 0 <= price <= LARGEST_PRICE:
        errors.append(("price", "out_of_range"))
    if errors:
        raise Refused("invalid", errors=tuple(errors))


def checked_key(key: str) -> str:
    """A request key that can be kept; raises Refused("invalid")."""
    if not key or len(key) > _LONGEST_KEY or not storable(key):
        raise Refused("invalid", errors=(("key", "unreadable"),))
    return key


def clean(text: str) -> str:
    """Without outer blanks, marks capped; empty where nothing can be seen (a review of zero-width spaces is none)."""
    text = capped(text.strip())
    return text if any(unicodedata.category(sign)[0] not in "ZC" for sign in text) else ""


def storable(text: str) -> bool:
    """No NUL and no lone surrogate: PostgreSQL takes neither."""
    return "\0" not in text and not any("\ud800" <= sign <= "\udfff" for sign in text)


def _start_problem(start: datetime | None) -> str | None:
    if start is None:
        return "required"
    if start.tzinfo is None:
        return "without_zone"
    if start.second or start.microsecond:
        return "whole_minutes"
    if not 1971 <= start.year <= 9000 or (start.utcoffset() or timedelta(0)) % timedelta(minutes=1):
        return "out_of_range"
    return None
