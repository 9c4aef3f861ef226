"""Being asked to stop, politely: by SIGTERM, SIGINT or SIGHUP."""

from __future__ import annotations

import os
import select
import signal
from types import FrameType


class Stop:
    """Remembers that somebody asked; a wait ends at once when it happens."""

    def __init__(self) -> None:
        # A pipe and not threading.Event: a handler runs inside the waiting thread, and Event.set() there may
        # wait for a lock that this very thread holds.
        self._reader, self._writer = os.pipe()
        os.set_blocking(self._writer, False)
        self.asked = False

    def listen(self) -> None:
        """Take the three signals; also where a shell has left SIGINT ignored for a background job."""
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            signal.signal(number, self._asked)

    def ask(self) -> None:
        """Ask from inside the process."""
        self.asked = True
        os.write(self._writer, b"x")

    def wait(self, seconds: float) -> None:
        """Sleep, unless and until asked to stop."""
        select.select([self._reader], [], [], seconds)

    def _asked(self, _number: int, _frame: FrameType | None) -> None:
        self.ask()
