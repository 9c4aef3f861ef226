"""Somebody's calendar program: it takes an invitation of ours apart and writes the answer that it would send.

The mails in tests/meetings/answers/ look as common programs write them; its README says what is peculiar about each.
"""

from __future__ import annotations

import base64
import quopri
import secrets
from datetime import datetime, timedelta
from pathlib import Path
from string import Template
from typing import Any
from zoneinfo import ZoneInfo

import vobject

from expertim.meetings.calendar import event_for
from expertim.meetings.queries import meeting_for
from expertim.notifications.calendar.ics import invitation
from expertim.people.models import Person

_FILES = Path(__file__).parent / "answers"
_WORDS = {"ACCEPTED": "Accepted", "DECLINED": "Declined", "TENTATIVE": "Tentative", "": "New Time Proposed"}
PRAGUE = ZoneInfo("Europe/Prague")


def invited(who: Person, meeting: str) -> Any:
    """The invitation that this party would get now, as an independent reader understands it."""
    view = meeting_for(person=who.pk, meeting=meeting)
    assert view is not None
    event = event_for(view, recipient_id=who.pk)
    assert event is not None
    return vobject.readOne(invitation(event).decode())


def answer(
    program: str,
    invitation: Any,
    who: Person,
    *,
    partstat: str = "",
    start: datetime | None = None,
    comment: str = "",
    **changes: Any,
) -> bytes:
    """The mail in which a program says yes, no or perhaps, or proposes `start`. `changes` forge single values."""
    event = invitation.vevent
    begins = start or event.dtstart.value
    ends = begins + timedelta(hours=1)
    values: dict[str, Any] = {
        "name": who.name,
        "email": who.email,
        "organizer": event.organizer.value.removeprefix("mailto:"),
        "organizer_name": event.organizer.params["CN"][0],
        "uid": event.uid.value,
        "sequence": event.sequence.value,
        "summary": event.summary.value,
        "method": "COUNTER" if start else "REPLY",
        "partstat": partstat or "TENTATIVE",
        "word": _WORDS[partstat],
        "comment": comment,
        "message_id": secrets.token_hex(8),
        "start_prague": f"{begins.astimezone(PRAGUE):%Y%m%dT%H%M%S}",
        "end_prague": f"{ends.astimezone(PRAGUE):%Y%m%dT%H%M%S}",
        "start_utc": f"{begins.astimezone(ZoneInfo('UTC')):%Y%m%dT%H%M%SZ}",
        "end_utc": f"{ends.astimezone(ZoneInfo('UTC')):%Y%m%dT%H%M%SZ}",
        "outlook_zone": (_FILES / "outlook_zone.txt").read_text().strip(),
        **changes,
    }
    form = "counter" if start and program == "outlook" else "reply"
    calendar = Template((_FILES / f"{program}_{form}.ics").read_text()).substitute(values)
    calendar = calendar.replace("\n", "\r\n")
    values |= {
        "calendar": calendar,
        "calendar_quoted": quopri.encodestring(calendar.encode()).decode(),
        "calendar_base64": base64.encodebytes(calendar.encode()).decode(),
        "text_base64": base64.encodebytes(b"An answer to your invitation.\n").decode(),
    }
    return Template((_FILES / f"{program}.eml").read_text()).substitute(values).encode()
