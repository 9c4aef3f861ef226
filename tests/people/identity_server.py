"""A service that people sign in by, as far as we speak with it: OpenID Connect, Core 1.0 and Discovery 1.0."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs

import jwt

CLIENT, SECRET = "our-client", "our-secret"


class IdentityServer:
    """`claims` is whom it knows; `asked` is what has been sent to its token endpoint."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.claims: dict[str, Any] = {}
        self.asked: list[dict[str, str]] = []
        self.broken = False

    def settings(self, name: str = "google") -> dict[str, Any]:
        """SOCIALACCOUNT_PROVIDERS with this one in it."""
        described = {"server_url": self.url, "origin": self.url, "oauth_pkce_enabled": True}
        app = {"provider_id": name, "name": name.capitalize(), "client_id": CLIENT, "secret": SECRET}
        return {"openid_connect": {"APPS": [{**app, "settings": described}]}}

    def answer(self, path: str, body: str) -> dict[str, Any] | None:
        if self.broken:
            return None
        if path == "/.well-known/openid-configuration":
            ends = {"authorization": "authorize", "token": "token", "userinfo": "userinfo"}
            return {
                "issuer": self.url,
                "jwks_uri": f"{self.url}/keys",
                **{f"{end}_endpoint": f"{self.url}/{there}" for end, there in ends.items()},
            }
        if path == "/token":
            self.asked.append({name: values[0] for name, values in parse_qs(body).items()})
            claims = {**self.claims, "iss": self.url, "aud": CLIENT, "iat": 1, "exp": 4102444800}
            token = jwt.encode(claims, "a secret of thirty-two letters !", algorithm="HS256")
            return {"access_token": "access", "token_type": "Bearer", "expires_in": 3600, "id_token": token}
        return self.claims if path == "/userinfo" else None


@contextmanager
def identity_server() -> Iterator[IdentityServer]:
    """At a port of its own, until the end of the block."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            found = known.answer(self.path, self.rfile.read(int(self.headers.get("Content-Length", 0))).decode())
            body = json.dumps(found or {"error": "none"}).encode()
            self.send_response(200 if found else 500)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        do_POST = do_GET

        def log_message(self, *_args: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    known = IdentityServer(f"http://127.0.0.1:{server.server_address[1]}")
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield known
    finally:
        server.shutdown()
        server.server_close()
