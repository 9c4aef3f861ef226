"""How a run ends: everything heals, thirty days pass, and nothing may be left open."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from random import Random

from django.db import connection

from expertim.meetings.audit import audit
from expertim.outbox.worker import sent_kinds
from expertim.simulation import actors
from expertim.simulation.actors import Pair
from expertim.simulation.cast import Cast
from expertim.simulation.eyes import Eyes
from expertim.simulation.judge import Broken, Judge
from expertim.simulation.model.time import due
from expertim.simulation.model.world import SETTLED
from expertim.simulation.platform import Platform
from expertim.simulation.receivers import Receivers
from expertim.simulation.scheduler import DAY, Scheduler
from expertim.simulation.talks import Talks
from expertim.simulation.wire import MailServer
from expertim.simulation.workers import Workers


def hold(judge: Judge, server: MailServer, receivers: Receivers) -> None:
    """The invariants, by the statements that `expertim audit` runs; the whole world against the model; every mail."""
    connection.close()
    found = audit().discrepancies
    if found:
        raise Broken("the audit", found)
    judge.hold_all("at an audit")
    unlike = list(server.unlike_rows())
    if unlike:
        raise Broken("mails are not as their rows say", unlike)
    unlike = list(receivers.unlike())
    if unlike:
        raise Broken("receivers are not given up as the rule has it", unlike)


@dataclass(frozen=True, kw_only=True)
class End:
    judge: Judge
    scheduler: Scheduler
    workers: Workers
    server: MailServer
    receivers: Receivers
    platform: Platform
    talks: Talks
    eyes: Eyes
    cast: Cast
    seed: str

    def come(self) -> None:
        """Nothing fails any more; operators decide what is disputed; workers do the rest."""
        self.workers.outages.clear()
        self.judge.note("healed")
        end = self.scheduler.now + 30 * DAY
        while self.scheduler.now < end:
            self.workers.event()
            for number, life in sorted(self.judge.world["lives"].items()):
                if life["progress"] == "disputed":
                    self._decide(number)
            self.scheduler.run(until=self.scheduler.now + DAY)
        hold(self.judge, self.server, self.receivers)
        self.receivers.count()
        left = list(self._left_open())
        if left:
            raise Broken("something is left open", left)

    def _decide(self, number: int) -> None:
        life = self.judge.world["lives"][number]
        pair = Pair(
            number=number,
            rng=Random(f"{self.seed}/last/{number}"),
            by="user",
            user=life["user"],
            offer=self.cast.offers[0],
            manners="honest",
            begins=0,
        )
        self.judge.judge(actors.settled_by(pair, life, self.cast.operators[0]))

    def _left_open(self) -> Iterator[str]:
        for number, life in sorted(self.judge.world["lives"].items()):
            if due(life) or (life["state"] == "agreed" and life["progress"] not in SETTLED) or None in life["blocks"]:
                yield f"meeting {number} is {life['state']}, {life['progress']}"
        for status, count in self.eyes.rows(
            "SELECT status, count(*) FROM outbox_row WHERE kind = ANY (%s) AND status IN ('waiting', 'leased')"
            " GROUP BY 1 ORDER BY 1",
            sent_kinds(),
        ):
            yield f"{count} rows are still {status}"
        yield from self.platform.unlike()
        yield from self.talks.unlike()
        yield from self.receivers.missed()
