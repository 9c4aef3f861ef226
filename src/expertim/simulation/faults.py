"""What will go wrong in a run, drawn from its seed before it begins; and how it is done to a connection."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from random import Random
from typing import Any

import psycopg
from django.db import DatabaseError, InternalError, OperationalError, connection
from psycopg.pq import TransactionStatus

from expertim.simulation.scheduler import DAY, HOUR, MINUTE, SECOND

# A meeting has no more requests, and no more mail, than these that a fault could be meant for.
MOST_REQUESTS = 40
MOST_MAILS = 60
MOST_ROUNDS = 400
MOST_CALLS = 20
MOST_DEEDS = 20  # beside its meetings
MOST_DELIVERIES = 4  # for each meeting of a run
RECEIVERS = 3  # that stumble; others end by themselves


class Crash(BaseException):
    """The process dies here: nobody catches it, and whatever it held is lost."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """How often what goes wrong: shares of requests, mails, rounds, calls and deliveries; steps and outages a week."""

    requests: float = 0.0
    mails: float = 0.0
    rounds: float = 0.0
    calls: float = 0.0
    deliveries: float = 0.0
    steps_a_week: float = 0.0
    outages_a_week: float = 0.0


PROFILES = {
    "calm": Profile(),
    "flaky": Profile(
        requests=0.06, mails=0.08, rounds=0.04, calls=0.08, deliveries=0.08, steps_a_week=0.5, outages_a_week=0.5
    ),
    "stormy": Profile(
        requests=0.2, mails=0.25, rounds=0.15, calls=0.35, deliveries=0.2, steps_a_week=5, outages_a_week=3
    ),
    "outage": Profile(
        requests=0.02, mails=0.04, rounds=0.02, calls=0.04, deliveries=0.04, steps_a_week=1, outages_a_week=6
    ),
}

# To a request or a pass: before its first or second statement, or about its commit.
AT_DATABASE = (
    "deadlock",
    "statement error",
    "statement timeout",
    "connection lost",
    "crash before commit",
    "crash after commit",
    "lost before commit",
    "lost after commit",
)
# To a mail on its way.
AT_WIRE = ("refused", "refused for good", "hangs", "late", "very late", "answer lost", "twice")
# To a call of the video platform, and to a message to somebody's program.
AT_PLATFORM = ("away", "hangs", "late", "very late", "answer lost")
AT_RECEIVER = ("fails", "hangs", "slow", "answer lost", "twice")
# To a worker, at its named points.
AT_WORKER = ("after claim", "before send", "after send", "before ack", "after ack")
_OUTAGES = (5 * MINUTE, 3 * HOUR, 26 * HOUR, 40 * HOUR, 2 * DAY, 3 * DAY)
_STEPS = (-HOUR, -5 * MINUTE, -7 * SECOND, 90 * SECOND, HOUR, 7 * HOUR)


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """One thing that goes wrong; `statement` says before which one."""

    what: str
    statement: int = 1


@dataclass(slots=True, kw_only=True)
class Plan:
    """All that will go wrong, by what it is meant for: (meeting, n-th request), (receiver, n-th time), n-th round."""

    requests: dict[tuple[int, int], Fault] = field(default_factory=dict)
    mails: dict[tuple[int, int], Fault] = field(default_factory=dict)
    calls: dict[tuple[int, int], Fault] = field(default_factory=dict)  # of the platform, about a meeting
    deliveries: dict[tuple[int, int], Fault] = field(default_factory=dict)
    deeds: dict[tuple[int, int], Fault] = field(default_factory=dict)  # beside a meeting
    rounds: dict[int, Fault] = field(default_factory=dict)
    steps: list[tuple[int, str, int]] = field(default_factory=list)  # when, whose clock, by how much
    outages: list[tuple[int, int]] = field(default_factory=list)  # from, until

    def lines(self) -> Iterator[str]:
        """For people, in the order of the alphabet and of time."""
        for title in ("requests", "mails", "calls", "deliveries", "deeds", "rounds"):
            faults: dict[Any, Fault] = getattr(self, title)
            many = Counter(fault.what for fault in faults.values())
            if many:
                yield f"{title}: " + ", ".join(f"{count} × {what}" for what, count in sorted(many.items()))
        if self.steps:
            yield "clocks: " + ", ".join(f"{whose} by {by // SECOND:+d} s" for _, whose, by in self.steps)
        if self.outages:
            yield "no worker for: " + ", ".join(f"{(until - since) / HOUR:.1f} h" for since, until in self.outages)


def draw(*, seed: str, profile: Profile, meetings: int, begin: int, length: int) -> Plan:
    """The plan of one run. Each meeting has a stream of its own: taking one away does not reshuffle the rest."""
    plan = Plan()
    for number in range(meetings):
        rng = Random(f"{seed}/faults/{number}")
        for turn in range(MOST_REQUESTS):
            if rng.random() < profile.requests:
                plan.requests[number, turn] = Fault(what=rng.choice(AT_DATABASE), statement=rng.choice((1, 1, 2)))
        for turn in range(MOST_MAILS):
            if rng.random() < profile.mails:
                plan.mails[number, turn] = Fault(what=rng.choice(AT_WIRE))
        for turn in range(MOST_CALLS):
            if rng.random() < profile.calls:
                plan.calls[number, turn] = Fault(what=rng.choice(AT_PLATFORM))
        rng = Random(f"{seed}/deeds/{number}")
        for turn in range(MOST_DEEDS):
            if rng.random() < profile.requests:
                plan.deeds[number, turn] = Fault(what=rng.choice(AT_DATABASE), statement=rng.choice((1, 2, 3)))
    for receiver in range(RECEIVERS):
        rng = Random(f"{seed}/deliveries/{receiver}")
        for turn in range(MOST_DELIVERIES * meetings):
            if rng.random() < profile.deliveries:
                plan.deliveries[receiver, turn] = Fault(what=rng.choice(AT_RECEIVER))
    rng = Random(f"{seed}/rounds")
    for number in range(max(MOST_ROUNDS, meetings * 30)):
        if rng.random() < profile.rounds:
            what = rng.choice((*AT_DATABASE, *AT_WORKER))
            plan.rounds[number] = Fault(what=what, statement=rng.choice((1, 2, 3)))
    rng = Random(f"{seed}/outages")
    weeks = length / (7 * DAY)
    for _ in range(_about(rng, profile.steps_a_week * weeks)):
        whose = rng.choice(("machine", "platform"))
        plan.steps.append((begin + int(rng.random() * length), whose, rng.choice(_STEPS)))
    for _ in range(_about(rng, profile.outages_a_week * weeks)):
        since = begin + int(rng.random() * length)
        plan.outages.append((since, since + rng.choice(_OUTAGES)))
    plan.steps.sort()
    plan.outages.sort()
    return plan


def _about(rng: Random, many: float) -> int:
    return int(many) + (rng.random() < many % 1)


class Line:
    """Django's connection with a hand on it: one armed fault happens once, at its statement or at a commit."""

    def __init__(self) -> None:
        self._armed: Fault | None = None
        self._left = 0
        self.happened: Counter[str] = Counter()
        self.noticed: Callable[[], object] = lambda: None
        self.before_each: Callable[[], object] = lambda: None

    @contextmanager
    def in_hand(self) -> Iterator[None]:
        """Django's own names for committing, closing and connecting, on this one connection."""
        commit = connection._commit  # type: ignore[attr-defined]
        connect = connection.get_new_connection

        def committed() -> None:
            self._about_commit(commit)

        # Of a connection that is lost or closed, the transaction is gone and the session is fresh; its server process
        # stays for the next one, because starting another costs more than the rest of a meeting.
        spare: list[Any] = []

        def closed() -> None:
            line = connection.connection
            if spare or line.closed or line.info.transaction_status is TransactionStatus.UNKNOWN:
                line.close()
                return
            line.rollback()
            line.autocommit = True
            line.execute("RESET ALL")
            line.execute("SELECT pg_advisory_unlock_all()")
            spare.append(line)

        def connected(given: dict[str, Any]) -> Any:
            return spare.pop() if spare else connect(given)

        ours = {"_commit": committed, "_close": closed, "get_new_connection": connected}
        for name, method in ours.items():
            setattr(connection, name, method)
        connection.execute_wrappers.append(self._statement)
        try:
            yield
        finally:
            connection.execute_wrappers.remove(self._statement)
            for name in ours:
                delattr(connection, name)
            connection.close()
            for line in spare:
                line.close()

    @contextmanager
    def armed(self, fault: Fault | None) -> Iterator[None]:
        """While this runs, that goes wrong; what was armed before waits."""
        before = self._armed, self._left
        self._armed, self._left = fault, fault.statement if fault else 0
        try:
            yield
        finally:
            self._armed, self._left = before

    def crash_at(self, point: str) -> None:
        """In the place of `outbox.crashing.point`."""
        if self._taken(point):
            connection.close()
            raise Crash(point)

    def _taken(self, *whats: str) -> Fault | None:
        fault = self._armed
        if fault is None or fault.what not in whats:
            return None
        self._armed = None
        self.happened[fault.what] += 1
        self.noticed()
        return fault

    def _cut(self, fault: Fault) -> None:
        connection.close()
        if fault.what.startswith("crash"):
            raise Crash(fault.what)
        raise OperationalError("server closed the connection unexpectedly")

    def _statement(self, execute: Any, sql: str, params: Any, many: bool, context: dict[str, Any]) -> Any:
        self.before_each()
        self._left -= 1
        if self._left == 0:
            self._fail()
        if sql.endswith("COMMIT"):  # of an exchange, which commits with its last statement
            return self._about_commit(lambda: execute(sql, params, many, context))
        return execute(sql, params, many, context)

    def _about_commit(self, commit: Callable[[], Any]) -> Any:
        fault = self._taken("crash before commit", "lost before commit")
        if fault:
            self._cut(fault)
        answer = commit()
        fault = self._taken("crash after commit", "lost after commit")
        if fault:
            self._cut(fault)
        return answer

    def _fail(self) -> None:
        if self._taken("deadlock"):
            raise OperationalError("deadlock detected") from psycopg.errors.DeadlockDetected("simulated")
        if self._taken("statement timeout"):
            raise OperationalError("canceled") from psycopg.errors.QueryCanceled("simulated")
        if self._taken("statement error"):
            raise InternalError("out of luck") from psycopg.errors.InternalError_("simulated")
        lost = self._taken("connection lost")
        if lost:
            self._cut(lost)


TROUBLE = (DatabaseError, Crash)
