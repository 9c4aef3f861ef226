"""The examples of docs/api.md, as they stand there, against a server that listens."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from socketserver import ThreadingMixIn
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

import pytest
from django.core.wsgi import get_wsgi_application
from django.db import connection

from tests.api.asking import Program
from tests.world import in_, wallet, world

ROOT = Path(__file__).resolve().parents[2]
BLOCKS = dict(
    re.findall(r"^```(python|sh)\n(.*?)^```", (ROOT / "docs" / "api.md").read_text(), re.MULTILINE | re.DOTALL)
)


class _Threads(ThreadingMixIn, WSGIServer):
    daemon_threads = True


class _Quiet(WSGIRequestHandler):
    def log_message(self, *_given: Any) -> None:
        pass

    def handle(self) -> None:
        try:
            super().handle()
        finally:
            connection.close()  # this thread's own


@pytest.fixture
def url(clock: Any) -> Iterator[str]:
    """The product on a port of its own."""
    server = make_server("127.0.0.1", 0, get_wsgi_application(), server_class=_Threads, handler_class=_Quiet)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


def test_the_client_reads_lists_to_their_end(url: str) -> None:
    w = world(credits=100_000)
    for turn in range(3):
        w.propose(start=in_(hours=72 + 24 * turn))
    code = BLOCKS["python"].replace("limit=50", "limit=2")
    given = os.environ | {"URL": url, "TOKEN": Program(w.user).secret}
    done = subprocess.run([sys.executable, "-c", code], env=given, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    first, *meetings = done.stdout.splitlines()
    assert first == "Uma has 925.00 credits"
    assert meetings == [f"2027-03-0{day}T09:00:00Z awaiting_approval ['withdraw']" for day in (4, 5, 6)]


def test_the_client_raises_what_is_refused(url: str) -> None:
    code = (
        BLOCKS["python"] + "\ntry:\n    mine.post('/meetings/x/withdraw')\nexcept Refused as no:\n    print(no.code)\n"
    )
    given = os.environ | {"URL": url, "TOKEN": Program(world().user).secret}
    done = subprocess.run([sys.executable, "-c", code], env=given, capture_output=True, text=True, timeout=60)
    assert done.stdout.splitlines()[-1] == "not_found", done.stderr


@pytest.mark.slow
def test_the_walk_leads_through_a_whole_meeting(url: str, tmp_path: Path, installation: Any) -> None:
    w = world(credits=10_000)
    for name, does in {"expertim": "-m expertim", "python3": "-I -S"}.items():
        command = tmp_path / name
        command.write_text(f'#!/bin/sh\nexec "{sys.executable}" {does} "$@"\n')
        command.chmod(0o755)
    given = os.environ | {
        "PATH": f"{tmp_path}:{os.environ['PATH']}",
        "PYTHONPATH": str(ROOT / "src"),
        "DATABASE_URL": installation.app,
        "URL": url,
        "JANA": w.user.email,
        "PETR": w.expert.email,
        "EXPERTISE": w.expertise.slug,
    }
    script = "set -eu -o pipefail\n" + BLOCKS["sh"]
    done = subprocess.run(["bash", "-c", script], env=given, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stdout + done.stderr
    told = done.stdout
    assert "'name': 'confirm'" in told
    assert "\nagreed\n" in told
    assert "\npaid\n" in told
    assert told.count("'event': 'attended'") == 2
    assert "'kind': 'payment'" in told
    assert wallet(w.user) == (7500 + 500, 0)
