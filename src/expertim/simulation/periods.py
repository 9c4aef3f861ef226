"""Calling everything off in a period: what the preview offers, what the model says to it, and then one by one."""

from __future__ import annotations

from random import Random
from typing import Any

from expertim.meetings import periods
from expertim.meetings.facts import Act
from expertim.simulation.actors import Pair
from expertim.simulation.asks import Ask, Product, moment
from expertim.simulation.beside import Beside
from expertim.simulation.cast import REASONS, Cast
from expertim.simulation.eyes import Eyes
from expertim.simulation.faults import TROUBLE, Line
from expertim.simulation.judge import UNORDERED, Broken, Judge
from expertim.simulation.model.acts import cancelling_fee
from expertim.simulation.model.world import Life
from expertim.simulation.scheduler import DAY, HOUR, MINUTE, SECOND, Scheduler

_REASON = "All is called off"


class Periods:
    """`soon` sends a worker after it."""

    def __init__(
        self,
        *,
        judge: Judge,
        eyes: Eyes,
        cast: Cast,
        product: Product,
        scheduler: Scheduler,
        beside: Beside,
        line: Line,
        soon: Any,
    ) -> None:
        self._judge = judge
        self._eyes = eyes
        self._cast = cast
        self._product = product
        self._scheduler = scheduler
        self._beside = beside
        self._line = line
        self._soon = soon

    def preview(self, pair: Pair, rng: Random) -> None:
        """Read what would be called off now; some of it is done later, with the fees as they were shown."""
        person = pair.user if rng.random() < 0.5 else pair.expert
        self._product.read_dashboard(person)
        self._judge.reads(person)
        now = self._scheduler.platform
        begins = now + rng.choice((-DAY, -DAY, HOUR))
        ends = now + rng.choice((2 * DAY, 5 * DAY, 10 * DAY))
        found, more = periods.to_call_off(person=self._cast.people[person].pk, begins=moment(begins), ends=moment(ends))
        has = sorted((self._eyes.number_of(one.view.public_id), one.act.value, one.fee) for one in found)
        should = sorted(
            (number, *_way(life, "user" if person == life["user"] else "expert", now))
            for number, life in self._judge.world["lives"].items()
            if person in (life["user"], life["expert"])
            and life["state"] in ("agreed", "awaiting_approval")
            and now < life["start"]
            and begins <= life["start"] < ends
        )
        if has != should or more:
            raise Broken("another period", [f"{person} at {now}: {has}, should be {should}"])
        self._judge.seen["period looked at"] += 1
        self._judge.note(person, "looks at a period", len(has))
        chosen = [one for one in has if rng.random() < 0.9]
        asks = [self._asked(person, *one, key=f"p{pair.number}") for one in chosen]
        wait = rng.choice((MINUTE, 5 * HOUR, 20 * HOUR, 40 * HOUR))
        if asks:
            self._scheduler.at(self._scheduler.now + wait, lambda: self._call_off(pair.number, asks))

    def _call_off(self, number: int, asks: list[Ask]) -> None:
        """One after another, each a command of its own; where nobody learned what came of it, all of it again."""
        at, before = self._scheduler.platform, self._line.happened.total()
        again = lambda: self._call_off(number, asks)  # noqa: E731  # named for the two places that plan it
        try:
            with self._line.armed(self._beside.next_fault(number)):
                done = self._called_off(asks)
        except TROUBLE as trouble:
            if self._line.happened.total() == before:
                raise Broken(UNORDERED, [f"{asks}: {trouble!r}"]) from trouble
            self._judge.settle_unknown(asks, at)
            self._soon(self._scheduler.now + SECOND)
            self._scheduler.at(self._scheduler.now + 10 * MINUTE, again)
            return
        for ask, (key, fee) in zip(asks, done, strict=True):
            told = self._judge.told(ask, at)
            should = told.key, told.facts.get("fee")
            if (key, fee) != should:
                raise Broken("another answer", [f"{ask} of a period at {at}: {key, fee}, should be {should}"])
            self._judge.seen["called off in a period" if told.key is None else "period, one refused meanwhile"] += 1
            self._judge.mark("refused" if told.key else "done")
        numbers = [ask.meeting for ask in asks]
        self._judge.hold_to("after a period was called off", numbers, self._judge.parties(numbers))
        self._judge.note(asks[0].person, "calls a period off", len(asks))
        self._soon(self._scheduler.now + SECOND)

    def _called_off(self, asks: list[Ask]) -> list[tuple[str | None, int | None]]:
        done = periods.call_off(
            person=self._cast.people[asks[0].person].pk,
            asked=[
                periods.Asked(
                    meeting=self._eyes.names[ask.meeting], act=Act(ask.act), fee=ask.typed.get("seen_fee") or 0
                )
                for ask in asks
            ],
            reason=_REASON,
            reject_reason=REASONS[0],
            key=str(asks[0].key),
        )
        return [
            (one.refused.key, one.refused.facts.get("fee")) if one.refused is not None else (None, None) for one in done
        ]

    def _asked(self, person: int, number: int, act: str, fee: int, *, key: str) -> Ask:
        typed: dict[str, Any] = {}
        if act == "cancel":
            typed = {"reason": _REASON, "seen_fee": fee}
        elif act == "reject":
            typed = {"reason": REASONS[0], "message": _REASON}
        return Ask(person=person, act=act, meeting=number, typed=typed, key=key)


def _way(life: Life, by: str, now: int) -> tuple[str, int]:
    """C2-C4, C1, A2: how that meeting is called off by that party, and what it costs them."""
    if life["state"] == "agreed":
        return "cancel", cancelling_fee(life, now) if by == "user" else 0
    return ("withdraw" if by in life["approved"] else "reject"), 0
