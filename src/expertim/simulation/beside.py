"""What people do beside their meetings, with faults: words, pauses, replies; each held against the model."""

from __future__ import annotations

import copy
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from random import Random
from typing import Any

from expertim.simulation.actors import Pair
from expertim.simulation.faults import TROUBLE, Fault, Line
from expertim.simulation.judge import UNORDERED, Broken, Judge
from expertim.simulation.model.world import No, World
from expertim.simulation.scheduler import DAY, HOUR, MINUTE, SECOND, Scheduler

Then = Callable[[], object]
_PARTS = ("chats", "welcome", "paused", "replies", "told_of_replies")


@dataclass(frozen=True, slots=True, kw_only=True)
class Deed:
    """One of them: what the product is asked, what the model says to it, and how the database is unlike the model."""

    words: tuple[Any, ...]
    call: Callable[[], object]
    tell: Callable[[World, int], object]
    unlike: Callable[[World], list[str]]


class Beside:
    """Does deeds; the same again where nobody learned what came of one. `soon` sends a worker."""

    def __init__(
        self,
        *,
        judge: Judge,
        scheduler: Scheduler,
        line: Line,
        soon: Callable[[int], object],
        fault_for: Callable[[int, int], Fault | None],
    ) -> None:
        self._judge = judge
        self._scheduler = scheduler
        self._line = line
        self._soon = soon
        self._fault_for = fault_for
        self._turns: Counter[int] = Counter()

    def do(self, number: int, deed: Deed, *, then: Then | None = None) -> None:
        """`number` is whose faults it meets."""
        fault = self.next_fault(number)
        at, before = self._scheduler.platform, self._line.happened.total()
        try:
            with self._line.armed(fault):
                got = deed.call()
        except TROUBLE as trouble:
            if self._line.happened.total() == before:
                raise Broken(UNORDERED, [f"{deed.words}: {trouble!r}"]) from trouble
            self._settle_unknown(deed, at)
            wait = (SECOND, 10 * MINUTE)[self._turns[number] % 2]
            self._scheduler.at(self._scheduler.now + wait, lambda: self.do(number, deed, then=then))
            return
        except Exception as error:
            raise Broken(UNORDERED, [f"{deed.words}: {error!r}"]) from error
        told = _told(deed, self._judge.world, at)
        if got != told:
            raise Broken("another answer", [f"{deed.words} at {at}: {got}, should be {told}"])
        unlike = deed.unlike(self._judge.world)
        if unlike:
            raise Broken("not as the model says", [f"after {deed.words} at {at}", *unlike])
        self._judge.seen[f"{deed.words[0]}: {_word(told)}"] += 1
        self._judge.mark("beside")
        self._judge.note(*deed.words, told)
        self._soon(self._scheduler.now + SECOND)
        if then is not None:
            then()

    def next_fault(self, number: int) -> Fault | None:
        """What is meant for the next thing that number does."""
        turn = self._turns[number]
        self._turns[number] += 1
        return self._fault_for(number, turn)

    def _settle_unknown(self, deed: Deed, at: int) -> None:
        """Whole, or not at all: the database shows which."""
        world = self._judge.world
        after = {**world, **{part: copy.deepcopy(world[part]) for part in _PARTS}}
        _told(deed, after, at)
        differs = []
        for place, branch in enumerate((world, after)):
            unlike = deed.unlike(branch)
            if not unlike:
                self._judge.world = branch
                self._judge.seen[f"beside, outcome unknown: {'it had' if place else 'nothing had'} happened"] += 1
                self._judge.mark("unknown")
                self._judge.note(*deed.words, "unknown", place)
                return
            differs += unlike[:3]
        raise Broken("half done", [str(deed.words), *differs])


def _told(deed: Deed, world: World, at: int) -> object:
    try:
        return deed.tell(world, at)
    except No as no:
        return no.key


def _word(told: object) -> str:
    return {True: "done", False: "nothing to do", None: "done"}.get(told, str(told))  # type: ignore[call-overload, no-any-return]  # answers are few


def moments_beside(seed: str, pair: Pair) -> Iterator[tuple[str, int, Random]]:
    """What the two of a meeting do beside it, and when it begins: drawn from a stream of its own."""
    rng = Random(f"{seed}/beside/{pair.number}")
    for what, share, waits in (
        ("talk", 0.2, (-2 * HOUR, -2 * HOUR, -2 * HOUR, DAY)),
        ("pause", 0.08, (-MINUTE, -HOUR)),
        ("reply", 0.25, (2 * DAY, 5 * DAY, 12 * DAY)),
        ("period", 0.05, (HOUR, DAY, 2 * DAY)),
    ):
        if rng.random() < share:
            yield what, pair.begins + rng.choice(waits), Random(f"{seed}/{what}/{pair.number}")
