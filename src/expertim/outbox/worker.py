"""The worker: rings what is due, then sends what is due, and looks again a second later.

Rooms above hand it their callables at start-up, from `apps.ready()`: `add_pass` for work found in their own
tables, `add_sender` for outbox rows of a kind. Any number of workers may run; nothing is done twice because each
pass and each claim locks what it takes. Sending happens outside any transaction. A long backlog is left every few
seconds for the passes, so that what becomes due meanwhile and is urgent overtakes it.
"""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import DatabaseError, InterfaceError, connection

from expertim.foundation import clock
from expertim.outbox import claims, crashing, heartbeat, pausing, steps
from expertim.outbox.stopping import Stop

logger = logging.getLogger(__name__)

POLL_SECONDS = 1.0
PASS_LIMIT = 100
CLAIM_LIMIT = 20
# Rows of one claim not begun by then are given back, so that the last of them still has most of its lease.
BEGIN_WITHIN_SECONDS = claims.LEASE_SECONDS / 3
REST_AFTER_FAILURE_SECONDS = 5.0
SEND_SECONDS = 2.0  # then the passes are looked at again
LONGEST_WAIT_FOR_DATABASE_SECONDS = 10.0
SAY_PAUSED_EVERY_SECONDS = 600.0
RELEASE = "`expertim work --release` ends the pause; so does the operator's page."
_DATABASE_TROUBLE = (DatabaseError, InterfaceError)


class Undeliverable(Exception):
    """A sender says: trying this row again would be refused again."""


class Withdrawn(Exception):
    """A sender says: what this row would tell is no longer so. The text says why, as a code."""


class TooLate(Exception):
    """A sender says: nobody has any use for this row any more."""


class NotNow(Exception):
    """A sender says: at this moment (platform's clock) instead; nothing has been tried."""

    def __init__(self, until: datetime) -> None:
        super().__init__(until)
        self.until = until


Sender = Callable[[dict[str, Any]], dict[str, Any] | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Pass:
    """Work that a room finds in its own tables: called until it did less than it was allowed to."""

    name: str
    run: Callable[[int], int]
    every_seconds: float


_passes: dict[str, Pass] = {}
_senders: dict[str, Sender] = {}


def add_pass(name: str, run: Callable[[int], int], *, every: float = 0.0) -> None:
    """Register `run(limit) -> how many`, looked at in each round, or at most once in `every` seconds."""
    _passes[name] = Pass(name=name, run=run, every_seconds=every)


def add_sender(kind: str, send: Sender) -> None:
    """Register `send(payload)`; it may be called twice for one row. What it answers is kept in the row.

    It raises Undeliverable to give a row up, Withdrawn, TooLate or NotNow; anything else is tried again.
    """
    _senders[kind] = send


def sent_kinds() -> list[str]:
    """The kinds of rows that somebody sends."""
    return sorted(_senders)


class Worker:
    """One worker process, or one `--once`."""

    def __init__(self, *, stop: Stop) -> None:
        self.name = heartbeat.new_name()
        self.done: Counter[str] = Counter()
        self.failed: list[str] = []
        self._stop = stop
        self._not_before: dict[str, float] = {}
        self._next_beat = 0.0
        self._watch = steps.Watch()
        self._say_paused = 0.0

    def run(self) -> None:
        """Work until asked to stop; a lost database is waited for."""
        wait = POLL_SECONDS
        while not self._stop.asked:
            try:
                busy = self.round()
                wait = 0.0 if busy else POLL_SECONDS
            except _DATABASE_TROUBLE as trouble:
                wait = min(max(wait, POLL_SECONDS) * 2, LONGEST_WAIT_FOR_DATABASE_SECONDS)
                logger.warning("the database does not answer, trying again in %.0f s: %s", wait, trouble)
                connection.close()
            self._stop.wait(wait)
        try:
            heartbeat.stopped(self.name)
        except _DATABASE_TROUBLE:
            connection.close()

    def once(self) -> None:
        """Do everything that is due on the platform's clock. Raises what the database raises."""
        while self.round() and not self._stop.asked:
            pass
        heartbeat.stopped(self.name)

    def round(self) -> int:
        """Every pass, then every due row; answers how much was done. Nothing while paused, but to be alive."""
        done = 0
        self._beat()
        if self._paused():
            return 0
        for one in list(_passes.values()):
            done += self._pass(one)
        until = clock.monotonic() + SEND_SECONDS
        while not self._stop.asked and clock.monotonic() < until:
            crashing.point("before claim")
            rows = claims.claim(kinds=list(_senders), limit=CLAIM_LIMIT)
            if rows:
                crashing.point("after claim")
            self._rows(rows)
            done += len(rows)
            if len(rows) < CLAIM_LIMIT:
                break
        return done

    def _paused(self) -> bool:
        since = pausing.paused_since()
        if since is None:
            self._say_paused = 0.0
        elif clock.monotonic() >= self._say_paused:
            logger.warning("paused since a restore at %s: nothing is rung or sent. %s", f"{since:%F %T %Z}", RELEASE)
            self._say_paused = clock.monotonic() + SAY_PAUSED_EVERY_SECONDS
        return since is not None

    def _pass(self, one: Pass) -> int:
        if clock.monotonic() < self._not_before.get(one.name, 0.0):
            return 0
        done = 0
        try:
            while not self._stop.asked:
                self._beat()
                did = one.run(PASS_LIMIT)
                done += did
                if did < PASS_LIMIT:
                    break
            rest = one.every_seconds
        except Exception:
            logger.exception("the pass %s failed", one.name)
            self.failed.append(one.name)
            connection.close()  # whatever state the failure left it in
            connection.ensure_connection()  # a database that is gone is `run`'s matter, not this pass's
            rest = max(one.every_seconds, REST_AFTER_FAILURE_SECONDS)
        self._not_before[one.name] = clock.monotonic() + rest
        self.done[one.name] += done
        return done

    def _rows(self, rows: list[claims.Claimed]) -> None:
        claimed_at = clock.monotonic()
        for row in rows:
            self._beat()
            if self._stop.asked or clock.monotonic() - claimed_at > BEGIN_WITHIN_SECONDS:
                claims.given_back(row)
            else:
                self.done[f"{row.kind} {_deliver(row)}"] += 1

    def _beat(self) -> None:
        if clock.monotonic() >= self._next_beat:
            self._watch.seen(at=heartbeat.beat(self.name), counted=clock.monotonic())
            self._next_beat = clock.monotonic() + heartbeat.EVERY_SECONDS


def _deliver(row: claims.Claimed) -> str:
    """Send one row and report on it; answers what became of it."""
    if row.too_late:
        claims.expired(row)
        return "too late"
    if row.attempts > claims.MOST_ATTEMPTS or row.deaths >= claims.MOST_DEATHS:
        # Its worker died each time before it could say why.
        claims.dead(row, error="no worker survived sending this row")
        return "given up"
    if row.deaths and not claims.begun(row):
        return "in other hands"
    crashing.point("before send")
    try:
        kept = _senders[row.kind](row.payload)
    except Exception as error:
        return _not_sent(row, error)
    crashing.point("after send")
    crashing.point("before ack")
    claims.done(row, kept=kept)
    crashing.point("after ack")
    return "sent"


def _not_sent(row: claims.Claimed, error: Exception) -> str:
    if isinstance(error, Withdrawn):
        claims.withdrawn(row, why=str(error))
        return "withdrawn"
    if isinstance(error, TooLate):
        claims.expired(row)
        return "too late"
    if isinstance(error, NotNow):
        claims.postponed(row, until=error.until)
        return "put off"
    if isinstance(error, Undeliverable):
        logger.warning("%s %s is given up: %s", row.kind, row.id, error)
        claims.dead(row, error=str(error))
        return "given up"
    logger.warning("%s %s failed at attempt %s", row.kind, row.id, row.attempts, exc_info=error)
    claims.failed(row, error=repr(error))
    return "to be tried again" if row.attempts < claims.MOST_ATTEMPTS else "given up"
