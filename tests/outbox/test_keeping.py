"""How long rows are kept: not for ever, and not less long than somebody may ask for them."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from expertim.foundation.clock import machine_now
from expertim.meetings.facts import Act, By, Said
from expertim.notifications.queries import sent_about
from expertim.outbox import keeping
from expertim.outbox.models import Row
from tests.conftest import PlatformClock
from tests.notifications.telling import deliver, ring_all, rows_of
from tests.outbox.making import add, some_kind
from tests.world import in_, row, world

pytestmark = pytest.mark.usefixtures("database")


def done(kind: str, days: float, **having: Any) -> None:
    Row.objects.filter(kind=kind, **having).update(status="sent", done_at=machine_now() - timedelta(days=days))


def sweep(limit: int = 100) -> None:
    while keeping.sweep(limit) == limit:
        pass


@pytest.mark.parametrize("status", ["sent", "expired", "withdrawn", "dead"])
def test_what_is_done_with_goes_after_its_days_and_nothing_before(settings: Any, status: str) -> None:
    settings.OUTBOX_KEEP_DAYS = 40
    kind = some_kind()
    old, young, open_row = add(kind, count=3)
    done(kind, 40.01, pk=old.pk)
    done(kind, 39.99, pk=young.pk)
    Row.objects.filter(kind=kind).exclude(pk=open_row.pk).update(status=status)
    sweep()
    assert list(Row.objects.filter(kind=kind).order_by("id")) == [young, open_row]


def test_nobody_can_ask_for_less_than_a_month(settings: Any) -> None:
    """An answer of a calendar is known again by the row of its refusal."""
    settings.OUTBOX_KEEP_DAYS = 0
    kind = some_kind()
    add(kind)
    done(kind, 29)
    sweep()
    assert Row.objects.filter(kind=kind).count() == 1


def test_what_was_sent_about_a_living_meeting_stays_whole(clock: PlatformClock, settings: Any) -> None:
    settings.OUTBOX_KEEP_DAYS = 30
    w = world()
    living, over = w.agreed(start=in_(days=200)), w.propose(start=in_(days=2))
    w.act(By.USER, over, Act.WITHDRAW)
    deliver(w.user, w.expert)
    Row.objects.filter(recipient__in=[w.user.pk, w.expert.pk]).update(done_at=machine_now() - timedelta(days=90))
    before = sent_about(meeting=row(living).pk)
    assert len(before) == 3
    clock.advance(timedelta(days=40))  # the withdrawn one would have been over for more than a month
    sweep(limit=1)
    sweep()
    assert sent_about(meeting=row(living).pk) == before
    assert sent_about(meeting=row(over).pk) == ()


def test_a_meeting_that_waits_for_an_operator_is_not_over(clock: PlatformClock, settings: Any) -> None:
    settings.OUTBOX_KEEP_DAYS = 30
    w = world()
    meeting = w.agreed(start=in_(hours=50))
    clock.advance(timedelta(hours=51))
    w.act(By.USER, meeting, Act.JOIN)
    clock.advance(timedelta(hours=2))
    w.act(By.USER, meeting, Act.EVALUATE, progress=Said.OTHER_FAULT)
    w.act(By.EXPERT, meeting, Act.EVALUATE, progress=Said.OTHER_FAULT)
    clock.advance(timedelta(days=60))
    ring_all()
    assert row(meeting).progress == "disputed"
    Row.objects.filter(recipient__in=[w.user.pk, w.expert.pk]).update(
        status="sent", done_at=machine_now() - timedelta(days=50)
    )
    count = len(rows_of(w.user, w.expert))
    sweep()
    assert len(rows_of(w.user, w.expert)) == count > 0


def test_nothing_is_told_again_once_its_row_is_gone(clock: PlatformClock, settings: Any) -> None:
    settings.OUTBOX_KEEP_DAYS = 30
    w = world()
    meeting = w.agreed(start=in_(hours=30))
    clock.advance(timedelta(hours=6))
    ring_all()
    Row.objects.filter(recipient__in=[w.user.pk, w.expert.pk]).delete()
    ring_all()
    assert rows_of(w.user, w.expert) == []
    assert row(meeting).state == "agreed"
