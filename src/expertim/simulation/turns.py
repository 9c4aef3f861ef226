"""Whose turn it is, and what becomes of it: proposing, acting as one's manners have it, and looking again later."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from expertim.simulation import actors
from expertim.simulation.actors import Pair
from expertim.simulation.asks import Ask
from expertim.simulation.cast import Cast
from expertim.simulation.judge import Judge
from expertim.simulation.model.world import end_of, know_each_other, lives_of
from expertim.simulation.scheduler import DAY, HOUR, MINUTE, SECOND, Scheduler
from expertim.simulation.ways import Ways


class Turns:
    """`do` makes a request, and repeats it where its answer was lost."""

    def __init__(self, *, judge: Judge, cast: Cast, ways: Ways, scheduler: Scheduler, do: Callable[..., None]) -> None:
        self._judge = judge
        self._cast = cast
        self._ways = ways
        self._scheduler = scheduler
        self._do = do

    def arrive(self, pair: Pair) -> None:
        """One of the two proposes."""
        known = know_each_other(self._judge.world, pair.user, pair.expert)
        if known and not any(pair.expert in (o["user"], o["expert"]) for o in lives_of(self._judge.world, pair.user)):
            pair.by = "expert"  # who know each other from a chat only (P2)
        ask = self._beside_another(pair, actors.proposal(pair, self._scheduler.platform, known))

        def then() -> None:
            self._after_proposal(pair)

        if not self._ways.taken(pair, ask, None, then):
            self._do(pair, ask, then=then)

    def _after_proposal(self, pair: Pair) -> None:
        pair.turns += 1
        if pair.number in self._judge.world["lives"]:
            self._plan(pair)
        elif pair.turns < 3:
            later = self._scheduler.now + pair.rng.choice((MINUTE, HOUR, DAY))
            self._scheduler.at(later, lambda: self.arrive(pair))

    def _plan(self, pair: Pair) -> None:
        life = self._judge.world["lives"][pair.number]
        at = actors.next_turn(pair, life, self._scheduler.platform)
        if at is not None:
            self._scheduler.at(self._scheduler.of_platform(at), lambda: self._turn(pair))

    def _turn(self, pair: Pair) -> None:
        pair.turns += 1
        life, now = self._judge.world["lives"][pair.number], self._scheduler.platform
        rng = pair.rng

        def on() -> None:
            self._plan(pair)

        if life["progress"] == "disputed" and rng.random() < 0.5:
            ask = actors.settled_by(pair, life, rng.choice(self._cast.operators))
        else:
            ask = self._beside_another(pair, actors.an_ask(pair, life, now))
        alone = actors.silent_join(pair, life, now) if pair.manners == "silent" else None
        if alone is not None:
            self._do(pair, alone, then=on)
        elif pair.manners == "silent" and rng.random() < (0.5 if life["state"] == "awaiting_approval" else 0.85):
            on()
        elif pair.manners == "hostile" and rng.random() < 0.3:
            self._attack(pair, ask)
        elif pair.manners == "rivals":
            self._do(pair, ask)
            other = "expert" if ask.person == pair.user else "user"
            rival = actors.asked(pair, life, now, other, actors.rival_act(pair, life, now, other))
            self._judge.seen["both in one instant"] += 1
            self._do(pair, rival, then=on)
        elif self._ways.taken(pair, ask, life, on):
            return
        elif pair.manners == "stale":  # the page was read now, the button is pressed later
            wait = rng.choice((SECOND, 2 * MINUTE, 40 * MINUTE, 5 * HOUR))
            self._scheduler.at(self._scheduler.now + wait, lambda: self._do(pair, ask, then=on))
        else:
            self._do(pair, ask, then=on)
            if pair.manners == "hasty" and ask.key:
                self._do(pair, ask)  # a double click

    def _attack(self, pair: Pair, ask: Ask) -> None:
        forged, first = actors.forged(pair, ask, parties=self._cast.parties)
        if first:
            self._do(pair, ask)
        self._do(pair, forged, then=lambda: self._plan(pair))

    def _beside_another(self, pair: Pair, ask: Ask) -> Ask:
        """Now and then a date that touches, or all but touches, something else that its sender has agreed (O1)."""
        if ask.act not in ("propose", "reschedule") or pair.rng.random() > 0.12:
            return ask
        minutes = ask.typed.get("minutes") or self._judge.world["lives"][pair.number]["minutes"]
        others = [
            end
            for life in lives_of(self._judge.world, ask.person)
            if life["state"] == "agreed"
            for end in (end_of(life), life["start"] - minutes * MINUTE)
            if end > self._scheduler.platform
        ]
        if not others:
            return ask
        start = pair.rng.choice(others) + pair.rng.choice((0, 0, 0, MINUTE, -MINUTE))
        return replace(ask, typed=ask.typed | {"start": start, "acknowledge_overlap": False})
