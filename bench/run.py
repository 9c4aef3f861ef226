"""The benchmark: pages under load, and commands through our actions with the share that the database itself takes.

Prints tables and writes bench/latest.json. Every ratio comes from one run, so that a noisy machine does not matter.
Runs on embedded servers of its own below DATA_DIR with full durability (fsync on). BENCH_MEETINGS says how many
meetings the pages are read among, e.g. "1000 1000000"; each such database is made once and kept.
"""

from __future__ import annotations

import json
import os
import subprocess
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


SIZES = [int(size) for size in os.environ.get("BENCH_MEETINGS", "1000 200000").split()]


def main() -> None:
    pages = {size: _pages(size) for size in SIZES}
    _prepare()
    commands = {"1 thread": _measured(1), f"{THREADS} threads": _measured(THREADS)}
    _print_pages(pages)
    print(f"\n{'command':<18}" + "".join(f"{name:>32}" for name in commands))
    for command in next(iter(commands.values())):
        cells = (
            f"{figure[command]['per_second']:>14.0f}/s, {figure[command]['database_share']:>4.0%} database"
            for figure in commands.values()
        )
        print(f"{command:<18}" + "".join(f"{cell:>32}" for cell in cells))
    (ROOT / "bench" / "latest.json").write_text(json.dumps({"pages": pages, "commands": commands}, indent=1))


def _pages(meetings: int) -> dict[str, dict[str, float]]:
    """In a process of its own, because Django knows one database."""
    done = subprocess.run(
        [sys.executable, str(ROOT / "bench" / "pages.py"), str(meetings)], check=True, stdout=subprocess.PIPE, text=True
    )
    figures: dict[str, dict[str, float]] = json.loads(done.stdout.splitlines()[-1])
    return figures


def _print_pages(pages: dict[int, dict[str, dict[str, float]]]) -> None:
    for size, figures in pages.items():
        sql = figures["dashboard SQL"]
        print(f"\namong {size} meetings: requests/s, ms at p50 and p99, CPU ms of server and database")
        for name, figure in figures.items():
            if figure is not sql:
                cells = (figure[unit] for unit in ("p50_ms", "p99_ms", "server_cpu_ms", "database_cpu_ms"))
                print(f"{name:<18}{figure['per_second']:>8.0f}/s" + "".join(f"{cell:>9.1f}" for cell in cells))
        print(
            f"the busy person's dashboard: {sql['statements']:.0f} statements, {sql['buffers']:.0f} buffers,"
            f" {sql['ms']:.1f} ms in the database"
        )
    small, large = pages[SIZES[0]], pages[SIZES[-1]]
    for name in ("dashboard", "meeting", "account"):
        slower = large[name]["p50_ms"] / small[name]["p50_ms"]
        print(f"{name} among {SIZES[-1]} against {SIZES[0]}: {slower:.2f} of the time")


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
