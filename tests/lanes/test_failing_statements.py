"""F1: every act, every bell and the worker's sending, failed at one place after the other, then simply repeated."""

from __future__ import annotations

import itertools
import logging
from collections.abc import Callable, Iterator
from contextlib import suppress
from functools import cache
from typing import Any

import pytest
from django.db import DatabaseError

from expertim.meetings.actions import Outcome
from expertim.meetings.audit import audit
from expertim.meetings.facts import Act, By, State
from expertim.outbox import worker
from expertim.outbox.models import Row
from expertim.outbox.stopping import Stop
from expertim.outbox.worker import Worker
from expertim.people.models import Person
from tests.conftest import Installation, PlatformClock
from tests.lanes.cells import BELLS, CELLS, NEVER, Ready, bell, ready, seen
from tests.lanes.faults import Lost, Wire, failing_row, lay_tripwire
from tests.lanes.sizes import size, tell
from tests.outbox.making import add, some_kind, states
from tests.outbox.post_office import database_alone
from tests.world import in_, person

FEW = [(None, By.USER, Act.PROPOSE), (State.AGREED, By.USER, Act.CANCEL)]
STRIDE = size(9, 1)  # every row, or every ninth
ACTS = [cell for cell in CELLS if cell not in NEVER]


@pytest.fixture(scope="module")
def tripped(installation: Installation) -> Iterator[Installation]:
    """A database of this lane's own, in which any row can be made to fail."""
    with database_alone(installation) as own:
        lay_tripwire(own)
        yield own
        assert audit().discrepancies == []


def test_every_act_of_the_table_is_in_the_lane() -> None:
    assert set(ACTS) | NEVER == set(CELLS)
    assert set(FEW) < set(ACTS)


@pytest.mark.parametrize("cell", size(FEW, ACTS), ids=lambda cell: "-".join(str(part) for part in cell))
def test_an_act_that_failed_anywhere_is_simply_repeated(tripped: Installation, cell: Any) -> None:
    """Z1, N2: with the same key, one effect and the answer of the one that took effect."""
    clock = PlatformClock(tripped)
    _fail_everywhere(tripped, str(cell[2]), lambda: ready(cell, clock, operator=_operator()))
    clock.release()


@pytest.mark.parametrize("name", size(BELLS[-1:], BELLS))
def test_a_bell_that_failed_anywhere_rings_later(tripped: Installation, name: str) -> None:
    """T0: once, as if nothing had been."""
    logging.getLogger("expertim.meetings.actions").disabled = True  # it says each failure, as it should
    clock = PlatformClock(tripped)
    try:
        _fail_everywhere(tripped, name, lambda: bell(name, clock))
    finally:
        logging.getLogger("expertim.meetings.actions").disabled = False
        clock.release()


@cache
def _operator() -> Person:
    """One for all: each of them is told of each dispute."""
    return person("olga", is_staff=True)


def _fail_everywhere(at: Installation, name: str, fresh: Callable[[], Ready]) -> None:
    undisturbed = fresh()
    wire = Wire()
    with wire.open():
        told = undisturbed.do()
    wanted, steps = seen(undisturbed.world), wire.steps
    assert steps[-1] == "after commit"
    for number in range(1, len(steps) + 1):
        _broken(fresh(), number, steps[number - 1], told, wanted)
    rows = 0
    for number in itertools.count(1, STRIDE):
        if not _refused_row(at, fresh(), number, wanted):
            break
        assert _repeated_row(at, fresh(), number, wanted)
        rows += 1
    assert rows > 0
    tell("F1 failing statements", of=name, places=len(steps), rows_written=rows)


def _broken(one: Ready, number: int, place: str, told: Any, wanted: Any) -> None:
    before = seen(one.world)
    wire = Wire(break_at=number)
    with pytest.raises(Lost, match=place), wire.open():
        one.do()
    took_effect = place == "after commit"
    assert seen(one.world) == (wanted if took_effect else before), f"{place}, {number}: nothing by halves"
    again = one.do()
    assert seen(one.world) == wanted, f"{place}, {number}: repeated"
    if isinstance(again, Outcome):
        assert again.repeated is took_effect
        assert again.values == told.values


def _refused_row(at: Installation, one: Ready, number: int, wanted: Any) -> bool:
    before = seen(one.world)
    with failing_row(at, number, state="XX000") as fired:
        with suppress(DatabaseError):  # a bell's failure is the log's
            one.do()
        reached = fired()
    if reached:
        assert seen(one.world) == before, f"row {number}: nothing by halves"
        one.do()
    assert seen(one.world) == wanted, f"row {number}: repeated"
    return reached


def _repeated_row(at: Installation, one: Ready, number: int, wanted: Any) -> bool:
    """A deadlock, say: nobody even hears of it."""
    with failing_row(at, number, state="40P01") as fired:
        one.do()
        reached = fired()
    assert seen(one.world) == wanted, f"row {number}: repeated by itself"
    return reached


def test_a_row_is_sent_whatever_statement_of_the_worker_fails(
    tripped: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    """N5-N7: at least once; twice only where the report of the sending was what failed."""
    sent: list[str] = []
    monkeypatch.setattr(worker, "_passes", {})

    def round_of(kind: str, wire: Wire) -> None:
        monkeypatch.setattr(worker, "_senders", {kind: lambda _payload: sent.append(kind)})
        with wire.open():
            Worker(stop=Stop()).round()

    clock = Wire()
    kind = some_kind()
    add(kind)
    round_of(kind, clock)
    assert states(kind) == ["sent"]
    doubled = []
    for number in range(1, len(clock.steps) + 1):
        kind = some_kind()
        add(kind)
        with pytest.raises(Lost):
            round_of(kind, Wire(break_at=number))
        Row.objects.filter(kind=kind, status="leased").update(lease_until=in_(hours=-1))
        for _ in range(2):
            round_of(kind, Wire())
        assert states(kind) == ["sent"]
        assert sent.count(kind) in (1, 2)
        if sent.count(kind) == 2:
            doubled.append(number)
    # after it was sent: before the report, and never again once the report was made
    assert doubled == [len(clock.steps) - 1]
    tell("F1 worker", places=len(clock.steps), doubled=len(doubled))
