"""The ledger: transfers a second against a bare double entry, and its audit over many entries: time and memory.

python bench/ledger.py prints JSON. A transfer is a grant through our own way in. The bare limit writes what every
ledger must: a balance, a posting, two entries, in tables without foreign keys and triggers, as one stored call.
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
ENTRIES = int(os.environ.get("BENCH_ENTRIES", "1000000"))
EACH = int(os.environ.get("BENCH_ROUNDS", "400"))
FOLK = 1000
_BARE = """
CREATE TABLE bench_wallet (id bigint PRIMARY KEY, available bigint NOT NULL CHECK (available >= 0));
CREATE TABLE bench_posting (id bigserial PRIMARY KEY, cause text UNIQUE, at timestamptz NOT NULL);
CREATE TABLE bench_entry (id bigserial PRIMARY KEY, posting bigint NOT NULL, wallet bigint, amount bigint NOT NULL);
CREATE INDEX ON bench_entry (posting);
INSERT INTO bench_wallet SELECT person_id, 0 FROM credits_wallet;
CREATE FUNCTION bench_transfer(to_whom bigint, much bigint, why text) RETURNS void LANGUAGE plpgsql AS $$
DECLARE made bigint;
BEGIN
    UPDATE bench_wallet SET available = available + much WHERE id = to_whom;
    INSERT INTO bench_posting (cause, at) VALUES (why, now()) RETURNING id INTO made;
    INSERT INTO bench_entry (posting, wallet, amount) VALUES (made, NULL, -much), (made, to_whom, much);
END $$;
"""
_FILL = """
ALTER TABLE credits_posting DISABLE TRIGGER USER;
ALTER TABLE credits_entry DISABLE TRIGGER USER;
INSERT INTO people_person (password, is_superuser, public_id, email, name, time_zone, date_format, language, is_staff,
                           is_active, joined_at)
SELECT '!', false, substr(md5('p' || n), 1, 16), format('p%s@example.org', n), 'Person', 'UTC', 'DD.MM.YYYY HH:MM',
       'en', false, true, now() FROM generate_series(1, {folk}) n;
CREATE TEMP TABLE whose AS SELECT row_number() OVER (ORDER BY id) AS n, id FROM people_person ORDER BY id LIMIT {folk};
CREATE TEMP TABLE made AS
SELECT nextval(pg_get_serial_sequence('credits_posting', 'id')) AS id, g.n, w.id AS person
  FROM (SELECT * FROM generate_series(1, {postings}) g (n) ORDER BY n) g JOIN whose w ON w.n = g.n % {folk} + 1;
INSERT INTO credits_posting (id, kind, cause, at, reason, by, legs)
SELECT id, 'grant', 'bench:' || n, now(), 'bench', 'bench', 2 FROM made ORDER BY id;
INSERT INTO credits_entry (posting_id, account, wallet_id, amount, movement, balance)
SELECT m.id, l.account, CASE WHEN l.amount > 0 THEN m.person END, l.amount, l.movement,
       CASE WHEN l.amount > 0 THEN 100 * row_number() OVER (PARTITION BY m.person, l.amount ORDER BY m.id) END
  FROM made m
 CROSS JOIN (VALUES (1, 'issuance', -100, NULL), (2, 'available', 100, 'grant')) l (n, account, amount, movement)
 ORDER BY m.id, l.n;
UPDATE credits_wallet w SET available = e.total
  FROM (SELECT wallet_id, sum(amount) AS total FROM credits_entry WHERE wallet_id IS NOT NULL GROUP BY 1) e
 WHERE e.wallet_id = w.person_id;
SET CONSTRAINTS ALL IMMEDIATE;
ALTER TABLE credits_posting ENABLE TRIGGER USER;
ALTER TABLE credits_entry ENABLE TRIGGER USER;
"""


def main() -> None:
    from expertim.foundation import embedded

    folder = DATA / f"ledger-{ENTRIES}"
    urls = embedded.ensure(folder)
    os.environ |= {"DATA_DIR": str(folder), "DATABASE_URL": urls.owner, "DJANGO_SETTINGS_MODULE": "expertim.settings"}
    import django

    django.setup()
    from django.core.management import call_command
    from django.db import connections

    call_command("migrate", verbosity=0)
    with psycopg.connect(urls.owner, autocommit=True) as owner:
        if not owner.execute("SELECT 1 FROM people_person LIMIT 1").fetchone():
            with owner.transaction():
                owner.execute(_FILL.format(folk=FOLK, postings=ENTRIES // 2))  # type: ignore[arg-type]  # our own words
            owner.execute("VACUUM (ANALYZE)")
    connections.close_all()
    figures: dict[str, Any] = {"audit": _audited(urls.owner)}
    for name, (processes, threads) in {"1 client": (1, 1), "2 processes of 4": (2, 4)}.items():
        figures[name] = {
            "transfers": _transferred(urls.owner, processes, threads, bare=False),
            "bare": _transferred(urls.owner, processes, threads, bare=True),
        }
    print(json.dumps(figures))


def _audited(owner: str) -> dict[str, float]:
    """All checks of the ledger in one snapshot, and the most memory that the backend and we had at its end."""
    from django.db import connection

    from bench.using import resident
    from expertim.credits.audit import Report, audit_ledger, one_moment

    report, began = Report(), time.monotonic()
    connection.ensure_connection()
    with connection.cursor() as cursor:
        cursor.execute("SET statement_timeout = 0")
    backend = connection.connection.info.backend_pid
    with one_moment():
        audit_ledger(report)
    if report.discrepancies:
        raise SystemExit(report.discrepancies[0])
    figures = {
        "entries": ENTRIES,
        "seconds": time.monotonic() - began,
        "our_peak_mb": resident(os.getpid(), "VmHWM"),
        "backend_peak_mb": resident(backend, "VmHWM"),
    }
    connection.close()
    return figures


def _transferred(owner: str, processes: int, threads: int, *, bare: bool) -> dict[str, float]:
    from bench.using import cpu_of, postmaster

    with psycopg.connect(owner, autocommit=True) as connection:
        for name in ("bench_wallet", "bench_posting", "bench_entry"):
            connection.execute(f"DROP TABLE IF EXISTS {name}")  # type: ignore[arg-type]  # our own words
        connection.execute("DROP FUNCTION IF EXISTS bench_transfer")
        connection.execute(_BARE)
        folk = [row[0] for row in connection.execute("SELECT person_id FROM credits_wallet ORDER BY 1").fetchall()]
    context = multiprocessing.get_context("spawn")
    gate, answers = context.Barrier(processes + 1, timeout=60), context.Queue()
    shares = [folk[n::processes] for n in range(processes)]
    run = str(time.time_ns())
    each = [context.Process(target=_transfer, args=(owner, bare, run, s, threads, gate, answers)) for s in shares]
    for process in each:
        process.start()
    server = postmaster(owner)
    gate.wait()
    began, before = time.monotonic(), cpu_of(server)
    done = [answers.get(timeout=120) for _ in each]
    count = sum(number for number, _ in done)
    seconds = time.monotonic() - began
    for process in each:
        process.join()
    return {
        "per_second": count / seconds,
        "our_cpu_ms": 1000 * sum(used for _, used in done) / count,
        "database_cpu_ms": 1000 * (cpu_of(server) - before) / count,
    }


def _transfer(url: str, bare: bool, run: str, folk: list[int], threads: int, gate: Any, answers: Any) -> None:
    from concurrent.futures import ThreadPoolExecutor

    os.environ |= {"DATABASE_URL": url, "DJANGO_SETTINGS_MODULE": "expertim.settings"}
    import django

    django.setup()

    def many(thread: int) -> int:
        if not bare:
            from expertim.credits.ledger import grant

            for turn in range(EACH // threads):
                person, cause = folk[turn * threads + thread], f"{run}:{folk[0]}:{thread}:{turn}"
                grant(person_id=person, amount=100, reason="bench", by="bench", cause=cause)
            return EACH // threads
        with psycopg.connect(url, autocommit=True) as connection:
            for turn in range(EACH // threads):
                values = [folk[turn * threads + thread], 100, f"{run}:{folk[0]}:{thread}:{turn}"]
                connection.execute("SELECT bench_transfer(%s, %s, %s)", values, prepare=True)
        return EACH // threads

    with ThreadPoolExecutor(threads) as pool:
        gate.wait()
        used = time.process_time()
        number = sum(pool.map(many, range(threads)))
        answers.put((number, time.process_time() - used))


if __name__ == "__main__":
    main()
