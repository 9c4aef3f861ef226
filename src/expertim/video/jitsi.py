"""Jitsi Meet, self-hosted: a room is a name, and who may come in a JWT that Prosody reads.

https://github.com/jitsi/lib-jitsi-meet/blob/master/doc/tokens.md. What its plugin checks: `typ` is JWT, the algorithm
is the one it is set to, `exp` and `nbf` are numbers and judged without any leeway, `room` is the room's name in lower
case, and what stands in `context.user` is text. It looks when somebody comes in, and not afterwards.
"""

from __future__ import annotations

import json
from datetime import timedelta
from http import HTTPStatus
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode, urlsplit

import jwt
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from django.utils.crypto import constant_time_compare

from expertim.foundation import clock
from expertim.foundation.variables import read
from expertim.video.calls import call, judged
from expertim.video.configuring import address, given, origin
from expertim.video.moments import EARLY, ours_of_seconds, span
from expertim.video.names import digest, guest_name, guest_of, room_name
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

_AFFILIATIONS = {"expert": "owner", "user": "member"}  # for the plugin token_affiliation, where it is there


class Ending:
    """How we end a meeting: Prosody's mod_muc_end_meeting, with a key pair of its own. Raises Misconfigured."""

    def __init__(self, *, url: str, muc: str, key: str, key_id: str) -> None:
        try:
            read_key = load_pem_private_key(key.encode(), password=None)
        except (ValueError, TypeError, UnsupportedAlgorithm):
            read_key = None
        if not isinstance(read_key, RSAPrivateKey):
            raise Misconfigured("JITSI_END_KEY holds no private RSA key without a password")
        self.url, self.muc, self.key, self.key_id = url, muc, read_key, key_id


class Jitsi:
    """`subject` is the domain (or the tenant); without `ending` nobody is thrown out by a cancellation."""

    key = "jitsi"

    def __init__(
        self,
        *,
        url: str,
        app_id: str,
        secret: str,
        audience: str = "jitsi",
        subject: str = "",
        events_token: str = "",
        ending: Ending | None = None,
    ) -> None:
        self._url, self._app_id, self._secret = url, app_id, secret
        self._audience, self._subject = audience, subject or str(urlsplit(url).hostname)
        self._events_token, self._ending = events_token, ending
        self.origins: tuple[str, ...] = (origin(url),)

    def ensure(self, spec: MeetingSpec, ref: RemoteRef | None) -> RemoteRef:
        return ref or RemoteRef(remote_id=room_name(spec))

    def cancel(self, spec: MeetingSpec, ref: RemoteRef | None) -> None:
        if self._ending is None:
            return
        room = ref.remote_id if ref else room_name(spec)
        conference = urlencode({"conference": f"{room}@{self._ending.muc}"})
        headers = {"Authorization": f"Bearer {self._system_token(self._ending, room)}"}
        answer = judged(call("POST", f"{self._ending.url}?{conference}", headers=headers))
        if answer.status not in (HTTPStatus.OK, HTTPStatus.NOT_FOUND):
            raise Refused(f"end-meeting: status {answer.status}")
        if answer.body:
            raise Misconfigured("JITSI_END_URL leads to something else than mod_muc_end_meeting")

    def enter(self, spec: MeetingSpec, ref: RemoteRef | None, guest: Guest) -> Entry:
        room = ref.remote_id if ref else room_name(spec)
        begins, ends = span(spec)
        claims = {
            "iss": self._app_id,
            "aud": self._audience,
            "sub": self._subject,
            "room": room,
            "nbf": begins,
            "exp": ends,
            "context": {
                "user": {
                    "id": guest_name(spec, guest.party),
                    "name": guest.name,
                    "affiliation": _AFFILIATIONS[guest.party],
                }
            },
        }
        token = jwt.encode(claims, self._secret, algorithm="HS256")
        return Entry(kind="redirect", url=f"{self._url}/{quote(room)}?{urlencode({'jwt': token})}")

    def receive(self, request: RawRequest) -> tuple[RawAnswer, list[Seen]]:
        """The component event_sync of jitsi-contrib; all that it can show for itself is a header that we agreed on."""
        said = request.headers.get("authorization", "")
        if not self._events_token or not constant_time_compare(said, f"Bearer {self._events_token}"):
            return RawAnswer(status=HTTPStatus.UNAUTHORIZED), []
        try:
            seen = [one for occupant in _occupants(json.loads(request.body)) for one in _sightings(occupant)]
        except (ValueError, TypeError, KeyError, AttributeError, OverflowError, RecursionError):
            return RawAnswer(status=HTTPStatus.BAD_REQUEST), []
        return RawAnswer(status=HTTPStatus.OK), seen

    def pull(self, spec: MeetingSpec, ref: RemoteRef | None) -> list[Seen]:
        return []  # Prosody has nobody who would answer

    def check(self, *, live: bool = False) -> list[Problem]:
        return tried(self) if live else []

    def _system_token(self, ending: Ending, room: str) -> str:
        now = clock.machine_now()
        claims = {
            "iss": self._app_id,
            "aud": self._audience,
            "sub": self._subject,
            "room": room,
            "nbf": int((now - EARLY).timestamp()),
            "exp": int((now + timedelta(minutes=2)).timestamp()),
        }
        return jwt.encode(claims, ending.key, algorithm="RS256", headers={"kid": ending.key_id})


def configured() -> Jitsi | None:
    """From the environment; None where it is not used. Raises Misconfigured."""
    set_ = given("JITSI_URL", "JITSI_APP_ID", "JITSI_APP_SECRET")
    if set_ is None:
        return None
    url = address("JITSI_URL", set_[0])
    return Jitsi(
        url=url,
        app_id=set_[1],
        secret=set_[2],
        audience=str(read("JITSI_AUDIENCE")),
        subject=str(read("JITSI_SUBJECT")),
        events_token=str(read("JITSI_EVENTS_TOKEN")),
        ending=_ending(str(read("JITSI_MUC")) or f"conference.{urlsplit(url).hostname}"),
    )


def _ending(muc: str) -> Ending | None:
    set_ = given("JITSI_END_URL", "JITSI_END_KEY", "JITSI_END_KEY_ID")
    if set_ is None:
        return None
    url, path, key_id = set_
    try:
        key = Path(path).read_text()
    except (OSError, UnicodeError) as error:
        raise Misconfigured(f"JITSI_END_KEY cannot be read: {path}") from error
    return Ending(url=address("JITSI_END_URL", url, schemes=("https", "http")), muc=muc, key=key, key_id=key_id)


def _occupants(event: dict[str, Any]) -> list[dict[str, Any]]:
    """Of one who came or went, or of all once the room is gone: what was lost before is told then."""
    if event["event_name"] in ("muc-occupant-joined", "muc-occupant-left"):
        return [event["occupant"]]
    return list(event["all_occupants"]) if event["event_name"] == "muc-room-destroyed" else []


def _sightings(occupant: dict[str, Any]) -> list[Seen]:
    guest = guest_of(occupant.get("id"))
    if guest is None:
        return []
    moments = (("joined", occupant.get("joined_at")), ("left", occupant.get("left_at")))
    session = (occupant["occupant_jid"], occupant.get("joined_at"))
    return [
        Seen(
            reference=guest[0],
            party=guest[1],
            kind=kind,  # type: ignore[arg-type]  # a word of the tuple above
            at=ours_of_seconds(float(at)),
            dedupe=digest(kind, *session),
        )
        for kind, at in moments
        if at is not None
    ]
