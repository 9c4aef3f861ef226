"""Moments between two clocks: the platform's, which the rules go by, and the machine's, which video servers go by.

They are the same but in a movable installation.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from django.conf import settings

from expertim.foundation import clock
from expertim.video.port import MeetingSpec

EARLY = timedelta(minutes=1)  # Jitsi allows for no difference between clocks


def span(spec: MeetingSpec) -> tuple[int, int]:
    """From when until when a way in may be used, in seconds of the machine's clock: from now until the room closes."""
    now = clock.machine_now()
    rest = max(spec.closes_at - clock.now(), EARLY)
    return int((now - EARLY).timestamp()), int((now + rest).timestamp())


def ours(at: datetime) -> datetime:
    """A moment of a video server's clock, on the clock of the rules."""
    return at + _ahead()


def ours_of_seconds(seconds: float) -> datetime:
    """The same of seconds since 1970. Raises ValueError or OverflowError where there is no such moment."""
    return ours(datetime.fromtimestamp(seconds, UTC))


def _ahead() -> timedelta:
    return clock.now() - clock.machine_now() if settings.MOVABLE_CLOCK else timedelta(0)
