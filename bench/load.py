"""Load from one process: so many connections, each sending its next request as soon as it has been answered."""

from __future__ import annotations

import selectors
import socket
import time
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Answered:
    """How a load was answered; latencies in milliseconds, sorted."""

    seconds: float
    latencies: list[float]
    statuses: dict[int, int]

    @property
    def per_second(self) -> float:
        return len(self.latencies) / self.seconds

    def percentile(self, percent: float) -> float:
        return self.latencies[min(len(self.latencies) - 1, int(len(self.latencies) * percent / 100))]


class _Client:
    """One kept-alive connection."""

    def __init__(self, address: tuple[str, int], next_request: Callable[[], bytes]) -> None:
        self.socket = socket.create_connection(address)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._next = next_request
        self._got = b""
        self.sent_at = 0.0

    def send(self) -> None:
        self._got = b""
        request = self._next()
        self.sent_at = time.perf_counter()
        self.socket.sendall(request)

    def receive(self) -> int | None:
        """The status once the whole answer is there."""
        part = self.socket.recv(1 << 18)
        if not part:
            raise ConnectionError("the server has hung up")
        self._got += part
        head, separator, body = self._got.partition(b"\r\n\r\n")
        if not separator:
            return None
        length = next(
            int(line.split(b":")[1]) for line in head.split(b"\r\n") if line.lower().startswith(b"content-length:")
        )
        return int(head.split(b" ", 2)[1]) if len(body) >= length else None


def load(
    *, port: int, requests: list[Callable[[], bytes]], seconds: float, warm_up: float = 1.0, host: str = "127.0.0.1"
) -> Answered:
    """One connection for each of `requests`, which make the bytes of the next one; what warms up is not counted."""
    waiting = selectors.DefaultSelector()
    for next_request in requests:
        client = _Client((host, port), next_request)
        waiting.register(client.socket, selectors.EVENT_READ, client)
        client.send()
    began = time.perf_counter() + warm_up
    latencies: list[float] = []
    statuses: dict[int, int] = {}
    while (now := time.perf_counter()) < began + seconds:
        for key, _events in waiting.select(timeout=1):
            client = key.data
            status = client.receive()
            if status is None:
                continue
            now = time.perf_counter()
            if now >= began:
                latencies.append((now - client.sent_at) * 1000)
                statuses[status] = statuses.get(status, 0) + 1
            client.send()
    for key in list(waiting.get_map().values()):
        key.data.socket.close()
    return Answered(seconds=now - began, latencies=sorted(latencies), statuses=statuses)
