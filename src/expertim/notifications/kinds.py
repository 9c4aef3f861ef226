"""Every kind of notice on one page. The rooms whose kinds they are register them at start-up."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from expertim.notifications.push.setup import push_is_there
from expertim.people.models import Person

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise as Lazy

INBOX = "inbox"  # always on: whatever else is switched off, everything can be read there
MAIL = "mail"
CALENDAR = "calendar"  # brings the meeting into the recipient's own calendar: a part of the mail, or a mail of its own
PUSH = "push"  # to the devices that a person has added, where the installation has been set up for it


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """What people are told, when, and how far they can choose."""

    code: str
    title: Lazy  # its name in the rules
    group: Lazy  # under which heading the choice stands
    who: Lazy
    when: Lazy
    not_after: Lazy  # until when sending it still makes sense, in words
    channels: tuple[str, ...] = (INBOX, MAIL, PUSH)
    urgent: bool = False  # money and links go before chatter
    switchable: bool = True  # else its mail cannot be switched off: it would reach nobody who is not looking
    quiet: bool = True  # waits for the end of its recipient's quiet hours
    for_operators: bool = False  # nobody else has anything to choose there

    @property
    def by_mail(self) -> bool:
        return MAIL in self.channels

    @property
    def by_calendar(self) -> bool:
        return CALENDAR in self.channels

    def asked(self) -> dict[str, Any]:
        """What `notifications_add` needs to know of it."""
        return {
            "mail": self.by_mail,
            "always": not self.switchable,
            "push": PUSH in self.channels and push_is_there(),
            "priority": 0 if self.urgent else 1,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """One notice on its way out, read at sending time."""

    id: int
    kind: str
    reference: int | None
    generation: int | None
    values: dict[str, Any]
    at: datetime
    now: datetime  # the platform's


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """What a notice says as a mail: `subject` on one line, `text` and `html` whole."""

    subject: str
    text: str
    html: str
    address: str  # of ours, where the next step is done
    thread: str = ""  # mails with the same are shown together
    calendar: tuple[str, str] | None = None  # method and file, iCalendar
    reply_to: str = ""  # where an answer is understood


@dataclass(frozen=True, slots=True, kw_only=True)
class Envelope:
    """What a mail's frame needs beside its words."""

    person: Person
    settings_address: str
    leave_address: str  # one click switches this kind off; empty where that cannot be
    calendar: bool = True  # whether the person wants meetings in their calendar by mail


# Writes a notice's letter, in the language in force. Raises outbox.worker's Withdrawn where it is no longer so.
Writer = Callable[[Told, Envelope], Letter]

_kinds: dict[str, Kind] = {}
_writers: dict[str, Writer] = {}


def register(kinds: Iterable[Kind], *, write: Writer) -> None:
    """Add kinds and whoever writes their letters."""
    for kind in kinds:
        _kinds[kind.code] = kind
        _writers[kind.code] = write


def all_kinds() -> tuple[Kind, ...]:
    """In the order in which they were registered."""
    return tuple(_kinds.values())


def kind_of(code: str) -> Kind | None:
    return _kinds.get(code)


def writer_of(code: str) -> Writer | None:
    return _writers.get(code)


def as_markdown() -> str:
    """The page of the docs that lists every kind."""
    lines = [
        "# What people are told",
        "",
        "Everything stands in the recipient's inbox, which cannot be switched off. Mail goes out as well unless its",
        "recipient has switched that kind off. Urgent is what goes before all else that waits: links and money.",
        "Somebody who is told in two roles is told once.",
        "",
        "*Calendar* means that the mail moves the meeting in the recipient's own calendar. Where that mail is switched",
        "off, a short mail brings the calendar up to date all the same, as it does after what one has done oneself; a",
        "calendar with half of the changes would be wrong, so this channel is switched off for all kinds at once.",
        "*Push* goes to the devices that a person has added, where the installation is set up for it",
        "([push.md](push.md)); every kind of it can be switched off.",
        "",
        "The opening credits of a catalogue file are told in the inbox only: whoever has just been entered by somebody",
        "else may not know of us yet.",
        "",
        "This page is generated from `src/expertim/meetings/kinds.py`; a test keeps the two equal.",
        "",
        "| kind | who | when | by | sent until | urgent | mail can be switched off | waits for quiet hours to end |",
        "| --- | --- | --- | --- | --- | --- | --- | --- |",
    ]
    for kind in all_kinds():
        cells = [kind.title, kind.who, kind.when, ", ".join(kind.channels), kind.not_after]
        marks = ["yes" if mark else "no" for mark in (kind.urgent, kind.switchable, kind.quiet)]
        lines.append(f"| {' | '.join(str(cell) for cell in [*cells, *marks])} |")
    return "\n".join(lines) + "\n"
