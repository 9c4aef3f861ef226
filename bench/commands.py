"""Commands in three ways on equal databases: through our actions, their statements bare, and as one stored call.

The stored call is the limit: the same key, locks, reads, rows and triggers in one function, one trip, one commit. Each
way begins with a copy of one database, and what is replayed was recorded from the actions on such a copy.
"""

from __future__ import annotations

import multiprocessing
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import psycopg
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from bench.acting import COMMANDS, Script, Task, World, act_all
from bench.using import cpu_of, postmaster

WAYS = ("actions", "statements", "stored call")
CLIENTS = {"1 client": (1, 1), "2 processes of 4": (2, 4)}
WORLDS = 8
PATIENCE = 60  # seconds; a client that fell over must not be waited for
_STORED = """
CREATE OR REPLACE FUNCTION bench_stored(ask jsonb, asked jsonb) RETURNS void LANGUAGE plpgsql VOLATILE AS $$
BEGIN
    PERFORM meetings_read(ask);
    PERFORM meetings_write(asked);
END $$;
CREATE OR REPLACE FUNCTION bench_stored_new(ask jsonb, asked jsonb) RETURNS void LANGUAGE plpgsql VOLATILE AS $$
BEGIN
    PERFORM meetings_read_new(ask);
    PERFORM meetings_write(asked);
END $$;
"""

Figures = dict[str, dict[str, dict[str, dict[str, float]]]]


def measured(owner: str, *, rounds: int) -> Figures:
    """Clients, command, way: rate and CPU in milliseconds. `rounds` commands of each kind; the schema is there."""
    worlds = _made_worlds()
    with psycopg.connect(owner, autocommit=True) as connection:
        connection.execute(_STORED)
    _disconnect()
    script = _recorded(owner, worlds, rounds)
    figures: Figures = {name: {command: {} for command in COMMANDS} for name in CLIENTS}
    for name, (processes, threads) in CLIENTS.items():
        for way in WAYS:
            with copied(owner, f"bench_{processes}_{WAYS.index(way)}") as url:
                for command, figure in _run(way, url, worlds, script, rounds, processes, threads).items():
                    figures[name][command][way] = figure
    return figures


def _made_worlds() -> list[World]:
    from tests.world import world

    made = []
    for _ in range(WORLDS):
        place = world(credits=10**8)
        made.append(
            World(
                user=place.user.pk,
                user_name=place.user.public_id,
                expert=place.expert.pk,
                expert_name=place.expert.public_id,
                expertise=place.expertise.slug,
                service=place.service.public_id,
                price=place.service.price,
                minutes=place.service.length_minutes,
            )
        )
    return made


def _disconnect() -> None:
    from django.db import connections

    connections.close_all()


def _recorded(owner: str, worlds: list[World], rounds: int) -> Script:
    """What the actions ask of the database, command by command and turn by turn."""
    with copied(owner, "bench_recording") as url:
        context = multiprocessing.get_context("spawn")
        results: Any = context.Queue()
        gate = context.Barrier(2, timeout=PATIENCE)
        task = Task(
            way="recording",
            url=url,
            worlds=tuple(worlds),
            script={},
            start=_start(),
            turns=tuple(range(rounds)),
            threads=1,
        )
        client = context.Process(target=act_all, args=(task, gate, results))
        client.start()
        for command in COMMANDS:
            _open(gate, url, command)
            gate.wait()
            results.get(timeout=PATIENCE)
        script: Script = results.get(timeout=PATIENCE)
        client.join()
        return script


def _run(
    way: str, url: str, worlds: list[World], script: Script, rounds: int, processes: int, threads: int
) -> dict[str, dict[str, float]]:
    context = multiprocessing.get_context("spawn")
    results: Any = context.Queue()
    gate = context.Barrier(processes + 1, timeout=PATIENCE)
    tasks = [
        Task(
            way=way,
            url=url,
            worlds=tuple(worlds),
            script=script,
            start=_start(),
            turns=tuple(range(n, rounds, processes)),
            threads=threads,
        )
        for n in range(processes)
    ]
    clients = [context.Process(target=act_all, args=(task, gate, results)) for task in tasks]
    for client in clients:
        client.start()
    server = postmaster(url)
    figures = {}
    for command in COMMANDS:
        _open(gate, url, command)  # lets them warm up
        gate.wait()  # lets them begin
        before = cpu_of(server)
        answers = [results.get(timeout=PATIENCE) for _ in clients]
        seconds = max(ended for _, ended, _, _ in answers) - min(began for began, _, _, _ in answers)
        count = sum(done for *_, done in answers)
        figures[command] = {
            "per_second": count / seconds,
            "our_cpu_ms": 1000 * sum(used for _, _, used, _ in answers) / count,
            "database_cpu_ms": 1000 * (cpu_of(server) - before) / count,
        }
    for client in clients:
        client.join()
    return figures


def _open(gate: Any, url: str, command: str) -> None:
    if command == "settle":  # the meetings have been held by then
        with psycopg.connect(url, autocommit=True) as connection:
            connection.execute("INSERT INTO platform_clock (id, shift) VALUES (1, interval '40 hours')")
    gate.wait()


def _start() -> datetime:
    return (datetime.now(UTC) + timedelta(hours=30)).replace(second=0, microsecond=0)


@contextmanager
def copied(owner: str, name: str) -> Iterator[str]:
    """The address of a database that is a copy of the prepared one, for as long as it is needed."""
    here = conninfo_to_dict(owner)["dbname"]
    with psycopg.connect(owner, autocommit=True, dbname="postgres") as connection:
        connection.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
        connection.execute(f'CREATE DATABASE "{name}" TEMPLATE "{here}"')
    try:
        yield make_conninfo(owner, dbname=name)
    finally:
        with psycopg.connect(owner, autocommit=True, dbname="postgres") as connection:
            connection.execute(f'DROP DATABASE "{name}" WITH (FORCE)')
