"""F2: the process killed as by `kill -9`, at each place of each act and at any moment at all; then the same key again.

The worker's own points are a register in `outbox/crashing.py`; tests/outbox/test_faults.py kills it at each of them.
"""

from __future__ import annotations

import os
import random
import signal
import time
from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection

from expertim.meetings.actions import Outcome
from expertim.meetings.audit import audit
from expertim.meetings.facts import Act, By, State
from expertim.people.models import Person
from tests.conftest import Installation, PlatformClock
from tests.lanes.cells import CELLS, NEVER, Ready, ready, seen
from tests.lanes.faults import Wire
from tests.lanes.sizes import size, tell
from tests.outbox.post_office import database_alone
from tests.world import person

PLACES = ["before a statement", "after a statement", "before commit", "after commit"]
FEW = [(State.AWAITING, By.EXPERT, Act.CONFIRM), (State.AGREED, By.USER, Act.CANCEL)]
ACTS = [cell for cell in CELLS if cell not in NEVER]


@pytest.fixture(scope="module")
def alone(installation: Installation) -> Iterator[Installation]:
    with database_alone(installation) as own:
        yield own
        assert audit().discrepancies == []


@pytest.fixture(scope="module")
def operator(alone: Installation) -> Person:
    return person("olga", is_staff=True)


@pytest.mark.parametrize("cell", size(FEW, ACTS), ids=lambda cell: "-".join(str(part) for part in cell))
def test_whoever_is_killed_at_any_place_asks_again(alone: Installation, operator: Person, cell: Any) -> None:
    """Z1, N2: nothing by halves, one effect; killed after the commit, the repetition says what had been done."""
    clock, before_and_after = PlatformClock(alone), Counter[str]()
    undisturbed = ready(cell, clock, operator=operator)
    undisturbed.do()
    wanted = seen(undisturbed.world)
    for _seed in range(size(1, 3)):
        for number, place in enumerate(PLACES, start=1):
            one = ready(cell, clock, operator=operator)
            assert _died(one, Wire(break_at=number, kill=True)), f"{place}, {number} was not reached"
            _asks_again(one, wanted, took_effect=place == "after commit")
            before_and_after[place] += 1
    clock.release()
    assert set(before_and_after) == set(PLACES)
    tell("F2 killed process", of=cell[2], kills=before_and_after.total())


def test_whoever_is_killed_at_any_moment_asks_again(alone: Installation, operator: Person) -> None:
    """Also while the server is in the middle of it: it either finishes the statement or has done nothing."""
    clock, seeded, ends = PlatformClock(alone), random.Random(2), Counter[str]()
    cell = (State.AGREED, By.USER, Act.CANCEL)
    undisturbed = ready(cell, clock, operator=operator)
    began = time.monotonic()
    undisturbed.do()
    lasts, wanted = time.monotonic() - began, seen(undisturbed.world)
    for _ in range(size(8, 400)):
        one = ready(cell, clock, operator=operator)
        had = seen(one.world)
        survived = not _died(one, Wire(), after_seconds=seeded.uniform(0, 6 * lasts))
        took_effect = _settled(one, had, wanted)
        ends["finished" if survived else "killed, done" if took_effect else "killed, not done"] += 1
        _asks_again(one, wanted, took_effect=took_effect)
    clock.release()
    assert ends["finished"] < ends.total()
    tell("F2 any moment", **{name.replace(", ", "_").replace(" ", "_"): count for name, count in ends.items()})


def _died(one: Ready, wire: Wire, *, after_seconds: float | None = None) -> bool:
    """Do it in a process of its own; was that killed?"""
    heard, says = os.pipe()
    pid = os.fork()
    if pid == 0:
        # The parent's connection is the parent's: kept, so that nobody says good-bye on it, and not used.
        _inherited.append(connection.connection)
        connection.connection = None
        try:
            connection.ensure_connection()
            with wire.open():
                os.write(says, b".")
                one.do()
        finally:
            os._exit(0)
    os.read(heard, 1)
    os.close(heard)
    os.close(says)
    if after_seconds is not None:
        time.sleep(after_seconds)
        os.kill(pid, signal.SIGKILL)
    _pid, status = os.waitpid(pid, 0)
    return os.WIFSIGNALED(status)


_inherited: list[Any] = []


def _settled(one: Ready, had: Any, wanted: Any) -> bool:
    """Until the server has noticed that nobody listens any more: all of it, or nothing."""
    for _ in range(200):
        others = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND usename = current_user"
        with connection.cursor() as cursor:
            cursor.execute(others + " AND pid <> pg_backend_pid()")
            if not cursor.fetchone()[0]:
                break
        time.sleep(0.01)
    now = seen(one.world)
    assert now in (had, wanted), "nothing by halves"
    return bool(now == wanted)


def _asks_again(one: Ready, wanted: Any, *, took_effect: bool) -> None:
    again = one.do()
    assert seen(one.world) == wanted
    if isinstance(again, Outcome):
        assert again.repeated is took_effect
