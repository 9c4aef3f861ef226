"""Janus: a media server of one's own that carries pictures and sound; everything else stays in our page of the room.

Rooms are made by the admin API, one stateless request each. The browser comes with two tokens that end with the room:
one for the server, one for this very room (Janus's "signed tokens", HMAC-SHA1 under its `token_auth_secret`).
Rooms live in Janus's memory only, so whoever comes in makes a room anew that a restart has lost.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import secrets
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.utils.crypto import constant_time_compare
from django.utils.translation import gettext as _

from expertim.foundation import clock
from expertim.foundation.variables import read
from expertim.video.calls import call, judged
from expertim.video.configuring import address, given
from expertim.video.moments import ours_of_seconds, span
from expertim.video.names import guest_name, guest_of, room_name
from expertim.video.port import (
    Entry,
    Guest,
    MeetingSpec,
    Misconfigured,
    Problem,
    RawAnswer,
    RawRequest,
    Refused,
    RemoteRef,
    Seen,
)
from expertim.video.trial import tried

KEY = "janus"
PLUGIN = "janus.plugin.videoroom"
_NO_ROOM, _EXISTS, _NO_SUCH_PERSON, _NOT_ALLOWED = 426, 427, 428, 433
_KINDS = {"joined": "joined", "leaving": "left", "kicked": "left"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Janus:
    """One Janus with the VideoRoom plugin; `url` is what browsers connect to, the rest nobody but us sees."""

    url: str
    admin_url: str
    admin_secret: str
    room_key: str
    token_secret: str
    events_password: str
    key: str = KEY
    origins: tuple[str, ...] = ()  # nobody is sent anywhere

    @property
    def connects(self) -> tuple[str, ...]:
        """What the page of the room may connect to, for its Content-Security-Policy."""
        parts = urlsplit(self.url)
        return (f"{parts.scheme}://{parts.netloc}",)

    def ensure(self, spec: MeetingSpec, ref: RemoteRef | None) -> RemoteRef:
        room = room_name(spec)
        if not self._made(spec, room) and ref is not None and ref.content.get("revision") != spec.revision:
            # It has moved while somebody was in it: they came for the former date.
            self._put_out(room, self._names(room))
        return RemoteRef(remote_id=room, content={"revision": spec.revision})

    def cancel(self, spec: MeetingSpec, ref: RemoteRef | None) -> None:
        """Put out one by one first: of a room that is destroyed Janus tells, but not of those who were in it."""
        room = room_name(spec)
        self._put_out(room, self._names(room))
        self._ask(room, "destroy", missing=(_NO_ROOM,))

    def enter(self, spec: MeetingSpec, ref: RemoteRef | None, guest: Guest) -> Entry:
        """What the page needs to go in. Whoever sits there for the same person from before is put out."""
        room = room_name(spec)
        self._made(spec, room)
        seat = guest_name(spec, guest.party)
        self._put_out(room, [name for name in self._names(room) if name.split(".")[0] == seat])
        _from, ends = span(spec)
        content = {
            "address": self.url,
            "room": room,
            "id": self._place(room, seat),
            "token": signed(self.token_secret, ends, "janus", PLUGIN),
            "room_token": signed(self.token_secret, ends, PLUGIN, f"room={room}"),
        }
        return Entry(kind="page", content=content)

    def receive(self, request: RawRequest) -> tuple[RawAnswer, list[Seen]]:
        expected = base64.b64encode(f"{KEY}:{self.events_password}".encode()).decode()
        if not self.events_password or not constant_time_compare(
            request.headers.get("authorization", ""), f"Basic {expected}"
        ):
            return RawAnswer(status=401), []
        try:
            told = json.loads(request.body)
        except ValueError:
            return RawAnswer(status=400), []
        events = told if isinstance(told, list) else [told]
        return RawAnswer(status=200), [seen for event in events if (seen := self._seen(event)) is not None]

    def pull(self, spec: MeetingSpec, ref: RemoteRef | None) -> list[Seen]:
        """Who is in it now. A room that has closed is taken away: Janus itself keeps it until it is restarted."""
        room, now = room_name(spec), clock.now()
        if now >= spec.closes_at:
            self.cancel(spec, ref)
            return []
        found = []
        for name in self._names(room):
            whose = self._whose(room, name)
            if whose is not None:
                reference, party = whose
                dedupe = f"{name}:present:{now:%Y%m%d%H%M}"
                found.append(Seen(reference=reference, party=party, kind="present", at=now, dedupe=dedupe))
        return found

    def check(self, *, live: bool = False) -> list[Problem]:
        problems = tried(self) if live else []
        if settings.PUBLIC_URL.startswith("https://") and not self.url.startswith("wss://"):
            problems.append(
                Problem(words=_("JANUS_URL must begin with wss://: a page over https connects to no ws://."))
            )
        if not self.events_password:
            problems.append(Problem(words=_("JANUS_EVENTS_PASSWORD is not set: Janus cannot tell who was there.")))
        return problems

    def _made(self, spec: MeetingSpec, room: str) -> bool:
        """Make the room unless it is there; whether it was made now."""
        answer = self._ask(
            room,
            "create",
            admin_key=self.room_key,
            description=spec.title[:60],
            is_private=True,
            publishers=len(spec.guests),
            signed_tokens=True,
            notify_joining=True,
            missing=(_EXISTS,),
        )
        return answer is not None

    def _names(self, room: str) -> list[str]:
        answer = self._ask(room, "listparticipants", missing=(_NO_ROOM,))
        return [str(one.get("id")) for one in (answer or {}).get("participants", [])]

    def _put_out(self, room: str, names: list[str]) -> None:
        for name in names:
            self._ask(room, "kick", id=name, missing=(_NO_ROOM, _NO_SUCH_PERSON))

    def _ask(self, room: str, what: str, *, missing: tuple[int, ...] = (), **more: Any) -> dict[str, Any] | None:
        """One request to the plugin; None for an error that is expected. Raises PlatformTrouble."""
        asked = {
            "janus": "message_plugin",
            "transaction": secrets.token_hex(8),
            "admin_secret": self.admin_secret,
            "plugin": PLUGIN,
            "request": {"request": what, "room": room, "secret": room_secret(self.token_secret, room), **more},
        }
        answer = call(
            "POST", self.admin_url, headers={"Content-Type": "application/json"}, body=json.dumps(asked).encode()
        )
        judged(answer)
        try:
            told = json.loads(answer.body)
        except ValueError:
            told = None
        if answer.status != 200 or not isinstance(told, dict) or "janus" not in told:
            raise Misconfigured(f"no admin API of Janus is at JANUS_ADMIN_URL (it answered {answer.status})")
        if told["janus"] != "success":
            raise Misconfigured(f"Janus says: {told.get('error', {}).get('reason', told['janus'])}")
        return self._read(told.get("response") or {}, missing)

    @staticmethod
    def _read(response: dict[str, Any], missing: tuple[int, ...]) -> dict[str, Any] | None:
        code = response.get("error_code")
        if code is None:
            return response
        if code in missing:
            return None
        words = f"Janus says: {response.get('error')} ({code})"
        raise Misconfigured(words) if code == _NOT_ALLOWED else Refused(words)

    def _place(self, room: str, seat: str) -> str:
        """A name in the room for one page, good once: who saw it there cannot come back by it and count as them."""
        left = f"{seat}.{secrets.token_hex(8)}"
        return f"{left}.{self._seal(room, left)}"

    def _whose(self, room: str, name: str) -> tuple[int, str] | None:
        left, _dot, seal = name.rpartition(".")
        if not left or not constant_time_compare(seal, self._seal(room, left)):
            return None
        return guest_of(left.split(".")[0])

    def _seal(self, room: str, left: str) -> str:
        written = f"place:{room}:{left}".encode()
        return hmac.new(self.token_secret.encode(), written, hashlib.sha256).hexdigest()[:32]

    def _seen(self, event: Any) -> Seen | None:
        """What one event of the plugin says of a person; None for all others. The same name counts once each way."""
        told = event.get("event") if isinstance(event, dict) else None
        said = told.get("data") if isinstance(told, dict) and told.get("plugin") == PLUGIN else None
        if not isinstance(said, dict) or said.get("event") not in _KINDS:
            return None
        kind, name = _KINDS[said["event"]], said.get("id")
        whose = self._whose(str(said.get("room")), name) if isinstance(name, str) else None
        if whose is None or not isinstance(event.get("timestamp"), int):
            return None
        try:
            at = ours_of_seconds(event["timestamp"] / 1_000_000)
        except (ValueError, OverflowError, OSError):
            return None
        reference, party = whose
        return Seen(
            reference=reference,
            party=party,
            kind="joined" if kind == "joined" else "left",
            at=at,
            dedupe=f"{name}:{kind}",
        )


def signed(secret: str, ends: int, realm: str, allowed: str) -> str:
    """A token as Janus's core and its plugins read it: good until `ends`, in seconds since 1970."""
    left = f"{ends},{realm},{allowed}"
    digest = hmac.new(secret.encode(), left.encode(), hashlib.sha1).digest()
    return f"{left}:{base64.b64encode(digest).decode()}"


def room_secret(secret: str, room: str) -> str:
    """What the server wants to hear from whoever changes that room."""
    return hmac.new(secret.encode(), f"room:{room}".encode(), hashlib.sha256).hexdigest()


def configured() -> Janus | None:
    """As the variables have it; None where none is set. Raises Misconfigured."""
    found = given("JANUS_URL", "JANUS_ADMIN_SECRET", "JANUS_ROOM_KEY", "JANUS_TOKEN_SECRET")
    if found is None:
        return None
    url, admin_secret, room_key, token_secret = found
    return Janus(
        url=address("JANUS_URL", url, schemes=("wss", "ws")),
        admin_url=address("JANUS_ADMIN_URL", read("JANUS_ADMIN_URL"), schemes=("https", "http")),
        admin_secret=admin_secret,
        room_key=room_key,
        token_secret=token_secret,
        events_password=read("JANUS_EVENTS_PASSWORD"),
    )
