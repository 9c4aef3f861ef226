"""Every request is answered twice, by the product and by the model; they have to agree, and the database with both."""

from __future__ import annotations

import copy
import hashlib
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from typing import Any

from expertim.simulation import coverage
from expertim.simulation.answers import Answers, unlike_meeting
from expertim.simulation.asks import Answer, Ask, Product
from expertim.simulation.eyes import Eyes
from expertim.simulation.faults import TROUBLE, Fault, Line
from expertim.simulation.model import asking
from expertim.simulation.model.acts import visible
from expertim.simulation.model.time import come_by, due, pass_time
from expertim.simulation.model.world import SETTLED, Life, No, World
from expertim.simulation.programs import Programs, Unanswered
from expertim.simulation.scheduler import DAY, Scheduler

UNORDERED = "an error that nobody had ordered"
_PAUSED = (("expert", "paused"),)


class Broken(BaseException):
    """A rule is broken: product and model differ, or an invariant does not hold. No `except Exception` may hush it."""

    def __init__(self, what: str, lines: list[str]) -> None:
        super().__init__(f"{what}: {'; '.join(lines)}")
        self.what = what


class Judge:
    """Holds the model's world, and the trace: what happened, without anything that differs between two equal runs."""

    def __init__(
        self, *, world: World, eyes: Eyes, product: Product, programs: Programs, line: Line, scheduler: Scheduler
    ) -> None:
        self.world = world
        self.eyes = eyes
        self.seen: Counter[str] = Counter()
        self.trace: list[str] = []
        self.steps = 0
        self.days: Counter[tuple[int, str]] = Counter()  # what kind of thing happened on which day, for the picture
        self._begin = scheduler.now
        self.stirred = False  # whether anything has happened since somebody looked
        self._open: set[int] = set()  # meetings that have not come to their end
        self._whose: dict[int, list[int]] = defaultdict(list)  # meetings by their people
        self._known: set[int] = set()
        self._doors: dict[str, Product | Programs] = {"actions": product, "program": programs}
        self._programs = programs
        self._answers = Answers()
        self._line = line
        self._scheduler = scheduler
        self._digest = hashlib.sha256()

    @property
    def hash(self) -> str:
        return self._digest.hexdigest()[:16]

    def note(self, *words: Any) -> None:
        """One line of the trace."""
        self.steps += 1
        line = f"{self.steps} {self._scheduler.now} " + " ".join(map(str, words))
        self.trace.append(line)
        self._digest.update(line.encode())

    def mark(self, kind: str, count: int = 1) -> None:
        self.days[(self._scheduler.now - self._begin) // DAY, kind] += count

    def judge(self, ask: Ask, *, fault: Fault | None = None) -> Answer | None:
        """One request through the actions; None where nobody learned what came of it."""
        at, before = self._scheduler.platform, self._line.happened.total()
        self._look(ask, at)
        try:
            with self._line.armed(fault):
                answer = self._doors[ask.door].ask(ask)
        except (*TROUBLE, Unanswered) as trouble:
            ordered = fault is not None and self._line.happened.total() > before
            if not ordered or (fault and fault.what == "deadlock"):  # that one is to be repeated from the beginning
                raise Broken(UNORDERED, [f"{ask}: {trouble!r}"]) from trouble
            self.settle_unknown([ask], at)
            self.stirred = True
            return None
        except Exception as error:
            raise Broken(UNORDERED, [f"{ask}: {error!r}"]) from error
        if answer.meeting:
            self.eyes.names[ask.meeting] = answer.meeting
        told = self.told(ask, at)
        self.stirred |= told.key is None
        self.mark("refused" if told.key else "done")
        unlike = list(self._answers.unlike(ask, answer, told, life=self.world["lives"].get(ask.meeting)))
        if unlike:
            raise Broken("another answer", [f"{ask} at {self._scheduler.platform}", *unlike])
        if ask.door == "program":
            self.seen["program " + ("refused" if told.key else "repeats itself" if told.repeated else "done")] += 1
        self._compare(ask, told)
        self.note(
            ask.person, ask.act, ask.meeting, told.key or ("again" if told.repeated else "done"), self._short(ask)
        )
        return told

    def looks(self, person: int, number: int) -> int | None:
        """A program reads a meeting; its version."""
        got = self._programs.look(person, number)
        self.reads(person)
        life = self.world["lives"][number]
        found = unlike_meeting(got.body, life, "user" if person == life["user"] else "expert", act=None)
        if got.version != len(life["timeline"]):
            found.append(f"version is {got.version}, should be {len(life['timeline'])}")
        if found:
            raise Broken("a program reads something else", [f"meeting {number} by {person}", *found])
        return got.version

    def reads_by_link(self, person: int, number: int) -> None:
        """T0: only where that meeting itself waits for time to do its work."""
        waiting = due(self.world["lives"][number])
        if waiting and waiting[0][0] <= self._scheduler.platform:
            self.reads(person)

    def judge_page(self, ask: Ask, press: Callable[[], Answer], *, reader: Callable[[], bool] | None = None) -> Answer:
        """One form sent from a page; what comes back is a status, what it did shows in the database.

        Pages have a header, and that reads (T0), also where the answer is no. One without says when its `reader` does.
        """
        at = self._scheduler.platform
        self._look(ask, at)
        try:
            got = press()
        except Exception as error:
            raise Broken(UNORDERED, [f"{ask}: {error!r}"]) from error
        if got.meeting:
            self.eyes.names[ask.meeting] = got.meeting
        if reader is not None and reader():
            come_by(self.world, ask.person, at)
        told = self.told(ask, at)
        self.stirred |= told.key is None
        should = 303 if told.key is None else {"invalid": 422, "not_found": 404}.get(told.key, 409)
        if told.key == "invalid" and not asking.possible(self.world, ask.person, ask.act, ask.meeting, at):
            should = 409  # what is wrong with a form no longer matters once its act is gone
        if told.key and reader is None:
            come_by(self.world, ask.person, at)
        if got.status != should:
            raise Broken("another answer of a page", [f"{ask}: {got.status}, should be {should} ({told.key})"])
        self._compare(ask, told)
        self.mark("refused" if told.key else "done")
        kind = "link" if reader is not None else "proposal by page" if ask.act == "propose" else "page"
        self.seen[f"{kind} " + ("done" if told.key is None else "refused")] += 1
        self.note(ask.person, "page", ask.act, ask.meeting, told.key or "done", self._short(ask))
        return told

    def reads(self, person: int) -> None:
        """Somebody has read a page: everything of theirs that was due has been done (T0)."""
        late = [n for n, life in self._of(person) if any(m <= self._scheduler.platform for m, _ in due(life))]
        for number in late:
            self.seen.update(coverage.time_seen(self.world["lives"][number], self._scheduler.platform))
        if come_by(self.world, person, self._scheduler.platform):
            self.seen["time done by a reader"] += 1
            self.stirred = True
        self.hold_to("after a page was read", late, {person, *self.parties(late)})

    def rung(self, *, sure: bool) -> int:
        """The worker has come by everybody; where it failed on the way (not `sure`), each meeting shows for itself."""
        at = self._scheduler.platform
        late = sorted(n for n, moment in self.waiting() if moment <= at)
        alarms = {} if sure else self.eyes.alarms(late)
        for number in late:
            life = self.world["lives"][number]
            waiting = min(m for m, _ in due(life))
            alarm = alarms.get(number)
            if sure or alarm is None or alarm > max(waiting, at):
                self.seen.update(coverage.time_seen(life, at))
                pass_time(self.world, life, at)
        self.hold_to("after the worker came", late, self.parties(late))
        if late:
            self.mark("time", len(late))
            self.note("worker", late)
        return len(late)

    def waiting(self) -> Iterator[tuple[int, int]]:
        """Meetings to which time has something left to do, and when."""
        for number in list(self._open):
            life = self.world["lives"][number]
            moments = due(life)
            if moments:
                yield number, moments[0][0]
            elif life["state"] in ("cancelled", "expired") or life["progress"] in SETTLED:
                self._open.discard(number)

    def hold_all(self, when: str) -> None:
        """The whole world against the whole database."""
        self.hold_to(when, list(self.world["lives"]), set(self.world["wallets"]))

    # -------- within

    def told(self, ask: Ask, at: int, trail: list[World] | None = None) -> Answer:
        life = self.world["lives"].get(ask.meeting)
        before, wrote = copy.copy(life) if life else None, len(self.world["wrote"])
        try:
            done = asking.ask(
                self.world,
                person=ask.person,
                act=ask.act,
                meeting=ask.meeting,
                at=at,
                typed=ask.typed,
                key=ask.key,
                operator=ask.operator,
                trail=trail,
            )
        except No as no:
            self.seen["refused: an expert's pause" if no.facts.get("errors") == _PAUSED else f"refused: {no.key}"] += 1
            return Answer(key=no.key, facts=no.facts)
        if ask.typed.get("review") and not done["repeated"] and visible(ask.typed["review"]):
            self.seen["first words" if len(self.world["wrote"]) > wrote else "later words, no bonus"] += 1
        if ask.act == "propose":
            self._open.add(ask.meeting)
        if not done["repeated"]:
            self._count(ask, before, self.world["lives"][ask.meeting], at)
        else:
            self.seen["same request twice"] += 1
        return Answer(repeated=done["repeated"], version=done["version"])

    def settle_unknown(self, asks: list[Ask], at: int) -> None:
        """A fault hid the answer: every point at which they can have ended is kept until the database shows which."""
        trail, ask = list[World](), asks[0]  # all are one person's, one after another
        now, seen, was_open = self.world, self.seen.copy(), set(self._open)
        self.world = asking.snapshot(now, ask.person, ask.meeting)
        for each in asks:
            self.told(each, at, trail)
        self.seen, self._open = seen, was_open
        if ask.act == "propose" and ask.meeting not in self.eyes.names:
            user = ask.person if ask.typed["role"] == "user" else ask.typed["other"]
            found = self.eyes.unknown(user=user)
            if found:
                self.eyes.names[ask.meeting] = found
        unlike: list[list[str]] = []
        for place, branch in enumerate(trail):
            mine = [number for number, _ in self._of(ask.person)]
            differs = self.eyes.differences(
                branch, meetings={ask.meeting, *mine}, people=self.parties([ask.meeting, *mine], branch)
            )
            if any(at[2] == ask.key for at in branch["keys"]) is not self.eyes.remembers(ask.key):
                differs.append("the key is remembered")
            if not differs:
                self.world = branch
                self._open |= {ask.meeting} & set(branch["lives"])
                came = "nothing had" if place == 0 else "it had"
                self.seen[f"outcome unknown: {came} happened"] += 1
                self.mark("unknown")
                self.note(ask.person, ask.act, ask.meeting, "unknown", place, self._short(ask))
                return
            unlike.append(differs)
        raise Broken("half done", [f"{ask}", *(f"not as after part {n}: {each[:3]}" for n, each in enumerate(unlike))])

    def _compare(self, ask: Ask, told: Answer) -> None:
        numbers = {ask.meeting}
        if told.key == "insufficient_credits" or ask.act in ("confirm", "alternative_confirm", "reschedule", "propose"):
            numbers |= {number for number, _ in self._of(ask.person)}
        self.hold_to(f"after {ask}", sorted(numbers), self.parties(numbers) | {ask.person})

    def hold_to(self, when: str, meetings: list[int], people: set[int]) -> None:
        if not meetings and not people:
            return
        differs = self.eyes.differences(self.world, meetings=meetings, people=people)
        if differs:
            raise Broken("not as the model says", [f"{when} at {self._scheduler.platform}", *differs])

    def _look(self, ask: Ask, at: int) -> None:
        """Whether time has something to do first, whatever becomes of the request."""
        late = (due(life) for _, life in self._of(ask.person))
        self.stirred |= any(moments and moments[0][0] <= at for moments in late)

    def _of(self, person: int) -> list[tuple[int, Life]]:
        lives = self.world["lives"]
        if len(lives) != len(self._known):
            for number in lives.keys() - self._known:
                self._known.add(number)
                for whose in (lives[number]["user"], lives[number]["expert"]):
                    self._whose[whose].append(number)
        return [(number, lives[number]) for number in sorted(self._whose[person]) if number in lives]

    def parties(self, numbers: Any, world: World | None = None) -> set[int]:
        lives = (world or self.world)["lives"]
        return {lives[number][role] for number in numbers if number in lives for role in ("user", "expert")}

    def _short(self, ask: Ask) -> str:
        life = self.world["lives"].get(ask.meeting)
        wallet = self.world["wallets"][ask.person]
        stands = f"{life['state']}/{life['payment']}/{life['progress']}" if life else "none"
        return f"{stands} {wallet['available']}+{wallet['blocked']}"

    # -------- what has been seen to happen

    def _count(self, ask: Ask, before: Life | None, life: Life, at: int) -> None:
        self.seen.update(
            coverage.acts_seen(ask.act, before=before, life=life, world=self.world, at=at, typed=ask.typed)
        )
