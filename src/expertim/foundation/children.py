"""Child processes that end with their parent, however it ends."""

from __future__ import annotations

import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from types import FrameType, TracebackType
from typing import Self

_PR_SET_PDEATHSIG = 1
# Loaded before any fork: between fork and exec there is no safe way to.
_libc = ctypes.CDLL(None, use_errno=True) if sys.platform.startswith("linux") else None

POLL_SECONDS = 0.1


def die_with_parent(*, parent: int, by: signal.Signals = signal.SIGTERM) -> None:
    """Called in a child: have the kernel send us this signal when `parent` ends, even by kill -9. Linux only."""
    if _libc is not None:
        _libc.prctl(_PR_SET_PDEATHSIG, by)
    if os.getppid() != parent:  # it ended before we could ask
        os.kill(os.getpid(), by)


class Children:
    """A few commands that live and die together. Use as a context: leaving it stops them all."""

    def __init__(self, *, timeout: float = 30.0) -> None:
        self._timeout = timeout
        self._running: list[subprocess.Popen[bytes]] = []
        self._asked_to_stop = False
        self._former: dict[signal.Signals, object] = {}

    def __enter__(self) -> Self:
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            if number is signal.SIGHUP and signal.getsignal(number) == signal.SIG_IGN:  # nohup
                continue
            self._former[number] = signal.signal(number, self._ask)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop_all()
        for number, former in self._former.items():
            signal.signal(number, former)  # type: ignore[arg-type]  # what signal() gave us, it takes back

    def _ask(self, number: int, frame: FrameType | None) -> None:
        self._asked_to_stop = True

    @property
    def asked_to_stop(self) -> bool:
        """Whether a signal has come; for loops that wait for a child to be ready."""
        return self._asked_to_stop

    def start(self, command: Sequence[str], *, environment: Mapping[str, str] | None = None) -> None:
        """Start one more; the environment is added to ours."""
        parent = os.getpid()
        self._running.append(
            subprocess.Popen(
                command,
                env={**os.environ, **(environment or {})},
                preexec_fn=lambda: die_with_parent(parent=parent),
                # A Ctrl-C is ours to pass on: a web server whose workers hear it too hangs until it is killed.
                process_group=0,
            )
        )

    def ended(self) -> int | None:
        """Exit code of the first that has ended by itself, if any has; 128 + n after signal n, as in a shell."""
        for child in self._running:
            code = child.poll()
            if code is not None:
                return code if code >= 0 else 128 - code
        return None

    def wait(self) -> int:
        """Until a signal comes (answers 0) or one of them ends (answers its code)."""
        while not self._asked_to_stop:
            code = self.ended()
            if code is not None:
                # Whoever stops us may stop them as well, and one of them may be quicker than our own handler's turn.
                time.sleep(POLL_SECONDS)
                return 0 if self._asked_to_stop else code
            time.sleep(POLL_SECONDS)
        return 0

    def stop_all(self) -> None:
        """Ask politely, wait for what they have in hand, then insist."""
        for child in self._running:
            if child.poll() is None:
                child.terminate()
        deadline = time.monotonic() + self._timeout
        for child in self._running:
            try:
                child.wait(max(0.0, deadline - time.monotonic()))
            except subprocess.TimeoutExpired:
                child.kill()
                child.wait()
        self._running.clear()
