"""A step of the machine's clock is said aloud, whichever way; a shifted demo is none (decision 0017)."""

from __future__ import annotations

import logging
from datetime import UTC, datetime, timedelta

import pytest

from expertim.foundation import clock
from expertim.meetings.facts import Act, By
from expertim.outbox import heartbeat
from expertim.outbox.steps import Watch
from tests.conftest import PlatformClock
from tests.notifications.telling import ring_all
from tests.world import events, in_, notices, wallet, world

AT = datetime(2027, 3, 1, 9, tzinfo=UTC)


@pytest.mark.parametrize(
    ("passed", "counted", "step"),
    [(5.0, 5.0, 0.0), (9.9, 5.0, 0.0), (0.1, 5.0, 0.0), (11.0, 5.0, 6.0), (-3.0, 5.0, -8.0), (6 * 3600, 5.0, 21595.0)],
)
def test_a_step_of_more_than_five_seconds_is_an_error_in_the_log(
    caplog: pytest.LogCaptureFixture, passed: float, counted: float, step: float
) -> None:
    watch = Watch()
    assert watch.seen(at=AT, counted=100.0) == 0.0
    assert watch.seen(at=AT + timedelta(seconds=passed), counted=100.0 + counted) == pytest.approx(step)
    assert [record.levelno for record in caplog.records] == ([logging.ERROR] if step else [])
    assert watch.seen(at=AT + timedelta(seconds=passed + 5), counted=105.0 + counted) == 0.0


@pytest.mark.usefixtures("database")
def test_a_moved_platform_clock_is_no_step(clock: PlatformClock) -> None:
    watch = Watch()
    watch.seen(at=heartbeat.beat("one"), counted=counter())
    clock.advance(timedelta(hours=7))
    assert watch.seen(at=heartbeat.beat("one"), counted=counter()) == 0.0


def counter() -> float:
    return clock.monotonic()


@pytest.mark.usefixtures("database")
def test_a_clock_that_goes_back_does_nothing_twice_and_undoes_nothing(clock: PlatformClock) -> None:
    """N11 by T0: what has rung is written; its moment comes again and finds it done."""
    w = world()
    agreed, open_one = w.agreed(start=in_(hours=30)), w.propose(start=in_(hours=5))
    clock.advance(timedelta(hours=7))
    ring_all()
    told, held, line = notices(w.user), wallet(w.user), events(agreed) + events(open_one)
    assert "meeting_reminder" in told
    assert "meeting_expired" in told
    clock.advance(timedelta(hours=-6))
    ring_all()
    clock.advance(timedelta(hours=6))
    ring_all()
    assert (notices(w.user), wallet(w.user), events(agreed) + events(open_one)) == (told, held, line)
    clock.advance(timedelta(hours=-1))
    w.act(By.USER, agreed, Act.RESCHEDULE, start=in_(hours=60))
