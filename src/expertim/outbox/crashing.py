"""Named points at which a test lets a worker die as by `kill -9`. Deaf where the clock cannot be moved."""

from __future__ import annotations

import os
import signal

from django.conf import settings

from expertim.foundation.variables import read

POINTS = ("before claim", "after claim", "before send", "after send", "before ack", "after ack")


def point(name: str) -> None:
    """Die here if CRASH_AT says so."""
    if read("CRASH_AT") == name and settings.MOVABLE_CLOCK:
        os.kill(os.getpid(), signal.SIGKILL)
