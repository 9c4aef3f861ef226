"""The worker off for three hours and for three days, and ten thousand things due at once."""

from __future__ import annotations

from collections import Counter
from datetime import datetime, timedelta

import pytest

from expertim.outbox import worker
from expertim.outbox.actions import add_rows
from expertim.outbox.models import Row
from expertim.outbox.stopping import Stop
from expertim.outbox.worker import Worker
from tests.conftest import PlatformClock
from tests.notifications.telling import deliver
from tests.outbox.making import some_kind
from tests.world import in_, row, world

pytestmark = pytest.mark.usefixtures("database")

HOUR = timedelta(hours=1)


def expected(*, start: datetime, end: datetime, back: datetime) -> Counter[str]:
    """By the rules' text alone: what one party of a meeting agreed long ago is sent once the worker is back."""
    told: Counter[str] = Counter()
    if start - 24 * HOUR <= back < start - HOUR:
        told["meeting_reminder"] += 1
    if start - HOUR <= back < end:
        told["meeting_link"] += 1
    if end + 24 * HOUR <= back < end + 168 * HOUR:
        told["evaluation_reminder"] += 1
    if back >= end + 168 * HOUR:
        told["meeting_settled"] += 1
    return told


@pytest.mark.slow
@pytest.mark.parametrize("off", [3 * HOUR, 72 * HOUR], ids=["3 h", "3 days"])
def test_after_an_outage_what_is_still_of_use_is_sent_once_and_the_rest_is_dropped(
    clock: PlatformClock, off: timedelta
) -> None:
    """T3–T6 under "What time does by itself": judged when the worker is back, never sent late in a heap."""
    w = world(credits=1_000_000, price=100)
    stopped = clock.now
    clock.freeze(stopped - timedelta(days=20))  # agreed long before, so that every bell is armed
    starts = [stopped + off + timedelta(hours=h, minutes=m) for h in (-200, -193, -169, -100, -26, -25) for m in (0, 1)]
    starts += [
        stopped + off + timedelta(minutes=m) for m in (-61, -60, -59, -1, 0, 1, 59, 60, 61, 120, 1439, 1440, 1441)
    ]
    meetings = [w.agreed(start=start) for start in starts if start > clock.now]
    deliver(w.user, w.expert)
    clock.freeze(stopped)
    deliver(w.user, w.expert)
    had = Counter(kinds(w))
    clock.freeze(stopped + off)
    deliver(w.user, w.expert)
    sent = Counter(kinds(w)) - had
    wanted: Counter[tuple[str, str]] = Counter()
    for meeting in meetings:
        m = row(meeting)
        before = expected(start=m.starts_at, end=m.ends_at, back=stopped)
        for kind in expected(start=m.starts_at, end=m.ends_at, back=stopped + off) - before:
            wanted[kind, meeting] += 2
    assert sent == wanted
    deliver(w.user, w.expert)
    assert Counter(kinds(w)) - had == wanted


def kinds(w: object) -> list[tuple[str, str]]:
    """Kind and meeting of all that has been sent to the two."""
    from expertim.meetings.models import Meeting

    people = [w.user.pk, w.expert.pk]  # type: ignore[attr-defined]
    names = dict(Meeting.objects.filter(user_id=people[0]).values_list("pk", "public_id"))
    rows = Row.objects.filter(kind="notice", recipient__in=people, status="sent").exclude(
        payload__kind="meeting_agreed"
    )
    return [(r.payload["kind"], names[r.reference]) for r in rows if r.payload["kind"] != "meeting_proposed"]


@pytest.mark.slow
def test_a_backlog_of_ten_thousand_drains_with_the_urgent_first(monkeypatch: pytest.MonkeyPatch) -> None:
    """Money and links before chatter, the oldest first; what becomes due and urgent meanwhile overtakes."""
    kind, sent = some_kind(), []
    overtaking = {"kind": kind, "key": f"{kind}:late", "payload": {"n": -1, "urgent": True}, "priority": 0}

    def send(payload: dict[str, object]) -> None:
        sent.append((payload["urgent"], payload["n"]))
        if len(sent) == 4000:
            add_rows([overtaking])

    monkeypatch.setattr(worker, "_passes", {})
    monkeypatch.setattr(worker, "_senders", {kind: send})
    add_rows(
        [
            {
                "kind": kind,
                "key": f"{kind}:{n}",
                "payload": {"n": n, "urgent": n % 5 == 0},
                "priority": 0 if n % 5 == 0 else 1,
                "due_at": (in_(hours=-80) + n * timedelta(seconds=10)).isoformat(),
            }
            for n in range(10_000)
        ]
    )
    one = Worker(stop=Stop())
    while one.round():
        pass
    assert len(sent) == 10_001
    late = sent.index((True, -1))
    assert late <= 4000 + worker.CLAIM_LIMIT
    del sent[late]
    assert sent == sorted(sent, key=lambda what: (not what[0], what[1]))
    assert set(Row.objects.filter(kind=kind).values_list("status", flat=True)) == {"sent"}


def test_a_long_backlog_is_left_for_the_passes(monkeypatch: pytest.MonkeyPatch) -> None:
    """Else nobody would ring the next link while ten thousand mails go out."""
    kind, rung = some_kind(), []
    monkeypatch.setattr(worker, "_passes", {})
    monkeypatch.setattr(worker, "_senders", {kind: lambda _payload: None})
    monkeypatch.setattr(worker, "SEND_SECONDS", 0.0)
    worker.add_pass("ringing", lambda _limit: rung.append(1) or 0)
    add_rows([{"kind": kind, "key": f"{kind}:{n}"} for n in range(60)])
    one = Worker(stop=Stop())
    for _ in range(4):
        one.round()
    assert len(rung) == 4
