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


def resident(pid: int, what: str = "VmRSS") -> float:
    """Megabytes of memory a process has (VmRSS) or has had at most (VmHWM), shared pages included."""
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith(f"{what}:"):
            return int(line.split()[1]) / 1024
    return 0.0


def proportional(pid: int) -> float:
    """Megabytes of a process, what it shares divided among those that share it; its own reading of /proc must do."""
    for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
        if line.startswith("Pss:"):
            return int(line.split()[1]) / 1024
    return 0.0


def children_of(root: int) -> list[int]:
    """The processes that this one has started itself."""
    found = []
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = path.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        if int(fields[1]) == root:
            found.append(int(path.parent.name))
    return sorted(found)
