"""The worker: what is due is done and told, by one process and by two, against one statement that does as much.

python bench/working.py prints JSON. The limit writes the same rows, two notices and two outbox rows for each meeting,
in one statement a batch and decides nothing. Reminders are what is due here: every meeting has two of them.
"""

from __future__ import annotations

import json
import multiprocessing
import os
import sys
import time
from pathlib import Path
from typing import Any

import psycopg

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
DATA = Path(os.environ.get("DATA_DIR", "var")).absolute() / "bench"
HOUR = int(os.environ.get("BENCH_HOUR", "10000"))  # meetings due at one full hour
MINUTE = int(os.environ.get("BENCH_MINUTE", "50000"))  # meetings with two reminders each due at one minute
WAITING = int(os.environ.get("BENCH_DUE", "200000"))  # outbox rows among which a hundred are due
BATCH = 100
REMINDED = 16  # the fate in filling.sql of a meeting that is agreed and to come

_DUE = """
UPDATE meetings_meeting SET starts_at = {at} + interval '1 day', ends_at = {at} + interval '25 hours', alarm_at = {at}
 WHERE id IN (SELECT id FROM meetings_meeting WHERE alarm_at > now() + interval '20 days' ORDER BY id LIMIT {count})
"""
_AT = "date_trunc('hour', platform_now())"
# What a batch comes to, and nothing decided: the limit.
_LIMIT = """
WITH due AS (
    SELECT id, user_id, expert_id, generation FROM meetings_meeting WHERE alarm_at <= now()
     ORDER BY alarm_at, id LIMIT %s FOR NO KEY UPDATE SKIP LOCKED
), rung AS (
    UPDATE meetings_meeting m SET rung = ARRAY['T3'], alarm_at = m.starts_at - interval '1 hour'
      FROM due WHERE m.id = due.id
), told AS (
    INSERT INTO notifications_notice (recipient_id, kind, key, reference, "values", at)
    SELECT p.id, 'reminder', format('m%%s:g%%s:reminder', due.id, due.generation), due.id, '{}', now()
      FROM due CROSS JOIN LATERAL (VALUES (user_id), (expert_id)) p (id)
    RETURNING id, recipient_id, key, reference
), kept AS (
    INSERT INTO outbox_row (kind, key, payload, recipient, reference, generation, status, due_at, priority, fence,
                            attempts, deaths, last_error, made_at)
    SELECT 'notice', format('notice:%%s:%%s', recipient_id, key), jsonb_build_object('notice', id), recipient_id,
           reference, 1, 'waiting', now(), 1, 0, 0, 0, '', now() FROM told
)
SELECT count(*) FROM due
"""
_ROWS = """
INSERT INTO outbox_row (kind, key, payload, status, due_at, priority, fence, attempts, deaths, last_error, made_at)
SELECT 'bench', 'bench:' || n, '{}', 'waiting',
       now() + CASE WHEN n <= 100 THEN interval '-1 hour' ELSE n * interval '1 second' + interval '1 hour' END,
       1, 0, 0, 0, '', now() FROM generate_series(1, %s) n
"""


def main() -> None:
    from expertim.foundation import embedded

    folder = DATA / "working"
    urls = embedded.ensure(folder)
    os.environ |= {"DATA_DIR": str(folder), "DATABASE_URL": urls.owner, "DJANGO_SETTINGS_MODULE": "expertim.settings"}
    import django

    django.setup()
    from django.core.management import call_command

    from bench.filling import fill

    call_command("migrate", verbosity=0)
    with psycopg.connect(urls.owner, autocommit=True) as owner:
        if not owner.execute("SELECT 1 FROM meetings_meeting LIMIT 1").fetchone():
            # kept for the next run: every run works in copies
            fill(urls.owner, meetings=2 * HOUR + MINUTE, busy=0, fate=REMINDED)
            _set(owner, f"UPDATE meetings_meeting SET alarm_at = {_AT} + interval '60 days'")
            owner.execute("VACUUM (ANALYZE) meetings_meeting")
    _disconnect()
    figures: dict[str, Any] = {}
    for name, count, workers in (("one worker", HOUR, 1), ("two workers", HOUR, 2), ("one minute", MINUTE, 2)):
        figures[name] = _through(urls.owner, count, workers, limit=False)
    figures["limit"] = _through(urls.owner, HOUR, 1, limit=True)
    figures["finding"] = _finding(urls.owner)
    print(json.dumps(figures))


def _through(owner: str, count: int, workers: int, *, limit: bool) -> dict[str, float]:
    """All of `count` meetings that are due at one moment; lateness is counted from when the first worker looks."""
    from bench.commands import copied
    from bench.using import cpu_of, postmaster

    with copied(owner, "bench_due") as url:
        with psycopg.connect(url, autocommit=True) as connection:
            _set(connection, _DUE.format(at=_AT, count=count))
            connection.execute("ANALYZE meetings_meeting")
        context = multiprocessing.get_context("spawn")
        gate, answers = context.Barrier(workers + 1, timeout=60), context.Queue()
        each = [context.Process(target=_work, args=(url, limit, gate, answers)) for _ in range(workers)]
        for process in each:
            process.start()
        server = postmaster(url)
        gate.wait()
        began, before = time.monotonic(), cpu_of(server)
        done: list[tuple[float, int, float]] = [answers.get(timeout=300) for _ in each]
        ours = sum(used for _, _, used in done)
        seconds = max(ended for ended, _, _ in done) - began
        rung = sum(number for _, number, _ in done)
        if rung != count:
            raise SystemExit(f"{rung} of {count} due meetings were rung")
        for process in each:
            process.join()
        return {
            "alarms_per_second": rung / seconds,
            "notices_per_second": 2 * rung / seconds,
            "seconds": seconds,
            "late_p50_ms": 500 * seconds,
            "late_max_ms": 1000 * seconds,
            "our_cpu_ms": 1000 * ours / rung,
            "database_cpu_ms": 1000 * (cpu_of(server) - before) / rung,
        }


def _work(url: str, limit: bool, gate: Any, answers: Any) -> None:
    """One worker: batch after batch until nothing is due; answers when it ended, how many, and its CPU."""
    os.environ |= {"DATABASE_URL": url, "DJANGO_SETTINGS_MODULE": "expertim.settings"}
    import django

    django.setup()
    from expertim.meetings.actions import ring_due

    with psycopg.connect(url, autocommit=True) as connection:

        def one() -> int:
            if not limit:
                return ring_due(limit=BATCH)
            row = connection.execute(_LIMIT, [BATCH], prepare=True).fetchone()
            return int(row[0]) if row else 0

        gate.wait()
        used, number = time.process_time(), 0
        while found := one():
            number += found
        answers.put((time.monotonic(), number, time.process_time() - used))


def _finding(owner: str) -> dict[str, float]:
    """A hundred due rows of the outbox among many that wait: the claim of the worker, and what its search reads."""
    from bench.commands import copied

    with copied(owner, "bench_due") as url, psycopg.connect(url, autocommit=True) as connection:
        connection.execute(_ROWS, [WAITING])
        connection.execute("ANALYZE outbox_row")
        search = (
            "SELECT id FROM outbox_row WHERE status IN ('waiting', 'leased') AND due_at <= now() AND kind = 'bench'"
            " ORDER BY priority, due_at, id LIMIT 100 FOR UPDATE SKIP LOCKED"
        )
        answers = []
        for _turn in range(3):
            row = connection.execute(f"EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) {search}").fetchone()
            assert row
            answers.append(row[0][0])
        plan = answers[-1]["Plan"]
        if plan["Actual Rows"] != 100:
            raise SystemExit(f"{plan['Actual Rows']} rows found instead of 100")
        return {
            "waiting": WAITING,
            "ms": min(answer["Execution Time"] for answer in answers),
            "buffers": plan["Shared Hit Blocks"] + plan["Shared Read Blocks"],
        }


def _set(owner: psycopg.Connection[Any], statement: str) -> None:
    """As the owner, past what guards the table: dates of a benchmark."""
    with owner.transaction():
        owner.execute("ALTER TABLE meetings_meeting DISABLE TRIGGER USER")
        owner.execute(statement)  # type: ignore[arg-type]  # our own words
        owner.execute("ALTER TABLE meetings_meeting ENABLE TRIGGER USER")


def _disconnect() -> None:
    from django.db import connections

    connections.close_all()


if __name__ == "__main__":
    main()
