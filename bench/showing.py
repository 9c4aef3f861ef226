"""The figures of a run as a table in Markdown and as a drawing; `python bench/showing.py` puts them into the docs."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
_CLIENTS = "2 processes of 4"
_HEAD = """<!-- Made by bench/showing.py from bench/latest.json: do not edit. -->
# How fast it is

Measured by `make bench` on {at}, on {machine}, embedded PostgreSQL with full durability, clients and server on one
machine. A rate is of that machine and that minute; a ratio compares with a limit measured in the same run, and CPU is
counted per operation. `make bench-large` reads pages among a million meetings. What is promised stands in the tests, as
counts of statements and of pages read (`tests/laws`).

![Commands against one stored call, and what a command costs](speed.svg)

"""


def table(latest: dict[str, Any]) -> str:
    """All figures, one section a part."""
    parts = [_commands(latest["commands"], latest.get("raw")), _pages(latest["pages"]), _worker(latest["worker"])]
    parts += [_ledger(latest["ledger"]), _starting(latest["starting"])]
    return "\n".join("\n".join(part) + "\n" for part in parts)


def _rows(head: str, rows: list[list[str]]) -> list[str]:
    columns = head.split(" | ")
    lines = [f"| {head} |", "|" + " --- |" * len(columns)]
    return lines + [f"| {' | '.join(row)} |" for row in rows]


def _split(figure: dict[str, float]) -> str:
    """CPU of ours and of the database."""
    return f"{figure['our_cpu_ms']:.2f} + {figure['database_cpu_ms']:.2f}"


def _commands(commands: Any, raw: Any) -> list[str]:
    lines = ["## Commands", ""]
    lines += [
        "The stored call is the limit: the same key, locks, reads, rows and triggers in one function, one trip. Its",
        "statements alone are four trips, BEGIN and COMMIT among them; our actions take two.",
        "",
    ]
    if raw:  # measured since a machine was first compared with that of the goals
        lines += ["On this machine a small stored function (a meeting, an event, a wallet, two entries, two deadlines,"]
        lines += [f"a row of an outbox, the keys between them) takes {_split(raw['8 clients'])} ms of CPU,"]
        lines += [f"{raw['factor']:.2f} times what it took where the goals were set.", ""]
    rows = []
    for clients, figures in commands.items():
        for command, ways in figures.items():
            ours, bare, stored = ways["actions"], ways["statements"], ways["stored call"]
            rows.append(
                [
                    clients,
                    command,
                    f"{ours['per_second']:.0f}",
                    f"{bare['per_second']:.0f}",
                    f"{stored['per_second']:.0f}",
                    f"{ours['per_second'] / stored['per_second']:.2f}",
                    _split(ours),
                    _split(stored),
                ]
            )
    head = "clients | command | a second | its statements alone | stored call | ratio | CPU ms, ours + database"
    return lines + _rows(f"{head} | of the stored call", rows)


def _pages(pages: Any) -> list[str]:
    sizes = list(pages)
    small, large = pages[sizes[0]], pages[sizes[-1]]
    lines = [
        "## Pages and the API",
        "",
        f"Among {sizes[-1]} meetings; the last column is the time at p50 against {sizes[0]}.",
        "",
    ]
    rows = []
    for name, figure in large.items():
        if name == "dashboard SQL":
            continue
        cells = [f"{figure['per_second']:.0f}"]
        cells += [f"{figure[unit]:.1f}" for unit in ("p50_ms", "p99_ms", "server_cpu_ms", "database_cpu_ms")]
        rows.append([name, *cells, f"{figure['p50_ms'] / small[name]['p50_ms']:.2f}"])
    sql, poll = large["dashboard SQL"], large["room poll"]
    cpu = poll["server_cpu_ms"] + poll["database_cpu_ms"]
    lines += _rows("page | a second | p50 ms | p99 ms | CPU ms | of the database | ratio", rows)
    lines += ["", f"The busy person's dashboard: {sql['statements']:.0f} statements, {sql['buffers']:.0f} buffers,"]
    lines += [f"{sql['ms']:.1f} ms in the database. A hundred open rooms, both pages of each asking every 1.5 s, take"]
    return [*lines, f"{200 / 1.5 * cpu / 10:.0f} % of one processor."]


def _worker(worker: Any) -> list[str]:
    lines = ["## The worker", "", "The limit writes the same rows in one statement a batch and decides nothing.", ""]
    rows = [
        [
            name,
            f"{f['alarms_per_second']:.0f}",
            f"{f['notices_per_second']:.0f}",
            f"{f['late_p50_ms'] / 1000:.1f}",
            f"{f['late_max_ms'] / 1000:.1f}",
            _split(f),
        ]
        for name, f in worker.items()
        if name != "finding"
    ]
    lines += _rows("workers | meetings rung a second | notices a second | late s, half | late s, last | CPU ms", rows)
    one, two, limit, found = (worker[name] for name in ("one worker", "two workers", "limit", "finding"))
    share, more = (
        one["alarms_per_second"] / limit["alarms_per_second"],
        two["seconds"] and one["seconds"] / two["seconds"],
    )
    lines += [
        "",
        f"One worker reaches {share:.2f} of the limit, two workers {more:.2f} of one. One minute: two workers, all",
    ]
    lines += [f"reminders of one minute. A hundred due rows among {found['waiting']:.0f} that wait are found in"]
    return [*lines, f"{found['ms']:.2f} ms and {found['buffers']:.0f} buffers."]


def _ledger(ledger: Any) -> list[str]:
    lines = [
        "## The ledger",
        "",
        "The bare limit is a double entry without constraints between tables, as one call.",
        "",
    ]
    rows = []
    for clients in ("1 client", _CLIENTS):
        ours, bare = ledger[clients]["transfers"], ledger[clients]["bare"]
        rows.append(
            [
                clients,
                f"{ours['per_second']:.0f}",
                f"{bare['per_second']:.0f}",
                f"{ours['per_second'] / bare['per_second']:.2f}",
                _split(ours),
            ]
        )
    audit = ledger["audit"]
    lines += _rows("clients | transfers a second | bare | ratio | CPU ms", rows)
    lines += ["", f"The ledger's audit reads {audit['entries']:.0f} entries in {audit['seconds']:.1f} s; at most"]
    return [*lines, f"{audit['our_peak_mb']:.0f} MB of ours and {audit['backend_peak_mb']:.0f} MB of its backend."]


def _starting(starting: Any) -> list[str]:
    rows = [[name, f"{figure:.2f}" if name[-1] == "s" else f"{figure:.0f}"] for name, figure in starting.items()]
    return ["## Starting, and what it weighs", "", *_rows("what | figure", rows)]


def drawing(latest: dict[str, Any]) -> str:
    """Bars: each command's rate against the stored call's, and its CPU, ours and the database's."""
    commands = latest["commands"][_CLIENTS]
    bars, top = [], 40
    for command, ways in commands.items():
        ratio = ways["actions"]["per_second"] / ways["stored call"]["per_second"]
        ours, base = ways["actions"]["our_cpu_ms"], ways["actions"]["database_cpu_ms"]
        bars.append(_text(100, top + 14, command, anchor="end"))
        bars += [_bar(110, top, 220, "#dfe3e8"), _bar(110, top, 220 * min(ratio, 1), "#2b6cb0")]
        bars += [_text(116, top + 14, f"{ratio:.2f}", fill="#ffffff")]
        bars += [_bar(370, top, 60 * ours, "#2b6cb0"), _bar(370 + 60 * ours, top, 60 * base, "#8a94a3")]
        bars += [_text(376 + 60 * (ours + base), top + 14, f"{ours + base:.1f} ms")]
        top += 30
    words = _text(110, 24, "rate, of one stored call") + _text(370, 24, "CPU of a command: ours, the database's")
    body = "\n".join([words, *bars])
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 760 {top + 10}" font-family="sans-serif"'
        ' font-size="13">\n'
        f'<rect width="760" height="{top + 10}" fill="#ffffff"/>\n{body}\n</svg>\n'
    )


def _bar(x: float, y: float, width: float, fill: str) -> str:
    return f'<rect x="{x:.0f}" y="{y:.0f}" width="{width:.0f}" height="20" fill="{fill}"/>'


def _text(x: float, y: float, words: str, *, anchor: str = "start", fill: str = "#1a202c") -> str:
    return f'<text x="{x:.0f}" y="{y:.0f}" text-anchor="{anchor}" fill="{fill}">{words}</text>'


if __name__ == "__main__":
    found = json.loads((ROOT / "bench" / "latest.json").read_text())
    page = _HEAD.format(**found) + table(found)
    (ROOT / "docs" / "speed.md").write_text(page)
    (ROOT / "docs" / "speed.svg").write_text(drawing(found))
    sys.stdout.write(page)
