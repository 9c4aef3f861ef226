"""The workers of a run: real ones, whose rounds are events; some of them die, oversleep, or are away for days."""

from __future__ import annotations

from collections.abc import Callable

from django.db import DatabaseError, InterfaceError, connection

from expertim.meetings.actions import ring_due
from expertim.outbox.stopping import Stop
from expertim.outbox.worker import Worker, sent_kinds
from expertim.simulation.eyes import Eyes
from expertim.simulation.faults import Crash, Fault, Line
from expertim.simulation.judge import UNORDERED, Broken, Judge
from expertim.simulation.model.time import due
from expertim.simulation.receivers import Receivers
from expertim.simulation.scheduler import MINUTE, SECOND, Scheduler
from expertim.simulation.wire import MailServer

_APART = 3 * SECOND  # two rounds closer together are one
_NOTICES_IN_HAND = "SELECT payload ->> 'notice' FROM outbox_row WHERE status = 'leased' AND kind = 'notice'"
_MESSAGES_IN_HAND = """SELECT (payload ->> 'endpoint')::bigint, payload ->> 'message'
                         FROM outbox_row WHERE status = 'leased' AND kind = 'webhook'"""


class Workers:
    """Two of them; whichever is free does the next round."""

    def __init__(
        self,
        *,
        scheduler: Scheduler,
        judge: Judge,
        eyes: Eyes,
        line: Line,
        server: MailServer,
        receivers: Receivers,
        fault_for: Callable[[int], Fault | None],
        outages: list[tuple[int, int]],
    ) -> None:
        self._scheduler = scheduler
        self._judge = judge
        self._eyes = eyes
        self._line = line
        self._server = server
        self._receivers = receivers
        self._fault_for = fault_for
        self.outages = outages
        self._stop = Stop()
        self._workers: list[Worker | None] = [None, None]
        self._busy = [False, False]
        self._planned: set[int] = set()
        self.rounds = 0
        self._failed = False

    def soon(self, at: int) -> None:
        """See to it that somebody works then, or right after the outage that it falls into."""
        at = max(at, self._scheduler.now + 1)
        at += -at % _APART
        if at not in self._planned:
            self._planned.add(at)
            self._scheduler.at(at, self._event)

    def ring(self, limit: int) -> int:
        """The pass over the meetings, looked at as soon as it is done or has failed."""
        self._failed = True
        try:
            did = ring_due(limit=limit)
            self._failed = False
        finally:
            expected = self._judge.rung(sure=not self._failed)
        if did < min(limit, expected):
            raise Broken("the worker left something behind", [f"{did} of {expected} due meetings"])
        return did

    def event(self) -> None:
        self._event()

    def _event(self) -> None:
        now = self._scheduler.now
        self._planned.discard(now)
        for since, until in self.outages:
            if since <= now < until:
                self._judge.seen["worker was away"] += 1
                self.soon(until + SECOND)
                return
        free = [number for number, busy in enumerate(self._busy) if not busy]
        if free:
            self._round(free[0])
        self._plan_next()

    def _round(self, number: int) -> None:
        self.rounds += 1
        fault = self._fault_for(self.rounds)
        before = self._line.happened.total()
        worker = self._workers[number] or Worker(stop=self._stop)
        self._workers[number] = worker
        self._busy[number] = True
        try:
            with self._line.armed(fault):
                worker.round()
        except Crash as crash:
            self._crashed(number, str(crash))
        except (DatabaseError, InterfaceError) as trouble:
            if self._line.happened.total() == before:
                raise Broken(UNORDERED, [repr(trouble)]) from trouble
            self._excuse_what_is_open()
            connection.close()
        finally:
            self._busy[number] = False
            if self._line.happened.total() > before:
                self._receivers.read_again()
        if worker.failed and self._line.happened.total() == before:
            raise Broken("a pass of the worker failed", worker.failed)
        worker.failed.clear()

    def _crashed(self, number: int, where: str) -> None:
        """A new process comes a minute later; what the dead one had in hand waits for its lease to run out."""
        self._workers[number] = None
        self._excuse_what_is_open()
        if where in ("after send", "before ack"):
            self._judge.seen["crash between sending and saying so"] += 1
        self._judge.note("worker", number, "crashed", where)
        connection.close()
        self.soon(self._scheduler.now + MINUTE)

    def clock_stepped(self, *, machine_forwards: bool) -> None:
        """Leases run out under those who wait for an answer just now: all that they have in hand may come twice."""
        if machine_forwards and self._scheduler.depth:
            for endpoint, message in self._eyes.rows(_MESSAGES_IN_HAND):
                self._receivers.excuse(endpoint, message, once_more=True)
            for (notice,) in self._eyes.rows(_NOTICES_IN_HAND):
                self._server.died[notice] += 1
                self._server.overtaken[notice] += 1
        self.soon(self._scheduler.now + SECOND)

    def _excuse_what_is_open(self) -> None:
        """What was sent and not reported may come once more, with the same id; nothing else may."""
        for endpoint, message in self._eyes.rows(_MESSAGES_IN_HAND):
            self._receivers.excuse(endpoint, message)
        for (notice,) in self._eyes.rows(_NOTICES_IN_HAND):
            self._server.died[notice] += 1
            for name in self._server.delivered:
                if name.startswith(f"<notice.{notice}."):
                    self._server.excused[name] = max(self._server.excused[name], self._server.delivered[name])

    def _plan_next(self) -> None:
        scheduler = self._scheduler
        wake = self._eyes.next_wake(
            platform_beside=scheduler.platform - scheduler.now,
            machine_beside=scheduler.machine - scheduler.now,
            kinds=sent_kinds(),
        )
        if wake is not None:
            self.soon(max(wake, scheduler.now) + _APART)
        self.plan_bells()

    def plan_bell(self, number: int) -> None:
        """Somebody comes when that meeting's next thing is due."""
        life = self._judge.world["lives"].get(number)
        moments = due(life) if life else []
        if moments:
            self.soon(self._scheduler.of_platform(moments[0][0]) + SECOND)

    def plan_bells(self) -> None:
        """Somebody comes when the next thing is due."""
        moments = [moment for _, moment in self._judge.waiting()]
        if moments:
            self.soon(self._scheduler.of_platform(min(moments)) + SECOND)
