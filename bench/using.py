"""How much CPU processes have used."""

from __future__ import annotations

import os
from pathlib import Path

import psycopg


def cpu_of(root: int) -> float:
    """Seconds of CPU that a process and all its descendants have used."""
    children: dict[int, list[int]] = {}
    used: dict[int, float] = {}
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = path.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        pid = int(path.parent.name)
        children.setdefault(int(fields[1]), []).append(pid)
        # with those of its children that have ended: a backend that hangs up is not forgotten
        used[pid] = sum(int(ticks) for ticks in fields[11:15]) / os.sysconf("SC_CLK_TCK")
    found, waiting = 0.0, [root]
    while waiting:
        pid = waiting.pop()
        found += used.get(pid, 0.0)
        waiting += children.get(pid, [])
    return found


def postmaster(url: str) -> int:
    """The process that all backends of this server descend from."""
    with psycopg.connect(url) as connection:
        row = connection.execute("SELECT pg_backend_pid()").fetchone()
        assert row
        return int(Path(f"/proc/{row[0]}/stat").read_text().rpartition(")")[2].split()[1])
