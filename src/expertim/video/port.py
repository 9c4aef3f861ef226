"""What a video platform must be able to do, and how it says that it cannot. Nothing in here knows any of them.

`ensure` and `cancel` are called by the worker, again and again until they succeed; so both may find their work done.
The window, who may come in and what counts as attendance are never a platform's to decide.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal, Protocol, runtime_checkable


@dataclass(frozen=True, slots=True, kw_only=True)
class Guest:
    """Somebody who may come in: `key` is opaque to the platform, `party` is user or expert."""

    key: str
    party: str
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MeetingSpec:
    """The meeting as a platform needs it; `key` and `reference` never change, all moments are in UTC."""

    key: str
    reference: int
    revision: int  # grows with every new date
    title: str
    starts_at: datetime
    ends_at: datetime
    opens_at: datetime
    closes_at: datetime
    guests: tuple[Guest, ...]
    locale: str = "en"


@dataclass(frozen=True, slots=True, kw_only=True)
class RemoteRef:
    """What the platform calls the room; stored with it as JSON."""

    remote_id: str
    content: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """Where to go in: a page of ours, or the platform's own address, which nobody stores."""

    kind: Literal["page", "redirect"]
    url: str = ""  # of a redirect
    content: Mapping[str, str] = field(default_factory=dict)  # what our page needs to speak to a media server


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """What a platform saw: `dedupe` is the same for the same sighting, however often it is told."""

    reference: int
    party: str
    kind: Literal["joined", "present", "left", "ended"]
    at: datetime
    dedupe: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RawRequest:
    """What a platform has sent us, before anybody has believed it."""

    headers: Mapping[str, str]  # names in lower case
    body: bytes
    path: str = ""  # what follows the platform's own address with us
    query: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class RawAnswer:
    """What the platform gets to hear."""

    status: int
    body: bytes = b""
    content_type: str = "text/plain"


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """Something that an operator has to mend, in words."""

    words: str


class PlatformTrouble(Exception):
    """Whatever keeps a platform from doing what was asked."""


class Unavailable(PlatformTrouble):
    """It does not answer, or has no time: connection, timeout, 5xx, too many requests. Trying again helps."""

    def __init__(self, words: str = "", *, retry_after: float | None = None) -> None:
        super().__init__(words)
        self.retry_after = retry_after  # seconds, where it said so


class QuotaExceeded(PlatformTrouble):
    """No more today."""

    def __init__(self, until: datetime) -> None:
        super().__init__(until)
        self.until = until


class OutcomeUnknown(PlatformTrouble):
    """It was sent and nobody answered: look for it by its key before making it again."""


class Refused(PlatformTrouble):
    """It says no to this very meeting; asking again would bring the same answer."""


class Misconfigured(PlatformTrouble):
    """It does not believe us: a wrong key, a wrong address, a right that is missing. An operator has to mend it."""


class VideoPlatform(Protocol):
    """One video platform. Whatever is absent already is no error in `cancel`, and is made in `ensure`."""

    @property
    def key(self) -> str:
        """What it is called in settings and rows."""

    def ensure(self, spec: MeetingSpec, ref: RemoteRef | None) -> RemoteRef:
        """Let the room be there as the spec has it, made or changed. Raises PlatformTrouble."""

    def cancel(self, spec: MeetingSpec, ref: RemoteRef | None) -> None:
        """Let it be gone, and whoever is in it with it. Raises PlatformTrouble."""

    def enter(self, spec: MeetingSpec, ref: RemoteRef | None, guest: Guest) -> Entry:
        """A way in for one person, now; the room may be made only here. Raises PlatformTrouble."""

    def receive(self, request: RawRequest) -> tuple[RawAnswer, list[Seen]]:
        """Believe what the platform pushes, if its seal is right: over the raw bytes, before anything is parsed."""

    def pull(self, spec: MeetingSpec, ref: RemoteRef | None) -> list[Seen]:
        """Whom it has seen; empty where it cannot be asked. Raises PlatformTrouble."""

    def check(self, *, live: bool = False) -> list[Problem]:
        """What is wrong with how it is set up; `live` makes, moves and cancels a meeting of its own."""


@runtime_checkable
class CarriesOurPage(Protocol):
    """A platform that only carries pictures and sound: people stay in our own page of the room."""

    @property
    def connects(self) -> tuple[str, ...]:
        """Origins that the page speaks to, for its Content-Security-Policy."""
