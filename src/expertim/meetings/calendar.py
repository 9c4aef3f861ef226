"""A meeting as an event in one person's calendar. The words are this room's, the file is notifications/calendar's.

One event for the life of a meeting, docs/decisions/0013-one-event-a-meeting.md says why: tentative until both have
said yes, at the date in force; a rejected meeting comes back at the date that is on the table; gone when it is over.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import override

from expertim.foundation.addresses import public_address
from expertim.meetings.facts import PARTIES, Act, By, State
from expertim.meetings.lifecycle import possible
from expertim.meetings.links import door_address
from expertim.meetings.queries import MeetingView
from expertim.meetings.words import act_name, acts_in_order, short_state, state_line
from expertim.notifications.calendar.addresses import answers_are_read, reply_address
from expertim.notifications.calendar.ics import Answer, Attendee, CalendarEvent, Method, Status
from expertim.people.languages import spoken
from expertim.people.models import Person

_STATUS = {State.AWAITING: Status.TENTATIVE, State.AGREED: Status.CONFIRMED, State.REJECTED: Status.TENTATIVE}
# What a calendar's own buttons can do; the rest waits on the page.
_ANSWERS = (Act.CONFIRM, Act.REJECT, Act.ALTERNATIVE_CONFIRM, Act.ALTERNATIVE_REJECT)


def event_for(view: MeetingView, *, recipient_id: int) -> CalendarEvent | None:
    """The event to invite a party with, or to cancel, in the party's language; None for anybody else.

    One statement, for the recipient. `view` should have been read in the recipient's language: titles come with it.
    """
    if recipient_id not in (view.user.id, view.expert.id):
        return None
    person = Person.objects.filter(pk=recipient_id).first()
    changed_at = view.past[-1].at if view.past else view.at
    return event_of(view, person=person, changed_at=changed_at) if person else None


def event_of(view: MeetingView, *, person: Person, changed_at: datetime) -> CalendarEvent:
    """The same, for a party whose row has been read."""
    view = _read_by(view, person.pk)
    status = status_of(view)
    start = date_shown(view)
    with override(spoken(person.language)):
        return CalendarEvent(
            uid=uid_of(view.public_id),
            sequence=view.version,
            method=Method.CANCEL if status is Status.CANCELLED else Method.REQUEST,
            status=status,
            start=start,
            end=start + timedelta(minutes=view.situation.length_minutes),
            time_zone=person.clock.zone_key,
            summary=_summary(view, status),
            description=_description(view, person, status),
            url=door_address(view),
            organizer_name=_("{name} via {site}").format(name=view.other.name, site=settings.SITE_NAME),
            organizer_mail=reply_address(reference=view.public_id, person=person.pk),
            attendee=Attendee(name=person.name, mail=person.email, answer=answer_of(view)),
            stamped_at=view.at,
            changed_at=changed_at,
            answer_by_mail=answers_are_read(),
        )


def feed_events(found: Iterable[tuple[MeetingView, datetime]], *, person: Person) -> list[CalendarEvent]:
    """Every meeting of a person's feed, stamped with its latest change: what has not changed reads the same."""
    return [
        replace(event_of(view, person=person, changed_at=changed_at), stamped_at=changed_at)
        for view, changed_at in found
    ]


def uid_of(meeting: str) -> str:
    return f"{meeting}@{urlsplit(settings.PUBLIC_URL).hostname or 'localhost'}"


def meeting_of(uid: str) -> str:
    """The public id in a UID of ours; empty in anybody else's."""
    meeting, _at, host = uid.strip().partition("@")
    return meeting if host.lower() == uid_of("").partition("@")[2].lower() else ""


def status_of(view: MeetingView) -> Status:
    """Tentative, confirmed, or not to be in a calendar any more."""
    now = view.situation.now
    if now.state is State.REJECTED and now.alternative is None:
        return Status.CANCELLED
    return _STATUS.get(now.state or State.AWAITING, Status.CANCELLED)


def date_shown(view: MeetingView) -> datetime:
    """The date in force; of a rejected meeting the one that is on the table."""
    now = view.situation.now
    return now.alternative.start if now.state is State.REJECTED and now.alternative else now.start


def answer_of(view: MeetingView) -> Answer:
    """What this party has said to the date that the calendar shows."""
    now = view.situation.now
    if status_of(view) is Status.CANCELLED:
        return Answer.DECLINED
    if now.state is State.REJECTED and now.alternative:
        return Answer.ACCEPTED if now.alternative.author is view.my_role else Answer.NEEDED
    return Answer.ACCEPTED if view.my_role in now.approved_by else Answer.NEEDED


def _read_by(view: MeetingView, person: int) -> MeetingView:
    """The same meeting with that party's eyes."""
    role = By.USER if view.user.id == person else By.EXPERT
    if view.my_role is role:
        return view
    actions = possible(situation=view.situation, by=role, at=view.at)
    return replace(view, my_role=role, actions=actions, past=())


def _summary(view: MeetingView, status: Status) -> str:
    """Who and what; in brackets what is not settled yet, because few calendars show that an event is tentative."""
    words = {"name": view.other.name, "service": view.service_title}
    if status is Status.TENTATIVE and answer_of(view) is Answer.NEEDED:
        return _("{name}: {service} (waiting for your answer)").format(**words)
    if status is Status.TENTATIVE:
        return _("{name}: {service} (waiting for an answer)").format(**words)
    if status is Status.CONFIRMED and view.situation.now.alternative:
        return _("{name}: {service} (another date suggested)").format(**words)
    return _("{name}: {service}").format(**words)


def _description(view: MeetingView, person: Person, status: Status) -> str:
    """Where it stands, what can be done, the page. No credits: calendars are shown to others."""
    clock = person.clock
    lines = [short_state(view) if view.held else state_line(view, clock)]
    acts = [act for act in acts_in_order(view.actions) if view.my_role in PARTIES]
    if status is Status.TENTATIVE and answers_are_read() and any(possible.act in _ANSWERS for possible in acts):
        lines.append(_("You can answer with the buttons of your calendar, or on the page of the meeting."))
    elif status is Status.CONFIRMED and view.situation.now.alternative:
        lines.append(_("The other date is answered on the page of the meeting, not with the buttons of your calendar."))
    if acts:
        names = ", ".join(act_name(possible.act, view) for possible in acts)
        lines.append(_("What you can do there: {acts}.").format(acts=names))
    return "\n\n".join([*lines, public_address("meeting", view.public_id)])
