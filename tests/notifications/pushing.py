"""A push service on loopback, and a browser's keys: what arrives is decrypted as the browser would."""

from __future__ import annotations

import base64
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import http_ece
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from py_vapid import Vapid02

from expertim.notifications import actions
from expertim.notifications.models import Device
from expertim.people.models import Person
from tests.world import unique


def text(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


class Browser:
    """Its keys, which it tells us the public halves of, and its address at the push service."""

    def __init__(self, service: str) -> None:
        self.private = ec.generate_private_key(ec.SECP256R1())
        self.auth = b"0123456789abcdef"
        self.endpoint = f"{service}/push/{unique('browser')}"

    @property
    def says(self) -> dict[str, str]:
        point = self.private.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
        return {"endpoint": self.endpoint, "p256dh": text(point), "auth": text(self.auth)}

    def added_by(self, person: Person) -> Device:
        actions.add_device(person=person.pk, name="Firefox on Linux", **self.says)
        return Device.objects.get(endpoint=self.endpoint)

    def read(self, body: bytes) -> dict[str, Any]:
        line = http_ece.decrypt(body, private_key=self.private, auth_secret=self.auth, version="aes128gcm")
        found: dict[str, Any] = json.loads(line)
        return found


@dataclass
class PushService:
    """Keeps what it is asked to carry; answers what it is told to."""

    address: str = ""
    answers: list[int] = field(default_factory=list)  # then 201
    headers: dict[str, str] = field(default_factory=dict)
    asked: list[tuple[str, dict[str, str], bytes]] = field(default_factory=list)

    def signed_by_us(self, key: str) -> bool:
        """RFC 8292: the token's signature is that of the key we gave the browser, and it names this service."""
        scheme, _space, rest = self.asked[-1][1]["authorization"].partition(" ")
        parts = dict(part.strip().split("=", 1) for part in rest.split(","))
        claims = json.loads(base64.urlsafe_b64decode(parts["t"].split(".")[1] + "=="))
        token = Vapid02.verify(f"{scheme} {rest}")
        return bool(scheme == "vapid" and parts["k"] == key and token and claims["aud"] == self.address)


@contextmanager
def push_service() -> Iterator[PushService]:
    service = PushService()

    class Carrier(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            service.asked.append((self.path, {k.lower(): v for k, v in self.headers.items()}, body))
            self.send_response(service.answers.pop(0) if service.answers else 201)
            for name, value in service.headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_words: Any) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Carrier) as server:
        service.address = f"http://127.0.0.1:{server.server_port}"
        threading.Thread(target=server.serve_forever, daemon=True).start()
        try:
            yield service
        finally:
            server.shutdown()
