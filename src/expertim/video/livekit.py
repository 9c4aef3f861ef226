"""LiveKit: rooms over its Twirp API, people by tokens of their own on a page of LiveKit Meet.

https://docs.livekit.io/reference/server/server-apis/. A token is looked at when somebody connects and not afterwards;
with `room.auto_create: true` its holder could make a cancelled room anew, so docs/video asks for false.
"""

from __future__ import annotations

import base64
import hashlib
import json
from datetime import timedelta
from http import HTTPStatus
from typing import Any
from urllib.parse import urlencode

import jwt
from django.utils.crypto import constant_time_compare

from expertim.foundation import clock
from expertim.video.calls import call, judged
from expertim.video.configuring import address, given, origin, server
from expertim.video.moments import ours_of_seconds, span
from expertim.video.names import digest, guest_name, guest_of, room_name
from expertim.video.port import (
    Entry,
    Guest,
    MeetingSpec,
    Problem,
    RawAnswer,
    RawRequest,
    Refused,
    RemoteRef,
    Seen,
    Unavailable,
)
from expertim.video.sightings import present
from expertim.video.trial import tried

KINDS: dict[str, Any] = {
    "participant_joined": "joined",
    "participant_left": "left",
    "participant_connection_aborted": "left",
}
_LEEWAY = 60  # seconds between two clocks


class LiveKit:
    """Also LiveKit Cloud. `url` is where browsers connect, `page` a LiveKit Meet of one's own, `api` ours for Twirp."""

    key = "livekit"

    def __init__(self, *, url: str, page: str, api: str, api_key: str, secret: str, more: tuple[str, ...] = ()) -> None:
        self._url, self._page, self._api, self._key, self._secret = url, page, api, api_key, secret
        self.origins = (origin(page), *more)

    def ensure(self, spec: MeetingSpec, ref: RemoteRef | None) -> RemoteRef:
        """The room is made when somebody comes; here the server only has to be there, and believe us."""
        room = ref.remote_id if ref else room_name(spec)
        self._ask("ListRooms", {"names": [room]}, {"roomList": True})
        return RemoteRef(remote_id=room)

    def cancel(self, spec: MeetingSpec, ref: RemoteRef | None) -> None:
        room = ref.remote_id if ref else room_name(spec)
        self._ask("DeleteRoom", {"room": room}, {"roomCreate": True})

    def enter(self, spec: MeetingSpec, ref: RemoteRef | None, guest: Guest) -> Entry:
        room = ref.remote_id if ref else room_name(spec)
        wanted = {"name": room, "emptyTimeout": 600, "departureTimeout": 60, "maxParticipants": 2}
        self._ask("CreateRoom", wanted, {"roomCreate": True})
        begins, ends = span(spec)
        grants = {"room": room, "roomJoin": True, "canPublish": True, "canSubscribe": True, "canPublishData": True}
        identity = guest_name(spec, guest.party)
        token = self._token({"sub": identity, "name": guest.name, "video": grants}, begins=begins, ends=ends)
        return Entry(kind="redirect", url=f"{self._page}?{urlencode({'liveKitUrl': self._url, 'token': token})}")

    def receive(self, request: RawRequest) -> tuple[RawAnswer, list[Seen]]:
        """The header is a token of the server's, with the hash of the very bytes of the body in it."""
        if not self._sealed(request):
            return RawAnswer(status=HTTPStatus.UNAUTHORIZED), []
        try:
            event = json.loads(request.body)
            guest = guest_of(event.get("participant", {}).get("identity"))
            kind = KINDS.get(event.get("event"))
            if guest is None or kind is None:
                return RawAnswer(status=HTTPStatus.OK), []
            at = ours_of_seconds(int(event["createdAt"]))
            seen = Seen(reference=guest[0], party=guest[1], kind=kind, at=at, dedupe=digest(event["id"]))
        except (ValueError, TypeError, AttributeError, KeyError, OverflowError, RecursionError):
            return RawAnswer(status=HTTPStatus.BAD_REQUEST), []
        return RawAnswer(status=HTTPStatus.OK), [seen]

    def pull(self, spec: MeetingSpec, ref: RemoteRef | None) -> list[Seen]:
        room = ref.remote_id if ref else room_name(spec)
        answer = self._ask("ListParticipants", {"room": room}, {"roomAdmin": True, "room": room})
        there = [one for one in answer.get("participants", []) if one.get("state") != "DISCONNECTED"]
        return present(spec, [one.get("identity") for one in there])

    def check(self, *, live: bool = False) -> list[Problem]:
        return tried(self) if live else []

    def _ask(self, method: str, content: dict[str, Any], grants: dict[str, Any]) -> dict[str, Any]:
        """One call; what is not found is an empty answer."""
        now = clock.machine_now()
        token = self._token({"video": grants}, begins=int(now.timestamp()) - _LEEWAY, ends=_in(now, minutes=2))
        answer = judged(
            call(
                "POST",
                f"{self._api}/twirp/livekit.RoomService/{method}",
                headers={"Authorization": f"Bearer {token}", "Content-Type": "application/json"},
                body=json.dumps(content).encode(),
            )
        )
        try:
            said = json.loads(answer.body)
        except ValueError:
            said = None
        if answer.status == HTTPStatus.NOT_FOUND and isinstance(said, dict) and said.get("code") == "not_found":
            return {}
        if answer.status != HTTPStatus.OK or not isinstance(said, dict):
            words = said.get("msg") if isinstance(said, dict) else None
            if words is None:
                raise Unavailable(f"this is no answer of LiveKit's: status {answer.status}")
            raise Refused(f"{method}: {words}")
        return said

    def _token(self, claims: dict[str, Any], *, begins: int, ends: int) -> str:
        return jwt.encode({"iss": self._key, "nbf": begins, "exp": ends, **claims}, self._secret, algorithm="HS256")

    def _sealed(self, request: RawRequest) -> bool:
        token = request.headers.get("authorization", "").removeprefix("Bearer ")
        try:
            claims = jwt.decode(
                token,
                self._secret,
                algorithms=["HS256"],
                issuer=self._key,
                leeway=_LEEWAY,
                options={"require": ["exp"]},
            )
        except jwt.InvalidTokenError:
            return False
        expected = base64.b64encode(hashlib.sha256(request.body).digest()).decode()
        return constant_time_compare(str(claims.get("sha256")), expected)


def configured() -> LiveKit | None:
    """From the environment; None where it is not used. Raises Misconfigured."""
    read = given("LIVEKIT_URL", "LIVEKIT_PAGE", "LIVEKIT_API_KEY", "LIVEKIT_API_SECRET")
    if read is None:
        return None
    url, page, api_key, secret = read
    public = address("LIVEKIT_URL", url.replace("wss://", "https://", 1))
    return LiveKit(
        url=public.replace("https://", "wss://", 1),
        page=address("LIVEKIT_PAGE", page),
        api=server("LIVEKIT_SERVER_URL", public),
        api_key=api_key,
        secret=secret,
    )


def _in(now: Any, *, minutes: int) -> int:
    return int((now + timedelta(minutes=minutes)).timestamp())
