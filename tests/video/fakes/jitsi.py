"""Jitsi's Prosody as far as we meet it, written from its plugins' rules.

Who is let in: luajwtjitsi.lib.lua and token/util.lib.lua. Who may end a meeting: mod_muc_end_meeting.lua. What is told:
mod_event_sync_component.lua of jitsi-contrib.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import time
from collections import deque
from datetime import timedelta
from functools import cache
from itertools import count
from typing import Any
from urllib.parse import parse_qs

import jwt
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from tests.video.fakes.server import Asked, Fake, Reply

APP_ID, SECRET, HOST = "expertim", "a secret that Prosody knows, and nobody else", "meet.example.org"
MUC, KEY_ID, EVENTS_TOKEN = f"conference.{HOST}", "expertim/1", "agreed upon with Prosody"


@cache
def key_pair(which: str) -> tuple[str, str]:
    """A private key, and its public one, as PEM."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    public = key.public_key().public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    return private.decode(), public.decode()


class Prosody(Fake):
    """Rooms come with whoever comes first, and go with the last one."""

    def __init__(self) -> None:
        super().__init__()
        self.occupants: dict[str, dict[str, dict[str, Any]]] = {}
        self.told: deque[tuple[str, bytes]] = deque()
        self._sessions = count(1)

    def reply(self, asked: Asked) -> Reply:
        if asked.path != "/end-meeting" or asked.method != "POST":
            return Reply(status=404, body=b"<html>404 Not Found")
        conference = parse_qs(asked.query).get("conference", [""])[0]
        if not conference:
            return Reply(status=400)
        token = asked.headers.get("authorization", "")
        if not token.startswith("Bearer ") or not self._system(token.removeprefix("Bearer ")):
            return Reply(status=401)
        room, _at, muc = conference.partition("@")
        if muc != MUC or room not in self.occupants:
            return Reply(status=404)
        for name in list(self.occupants[room]):
            self.leaves(room, name)
        return Reply(status=200)

    def _system(self, token: str) -> bool:
        """The key server gives the public key of a key id; login tokens are signed by another one."""
        try:
            if jwt.get_unverified_header(token).get("kid") != KEY_ID:
                return False
            jwt.decode(token, key_pair("system")[1], algorithms=["RS256"], audience="jitsi", issuer=APP_ID, leeway=0)
        except jwt.InvalidTokenError:
            return False
        return True

    def comes(self, path: str, token: str, *, after: timedelta) -> None:
        """A browser opens a room with its token, so long from now. Raises ValueError where it is not let in."""
        claims = verified(token, now=time.time() + after.total_seconds())
        room = path.removeprefix("/").lower()
        if claims.get("room") != room:  # compared in lower case, and never with a star of ours
            raise ValueError("Room and token mismatched")
        user = claims["context"]["user"]
        if not all(isinstance(value, str) for value in user.values()):
            raise ValueError("text only")
        session = f"{next(self._sessions)}@{HOST}/abc"
        here = {"occupant_jid": session, "joined_at": int(time.time()), "name": user["name"], "id": user["id"]}
        self.occupants.setdefault(room, {})[user["id"]] = here
        self._tell("muc-occupant-joined", room, {"occupant": here})

    def leaves(self, room: str, name: str) -> None:
        gone = {**self.occupants[room].pop(name), "left_at": int(time.time())}
        self._tell("muc-occupant-left", room, {"occupant": gone})
        if not self.occupants[room]:
            del self.occupants[room]
            self._tell("muc-room-destroyed", room, {"destroyed_at": int(time.time()), "all_occupants": [gone]})

    def _tell(self, event: str, room: str, content: dict[str, Any]) -> None:
        body = {"event_name": event, "room_name": room, "room_jid": f"{room}@{MUC}", "is_breakout": False, **content}
        self.told.append((f"{event.removeprefix('muc-').replace('-', '/')}", json.dumps(body).encode()))


def verified(token: str, *, now: float) -> dict[str, Any]:
    """luajwtjitsi's verify, rule by rule, with no library's kindness. Raises ValueError as it refuses."""
    parts = token.split(".")
    if len(parts) != 3:
        raise ValueError("Invalid token")
    header, claims = (json.loads(_decoded(part)) for part in parts[:2])
    if header.get("typ") != "JWT":
        raise ValueError("Invalid typ")
    if header.get("alg") != "HS256":  # exactly the configured one
        raise ValueError("Invalid or incorrect alg")
    expected = hmac.new(SECRET.encode(), f"{parts[0]}.{parts[1]}".encode(), hashlib.sha256).digest()
    if not hmac.compare_digest(expected, _decoded(parts[2])):
        raise ValueError("Invalid signature")
    for name in ("exp", "nbf"):
        if name in claims and (isinstance(claims[name], bool) or not isinstance(claims[name], int | float)):
            raise ValueError(f"{name} must be number")
    if "exp" in claims and now >= claims["exp"]:
        raise ValueError("Not acceptable by exp")
    if "nbf" in claims and now < claims["nbf"]:
        raise ValueError("Not acceptable by nbf")
    if claims.get("iss") != APP_ID or claims.get("aud") != "jitsi" or claims.get("sub") != HOST:
        raise ValueError("Invalid issuer, audience or subject")
    return dict(claims)


def _decoded(part: str) -> bytes:
    return base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))
