"""One run: a seed, a profile, some meetings; what happened, and the first rule that was broken."""

from __future__ import annotations

import gc
import time
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime
from random import Random
from typing import Any

import psycopg
from django.conf import settings as django_settings

from expertim.simulation import actors, faults
from expertim.simulation.actors import Pair
from expertim.simulation.asks import Ask, Product, microseconds
from expertim.simulation.beside import Beside, moments_beside
from expertim.simulation.cast import Cast
from expertim.simulation.ending import End, hold
from expertim.simulation.experts import Experts
from expertim.simulation.eyes import Eyes
from expertim.simulation.faults import PROFILES, Fault, Line
from expertim.simulation.judge import Broken, Judge
from expertim.simulation.periods import Periods
from expertim.simulation.place import Place
from expertim.simulation.platform import KEY, Platform
from expertim.simulation.ports import ports
from expertim.simulation.programs import Programs
from expertim.simulation.receivers import Receivers
from expertim.simulation.report import Report, Settings, left_out
from expertim.simulation.scheduler import DAY, HOUR, MINUTE, SECOND, Scheduler
from expertim.simulation.talks import Talks
from expertim.simulation.turns import Turns
from expertim.simulation.ways import Ways
from expertim.simulation.wire import MailServer
from expertim.simulation.workers import Workers
from expertim.video import platforms

AUDIT_EVERY = 500  # steps
MEETINGS_A_DAY = 25
# Where years begin, end, have a day more, or clocks change.
_BEGINNINGS = ((2027, 3, 18), (2027, 10, 20), (2028, 2, 20), (2027, 12, 20))


class Run:
    """Everything of one run, on a database that is its own."""

    def __init__(self, *, settings: Settings, owner: psycopg.Connection[Any], eyes: psycopg.Connection[Any]) -> None:
        self.settings = settings
        seed = str(settings.seed)
        self.length = max(2, settings.meetings // MEETINGS_A_DAY) * DAY
        self.begin = microseconds(datetime(*_BEGINNINGS[settings.seed % len(_BEGINNINGS)], 6, tzinfo=UTC))
        self.begin -= self.length // DAY // 3 * DAY  # a long run has its night when most of its people are there
        drawn = faults.draw(
            seed=seed,
            profile=PROFILES[settings.profile],
            meetings=settings.meetings,
            begin=self.begin,
            length=self.length + 10 * DAY,
        )
        self.plan = left_out(drawn, settings.without)
        self.scheduler = Scheduler(begin=self.begin, owner=owner)
        self.line = Line()
        self.line.before_each = self.scheduler.tell
        self.scheduler.aside = lambda: self.line.armed(None)  # a worker's fault is not for those who go on meanwhile
        self._eyes_connection = eyes
        self.healed = False
        self._audited = 0  # at which step

    def play(self) -> Report:
        """The whole of it: people come, things go wrong, everything heals, and then nothing may be left open."""
        report = Report(settings=self.settings, plan=self.plan, begin=self.begin)
        began = time.monotonic()
        seed = str(self.settings.seed)
        with ports(
            seed=seed,
            scheduler=self.scheduler,
            crash_at=self.line.crash_at,
            meetings_pass=lambda limit: self.workers.ring(limit),
            post=lambda url, **given: self.receivers.post(url, **given),
        ):
            self._set_stage(seed)
            try:
                with self.line.in_hand():
                    self.scheduler.run()
                    self._audit()
                    self.healed = True
                    End(
                        judge=self.judge,
                        scheduler=self.scheduler,
                        workers=self.workers,
                        server=self.server,
                        receivers=self.receivers,
                        platform=self.platform,
                        talks=self.talks,
                        eyes=self.eyes,
                        cast=self.cast,
                        seed=seed,
                    ).come()
            except Broken as broken:
                report.broken, report.what = str(broken), broken.what
            finally:
                platforms.forget(KEY)
        report.seconds = time.monotonic() - began
        report.seen, report.trace, report.hash = self.judge.seen, self.judge.trace, self.judge.hash
        report.happened = self.line.happened + self.server.happened + self.platform.happened + self.receivers.happened
        report.days = self.judge.days
        report.steps, report.meetings = self.judge.steps, len(self.judge.world["lives"])
        report.mails, report.end = sum(self.server.delivered.values()), self.scheduler.now
        return report

    # -------- the stage

    def _set_stage(self, seed: str) -> None:
        people = min(120, max(9, self.settings.meetings // 6))
        self.cast = Cast(rng=Random(f"{seed}/cast"), people=people)
        ids = [person.pk for person in self.cast.people]
        self.eyes = Eyes(connection=self._eyes_connection, ids=ids, operators=self.cast.operators)
        self.product = Product(cast=self.cast, names=self.eyes.names)
        programs = Programs(cast=self.cast, names=self.eyes.names)
        self.judge = Judge(
            world=self.cast.world,
            eyes=self.eyes,
            product=self.product,
            programs=programs,
            line=self.line,
            scheduler=self.scheduler,
        )
        self._set_what_is_outside(seed)
        self.ways = Ways(
            judge=self.judge,
            product=self.product,
            programs=programs,
            server=self.server,
            scheduler=self.scheduler,
            do=self._do,
            stirred=self._stirred,
        )
        self.turns = Turns(judge=self.judge, cast=self.cast, ways=self.ways, scheduler=self.scheduler, do=self._do)
        self.line.noticed = self._fault_happened
        self.workers = Workers(
            scheduler=self.scheduler,
            judge=self.judge,
            eyes=self.eyes,
            line=self.line,
            server=self.server,
            receivers=self.receivers,
            fault_for=lambda number: None if self.healed else self.plan.rounds.get(number),
            outages=list(self.plan.outages),
        )
        self._set_what_is_beside()
        self._requests: Counter[int] = Counter()
        arrivals = Random(f"{seed}/arrivals")
        for number in range(self.settings.meetings):
            begins = self.begin + int(arrivals.random() * self.length)
            if f"meeting {number}" not in self.settings.without:
                pair = actors.pair(seed=seed, number=number, cast=self.cast, begins=begins)
                self._plan_beside(seed, pair)
                self.scheduler.at(begins, lambda pair=pair: self.turns.arrive(pair))  # type: ignore[misc]  # bound now
        for at, whose, by in self.plan.steps:
            self.scheduler.at(at, lambda whose=whose, by=by: self._step(whose, by))  # type: ignore[misc]  # bound now
        for day in range(2, self.length // DAY + 10, 2):  # an operator chooses another platform, and the built-in again
            self.scheduler.at(self.begin + day * DAY, self._change_platform)

    def _set_what_is_outside(self, seed: str) -> None:
        given: dict[str, Any] = {"scheduler": self.scheduler, "judge": self.judge, "eyes": self.eyes}
        self.server = MailServer(**given, fault_for=self._fault_of(self.plan.mails))
        MailServer.current = self.server
        self.platform = Platform(**given, fault_for=self._fault_of(self.plan.calls))
        platforms.register(self.platform, origins=self.platform.origins)
        django_settings.VIDEO_PLATFORM = KEY
        self.receivers = Receivers(
            **given,
            cast=self.cast,
            rng=Random(f"{seed}/receivers"),
            length=self.length,
            fault_for=self._fault_of(self.plan.deliveries),
        )

    def _set_what_is_beside(self) -> None:
        beside = Beside(
            judge=self.judge,
            scheduler=self.scheduler,
            line=self.line,
            soon=self.workers.soon,
            fault_for=self._fault_of(self.plan.deeds),
        )
        given: dict[str, Any] = {
            "judge": self.judge,
            "eyes": self.eyes,
            "cast": self.cast,
            "scheduler": self.scheduler,
            "beside": beside,
        }
        self.talks = Talks(**given, product=self.product)
        self.server.letter = self.talks.letter
        experts = Experts(**given)
        calling = Periods(**given, product=self.product, line=self.line, soon=self.workers.soon)
        self._beside = {
            "talk": self.talks.begin,
            "pause": experts.pause,
            "reply": experts.reply,
            "period": calling.preview,
        }

    def _plan_beside(self, seed: str, pair: Pair) -> None:
        for what, at, rng in moments_beside(seed, pair):
            begin = self._beside[what]
            self.scheduler.at(at, lambda begin=begin, rng=rng: begin(pair, rng))  # type: ignore[misc]  # bound now

    def _fault_happened(self) -> None:
        self.judge.mark("fault")
        self.receivers.fault()

    def _fault_of(self, plan: dict[tuple[int, int], Fault]) -> Callable[[int, int], Fault | None]:
        return lambda whose, turn: None if self.healed else plan.get((whose, turn))

    def _change_platform(self) -> None:
        django_settings.VIDEO_PLATFORM = platforms.BUILTIN if django_settings.VIDEO_PLATFORM == KEY else KEY

    # -------- events

    def _step(self, whose: str, by: int) -> None:
        if self.healed:
            return
        self.judge.seen["clock stepped back" if by < 0 else "clock stepped forwards"] += 1
        self.judge.note("clock", whose, by // SECOND)
        self.scheduler.step(**{whose: by})
        self.workers.clock_stepped(machine_forwards=whose == "machine" and by > 0)

    def _do(self, pair: Pair, ask: Ask, *, then: Any = None) -> None:
        """One request; where nobody learned what came of it, the same again a little later."""
        turn = self._requests[pair.number]
        self._requests[pair.number] += 1
        fault = None if self.healed or ask.key is None else self.plan.requests.get((pair.number, turn))
        if fault is not None and fault.what == "deadlock" and ask.door == "program":
            fault = None  # it would meet the reading of the token, which holds no lock and is not repeated
        told = self.judge.judge(ask, fault=fault)
        self._stirred(ask)
        if self.judge.steps >= self._audited + AUDIT_EVERY:
            self._audit()
        if told is None:
            self.scheduler.at(
                self.scheduler.now + pair.rng.choice((0, SECOND, 3 * MINUTE, 2 * HOUR)),
                lambda: self._do(pair, ask, then=then),
            )
        elif then is not None:
            then()

    def _stirred(self, ask: Ask) -> None:
        """Where something has happened, a worker comes; where nothing has, none would find anything."""
        if self.judge.stirred:
            self.workers.soon(self.scheduler.now + SECOND)
        self.judge.stirred = False
        self.workers.plan_bell(ask.meeting)

    # -------- checks

    def _audit(self) -> None:
        self._audited = self.judge.steps
        hold(self.judge, self.server, self.receivers)


def play(settings: Settings, *, place: Place) -> Report:
    """Run it on that database, which is fresh and will not be again."""
    before = gc.get_threshold()
    gc.set_threshold(50_000, 20, 100)  # next to nothing of a run is a cycle
    try:
        with (
            psycopg.connect(place.owner, autocommit=True) as owner,
            psycopg.connect(place.owner, autocommit=True) as eyes,
        ):
            return Run(settings=settings, owner=owner, eyes=eyes).play()
    finally:
        gc.set_threshold(*before)
