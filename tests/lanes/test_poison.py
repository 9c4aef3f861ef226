"""F10: among many rows some raise and some kill the worker; the others are sent once and in time."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections import Counter
from datetime import timedelta

from django.db import connection

from expertim.foundation import clock
from expertim.outbox import claims
from expertim.outbox.actions import add_rows
from expertim.outbox.models import Row
from tests.conftest import ROOT, Installation
from tests.lanes.sizes import LONG, size, tell
from tests.outbox.making import some_kind

ROWS = size(200, 10_000)
KILLING = list(range(7, ROWS, size(200, 1000)))  # 0.1 % of ten thousand
RAISING = list(range(3, ROWS, 100))
LEASE_SECONDS = size(1.0, float(claims.LEASE_SECONDS))
SPREAD = timedelta(seconds=size(1, 120))  # they become due one after the other
LATE_SECONDS = 60.0


def test_poison_delays_nobody_else(installation: Installation, database: Installation) -> None:
    """N6: what raises waits for its next attempt, what kills is given up at the third death, all others are in time."""
    kind, began = some_kind(), clock.now()
    poison = {"killing": KILLING, "raising": RAISING}
    due = [(began + SPREAD * n / ROWS).isoformat() for n in range(ROWS)]
    for first in range(0, ROWS, 1000):
        numbers = range(first, min(first + 1000, ROWS))
        add_rows(
            [{"kind": kind, "key": f"{kind}:{n}", "payload": {"n": n, **poison}, "due_at": due[n]} for n in numbers]
        )
    deaths = _work_until_done(installation, kind)
    ends = {row.payload["n"]: row for row in Row.objects.filter(kind=kind)}
    assert [ends[n].status for n in KILLING] == ["dead"] * len(KILLING)
    assert {ends[n].deaths for n in KILLING} == {claims.MOST_DEATHS}
    assert {ends[n].status for n in RAISING} == {"waiting"}
    others = [row for n, row in ends.items() if n not in {*KILLING, *RAISING}]
    assert {row.status for row in others} == {"sent"}
    assert {row.payload["sent"] for row in others} == {1}
    late = sorted((row.done_at - row.due_at).total_seconds() for row in others if row.done_at)
    p99 = late[int(len(late) * 0.99)]
    tell("F10 poison", rows=ROWS, raising=len(RAISING), killing=len(KILLING), workers_killed=deaths,
         p99_late_s=round(p99, 1), latest_s=round(late[-1], 1))  # fmt: skip
    assert p99 <= LATE_SECONDS or not LONG, "a short run is mostly the start of processes"
    assert deaths <= claims.MOST_DEATHS * len(KILLING)


def _work_until_done(at: Installation, kind: str) -> int:
    """Start a worker, and another whenever one has died, as a supervisor does; how many died."""
    environment = os.environ | {"DATABASE_URL": at.app, "DATABASE_OWNER_URL": at.owner_url, "PYTHONPATH": _path()}
    command = [sys.executable, "-m", "tests.lanes.poisoned", kind, str(LEASE_SECONDS)]
    deaths, until = 0, time.monotonic() + size(180, 1500)
    undone = Row.objects.filter(kind=kind, status__in=["waiting", "leased"], retry_at=None)
    while undone.exists():
        assert time.monotonic() < until, Counter(undone.values_list("status", flat=True))  # each is done in the end
        worker = subprocess.Popen(command, cwd=ROOT, env=environment, stderr=subprocess.DEVNULL)
        while worker.poll() is None and undone.exists():
            time.sleep(0.2)
        if worker.poll() is None:
            worker.terminate()
        deaths += worker.wait(timeout=30) == -9
    connection.close()
    return deaths


def _path() -> str:
    return os.pathsep.join([str(ROOT / "src"), str(ROOT)])
