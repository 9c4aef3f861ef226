"""How often a command goes to the database, BEGIN and COMMIT included, counted on the wire."""

from __future__ import annotations

import tempfile
from contextlib import contextmanager
from datetime import timedelta

import pytest
from django.db import connection

from expertim.meetings.actions import ring_due
from expertim.meetings.facts import Act, By, Progress, Refused, Said
from tests.world import in_, row, world

MOST = 2  # the house allows 8; what we have reached must not be lost again


@contextmanager
def trips():
    """ReadyForQuery messages seen by libpq: execute wrappers would not see BEGIN and COMMIT."""
    connection.ensure_connection()
    counted = []
    # A statement is prepared once for a connection's whole life, in a trip of its own: no command's cost.
    threshold, connection.connection.prepare_threshold = connection.connection.prepare_threshold, None
    with tempfile.TemporaryFile("w+") as trace:
        connection.connection.pgconn.trace(trace.fileno())
        try:
            yield counted
        finally:
            connection.connection.pgconn.untrace()
            connection.connection.prepare_threshold = threshold
            trace.seek(0)
            counted.append(sum("ReadyForQuery" in line for line in trace))


def _agreed(w, hours=72):
    return w.agreed(start=in_(hours=hours))


COMMANDS = {
    "P1": lambda w: (lambda start: lambda: w.propose(start=start, key="k"))(in_(hours=72)),
    "P2": lambda w: (lambda start, _: lambda: w.propose(start=start, by=By.EXPERT, key="k"))(in_(hours=90), _agreed(w)),
    "A1": lambda w: (lambda m: lambda: w.act(By.EXPERT, m, Act.CONFIRM, key="k"))(w.propose(start=in_(hours=72))),
    "A2": lambda w: (lambda m: lambda: w.act(By.EXPERT, m, Act.REJECT, key="k"))(w.propose(start=in_(hours=72))),
    "C1": lambda w: (lambda m: lambda: w.act(By.USER, m, Act.WITHDRAW, key="k"))(w.propose(start=in_(hours=72))),
    "C2": lambda w: (lambda m: lambda: w.act(By.USER, m, Act.CANCEL, seen_fee=0, key="k"))(_agreed(w)),
    "C3": lambda w: (lambda m: lambda: w.act(By.USER, m, Act.CANCEL, seen_fee=1250, key="k"))(_agreed(w, 20)),
    "C4": lambda w: (lambda m: lambda: w.act(By.EXPERT, m, Act.CANCEL, key="k"))(_agreed(w)),
    "D1": lambda w: (lambda m, start: lambda: w.act(By.USER, m, Act.RESCHEDULE, start=start, key="k"))(
        _agreed(w), in_(hours=80)
    ),
    "J1": lambda w: (lambda m: lambda: w.act(By.USER, m, Act.JOIN, key="k"))(_agreed(w, 0.2)),
}


def _in_ten_minutes(clock, w):
    meeting = w.agreed(start=in_(hours=1))
    clock.freeze(row(meeting).starts_at)
    return meeting


@pytest.mark.parametrize("rule", sorted(COMMANDS))
def test_a_command_is_one_reading_and_one_writing(database, clock, rule):
    w = world()
    work = COMMANDS[rule](w)
    with trips() as counted:
        work()
    assert counted[0] <= MOST


def test_answering_an_alternative_is_as_cheap(database, clock):
    """D4, D5, D6."""
    for by, act in (
        (By.USER, Act.ALTERNATIVE_CONFIRM),
        (By.USER, Act.ALTERNATIVE_REJECT),
        (By.EXPERT, Act.ALTERNATIVE_WITHDRAW),
    ):
        w = world()
        meeting = _agreed(w)
        w.act(By.EXPERT, meeting, Act.RESCHEDULE, start=in_(hours=80))
        with trips() as counted:
            w.act(by, meeting, act, key="k")
        assert counted[0] <= MOST


def test_evaluating_and_settling_are_as_cheap(database, clock):
    """E1 with S1 and V1; E2 with S4; X1."""
    w = world()
    meeting = _in_ten_minutes(clock, w)
    clock.advance(timedelta(hours=2))
    with trips() as counted:
        w.act(By.USER, meeting, Act.EVALUATE, progress=Said.SMOOTH, stars=5, review="Clear.", key="k")
    assert counted[0] <= MOST
    other = _in_ten_minutes(clock, w)
    clock.advance(timedelta(hours=2))
    w.act(By.USER, other, Act.EVALUATE, progress=Said.OTHER_FAULT)
    with trips() as counted:
        w.act(By.EXPERT, other, Act.EVALUATE, progress=Said.SMOOTH)
    assert counted[0] <= MOST
    from expertim.meetings.actions import perform
    from tests.world import person

    operator = person("olga", is_staff=True)
    with trips() as counted:
        perform(
            person=operator.pk, operator=True, meeting=other, act=Act.SETTLE, outcome=Progress.WENT_SMOOTHLY,
            fee=1000, note="Both were there.",
        )  # fmt: skip
    assert counted[0] <= MOST


def test_a_refusal_costs_no_more(database, clock):
    w = world()
    meeting = w.propose(start=in_(hours=72))
    with trips() as counted, pytest.raises(Refused):
        w.act(By.USER, meeting, Act.CONFIRM, key="k")
    assert counted[0] <= MOST


@pytest.mark.parametrize("count", [1, 30])
def test_a_batch_of_bells_costs_the_same_whatever_its_size(database, clock, count):
    while ring_due(limit=100):
        pass
    for _ in range(count):
        world().propose(start=in_(hours=1))
    clock.advance(timedelta(hours=2))
    with trips() as counted:
        assert ring_due(limit=100) >= count  # others of this database may be due as well
    assert counted[0] <= MOST
