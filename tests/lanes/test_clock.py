"""F6: the clock steps, nights on which clocks change, the 29th of February and the year's end."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection

from expertim.meetings.actions import ring_due
from expertim.meetings.audit import audit
from expertim.meetings.facts import Act, By, Refused
from expertim.notifications.models import Notice
from expertim.outbox import claims, heartbeat
from expertim.outbox.health import health
from expertim.outbox.models import Row
from tests.conftest import Installation, PlatformClock
from tests.lanes.sizes import size, tell
from tests.outbox.making import add, some_kind, states
from tests.outbox.post_office import database_alone
from tests.world import World, row, wallet, world

HOUR, TICK = timedelta(hours=1), timedelta(microseconds=1)
QUIET = datetime(2027, 6, 16, tzinfo=UTC)
# A night in Prague, and how the clock steps now and then while it is walked through.
NIGHTS: dict[str, tuple[datetime, timedelta]] = {
    "spring": (datetime(2027, 3, 28, 1, tzinfo=UTC), timedelta(0)),
    "autumn": (datetime(2027, 10, 31, 1, tzinfo=UTC), timedelta(0)),
    "29 February": (datetime(2028, 2, 29, 0, tzinfo=UTC), timedelta(0)),
    "year's end": (datetime(2027, 12, 31, 23, tzinfo=UTC), timedelta(0)),
    "an hour ahead": (QUIET, HOUR),
    "an hour back": (QUIET, -HOUR),
    "two days ahead": (QUIET, 48 * HOUR),
}
BELLS = ("meeting_reminder", "meeting_link", "evaluation_reminder", "meeting_settled")


@dataclass(kw_only=True)
class Due:
    """By the rules' text (T3-T6): when it is due, from when on nobody has any use for it, and whether it has rung."""

    meeting: int
    kind: str
    at: datetime
    useless: datetime | None
    rung: bool = False


@pytest.fixture
def alone(installation: Installation, database: Installation) -> Iterator[Installation]:
    with database_alone(installation) as own:
        yield own
        assert audit().discrepancies == []


@pytest.mark.parametrize("night", size(["spring", "an hour back"], list(NIGHTS)))
def test_each_bell_rings_at_its_moment_and_once(alone: Installation, night: str) -> None:
    """N4, T3-T6: never early, never twice, all in hours that really pass."""
    clock, seeded = PlatformClock(alone), random.Random(night)
    around, step = NIGHTS[night]
    count = size(6, 500)
    w = world(credits=100_000_000, price=100)
    clock.freeze(around - timedelta(days=6))
    spread = [around + timedelta(minutes=30 * n) - 12 * HOUR for n in range(48)]
    meetings = [w.agreed(start=spread[(n * 7) % 48] if count > 48 else spread[n * 8]) for n in range(count)]
    due = _due(meetings)
    told, rings, last = set[tuple[int, str]](), 0, _newest(w)
    moments = sorted({moment for d in due for moment in (d.at - TICK, d.at)})
    for moment in moments:
        stepped = moment + (step if seeded.random() < 0.3 else timedelta(0))
        clock.freeze(stepped)
        rings += ring_due(limit=1000)
        now, last = _told_since(w, last)
        assert len(now) == len(set(now))
        assert set(now) == _expected(due, stepped), f"{night}, {stepped}"
        assert not told & set(now), "told twice"
        told |= set(now)
    # A clock that jumps two days at a time is past every reminder before it is due, and the link is of no use then.
    assert {kind for _meeting, kind in told} >= set(BELLS if step < 24 * HOUR else BELLS[2:])
    clock.freeze(moments[-1] + 100 * HOUR)
    ring_due(limit=1000)
    assert {row(meeting).progress for meeting in meetings} == {"went_smoothly"}
    _settled_at_their_moment(meetings)
    tell("F6 clock", night=night, meetings=count, moments=len(moments), told=len(told))


@pytest.mark.parametrize("night", size(["autumn"], ["spring", "autumn", "29 February", "year's end"]))
def test_48_hours_are_48_hours(alone: Installation, night: str) -> None:
    """C2, C3 (M9): exactly 48 h before is free, a microsecond later it is not, whatever clocks on walls do."""
    clock, (around, _step) = PlatformClock(alone), NIGHTS[night]
    for n in range(size(3, 48)):
        clock.freeze(around - timedelta(days=6))
        w = world(price=2500)
        start = around + (n - size(1, 24)) * HOUR / 2
        free, late = w.agreed(start=start), w.agreed(start=start)
        clock.freeze(start - 48 * HOUR)
        w.act(By.USER, free, Act.CANCEL, seen_fee=0)
        clock.freeze(start - 48 * HOUR + TICK)
        with pytest.raises(Refused, match="fee_changed"):
            w.act(By.USER, late, Act.CANCEL, seen_fee=0)
        w.act(By.USER, late, Act.CANCEL, seen_fee=1250)
        assert wallet(w.user) == (8750, 0)


def _due(meetings: list[str]) -> list[Due]:
    found = []
    for meeting in meetings:
        m = row(meeting)
        moments = {
            "meeting_reminder": (m.starts_at - 24 * HOUR, m.starts_at - HOUR),
            "meeting_link": (m.starts_at - HOUR, m.ends_at),
            "evaluation_reminder": (m.ends_at + 24 * HOUR, m.ends_at + 168 * HOUR),
            "meeting_settled": (m.ends_at + 168 * HOUR, None),
        }
        found += [Due(meeting=m.pk, kind=kind, at=at, useless=end) for kind, (at, end) in moments.items()]
    return found


def _expected(due: list[Due], now: datetime) -> set[tuple[int, str]]:
    """What rings at this moment and is still worth telling."""
    ring = [d for d in due if not d.rung and d.at <= now]
    for d in ring:
        d.rung = True
    return {(d.meeting, d.kind) for d in ring if d.useless is None or now < d.useless}


def _newest(w: World) -> int:
    return max(w.user.notices.values_list("id", flat=True), default=0)


def _told_since(w: World, last: int) -> tuple[list[tuple[int, str]], int]:
    found = Notice.objects.filter(recipient=w.user, id__gt=last, kind__in=BELLS).order_by("id")
    told = list(found.values_list("id", "reference", "kind"))
    return [(meeting, kind) for _id, meeting, kind in told], max((one for one, *_ in told), default=last)


def _settled_at_their_moment(meetings: list[str]) -> None:
    """Written down with the moment at which it was due, not at which somebody came (decision 0009)."""
    for meeting in meetings:
        m = row(meeting)
        at = m.timeline.get(event="progress_evaluated").at
        assert at == m.ends_at + 168 * HOUR


# ---------------------------------------------------------------- the machine's clock, which leases and beats go by


@pytest.fixture
def machine(alone: Installation) -> Machine:
    return Machine(alone)


class Machine:
    """Makes this database's sessions read another machine clock: ours stands in front of PostgreSQL's."""

    def __init__(self, at: Installation) -> None:
        at.owner.execute("CREATE SCHEMA lane")
        at.owner.execute(
            "CREATE FUNCTION lane.clock_timestamp() RETURNS timestamptz LANGUAGE sql VOLATILE AS $$"
            " SELECT pg_catalog.clock_timestamp() + current_setting('lane.ahead')::interval $$"
        )
        at.owner.execute("GRANT USAGE ON SCHEMA lane TO PUBLIC")
        self.step(timedelta(0))

    def step(self, by: timedelta) -> None:
        with connection.cursor() as cursor:
            cursor.execute("SELECT set_config('search_path', 'lane, pg_catalog, public', false)")
            cursor.execute("SELECT set_config('lane.ahead', %s, false)", [f"{by.total_seconds()} seconds"])


def test_a_machine_that_jumps_ahead_takes_the_lease_and_the_slow_worker_cannot_undo_it(machine: Machine) -> None:
    """N7: an hour ahead, every lease looks run out. Sent twice in that window only; the fence decides."""
    kind = some_kind()
    add(kind)
    [slow] = claims.claim(kinds=[kind], limit=1)
    assert claims.claim(kinds=[kind], limit=1) == []
    machine.step(HOUR)
    [quick] = claims.claim(kinds=[kind], limit=1)
    assert claims.done(quick)
    assert not claims.failed(slow, error="overslept")
    assert states(kind) == ["sent"]


def test_a_machine_that_jumps_back_loses_nothing_and_looks_alive(machine: Machine) -> None:
    """N7, N10: whoever has a row in hand finishes it; nobody takes it meanwhile; the heart's last beat is no alarm."""
    machine.step(HOUR)
    kind = some_kind()
    add(kind, count=2)
    held, other = claims.claim(kinds=[kind], limit=2)
    heartbeat.beat("one")
    machine.step(timedelta(0))
    assert claims.claim(kinds=[kind], limit=2) == []
    assert claims.done(held)
    assert health().ready
    machine.step(2 * HOUR)  # the lease of a worker that died is late by the step, and then taken
    [again] = claims.claim(kinds=[kind], limit=2)
    assert again.id == other.id
    assert claims.done(again)
    assert states(kind) == ["sent", "sent"]
    assert not Row.objects.filter(kind=kind, lease_until__isnull=False).exists()
