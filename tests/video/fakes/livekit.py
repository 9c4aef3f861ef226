"""LiveKit's Twirp API as far as we use it. What it checks is checked by LiveKit's own library: tokens and requests."""

from __future__ import annotations

import base64
import hashlib
import json
import time
from datetime import UTC, datetime, timedelta
from typing import Any

import jwt
from google.protobuf.json_format import ParseDict, ParseError
from livekit.api import TokenVerifier
from livekit.protocol import room as messages

from tests.video.fakes.server import Asked, Fake, Reply

KEY, SECRET = "APIkey", "a secret of more than thirty-two signs"


class LiveKitServer(Fake):
    """Rooms by name, people by identity; webhooks are kept until somebody asks for them."""

    def __init__(self) -> None:
        super().__init__()
        self.rooms: dict[str, dict[str, str]] = {}
        self.webhooks: list[tuple[str, bytes]] = []
        self._told = 0

    def reply(self, asked: Asked) -> Reply:
        method = asked.path.removeprefix("/twirp/livekit.RoomService/")
        if asked.method != "POST" or asked.headers.get("content-type") != "application/json":
            return twirp(404, "bad_route", "no such route")
        try:
            claims = TokenVerifier(KEY, SECRET).verify(asked.headers.get("authorization", "").removeprefix("Bearer "))
        except Exception as error:
            return twirp(401, "unauthenticated", f"invalid token: {error}")
        try:
            wanted = ParseDict(json.loads(asked.body), getattr(messages, f"{method}Request")())
        except (ParseError, ValueError, AttributeError) as error:
            return twirp(400, "malformed", str(error))
        return getattr(self, f"_{method}")(wanted, claims.video)  # type: ignore[no-any-return]

    def _ListRooms(self, wanted: Any, grants: Any) -> Reply:
        if not grants.room_list:
            return twirp(403, "permission_denied", "permissions denied")
        return said({"rooms": [{"name": name} for name in self.rooms if name in wanted.names]})

    def _CreateRoom(self, wanted: Any, grants: Any) -> Reply:
        if not grants.room_create:
            return twirp(403, "permission_denied", "permissions denied")
        self.rooms.setdefault(wanted.name, {})
        return said({"name": wanted.name})

    def _DeleteRoom(self, wanted: Any, grants: Any) -> Reply:
        if not grants.room_create:
            return twirp(403, "permission_denied", "permissions denied")
        if wanted.room not in self.rooms:
            return twirp(404, "not_found", "requested room does not exist")
        for identity in list(self.rooms[wanted.room]):
            self.leaves(wanted.room, identity)
        del self.rooms[wanted.room]
        return said({})

    def _ListParticipants(self, wanted: Any, grants: Any) -> Reply:
        if not grants.room_admin or grants.room != wanted.room:
            return twirp(403, "permission_denied", "permissions denied")
        if wanted.room not in self.rooms:
            return twirp(404, "not_found", "requested room does not exist")
        people = self.rooms[wanted.room]
        return said({"participants": [{"identity": one, "state": "ACTIVE", "name": people[one]} for one in people]})

    def comes(self, token: str, *, after: timedelta) -> None:
        """A browser connects with its token, so long from now. Raises ValueError where it is not let in."""
        try:
            claims = TokenVerifier(KEY, SECRET, leeway=timedelta(0)).verify(token)
        except jwt.InvalidTokenError as error:
            raise ValueError(str(error)) from error
        if jwt.decode(token, options={"verify_signature": False})["exp"] <= time.time() + after.total_seconds():
            raise ValueError("it will have expired by then")
        room = claims.video.room
        if not claims.video.room_join or room not in self.rooms:  # room.auto_create: false
            raise ValueError("not found")
        self.rooms[room][claims.identity] = claims.name
        self._tell("participant_joined", room, claims.identity)

    def leaves(self, room: str, identity: str) -> None:
        del self.rooms[room][identity]
        self._tell("participant_left", room, identity)

    def _tell(self, event: str, room: str, identity: str) -> None:
        self._told += 1
        body = json.dumps(
            {
                "event": event,
                "room": {"sid": "RM_1", "name": room},
                "participant": {"sid": f"PA_{self._told}", "identity": identity, "state": "ACTIVE"},
                "id": f"EV_{self._told}",
                "createdAt": str(int(time.time())),
            }
        ).encode()
        self.webhooks.append((sealed(body), body))


def sealed(body: bytes, *, secret: str = SECRET, ago: timedelta = timedelta(0)) -> str:
    """The header of a webhook: five minutes good, as the server's own."""
    made = datetime.now(UTC) - ago
    claims = {
        "iss": KEY,
        "nbf": int(made.timestamp()),
        "exp": int((made + timedelta(minutes=5)).timestamp()),
        "sha256": base64.b64encode(hashlib.sha256(body).digest()).decode(),
    }
    return jwt.encode(claims, secret, algorithm="HS256")


def said(content: dict[str, Any]) -> Reply:
    return Reply(body=json.dumps(content).encode(), headers={"Content-Type": "application/json"})


def twirp(status: int, code: str, words: str) -> Reply:
    return Reply(status=status, body=json.dumps({"code": code, "msg": words}).encode())
