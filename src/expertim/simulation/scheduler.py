"""One thread, one heap of events, two clocks: virtual time passes from event to event and nowhere else."""

from __future__ import annotations

import heapq
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext

import psycopg

SECOND = 1_000_000
MINUTE = 60 * SECOND
HOUR = 60 * MINUTE
DAY = 24 * HOUR


class Scheduler:
    """`now` only grows; what the platform and the machine take for the time may be beside it by a step."""

    def __init__(self, *, begin: int, owner: psycopg.Connection[tuple[object, ...]]) -> None:
        self.now = begin
        self.depth = 0  # how many events wait for others that run meanwhile
        self.aside: Callable[[], AbstractContextManager[None]] = nullcontext  # what they must not find
        self._owner = owner
        self._platform_beside = 0
        self._machine_beside = 0
        self._heap: list[tuple[int, int, Callable[[], None]]] = []
        self._sequence = 0
        self._told: tuple[int, int] | None = None

    @property
    def platform(self) -> int:
        """What the rules read now, in microseconds."""
        return self.now + self._platform_beside

    @property
    def machine(self) -> int:
        return self.now + self._machine_beside

    def of_platform(self, moment: int) -> int:
        """The virtual time at which the platform's clock will show that moment."""
        return moment - self._platform_beside

    def of_machine(self, moment: int) -> int:
        return moment - self._machine_beside

    def at(self, moment: int, event: Callable[[], None]) -> None:
        """Let that happen then; of two at one moment, the first to be planned."""
        self._sequence += 1
        heapq.heappush(self._heap, (max(moment, self.now), self._sequence, event))

    def step(self, *, platform: int = 0, machine: int = 0) -> None:
        """Somebody sets a clock, forwards or back."""
        self._platform_beside += platform
        self._machine_beside += machine

    def pass_to(self, moment: int) -> None:
        self.now = max(self.now, moment)

    def run(self, *, until: int | None = None) -> None:
        """Events in their order, up to a moment or to the last; an event may call this while it waits."""
        while self._heap and (until is None or self._heap[0][0] <= until):
            moment, _, event = heapq.heappop(self._heap)
            self.pass_to(moment)
            event()
        if until is not None:
            self.pass_to(until)

    def others_go_on(self, for_: int) -> None:
        """Somebody waits: whatever comes meanwhile happens within."""
        self.depth += 1
        try:
            with self.aside():
                self.run(until=self.now + for_)
        finally:
            self.depth -= 1

    def tell(self) -> None:
        """Let the database's clocks show it: called before a statement that may read them, not for each event."""
        moments = self.platform, self.machine
        if moments != self._told:
            self._owner.execute("SELECT machine.set_clocks(%s, %s)", moments)
            self._told = moments
