"""Pages under load: a real `expertim serve` over a database of so many meetings, with full durability.

python bench/pages.py MEETINGS prints JSON. One process for each size, because Django knows one database.
CPU is counted beside the rates: others on the machine slow down a rate, not so much the CPU a request takes.
"""

from __future__ import annotations

import hashlib
import itertools
import json
import os
import secrets
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

if TYPE_CHECKING:
    from expertim.foundation.embedded import Urls

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
DATA = Path(os.environ.get("DATA_DIR", "var")).absolute() / "bench"
SECONDS = float(os.environ.get("BENCH_SECONDS", "3"))
CONNECTIONS = 16
PROPOSING = 8
ROOMS = 100
WORKERS = 2


def main(meetings: int) -> None:
    from expertim.foundation import embedded

    folder = DATA / f"pages-{meetings}"
    urls = embedded.ensure(folder)
    os.environ |= {
        "DATA_DIR": str(folder),
        "DATABASE_URL": urls.owner,
        "DATABASE_OWNER_URL": urls.owner,
        "DJANGO_SETTINGS_MODULE": "expertim.settings",
        "RATE_LIMITS": "1000000",  # counted as ever, but never spent
        "PORT": str(_free_port()),
    }
    import django

    django.setup()
    _filled(folder, urls, meetings)
    from bench.api import calls
    from bench.people import addresses, dashboard_sql, proposals
    from bench.room import polling

    port = int(os.environ["PORT"])
    figures: dict[str, Any] = {"dashboard SQL": dashboard_sql()}
    with _serving(urls.app) as server:
        for name, (cookie, path) in addresses().items():
            request = _get(port, cookie, path)
            figures[name] = _measured(server, port, [lambda request=request: request] * CONNECTIONS)
        polls = polling(port=port, rooms=ROOMS)
        figures["room poll"] = _measured(server, port, polls)
        posts = [_posting(port, *one) for one in itertools.islice(proposals(), PROPOSING)]
        figures["proposing"] = _measured(server, port, posts, expected=303)
        for name, (requests, expected) in calls(port=port, readers=CONNECTIONS, proposers=PROPOSING).items():
            figures[name] = _measured(server, port, requests, expected=expected)
    print(json.dumps(figures))


def _filled(folder: Path, urls: Urls, meetings: int) -> None:
    from django.core.management import call_command
    from django.db import connection
    from psycopg.conninfo import conninfo_to_dict

    from bench.filling import fill
    from expertim.foundation.grants import grant_all

    call_command("migrate", verbosity=0)
    grant_all(connection, str(conninfo_to_dict(urls.app)["user"]))
    made_of = hashlib.sha256((ROOT / "bench" / "filling.sql").read_bytes()).hexdigest()
    note = folder / "filled"
    if note.exists() and note.read_text() == made_of:
        return
    if note.exists():
        raise SystemExit(f"{folder} holds an older filling: remove it.")
    began = time.monotonic()
    fill(
        urls.owner, meetings=meetings, busy=min(10_000, meetings // 80 * 20)
    )  # whole rounds of filling.sql's twenty fates
    call_command("audit", verbosity=0, stdout=sys.stderr)
    note.write_text(made_of)
    print(f"{meetings} meetings made in {time.monotonic() - began:.0f} s", file=sys.stderr)


@contextmanager
def _serving(database: str) -> Iterator[int]:
    """`expertim serve` with two workers on the application's role; its process id."""
    environment = os.environ | {"DATABASE_URL": database, "WEB_WORKERS": str(WORKERS)}
    with (DATA / "serve.log").open("w") as log:
        server = subprocess.Popen([sys.executable, "-m", "expertim", "serve"], env=environment, stdout=log, stderr=log)
    try:
        _wait_for(int(environment["PORT"]), server)
        yield server.pid
    finally:
        server.send_signal(signal.SIGTERM)
        server.wait(30)


def _wait_for(port: int, server: subprocess.Popen[bytes]) -> None:
    for _turn in range(300):
        if server.poll() is not None:
            break
        try:
            with socket.create_connection(("127.0.0.1", port), timeout=1):
                return
        except OSError:
            time.sleep(0.1)
    raise SystemExit(f"The server does not answer; see {DATA / 'serve.log'}.")


def _measured(
    server: int, port: int, requests: list[Callable[[], bytes]], *, expected: int = 200
) -> dict[str, float | str]:
    from bench.load import load
    from bench.using import cpu_of, postmaster

    database = postmaster(str(os.environ["DATABASE_URL"]))

    load(port=port, requests=requests, seconds=0.3, warm_up=0.7)  # each worker has prepared its statements then
    before = cpu_of(server), cpu_of(database)
    answered = load(port=port, requests=requests, seconds=SECONDS, warm_up=0)
    used = cpu_of(server) - before[0], cpu_of(database) - before[1]
    count = len(answered.latencies)
    if set(answered.statuses) != {expected}:
        raise SystemExit(f"Answered with {answered.statuses} instead of {expected}.")
    return {
        "per_second": answered.per_second,
        "p50_ms": answered.percentile(50),
        "p99_ms": answered.percentile(99),
        "server_cpu_ms": 1000 * used[0] / count,
        "database_cpu_ms": 1000 * used[1] / count,
    }


def _get(port: int, cookie: str, path: str) -> bytes:
    return f"GET {path} HTTP/1.1\r\nHost: localhost:{port}\r\nCookie: {cookie}\r\n\r\n".encode()


def _posting(port: int, cookie: str, path: str, fields: dict[str, str], after: datetime) -> Callable[[], bytes]:
    """Proposals of one person: each with its own key and, so that nothing is in its way, its own start."""
    token = secrets.token_hex(16)
    count = itertools.count()

    def one() -> bytes:
        days, turn = divmod(next(count), 6)
        typed = fields | {
            "csrfmiddlewaretoken": token,
            "key": secrets.token_hex(8),
            "date": f"{after + timedelta(days=days + 2):%Y-%m-%d}",
            "time": f"{8 + 2 * turn:02}:00",  # by day: no clock changes then
        }
        body = urlencode(typed)
        return (
            f"POST {path} HTTP/1.1\r\nHost: localhost:{port}\r\nCookie: {cookie}; expertim_csrf={token}\r\n"
            f"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {len(body)}\r\n\r\n{body}"
        ).encode()

    return one


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


if __name__ == "__main__":
    main(int(sys.argv[1]))
