"""What a letter speaks of, read when it is sent: the meeting as it stands, and the words given with the act."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from expertim.foundation.words import in_language
from expertim.meetings import queries
from expertim.meetings.facts import By, Event, NoticeKind
from expertim.meetings.lifecycle import still_so
from expertim.meetings.queries import MeetingView
from expertim.notifications.kinds import Told
from expertim.outbox.worker import Withdrawn
from expertim.people.models import Person

# The acts that somebody's words go with, and an operator's decision with its note.
_WITH_WORDS = frozenset(
    {
        NoticeKind.PROPOSED,
        NoticeKind.REJECTED,
        NoticeKind.CANCELED_BY_USER,
        NoticeKind.LATE_CANCELLATION,
        NoticeKind.CANCELLED_BY_EXPERT,
        NoticeKind.RESCHEDULING_AGREED_BY_USER,
        NoticeKind.RESCHEDULING_AGREED_BY_EXPERT,
        NoticeKind.RESCHEDULING_REJECTED_BY_USER,
        NoticeKind.RESCHEDULING_REJECTED_BY_EXPERT,
        NoticeKind.ALTERNATIVE_REJECTED,
        NoticeKind.DISPUTE_SETTLED,
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """What somebody typed or chose with the act that is told."""

    author: str = ""
    reason: str = ""
    quote: str = ""


def current(told: Told, person: Person) -> MeetingView:
    """The meeting for its recipient. Raises Withdrawn where it is not theirs to see, or no longer so."""
    label = queries.labels(ids=[told.reference]).get(told.reference) if told.reference is not None else None
    if label is None:
        raise Withdrawn("gone")
    view = queries.meeting_for(person=person.pk, meeting=label["public_id"], operator=person.is_operator)
    if view is None:
        raise Withdrawn("not_theirs")
    kind = NoticeKind(told.kind)
    holds = still_so(
        kind,
        situation=view.situation,
        to=view.my_role,
        generation=told.generation,
        start=datetime.fromisoformat(told.values.get("alternative") or told.values["start"]),
    )
    if not holds:
        moved = told.generation is not None and view.situation.now.generation != told.generation
        raise Withdrawn("moved" if moved else "no_longer_so")
    return view


def given_with(told: Told, view: MeetingView) -> Given:
    """The message, the reason or the note on the timeline's lines of that moment; one's own are not quoted."""
    if told.kind not in _WITH_WORDS:
        return Given()
    for row in reversed(queries.timeline(view)):
        if row.at != told.at or row.by is By.PLATFORM or row.by is view.my_role:
            continue
        values = row.values
        free = str(values.get("reason", "")) if row.event == Event.CANCELLED else ""
        quote = str(values.get("message") or values.get("note") or free)
        reason = in_language(values["reason_text"]) if values.get("reason_text") else ""
        if quote or reason:
            return Given(author=row.person, reason=reason, quote=quote)
    return Given()
