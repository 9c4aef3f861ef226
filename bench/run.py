"""The benchmark: pages under load, and commands through our actions against what the database itself can do.

Prints tables and writes bench/latest.json. Every ratio comes from one run, so that a noisy machine does not matter.
Runs on embedded servers of its own below DATA_DIR with full durability (fsync on). BENCH_MEETINGS says how many
meetings the pages are read among, e.g. "1000 1000000"; each such database is made once and kept.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
DATA = Path(os.environ.get("DATA_DIR", "var")).absolute() / "bench"
ROUNDS = int(os.environ.get("BENCH_ROUNDS", "400"))
ENVIRONMENT = dict(os.environ)  # as it was given: the commands change their own
SIZES = [int(size) for size in os.environ.get("BENCH_MEETINGS", "1000 200000").split()]


def main() -> None:
    commands = _commands()
    _print_commands(commands)
    pages = {size: _pages(size) for size in SIZES}
    _print_pages(pages)
    limit = commands["2 processes of 4"]
    latest = {
        "command_ratio": {command: _ratio(ways) for command, ways in limit.items()},
        "commands": commands,
        "pages": pages,
    }
    (ROOT / "bench" / "latest.json").write_text(json.dumps(latest, indent=1))


def _commands() -> Any:
    from expertim.foundation import embedded

    urls = embedded.ensure(DATA)
    os.environ |= {
        "DATA_DIR": str(DATA),
        "DATABASE_URL": urls.owner,
        "EXPERTIM_MOVABLE_CLOCK": "1",
        "DJANGO_SETTINGS_MODULE": "expertim.settings",
    }
    import django

    django.setup()
    from django.core.management import call_command

    from bench.commands import measured

    call_command("migrate", verbosity=0)
    return measured(urls.owner, rounds=ROUNDS)


def _ratio(ways: dict[str, dict[str, float]]) -> float:
    return ways["actions"]["per_second"] / ways["stored call"]["per_second"]


def _print_commands(commands: Any) -> None:
    for clients, figures in commands.items():
        print(f"\ncommands, {clients}: a second; CPU ms of ours and of the database through the actions")
        for command, ways in figures.items():
            rates = "".join(f"{way:>14} {figure['per_second']:>5.0f}/s" for way, figure in ways.items())
            used = ways["actions"]
            cells = f"{used['our_cpu_ms']:>8.2f}{used['database_cpu_ms']:>8.2f}"
            print(f"{command:<13}{rates}{cells}   {_ratio(ways):.2f} of the stored call")


def _pages(meetings: int) -> dict[str, dict[str, float]]:
    """In a process of its own, because Django knows one database."""
    done = subprocess.run(
        [sys.executable, str(ROOT / "bench" / "pages.py"), str(meetings)],
        check=True,
        stdout=subprocess.PIPE,
        text=True,
        env=ENVIRONMENT,
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


if __name__ == "__main__":
    main()
