"""TURN: the relay for two people whose routers let them not reach each other, with credentials that expire.

The credentials follow the "TURN REST API" draft that coturn's `use-auth-secret` reads: the user name is the moment at
which they end, and the password its HMAC-SHA1.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from typing import Any

from django.conf import settings

from expertim.foundation.clock import machine_now


def relays() -> bool:
    """Whether this installation has a TURN server."""
    return bool(settings.TURN_URL and settings.TURN_SECRET)


def ice_servers(*, seat: str, seconds: int) -> list[dict[str, Any]]:
    """What the browser needs to find a way, good for so many seconds; empty without a TURN server."""
    if not relays():
        return []
    username = f"{int(machine_now().timestamp()) + max(seconds, 60)}:{seat}"
    digest = hmac.new(settings.TURN_SECRET.encode(), username.encode(), hashlib.sha1).digest()
    return [{"urls": settings.TURN_URL, "username": username, "credential": base64.b64encode(digest).decode()}]
