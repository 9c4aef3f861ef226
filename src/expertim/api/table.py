"""Every call of version 1, in the order of the document."""

from __future__ import annotations

from expertim.api import calls_meetings, calls_reading
from expertim.api.asking import Call

CALLS: tuple[Call, ...] = (*calls_reading.CALLS, *calls_meetings.CALLS)


def by_path() -> dict[str, dict[str, Call]]:
    """Path -> method -> call."""
    found: dict[str, dict[str, Call]] = {}
    for call in CALLS:
        found.setdefault(call.path, {})[call.method] = call
    return found
