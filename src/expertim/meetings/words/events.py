"""The lines of the timeline: who did what."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from expertim.foundation.numbers import credit_words
from expertim.foundation.words import in_language
from expertim.meetings.facts import By, Event, Progress, Said
from expertim.meetings.queries import MeetingView, TimelineRow
from expertim.meetings.words.labels import PROGRESS, ROLES, said_words
from expertim.meetings.words.money import experts_part
from expertim.meetings.words.speaking import braced, name_of, others_of, within
from expertim.people.formats import Clock


@dataclass(frozen=True, slots=True, kw_only=True)
class EventWords:
    """One line: what happened, what became of the credits, and the words that were given with it."""

    title: str
    details: tuple[str, ...] = ()
    quote: str = ""


def event_words(row: TimelineRow, *, view: MeetingView, clock: Clock, before: TimelineRow | None = None) -> EventWords:
    """A line of the timeline for its reader; `before` is the line above, which may name the date that this approves."""
    event, values = Event(row.event), row.values
    suggested = before is not None and (event, before.event) == (Event.APPROVED, Event.ALTERNATIVE_SELECTED)
    start = (before.values if before and suggested else values).get("start")
    return EventWords(
        title=_title(event, row.by, values, view, suggested=suggested).format(
            name=row.person or str(ROLES[row.by]),
            start=within(datetime.fromisoformat(start), clock, *others_of(view)) if start else "",
        ),
        details=tuple(_details(event, row.by, values, view)),
        quote=str(values.get("message") or values.get("note") or _free_reason(event, values)),
    )


def _title(event: Event, by: By, values: Mapping[str, Any], view: MeetingView, *, suggested: bool) -> str:
    if event is Event.APPROVED and suggested:
        return _("Approved by {name}: {start}")
    if event is Event.APPROVED:
        return _("Approved by {name}: {start} proposed") if "start" in values else _("Approved by {name}")
    if event is Event.PROGRESS_EVALUATED:
        return _evaluated(by, values)
    return {
        Event.REJECTED: _("Rejected by {name}"),
        Event.CANCELLED: _("Cancelled by {name}"),
        Event.REIMBURSED: _("Appointment reimbursed to {expert}").replace("{expert}", braced(view.expert.name)),
        Event.ALTERNATIVE_SELECTED: _("Alternative date selected by {name}: {start}"),
        Event.ALTERNATIVE_APPROVED: _("Approval of the replacement date by {name}: {start}"),
        Event.ALTERNATIVE_REJECTED: _("Alternate date rejected by {name}: {start}"),
        Event.ALTERNATIVE_CANCELLED: _("Alternate date cancelled by {name}: {start}"),
        Event.ALTERNATIVE_LAPSED: _("Alternate date lapsed without an answer: {start}"),
        Event.EXPIRED: _("Expired: nobody answered before the start"),
        Event.ATTENDED: _("{name} attended, recorded"),
        Event.PROGRESS_RECORDED: _("Meeting progress recorded by {name}"),
        Event.PROGRESS_DISPUTED: _("Meeting progress disputed: an operator decides"),
    }[event]


def _evaluated(by: By, values: Mapping[str, Any]) -> str:
    progress = braced(str(PROGRESS[Progress(values["progress"])])) if "progress" in values else ""
    title = (
        _("Meeting progress evaluated by {name}: {progress}")
        if by is By.OPERATOR
        else _("Meeting progress evaluated: {progress}")
    )
    return title.replace("{progress}", progress)


def _details(event: Event, by: By, values: Mapping[str, Any], view: MeetingView) -> list[str]:
    told: list[str] = []
    if values.get("reason_text"):
        told.append(_("Reason: {reason}").format(reason=in_language(values["reason_text"])))
    if event is Event.PROGRESS_RECORDED and "progress" in values:
        other = view.user.name if by is By.EXPERT else view.expert.name
        told.append(said_words(Said(values["progress"]), other=other, mine=by is view.my_role))
    if event is Event.REIMBURSED:
        told.append(
            _("{fee} taken from {user}; {expert} gets {paid}.").format(
                fee=credit_words(values["fee"]),
                user=view.user.name,
                expert=view.expert.name,
                paid=credit_words(values["paid"]),
            )
        )
    if event is Event.PROGRESS_EVALUATED and view.situation.price:
        told.append(_settled(values.get("fee") or 0, view))
    return told


def _settled(fee: int, view: MeetingView) -> str:
    if not fee:
        return _("All credits returned to {user}.").format(user=view.user.name)
    return _("{fee} taken from {user}; {expert} gets {paid}.").format(
        fee=credit_words(fee),
        user=view.user.name,
        expert=view.expert.name,
        paid=credit_words(experts_part(view, fee)),
    )


def _free_reason(event: Event, values: Mapping[str, Any]) -> str:
    """A reason in words (cancelling); one chosen from the list is a code and stands among the details."""
    return str(values.get("reason", "")) if event is Event.CANCELLED else ""


def who_did(row: TimelineRow, view: MeetingView) -> str:
    """The name beside a line; the platform's own lines have none."""
    return row.person or (name_of(view, row.by) if row.by in (By.USER, By.EXPERT) else "")
