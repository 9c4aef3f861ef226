"""Each platform on a stand: the adapter, the server behind it, and people who come and go as by a browser.

What a platform can do stands in the class, so that each test of the contract is made for those that it is about.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any, ClassVar

from expertim.video.port import Entry, Guest, MeetingSpec, RawRequest, VideoPlatform
from tests.video.fakes.server import Fake

START = datetime(2027, 3, 16, 9, tzinfo=UTC)


def spec(**changes: Any) -> MeetingSpec:
    start = changes.pop("start", START)
    usual: dict[str, Any] = {
        "key": "m123",
        "reference": 1,
        "revision": 1,
        "title": "Advice",
        "starts_at": start,
        "ends_at": start + timedelta(hours=1),
        "opens_at": start - timedelta(minutes=15),
        "closes_at": start + timedelta(hours=2),
        "guests": (Guest(key="u", party="user", name="Uma Ž & Co"), Guest(key="e", party="expert", name="Erin")),
    }
    return MeetingSpec(**usual | changes)


class TurnedAway(Exception):
    """The platform does not let in whoever comes by that address."""


class Stand:
    """One platform, put up for one test."""

    key: ClassVar[str]
    serves: ClassVar[bool] = True  # it has a server, which our side speaks to
    believes: ClassVar[bool] = True  # that server says so when it does not believe us
    leads: ClassVar[bool] = True  # people are sent to an address of its own; `come` works
    evicts: ClassVar[bool] = True  # whoever is in it is thrown out by a cancellation
    pushes: ClassVar[bool] = True  # it tells us who came and went; `pushed` works
    pulls: ClassVar[bool] = True  # it can be asked who is there
    expires: ClassVar[bool] = True  # an address that it was sent people to is worthless once the room has closed

    platform: VideoPlatform
    fake: Fake
    origins: tuple[str, ...] = ()

    def close(self) -> None:
        """Take it down."""

    def distrusted(self) -> VideoPlatform:
        """The same adapter with a secret that the server does not know."""
        raise NotImplementedError

    def come(self, entry: Entry, *, after: timedelta = timedelta(0)) -> None:
        """Open the address as a browser does, so long after now by the server's clock. Raises TurnedAway."""
        raise NotImplementedError

    def leave(self, spec: MeetingSpec, party: str) -> None:
        """Close the browser."""
        raise NotImplementedError

    def inside(self, spec: MeetingSpec) -> int:
        """How many people are in the meeting's room, as the server sees it."""
        raise NotImplementedError

    def rooms(self) -> int:
        """How many rooms the server has."""
        raise NotImplementedError

    def pushed(self) -> list[RawRequest]:
        """What the server has sent us since the last time, in order."""
        raise NotImplementedError

    def forged(self, real: RawRequest) -> list[RawRequest]:
        """The same in ways that must not be believed: another seal, another body, an old one where age is sealed."""
        raise NotImplementedError
