"""BigBlueButton: meetings by its sealed queries, people by sealed addresses, who is there by its hooks and by asking.

https://docs.bigbluebutton.org/development/api. The seal of a query is a hash over the call's name, the query exactly as
it is sent, and the secret. An address to join has no end of its own: it is bound to the very session (`createTime`),
handed out by a redirect only, and worthless once that session has ended.
"""

from __future__ import annotations

import hashlib
import json
from http import HTTPStatus
from typing import Any
from urllib.parse import parse_qs, urlencode
from xml.etree.ElementTree import Element, ParseError

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import fromstring
from django.utils.crypto import constant_time_compare

from expertim.foundation.addresses import public_address
from expertim.foundation.variables import read
from expertim.video.calls import call, judged
from expertim.video.configuring import address, given, origin, server
from expertim.video.moments import ours_of_seconds
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
    Unavailable,
)
from expertim.video.sightings import present
from expertim.video.trial import tried

HASHES = ("sha1", "sha256", "sha384", "sha512")
KINDS: dict[str, Any] = {"user-joined": "joined", "user-left": "left"}
_ROLES = {"expert": "MODERATOR", "user": "VIEWER"}
_ABSENT = ("notFound", "invalidMeetingIdentifier")


class BigBlueButton:
    """`url` is what browsers open, `api` where our server finds it; both without /api."""

    key = "bigbluebutton"

    def __init__(self, *, url: str, api: str, secret: str, algorithm: str = "sha256") -> None:
        self._url, self._api, self._secret, self._algorithm = url, api, secret, algorithm
        self.origins: tuple[str, ...] = (origin(url),)

    def ensure(self, spec: MeetingSpec, ref: RemoteRef | None) -> RemoteRef:
        """A room that stays empty is taken away after minutes: it is made at the click. Here it is only asked about."""
        room = ref.remote_id if ref else room_name(spec)
        self._ask("isMeetingRunning", {"meetingID": room})
        return RemoteRef(remote_id=room)

    def cancel(self, spec: MeetingSpec, ref: RemoteRef | None) -> None:
        room = ref.remote_id if ref else room_name(spec)
        self._ask("end", {"meetingID": room, "password": self._password(room, "MODERATOR")})

    def enter(self, spec: MeetingSpec, ref: RemoteRef | None, guest: Guest) -> Entry:
        """Makes the meeting or finds it made: what it is made with must not depend on who comes first, or when."""
        room = ref.remote_id if ref else room_name(spec)
        made = self._ask(
            "create",
            {
                "name": (spec.title or "-").ljust(2, ".")[:64],
                "meetingID": room,
                "attendeePW": self._password(room, "VIEWER"),
                "moderatorPW": self._password(room, "MODERATOR"),
                "duration": str(int((spec.closes_at - spec.opens_at).total_seconds() // 60)),
                "record": "false",
                "allowStartStopRecording": "false",
                "guestPolicy": "ALWAYS_ACCEPT",
            },
        )
        role = _ROLES[guest.party]
        joining = {
            "fullName": guest.name,
            "meetingID": room,
            "password": self._password(room, role),  # servers before 2.4 know no roles
            "role": role,
            "userID": guest_name(spec, guest.party),
            "createTime": _text(made, "createTime"),
            "redirect": "true",
        }
        return Entry(kind="redirect", url=f"{self._url}/api/{self._sealed('join', joining)}")

    def receive(self, request: RawRequest) -> tuple[RawAnswer, list[Seen]]:
        """bbb-webhooks seals our address, the body as it was sent, and the secret; 401 ends its tries."""
        sealed = parse_qs(request.query).get("checksum", [""])[0]
        algorithm = next((name for name in HASHES if hashlib.new(name).digest_size * 2 == len(sealed)), "sha256")
        whole = self.callback().encode() + request.body + self._secret.encode()
        if not constant_time_compare(sealed, hashlib.new(algorithm, whole).hexdigest()):
            return RawAnswer(status=HTTPStatus.UNAUTHORIZED), []
        try:
            events = json.loads(parse_qs(request.body.decode(), strict_parsing=True)["event"][0])
            seen = [one for event in events if (one := _seen(event["data"])) is not None]
        except (ValueError, TypeError, KeyError, AttributeError, OverflowError, RecursionError):
            return RawAnswer(status=HTTPStatus.BAD_REQUEST), []
        return RawAnswer(status=HTTPStatus.OK), seen

    def pull(self, spec: MeetingSpec, ref: RemoteRef | None) -> list[Seen]:
        """The hook is asked for each time: the server drops it after some minutes in which we did not answer."""
        self._ask("hooks/create", {"callbackURL": self.callback()}, optional=True)
        there = self._ask("getMeetingInfo", {"meetingID": ref.remote_id if ref else room_name(spec)})
        return present(spec, [_text(one, "userID") for one in there.iterfind("attendees/attendee")])

    def check(self, *, live: bool = False) -> list[Problem]:
        return tried(self) if live else []

    def callback(self) -> str:
        """Our address for what it tells, exactly as it is sealed."""
        return public_address("video_events", self.key)

    def _ask(self, name: str, query: dict[str, str], *, optional: bool = False) -> Element:
        """One call; where the meeting is absent, or an optional part of the server, an empty answer."""
        answer = judged(call("GET", f"{self._api}/api/{self._sealed(name, query)}"))
        if optional and answer.status == HTTPStatus.NOT_FOUND:
            return Element("response")
        try:
            said: Element = fromstring(answer.body)
        except (ParseError, DefusedXmlException, ValueError) as error:
            raise Unavailable(f"this is no answer of BigBlueButton's: status {answer.status}") from error
        code, words = _text(said, "messageKey"), _text(said, "message")
        if _text(said, "returncode") == "SUCCESS":
            return said
        if code in ("checksumError", "unsupportedChecksumAlgorithm"):
            raise Misconfigured(f"it does not believe us: {code}: {words}")
        if optional or (code in _ABSENT and name != "create"):
            return Element("response")
        raise Refused(f"{name}: {code}: {words}")

    def _sealed(self, name: str, query: dict[str, str]) -> str:
        written = urlencode(query)
        return f"{name}?{written}&checksum={seal(name, written, self._secret, algorithm=self._algorithm)}"

    def _password(self, room: str, role: str) -> str:
        return digest("bigbluebutton", self._secret, room, role)[:32]


def seal(name: str, query: str, secret: str, *, algorithm: str) -> str:
    """The checksum of a call, in hex."""
    return hashlib.new(algorithm, f"{name}{query}{secret}".encode()).hexdigest()


def configured() -> BigBlueButton | None:
    """From the environment; None where it is not used. Raises Misconfigured."""
    set_ = given("BBB_URL", "BBB_SECRET")
    if set_ is None:
        return None
    url = address("BBB_URL", set_[0]).removesuffix("/api")
    algorithm = str(read("BBB_CHECKSUM"))
    if algorithm not in HASHES:
        raise Misconfigured(f"BBB_CHECKSUM is none of {', '.join(HASHES)}: {algorithm}")
    api = server("BBB_SERVER_URL", url).removesuffix("/api")
    return BigBlueButton(url=url, api=api, secret=set_[1], algorithm=algorithm)


def _seen(event: dict[str, Any]) -> Seen | None:
    kind = KINDS.get(event["id"])
    user = event["attributes"].get("user", {})
    guest = guest_of(user.get("external-user-id"))
    if kind is None or guest is None:
        return None
    milliseconds = int(event["event"]["ts"])
    return Seen(
        reference=guest[0],
        party=guest[1],
        kind=kind,
        at=ours_of_seconds(milliseconds / 1000),
        dedupe=digest(event["id"], user.get("internal-user-id"), milliseconds),
    )


def _text(element: Element, name: str) -> str:
    return (element.findtext(name) or "").strip()
