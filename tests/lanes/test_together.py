"""F7, F8: many at one instant, and every pair of commands in every state in both orders.

Short here, since tests/meetings/test_races.py plays the pairs that a state allows in every run of the suite.
"""

from __future__ import annotations

import itertools
import random
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connection

from expertim.meetings.actions import Outcome, perform, ring_due
from expertim.meetings.audit import audit
from expertim.meetings.facts import Act, By, Progress, Refused, Said
from expertim.meetings.lifecycle import TABLE
from expertim.people.models import Person
from tests.conftest import Installation, PlatformClock
from tests.lanes.cells import seen
from tests.lanes.sizes import LONG, size, tell
from tests.outbox.post_office import database_alone
from tests.world import World, in_, person, row, together, wallet, world

BEGIN = datetime(2027, 3, 1, 9, tzinfo=UTC)
STATES = (
    "proposed by the user",
    "proposed by the expert",
    "agreed",
    "alternative by the user",
    "alternative by the expert",
    "doors open",
    "ended",
    "one has spoken",
    "disputed",
    "rejected",
    "offered after a rejection",
)


@pytest.fixture(scope="module")
def alone(installation: Installation) -> Iterator[Installation]:
    with database_alone(installation) as own:
        yield own
        assert audit().discrepancies == []


@pytest.fixture(scope="module")
def operator(alone: Installation) -> Person:
    return person("olga", is_staff=True)


@dataclass(kw_only=True)
class Stands:
    """One meeting in some state, with everything typed that any act might ask for."""

    world: World
    meeting: str
    operator: int

    def do(self, by: By, act: Act) -> Outcome:
        typed: dict[str, Any] = {
            Act.RESCHEDULE: {"start": BEGIN + timedelta(hours=120 if by is By.USER else 130)},
            Act.CANCEL: {"seen_fee": 0},
            Act.EVALUATE: {"progress": Said.SMOOTH, **({"stars": 5, "review": "Good."} if by is By.USER else {})},
            Act.SETTLE: {"outcome": Progress.WENT_SMOOTHLY, "fee": 2500, "note": "Heard both."},
            Act.ALTERNATIVE_CONFIRM: {"seen_start": self.alternative},
            Act.ALTERNATIVE_REJECT: {"seen_start": self.alternative},
            Act.ALTERNATIVE_WITHDRAW: {"seen_start": self.alternative},
        }.get(act, {})
        if by is By.OPERATOR:
            return perform(person=self.operator, meeting=self.meeting, act=act, operator=True, **typed)
        return self.world.act(by, self.meeting, act, **typed)

    @property
    def alternative(self) -> datetime:
        return BEGIN + timedelta(hours=96)


def standing(state: str, clock: PlatformClock, operator: Person) -> Stands:
    clock.freeze(BEGIN)
    w = world(credits=1_000_000)
    w.act(By.USER, w.propose(start=in_(hours=48)), Act.WITHDRAW)  # P2: they know each other
    meeting = w.propose(start=in_(hours=72), by=By.EXPERT if state == "proposed by the expert" else By.USER)
    stands = Stands(world=w, meeting=meeting, operator=operator.pk)
    if state.startswith("proposed"):
        return stands
    w.act(By.EXPERT, meeting, Act.REJECT if "reject" in state else Act.CONFIRM)
    if state.startswith("alternative") or state.startswith("offered"):
        author = By.USER if state.endswith("user") else By.EXPERT
        w.act(author, meeting, Act.RESCHEDULE, start=stands.alternative)
    if state == "doors open":
        clock.freeze(row(meeting).starts_at)
    if state in ("ended", "one has spoken", "disputed"):
        clock.freeze(row(meeting).ends_at)
    for by in {"one has spoken": [By.EXPERT], "disputed": [By.EXPERT, By.USER]}.get(state, []):
        w.act(by, meeting, Act.EVALUATE, progress=Said.OTHER_FAULT)
    return stands


def _pairs(state: str) -> list[tuple[tuple[By, Act], tuple[By, Act]]]:
    table = {"proposed": "awaiting_approval", "rejected": "rejected", "offered": "rejected"}
    of = table.get(state.split(" ", 1)[0], "agreed")
    [acts] = [list(acts) for stands, acts in TABLE.items() if stands is not None and stands.value == of]
    pairs = list(itertools.product(acts, repeat=2))
    return pairs if LONG else random.Random(8).sample(pairs, 2)


@pytest.mark.parametrize("state", size(STATES[3:5], STATES))
def test_any_two_commands_at_once_are_one_after_the_other(alone: Installation, operator: Person, state: str) -> None:
    """F8, M4: the second waits at the lock and then judges what stands, as if it had come later."""
    clock, pairs = PlatformClock(alone), _pairs(state)
    for first, second in pairs:
        one = standing(state, clock, operator)
        wanted = [_answer(lambda one=one, c=command: one.do(*c)) for command in (first, second)], seen(one.world)
        two = standing(state, clock, operator)
        with alone.owners() as lock, ThreadPoolExecutor(2) as pool:
            lock.execute("SELECT 1 FROM meetings_meeting WHERE public_id = %s FOR NO KEY UPDATE", [two.meeting])
            answers = []
            for turn, command in enumerate((first, second), start=1):
                answers.append(pool.submit(_answer, lambda two=two, c=command: two.do(*c), close=True))
                _wait_for(alone, turn)
            lock.commit()
            found = [answer.result(timeout=20) for answer in answers], seen(two.world)
        assert found == wanted, f"{state}: {first}, then {second}"
    clock.release()
    tell("F8 interleavings", state=state, pairs=len(pairs))


def _answer(work: Callable[[], Outcome], *, close: bool = False) -> str:
    try:
        work()
        return "done"
    except Refused as refusal:
        return refusal.key
    finally:
        if close:
            connection.close()


def _wait_for(at: Installation, count: int) -> None:
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        [waiting] = at.owner.execute(
            "SELECT count(DISTINCT pid) FROM pg_locks WHERE NOT granted AND pid IN"
            " (SELECT pid FROM pg_stat_activity WHERE datname = current_database())"
        ).fetchone()  # type: ignore[misc]
        if waiting >= count:
            return
        time.sleep(0.002)
    raise AssertionError(f"{waiting} instead of {count} sessions wait")


# ---------------------------------------------------------------- many at one instant

THREADS = size(8, 32)


def _timed(took: list[float], work: Callable[[int], Any]) -> Callable[[int], Any]:
    def one(turn: int) -> Any:
        connection.ensure_connection()  # a web server's threads have theirs
        began = time.monotonic()
        try:
            return work(turn)
        finally:
            took.append(time.monotonic() - began)

    return one


def test_the_last_credits_are_spent_once(alone: Installation) -> None:
    """K2, L5: as many proposals as the wallet can pay, from one wallet to one expert, in one instant."""
    took: list[float] = []
    for _ in range(size(1, 100)):
        w = world(credits=5 * 2500 + 2499)
        starts = [in_(hours=72 + 2 * n) for n in range(THREADS)]
        answers = together(THREADS, _timed(took, lambda turn: w.propose(start=starts[turn])))  # noqa: B023
        assert Counter(answers) == {"done": 5, "insufficient_credits": THREADS - 5}
        assert wallet(w.user) == (2499, 5 * 2500)
    _told("last credits", took)


def test_one_button_pressed_by_everybody_at_once_has_one_effect(alone: Installation) -> None:
    """Z1, M4: confirm, reject, withdraw and the bell, each several times under its own key."""
    clock, took = PlatformClock(alone), list[float]()
    for turn in range(size(2, 150)):
        clock.freeze(BEGIN)
        w = world()
        meeting = w.propose(start=in_(hours=72))
        clock.freeze(row(meeting).starts_at - timedelta(microseconds=turn % 2))  # at the start the bell has rung
        acts = [(By.EXPERT, Act.CONFIRM), (By.EXPERT, Act.REJECT), (By.USER, Act.WITHDRAW)]

        def press(turn: int, w: World = w, meeting: str = meeting, acts: Any = acts) -> Any:
            if turn % 4 == 3:
                return ring_due(person=w.user.pk)
            by, act = acts[turn % 4]
            return w.act(by, meeting, act, key=act.value)

        together(THREADS, _timed(took, press))
        ends = {"agreed": (7500, 2500), "rejected": (10_000, 0), "cancelled": (10_000, 0), "expired": (10_000, 0)}
        m = row(meeting)
        assert (m.version, wallet(w.user)) == (2, ends[m.state])
        assert (m.state == "expired") == (turn % 2 == 0)
    clock.release()
    _told("one button", took)


def test_both_evaluate_while_time_settles(alone: Installation) -> None:
    """E1, E2, T6: whoever comes first, the credits are paid once."""
    clock, took, ends = PlatformClock(alone), list[float](), Counter[str]()
    for _ in range(size(2, 150)):
        clock.freeze(BEGIN)
        w = world()
        meeting = w.agreed(start=in_(hours=1))
        clock.freeze(row(meeting).ends_at + timedelta(hours=168) - timedelta(microseconds=1))

        def come(turn: int, w: World = w, meeting: str = meeting) -> Any:
            if turn % 3 == 2:
                return ring_due(person=w.user.pk)
            if turn % 3 == 1:
                return w.act(By.EXPERT, meeting, Act.EVALUATE, progress=Said.SMOOTH)
            return w.act(By.USER, meeting, Act.EVALUATE, progress=Said.SMOOTH, stars=5)

        alone.owner.execute("DELETE FROM platform_clock")
        alone.owner.execute(  # it runs on: the moment passes while they press
            "INSERT INTO platform_clock (id, shift) VALUES (1, %s - clock_timestamp() - interval '8 milliseconds')",
            [row(meeting).ends_at + timedelta(hours=168)],
        )
        together(THREADS, _timed(took, come))
        ring_due(person=w.user.pk)
        assert wallet(w.user) == (7500, 0)
        assert wallet(w.expert) == (2000, 0)
        ends[str(row(meeting).timeline.get(event="progress_evaluated").by)] += 1
    clock.release()
    _told("evaluate and settle", took)


def _told(what: str, took: list[float]) -> None:
    took.sort()
    p99 = took[int(len(took) * 0.99)]
    tell(
        "F7 at one instant", of=what, threads=THREADS, commands=len(took), p99_s=round(p99, 2), max_s=round(took[-1], 2)
    )
