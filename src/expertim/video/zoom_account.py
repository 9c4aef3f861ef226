"""Speaking to Zoom as an account (server-to-server OAuth): the token, and what Zoom's answers mean."""

from __future__ import annotations

import base64
import hashlib
import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from http import HTTPStatus
from typing import Any
from urllib.parse import urlencode

from django.core.cache import cache

from expertim.foundation import clock
from expertim.video.calls import Answer, call, judged
from expertim.video.port import Misconfigured, QuotaExceeded, Refused, Unavailable

_KEEP_TOKEN = 50 * 60  # seconds; it is good for an hour
_GONE = 3001


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """One Zoom account, by an app of type server-to-server OAuth."""

    account_id: str
    client_id: str
    client_secret: str
    api: str = "https://api.zoom.us/v2"
    login: str = "https://zoom.us"

    def ask(
        self, method: str, path: str, content: dict[str, Any] | None = None, *, query: dict[str, str] | None = None
    ) -> dict[str, Any] | None:
        """One call; None for what is not there. Raises PlatformTrouble."""
        answer = self._sent(method, path, content, query)
        if answer.status == HTTPStatus.UNAUTHORIZED:  # a token may end before its time: once more with a new one
            cache.delete(self._place)
            answer = self._sent(method, path, content, query)
        told = _read(answer)
        if answer.status == HTTPStatus.TOO_MANY_REQUESTS and "daily" in str(told.get("message", "")).lower():
            raise QuotaExceeded(_next_day())
        if answer.status == HTTPStatus.NOT_FOUND or told.get("code") == _GONE:
            return None
        judged(answer)
        if answer.status >= HTTPStatus.BAD_REQUEST:
            raise Refused(f"Zoom says: {told.get('message', answer.status)}")
        if answer.body and not told:
            raise Unavailable("Zoom has answered with something else than JSON")
        return told

    def _sent(self, method: str, path: str, content: dict[str, Any] | None, query: dict[str, str] | None) -> Answer:
        url = f"{self.api}{path}" + (f"?{urlencode(query)}" if query else "")
        headers = {"Authorization": f"Bearer {self._token()}"}
        body = None
        if content is not None:
            headers["Content-Type"], body = "application/json", json.dumps(content).encode()
        return call(method, url, headers=headers, body=body)

    @property
    def _place(self) -> str:
        """Of the token in the cache: another secret is another place."""
        written = "\n".join((self.login, self.account_id, self.client_id, self.client_secret))
        return f"video:zoom:{hashlib.sha256(written.encode()).hexdigest()}"

    def _token(self) -> str:
        kept = cache.get(self._place)
        if isinstance(kept, str):
            return kept
        asked = urlencode({"grant_type": "account_credentials", "account_id": self.account_id})
        seal = base64.b64encode(f"{self.client_id}:{self.client_secret}".encode()).decode()
        answer = call("POST", f"{self.login}/oauth/token?{asked}", headers={"Authorization": f"Basic {seal}"})
        told = _read(answer)
        if answer.status == HTTPStatus.BAD_REQUEST:
            raise Misconfigured(f"Zoom does not know the app: {told.get('reason', '')}")
        judged(answer)
        token = told.get("access_token")
        if not isinstance(token, str):
            raise Unavailable("Zoom gives no token")
        cache.set(self._place, token, _KEEP_TOKEN)
        return token


def _read(answer: Answer) -> dict[str, Any]:
    try:
        told = json.loads(answer.body) if answer.body else {}
    except ValueError:
        return {}
    return told if isinstance(told, dict) else {}


def _next_day() -> datetime:
    """Zoom counts days in UTC, by its own clock."""
    return clock.machine_now().replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1)
