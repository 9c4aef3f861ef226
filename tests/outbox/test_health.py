"""Readiness: a worker that lives and keeps up."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client

from expertim.foundation import clock
from expertim.meetings.actions import ring_due
from expertim.outbox import heartbeat
from expertim.outbox.actions import add_rows
from expertim.outbox.health import OVERDUE_SECONDS, Health, health
from expertim.outbox.models import Heartbeat, Row
from tests.conftest import PlatformClock
from tests.world import in_, unique, world

pytestmark = pytest.mark.usefixtures("database")


@pytest.fixture(autouse=True)
def _nothing_else_is_due() -> None:
    while ring_due(limit=200):
        pass
    Row.objects.filter(status__in=["waiting", "leased"]).update(status="dead")
    Heartbeat.objects.all().delete()


def due(by: float = 0) -> Row:
    """A mail that has been due for so many seconds."""
    key = unique("overdue")
    add_rows([{"kind": "mail", "key": key, "due_at": (clock.now() - timedelta(seconds=by)).isoformat()}])
    return Row.objects.get(key=key)


def answer() -> tuple[int, dict[str, object]]:
    given = Client().get("/readyz")
    return given.status_code, given.json()


def test_without_a_worker_it_is_not_ready() -> None:
    status, figures = answer()
    assert status == 503
    assert figures["worker_beat_age_seconds"] is None


def test_a_beating_worker_with_nothing_overdue_is_ready() -> None:
    heartbeat.beat("one")
    due()
    status, figures = answer()
    assert (status, figures["ready"], figures["due"]) == (200, True, 1)
    assert set(figures) == {
        "ready",
        "worker_beat_age_seconds",
        "oldest_due_seconds",
        "due",
        "given_up",
        "paused",
        "oldest_bell_seconds",
    }


def test_a_worker_silent_for_a_minute_or_stopped_is_not() -> None:
    heartbeat.beat("one")
    Heartbeat.objects.update(beat_at=clock.machine_now() - timedelta(seconds=61))
    assert answer()[0] == 503
    heartbeat.beat("one")
    heartbeat.stopped("one")
    assert answer()[0] == 503


def test_what_is_overdue_by_five_minutes_is_seen_but_not_what_waits_for_its_next_try() -> None:
    heartbeat.beat("one")
    row = due(OVERDUE_SECONDS + 1)
    assert answer()[0] == 503
    Row.objects.filter(pk=row.pk).update(retry_at=clock.machine_now() + timedelta(hours=1))
    assert answer()[0] == 200


def test_the_limits() -> None:
    def ready(beat: float | None, due: float | None) -> bool:
        return Health(beat_age=beat, oldest_due=due, open_rows=0, dead_rows=0).ready

    assert ready(60, 300)
    assert ready(0, None)
    assert not ready(60.1, None)
    assert not ready(0, 300.1)
    assert health().beat_age is None


def test_a_bell_that_nobody_rings_is_seen(clock: PlatformClock) -> None:
    """T0: the rules do not wait for the worker, but reminders do; a meeting overdue by five minutes shows."""
    heartbeat.beat("one")
    world().propose(start=in_(hours=1))
    Row.objects.filter(status="waiting").update(status="dead")
    clock.advance(timedelta(hours=1, seconds=OVERDUE_SECONDS))
    status, figures = answer()
    assert (status, figures["oldest_bell_seconds"]) == (200, float(OVERDUE_SECONDS))
    clock.advance(timedelta(seconds=1))
    status, figures = answer()
    assert (status, figures["ready"]) == (503, False)
    while ring_due(limit=200):
        pass
    Row.objects.filter(status="waiting").update(status="dead")
    status, figures = answer()
    assert (status, figures["oldest_bell_seconds"]) == (200, None)
