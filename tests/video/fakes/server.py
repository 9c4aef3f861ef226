"""A real HTTP server on 127.0.0.1 that stands for a platform's, with switches for what goes wrong with real ones."""

from __future__ import annotations

import threading
import time
from collections import deque
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Literal
from urllib.parse import urlsplit

Fault = Literal["500", "429", "garbage", "huge", "late before", "late after", "lost before", "lost after", "redirect"]
FAULTS: tuple[Fault, ...] = (
    "500",
    "429",
    "garbage",
    "huge",
    "late before",  # no answer in time, and nothing done
    "late after",  # no answer in time, although it was done
    "lost before",  # the connection ends without an answer
    "lost after",
    "redirect",
)
PATIENCE = 0.3  # seconds that our side waits in these tests; see the fixture of the contract


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A request as it came: `query` and `body` exactly as they were sent."""

    method: str
    path: str
    query: str
    headers: dict[str, str]
    body: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    status: int = 200
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)


class Fake:
    """Subclasses answer in `reply`; `faults` are taken one a request, `asked` is all that came."""

    def __init__(self) -> None:
        self.faults: deque[Fault] = deque()
        self.asked: list[Asked] = []
        self._one_at_a_time = threading.Lock()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _Requests)
        self._server.daemon_threads = True
        self._server.fake = self  # type: ignore[attr-defined]
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_port}"

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()

    def reply(self, asked: Asked) -> Reply:
        raise NotImplementedError

    def with_faults(self, asked: Asked) -> Reply | None:
        """What goes out; None: the connection ends without an answer."""
        with self._one_at_a_time:
            self.asked.append(asked)
            fault = self.faults.popleft() if self.faults else None
            done = None if fault is not None and not fault.endswith("after") else self.reply(asked)
        if fault in ("late before", "late after"):
            time.sleep(PATIENCE * 2)
        if fault is None or fault == "late after":
            return done
        return {
            "500": Reply(status=500, body=b"out of memory"),
            "429": Reply(status=429, headers={"Retry-After": "7"}),
            "garbage": Reply(body=b"<html><p>Welcome to nginx!", headers={"Content-Type": "text/html"}),
            "huge": Reply(body=b" " * 1_000_000),
            "redirect": Reply(status=302, headers={"Location": "http://127.0.0.1:1/elsewhere"}),
        }.get(fault)


class _Requests(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def _any(self) -> None:
        fake: Fake = self.server.fake  # type: ignore[attr-defined]
        parts = urlsplit(self.path)
        length = int(self.headers.get("content-length") or 0)
        asked = Asked(
            method=self.command,
            path=parts.path,
            query=parts.query,
            headers={name.lower(): value for name, value in self.headers.items()},
            body=self.rfile.read(length),
        )
        reply = fake.with_faults(asked)
        self.close_connection = True
        if reply is None:
            return
        try:
            self.send_response(reply.status)
            for name, value in reply.headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(reply.body)))
            self.end_headers()
            self.wfile.write(reply.body)
        except OSError:
            pass  # whoever asked has gone

    do_GET = do_POST = do_DELETE = do_PATCH = do_PUT = _any

    def log_message(self, *_given: Any) -> None:
        pass
