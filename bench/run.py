"""The benchmark: commands, pages, the worker, the ledger and starting, each against its own limit of the same run.

Prints a table and writes bench/latest.json and bench/latest.svg; `python bench/showing.py` puts both into the docs.
Every ratio comes from one run, so that a noisy machine does not matter.
Runs on embedded servers of its own below DATA_DIR with full durability (fsync on). BENCH_MEETINGS says how many
meetings the pages are read among, e.g. "1000 1000000"; each such database is made once and kept.
"""

from __future__ import annotations

import json
import os
import platform
import re
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
DATA = Path(os.environ.get("DATA_DIR", "var")).absolute() / "bench"
ROUNDS = int(os.environ.get("BENCH_ROUNDS", "400"))
ENVIRONMENT = dict(os.environ)  # as it was given: the commands change their own
SIZES = [int(size) for size in os.environ.get("BENCH_MEETINGS", "1000 200000").split()]


def main() -> None:
    from bench.showing import drawing, table

    commands = _commands()
    limit = commands["2 processes of 4"]
    latest = {
        "at": f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC",
        "machine": _machine(),
        "command_ratio": {command: _ratio(ways) for command, ways in limit.items()},
        "raw": _part("raw.py"),
        "commands": commands,
        "pages": {str(size): _part("pages.py", str(size)) for size in SIZES},
        "worker": _part("working.py"),
        "ledger": _part("ledger.py"),
        "starting": _part("starting.py"),
    }
    (ROOT / "bench" / "latest.json").write_text(json.dumps(latest, indent=1))
    print(table(latest))
    (ROOT / "bench" / "latest.svg").write_text(drawing(latest))


def _machine() -> str:
    model = re.search(r"model name\s*: (.*)", Path("/proc/cpuinfo").read_text())
    return f"{os.cpu_count()} processors ({model[1] if model else platform.machine()}), {platform.system()}"


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


def _part(name: str, *words: str) -> Any:
    """In a process of its own, because Django knows one database."""
    done = subprocess.run(
        [sys.executable, str(ROOT / "bench" / name), *words],
        check=True,
        stdout=subprocess.PIPE,
        text=True,
        env=ENVIRONMENT,
    )
    return json.loads(done.stdout.splitlines()[-1])


if __name__ == "__main__":
    main()
