"""The benchmark: commands through our actions, and how much of their time the database itself takes.

Prints a table and writes bench/latest.json. Every ratio comes from one run, so that a noisy machine does not matter.
Runs on a throwaway embedded server below DATA_DIR with full durability (fsync on).
"""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
DATA = Path(os.environ.get("DATA_DIR", "var")).absolute() / "bench"
ROUNDS = int(os.environ.get("BENCH_ROUNDS", "150"))
THREADS = 8


def main() -> None:
    _prepare()
    figures = {"1 thread": _measured(1), f"{THREADS} threads": _measured(THREADS)}
    print(f"{'command':<14}" + "".join(f"{name:>32}" for name in figures))
    for command in next(iter(figures.values())):
        cells = (
            f"{figure[command]['per_second']:>14.0f}/s, {figure[command]['database_share']:>4.0%} database"
            for figure in figures.values()
        )
        print(f"{command:<14}" + "".join(f"{cell:>32}" for cell in cells))
    (ROOT / "bench" / "latest.json").write_text(json.dumps(figures, indent=1))


def _prepare() -> None:
    from expertim.foundation import embedded

    urls = embedded.ensure(DATA)
    os.environ |= {
        "DATA_DIR": str(DATA),
        "DATABASE_URL": urls.owner,
        "EXPERTIM_MOVABLE_CLOCK": "1",
        "DJANGO_SETTINGS_MODULE": "expertim.settings",
    }
    sys.path.insert(0, str(ROOT))
    import django

    django.setup()
    from django.core.management import call_command

    call_command("migrate", verbosity=0)


def _measured(threads: int) -> dict[str, dict[str, float]]:
    """Each command's rate and the share of its time that is spent waiting for the database."""
    from expertim.meetings.facts import Act, By
    from tests.world import world

    start = (datetime.now(UTC) + timedelta(hours=30)).replace(second=0, microsecond=0)
    worlds = [world(credits=10**8) for _ in range(THREADS)]
    meetings: list[tuple[Any, str]] = []

    def propose(turn: int) -> None:
        w = worlds[turn % THREADS]
        meetings.append((w, w.propose(start=start, acknowledge_overlap=True, key=f"p{turn}")))

    def act(by: By, what: Act, **typed: Any) -> Callable[[int], None]:
        def one(turn: int) -> None:
            w, meeting = meetings[turn]
            w.act(by, meeting, what, key="k", **typed)

        return one

    return {
        "propose": _rate(propose, threads),
        "confirm": _rate(act(By.EXPERT, Act.CONFIRM, acknowledge_overlap=True), threads),
        "reschedule": _rate(
            act(By.EXPERT, Act.RESCHEDULE, start=start + timedelta(hours=1), acknowledge_overlap=True), threads
        ),
        "cancel late": _rate(act(By.USER, Act.CANCEL, seen_fee=1250), threads),
    }


def _rate(work: Callable[[int], None], threads: int) -> dict[str, float]:
    from django.db import connection

    waited = []

    def timed(execute: Any, *rest: Any) -> Any:
        began = time.perf_counter()
        try:
            return execute(*rest)
        finally:
            waited.append(time.perf_counter() - began)

    def batch(turns: range) -> None:
        with connection.execute_wrapper(timed):
            for turn in turns:
                work(turn)
        if threads > 1:
            connection.close()

    began = time.perf_counter()
    if threads == 1:
        batch(range(ROUNDS))
    else:
        with ThreadPoolExecutor(threads) as pool:
            list(pool.map(batch, [range(n, ROUNDS, threads) for n in range(threads)]))
    seconds = time.perf_counter() - began
    return {"per_second": ROUNDS / seconds, "database_share": sum(waited) / (seconds * threads)}


if __name__ == "__main__":
    main()
