"""One process of the benchmark's clients: the same commands through our actions, as bare statements, or stored."""

from __future__ import annotations

import os
import sys
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import psycopg

COMMANDS = ("propose", "confirm", "cancel late", "settle")
WARM_UP = 6  # turns of each thread before the clock runs: connections are made and statements prepared
Turn = list[tuple[str, str]]  # SQL functions and what they were asked, as JSON
Script = dict[str, dict[int, Turn]]
_here = threading.local()  # each thread's own connection


@dataclass(frozen=True, slots=True, kw_only=True)
class World:
    """A user and an expert who meet: ids, public ids, slugs."""

    user: int
    user_name: str
    expert: int
    expert_name: str
    expertise: str
    service: str
    price: int
    minutes: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """What one process has to do."""

    way: str
    url: str
    worlds: tuple[World, ...]
    script: Script
    start: datetime
    turns: tuple[int, ...]
    threads: int


def act_all(task: Task, gate: Any, results: Any) -> None:
    """Every command in turn, each between two gates; answers began, ended, CPU seconds and count of each."""
    _set_up(task.url)
    ways = {"actions": _Acting, "recording": _Recording, "statements": _Statements, "stored call": _Stored}
    one = ways[task.way](task)
    with ThreadPoolExecutor(task.threads) as pool:
        for command in COMMANDS:
            gate.wait()
            shares = [_of(command, task.turns)[n :: task.threads] for n in range(task.threads)]
            list(pool.map(lambda share, what=command: one.all(what, share[:WARM_UP]), shares))
            gate.wait()
            began, used = time.monotonic(), time.process_time()
            list(pool.map(lambda share, what=command: one.all(what, share[WARM_UP:]), shares))
            count = sum(len(share[WARM_UP:]) for share in shares)
            results.put((began, time.monotonic(), time.process_time() - used, count))
    if isinstance(one, _Recording):
        results.put(one.script)


def _of(command: str, turns: tuple[int, ...]) -> tuple[int, ...]:
    """Half of the meetings are cancelled late, the other half is held and settled."""
    if command in ("propose", "confirm"):
        return turns
    return tuple(turn for turn in turns if turn // 2 % 2 == (command == "settle"))


def _set_up(url: str) -> None:
    sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
    os.environ |= {"DATABASE_URL": url, "DJANGO_SETTINGS_MODULE": "expertim.settings", "EXPERTIM_MOVABLE_CLOCK": "1"}
    import django

    django.setup()


class _Acting:
    def __init__(self, task: Task) -> None:
        self.task = task
        self.meetings: dict[int, str] = {}

    def all(self, command: str, turns: tuple[int, ...]) -> None:
        for turn in turns:
            self.one(command, turn)

    def one(self, command: str, turn: int) -> None:
        from expertim.meetings import actions
        from expertim.meetings.facts import Act, By, Said

        place = self.task.worlds[turn % len(self.task.worlds)]
        key = f"{command}-{turn}"
        if command == "propose":
            self.meetings[turn] = actions.propose(
                person=place.user,
                role=By.USER,
                expertise=place.expertise,
                other=place.expert_name,
                service=place.service,
                skill="valuation",
                start=self.task.start,
                price=place.price,
                minutes=place.minutes,
                acknowledge_overlap=True,
                key=key,
            ).meeting
            return
        by, act, typed = {
            "confirm": (place.expert, Act.CONFIRM, {"acknowledge_overlap": True}),
            "cancel late": (place.user, Act.CANCEL, {"reason": "Something came up", "seen_fee": place.price // 2}),
            "settle": (place.user, Act.EVALUATE, {"progress": Said.SMOOTH, "stars": 5}),
        }[command]
        actions.perform(person=by, meeting=self.meetings[turn], act=act, key=key, **typed)


class _Recording(_Acting):
    """Notes what the actions ask of the database."""

    def __init__(self, task: Task) -> None:
        super().__init__(task)
        self.script: Script = {command: {} for command in COMMANDS}

    def one(self, command: str, turn: int) -> None:
        from django.db import connection

        asked: Turn = []

        def note(execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
            asked.append((sql.partition("(")[0].rpartition(" ")[2], params[0]))
            return execute(sql, params, many, context)

        with connection.execute_wrapper(note):
            super().one(command, turn)
        if len(asked) != 2:
            raise SystemExit(f"{command}: {[name for name, _ in asked]} instead of one reading and one writing")
        self.script[command][turn] = asked


class _Statements:
    """The statements of the actions, by psycopg alone: BEGIN, read, write, COMMIT, a trip each."""

    def __init__(self, task: Task) -> None:
        self.task = task

    def all(self, command: str, turns: tuple[int, ...]) -> None:
        connection = self.connected()
        for turn in turns:
            self.one(connection, self.task.script[command][turn])

    def connected(self) -> psycopg.Connection[Any]:
        made: psycopg.Connection[Any] | None = getattr(_here, "connection", None)
        if made is None:
            made = _here.connection = psycopg.connect(self.task.url, autocommit=True)
        return made

    def one(self, connection: psycopg.Connection[Any], asked: Turn) -> None:
        with connection.transaction():
            for function, given in asked:
                answer = connection.execute(f"SELECT {function}(%s::jsonb)", [given], prepare=True).fetchone()  # type: ignore[arg-type]
                assert answer


class _Stored(_Statements):
    """All of a command as one call."""

    def one(self, connection: psycopg.Connection[Any], asked: Turn) -> None:
        (reading, ask), (_writing, written) = asked
        function = "bench_stored_new" if reading == "meetings_read_new" else "bench_stored"
        connection.execute(f"SELECT {function}(%s::jsonb, %s::jsonb)", [ask, written], prepare=True)  # type: ignore[arg-type]
