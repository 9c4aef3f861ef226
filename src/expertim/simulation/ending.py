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
from expertim.simulation.scheduler import DAY, Scheduler
from expertim.simulation.wire import MailServer
from expertim.simulation.workers import Workers


def hold(judge: Judge) -> None:
    """The invariants, by the very statements that `expertim audit` runs; and the whole world against the model."""
    connection.close()
    found = audit().discrepancies
    if found:
        raise Broken("the audit", found)
    judge.hold_all("at an audit")


@dataclass(frozen=True, kw_only=True)
class End:
    judge: Judge
    scheduler: Scheduler
    workers: Workers
    server: MailServer
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
        hold(self.judge)
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
            yield f"{count} mails are still {status}"
        yield from self._mails_unlike_rows()

    def _mails_unlike_rows(self) -> Iterator[str]:
        """Every notice has its row; what is said to be sent has come, what is not has not."""
        delivered = {name.split(".")[1]: count for name, count in self.server.delivered.items() if "<notice." in name}
        for notice, status, error in self.eyes.rows(
            "SELECT n.id::text, r.status, r.last_error FROM notifications_notice n LEFT JOIN outbox_row r"
            " ON r.key = format('notice:%%s:%%s', n.recipient_id, n.key) WHERE true OR %s ORDER BY n.id",
            True,
        ):
            came = delivered.get(notice, 0)
            if status is None or (status == "sent" and not came):
                yield f"notice {notice} is {status}, but came {came} times"
            if status in ("withdrawn", "expired") and came and not self._excused(notice):
                yield f"notice {notice} is {status}, but came {came} times"
            if status == "dead" and "550" not in error and not came:
                yield f"notice {notice} was given up: {error}"
            if status == "withdrawn":
                self.judge.seen["mail withdrawn"] += 1

    def _excused(self, notice: str) -> bool:
        return any(name.startswith(f"<notice.{notice}.") for name in self.server.excused)
