"""What every mail of this room looks like: a letter's words in one frame, as text and as HTML."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader

from expertim.foundation.templates import environment
from expertim.notifications.calendar.addresses import answers_are_read
from expertim.notifications.calendar.ics import CalendarEvent, invitation
from expertim.notifications.kinds import Envelope, Letter

_TEMPLATES = Path(__file__).resolve().parent.parent / "jinja2"


def framed(
    envelope: Envelope,
    *,
    subject: str,
    paragraphs: list[str],
    facts: list[tuple[str, str]],
    button: tuple[str, str],
    answers: Sequence[tuple[str, str]] = (),
    given: Any = None,
    thread: str = "",
    event: CalendarEvent | None = None,
) -> Letter:
    """Letter; `given`: words of who did it (mails/reading.py); `button`, and `answers` before it: words, address."""
    frame = {
        "subject": subject,
        "paragraphs": paragraphs,
        "given": given,
        "facts": facts,
        "answers": answers,
        "button": button,
        "person": envelope.person,
        "zone": envelope.person.clock.zone_name,
        "settings_address": envelope.settings_address,
        "leave_address": envelope.leave_address,
    }
    return Letter(
        subject=subject,
        text=rendered("layout.txt", frame),
        html=rendered("layout.html", frame),
        address=button[1],
        thread=thread,
        calendar=(event.method.value, invitation(event).decode()) if event else None,
        reply_to=event.organizer_mail if event and answers_are_read() else "",
    )


def rendered(template: str, values: dict[str, Any]) -> str:
    """A template of ours: `.html` with all that is put in escaped, `.txt` as it is."""
    return _environment().get_template(f"meetings/mail/{template}").render(values)


@cache
def _environment() -> Environment:
    return environment(
        loader=FileSystemLoader(_TEMPLATES), autoescape=lambda name: bool(name and name.endswith(".html"))
    )
