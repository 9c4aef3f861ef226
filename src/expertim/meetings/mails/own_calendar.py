"""The mail that brings somebody's own calendar up to date: after what they did themselves, and where no other does."""

from __future__ import annotations

from email.utils import make_msgid
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import override

from expertim.foundation.addresses import public_address
from expertim.meetings.calendar import event_of
from expertim.meetings.queries import MeetingView, meeting_for
from expertim.meetings.words import state_line
from expertim.notifications.calendar.addresses import answers_are_read
from expertim.notifications.calendar.ics import CalendarEvent, Method, invitation, line
from expertim.notifications.kinds import CALENDAR
from expertim.notifications.mail import absolute, kept
from expertim.notifications.reading import read, respect_the_night
from expertim.outbox import mail as post
from expertim.outbox.worker import Withdrawn
from expertim.people.languages import spoken
from expertim.people.models import Person


def send(payload: dict[str, Any]) -> dict[str, Any]:
    """The sender of rows of kind "calendar": {meeting, person}. Says what stands when it is sent."""
    person = Person.objects.filter(pk=payload["person"], is_active=True).first()
    if person is None:
        raise Withdrawn("nobody_there")
    reading = read(person=person.pk, kind=CALENDAR, channel=CALENDAR, row="")
    if not reading.calendar:
        raise Withdrawn("switched_off")
    with override(spoken(person.language)):
        view = meeting_for(person=person.pk, meeting=payload["meeting"])
        if view is None:
            raise Withdrawn("nobody_there")
        respect_the_night(reading, person, about=view.situation.start)
        message = _mail(view, event_of(view, person=person, changed_at=view.at), person)
    post.send(message)
    return kept(message, reading.now)


def _mail(view: MeetingView, event: CalendarEvent, person: Person) -> dict[str, Any]:
    names = {"name": view.other.name, "service": view.service_title}
    if event.method is Method.CANCEL:
        subject = _("Out of your calendar: {service} with {name}").format(**names)
    else:
        subject = _("In your calendar: {service} with {name}").format(**names)
    paragraphs = [
        _("Hello {name},").format(name=person.name),
        _("This mail only brings your own calendar up to date."),
        state_line(view, person.clock),
        public_address("meeting", view.public_id),
        _("Whether meetings come into your calendar by mail: %(address)s")
        % {"address": absolute(reverse("notification_settings"))},
    ]
    host = urlsplit(settings.PUBLIC_URL).hostname or "localhost"
    return {
        "from": settings.DEFAULT_FROM_EMAIL,
        "to": [person.email],
        "reply_to": [event.organizer_mail] if answers_are_read() else [],
        "subject": line(subject),
        "body": "\n\n".join(paragraphs) + "\n",
        "html": "",
        "calendar": {"method": event.method.value, "text": invitation(event).decode()},
        "headers": {"Message-ID": make_msgid(domain=host), "Auto-Submitted": "auto-generated"},
    }
