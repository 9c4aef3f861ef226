"""What has happened to a meeting, where its timeline has been read along with it; for saying by whom and when."""

from __future__ import annotations

from expertim.meetings.facts import By, Event
from expertim.meetings.queries import MeetingView, TimelineRow
from expertim.meetings.words.speaking import name_of


def last(view: MeetingView, *events: Event) -> TimelineRow | None:
    """The latest event of one of these kinds; None where there is none, or nobody has read the timeline."""
    return next((row for row in reversed(view.past) if row.event in events), None)


def doer(row: TimelineRow, view: MeetingView) -> str:
    """Who did it, by name; empty for the reader and for the platform."""
    if row.by is view.my_role or row.by is By.PLATFORM:
        return ""
    return row.person or name_of(view, row.by)


def settled_fee(view: MeetingView) -> int | None:
    """What was deducted when the meeting was settled; None where that is not known."""
    row = last(view, Event.PROGRESS_EVALUATED)
    return None if row is None else int(row.values.get("fee") or 0)
