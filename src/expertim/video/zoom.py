"""Zoom: meetings of a pool of hosts, one at a time for each; both people are registrants with addresses of their own.

Zoom has no key against making twice: the meeting's name with us stands in its agenda and is looked for before anything
is made again. Nobody of ours hosts, so people may come in before a host does, and there is no waiting room.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Literal
from urllib.parse import quote, urlsplit

from django.conf import settings
from django.utils.crypto import constant_time_compare
from django.utils.translation import gettext as _

from expertim.foundation import clock
from expertim.foundation.variables import read
from expertim.video import hosting
from expertim.video.configuring import given
from expertim.video.moments import ours
from expertim.video.names import guest_name, guest_of, room_name
from expertim.video.port import (
    Entry,
    Guest,
    MeetingSpec,
    Misconfigured,
    Problem,
    QuotaExceeded,
    RawAnswer,
    RawRequest,
    Refused,
    RemoteRef,
    Seen,
    Unavailable,
)
from expertim.video.trial import tried
from expertim.video.zoom_account import Account

KEY = "zoom"
BEFORE, AFTER = timedelta(minutes=15), timedelta(minutes=60)  # a host is kept free around a meeting
_OLDEST = timedelta(minutes=5)
_MOST_PAGES = 20
_SETTINGS = {
    "approval_type": 0,  # registrants, approved by themselves
    "registrants_confirmation_email": False,
    "registrants_email_notification": False,
    "join_before_host": True,
    "jbh_time": 0,
    "waiting_room": False,
    "meeting_authentication": False,
    "auto_recording": "none",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Zoom:
    """An account, the hosts that may be used, and the secret token of its event subscription."""

    account: Account
    hosts: tuple[str, ...]
    webhook_secret: str
    key: str = KEY
    origins: tuple[str, ...] = ("https://zoom.us", "https://*.zoom.us")

    def ensure(self, spec: MeetingSpec, ref: RemoteRef | None) -> RemoteRef:
        found = self._found(spec, ref)
        former = hosting.host_of(spec.reference)
        host = self._take(spec, self.hosts)
        if found is not None and host == former:
            if _differs(found, spec):
                self.account.ask("PATCH", f"/meetings/{found['id']}", _wanted(spec))
            return _ref(found, host)
        made = self._made(spec, host)
        if found is not None:  # its host is needed elsewhere at the new date
            self._gone(str(found["id"]))
        return made

    def cancel(self, spec: MeetingSpec, ref: RemoteRef | None) -> None:
        found = self._found(spec, ref)
        if found is not None:
            self._gone(str(found["id"]))
        hosting.let_go(spec.reference)

    def enter(self, spec: MeetingSpec, ref: RemoteRef | None, guest: Guest) -> Entry:
        """By an address that is asked for at the click and kept nowhere; it ends with the meeting."""
        ref = ref or self.ensure(spec, None)
        address = _address(spec, guest.party)
        path = f"/meetings/{ref.remote_id}/registrants"
        listed = self.account.ask("GET", path, query={"status": "approved", "page_size": "100"})
        if listed is None:
            ref = self.ensure(spec, None)
            path, listed = f"/meetings/{ref.remote_id}/registrants", {}
        mine = next((one for one in listed.get("registrants", []) if one.get("email") == address), None)
        # A few a day for each person, so only where there is none yet.
        mine = mine or self.account.ask("POST", path, {"email": address, "first_name": guest.name[:64]})
        if not mine or not mine.get("join_url"):
            raise Unavailable("Zoom gives no address for this person")
        return Entry(kind="redirect", url=str(mine["join_url"]))

    def receive(self, request: RawRequest) -> tuple[RawAnswer, list[Seen]]:
        if not self._believed(request):
            return RawAnswer(status=401), []
        try:
            told = json.loads(request.body)
            payload = told["payload"]
            if told["event"] == "endpoint.url_validation":
                return self._validated(str(payload["plainToken"])), []
            kind = {"meeting.participant_joined": "joined", "meeting.participant_left": "left"}.get(told["event"])
            person = payload["object"]["participant"] if kind else {}
        except (ValueError, KeyError, TypeError, RecursionError):
            return RawAnswer(status=400), []
        if kind == "joined":
            return RawAnswer(status=204), _sighting(person, "joined", "join_time")
        return RawAnswer(status=204), _sighting(person, "left", "leave_time") if kind else []

    def pull(self, spec: MeetingSpec, ref: RemoteRef | None) -> list[Seen]:
        """Of the report that there is once it is over; while it lasts Zoom says nothing when asked."""
        if ref is None or clock.now() < spec.ends_at:
            return []
        seen: list[Seen] = []
        query = {"page_size": "300", "include_fields": "registrant_id"}
        for _page in range(_MOST_PAGES):
            told = self.account.ask(
                "GET", f"/report/meetings/{quote(ref.remote_id, safe='')}/participants", query=query
            )
            for one in (told or {}).get("participants", []):
                seen += _sighting(one, "joined", "join_time") + _sighting(one, "left", "leave_time")
            query["next_page_token"] = (told or {}).get("next_page_token", "")
            if not query["next_page_token"]:
                break
        return [one for one in seen if one.reference == spec.reference]

    def check(self, *, live: bool = False) -> list[Problem]:
        problems = tried(self) if live else []
        if not self.webhook_secret:
            problems.append(Problem(words=_("ZOOM_WEBHOOK_SECRET is not set: Zoom cannot tell who was there.")))
        return problems

    def _take(self, spec: MeetingSpec, hosts: tuple[str, ...]) -> str:
        host = hosting.take(
            reference=spec.reference, begins=spec.starts_at - BEFORE, ends=spec.ends_at + AFTER, hosts=hosts
        )
        if not host:
            raise Unavailable("every host of ZOOM_HOSTS has another meeting at that time")
        return host

    def _made(self, spec: MeetingSpec, host: str) -> RemoteRef:
        """Where a host has had its hundred of the day, another one. Raises QuotaExceeded where none is left."""
        left = self.hosts
        while True:
            try:
                made = self.account.ask("POST", f"/users/{quote(host, safe='')}/meetings", _wanted(spec))
            except QuotaExceeded:
                left = tuple(one for one in left if one != host)
                if not left:
                    raise
                host = self._take(spec, left)
                continue
            if made is None:
                raise Misconfigured(f"Zoom knows no user {host}")
            return _ref(made, host)

    def _found(self, spec: MeetingSpec, ref: RemoteRef | None) -> dict[str, Any] | None:
        """The meeting at Zoom: by its number, else by our name for it among what its host has before them."""
        if ref is not None:
            return self.account.ask("GET", f"/meetings/{ref.remote_id}")
        host = hosting.host_of(spec.reference)
        query = {"type": "upcoming", "page_size": "300"}
        for _page in range(_MOST_PAGES if host else 0):
            told = self.account.ask("GET", f"/users/{quote(host, safe='')}/meetings", query=query) or {}
            for one in told.get("meetings", []):
                if room_name(spec) in str(one.get("agenda", "")):
                    return one if isinstance(one, dict) else None
            query["next_page_token"] = told.get("next_page_token", "")
            if not query["next_page_token"]:
                break
        return None

    def _gone(self, number: str) -> None:
        """First whoever is in it is out: a running meeting outlives its entry in the list."""
        with suppress(Refused):  # it is not running
            self.account.ask("PUT", f"/meetings/{number}/status", {"action": "end"})
        self.account.ask("DELETE", f"/meetings/{number}", query={"schedule_for_reminder": "false"})

    def _believed(self, request: RawRequest) -> bool:
        stamp = request.headers.get("x-zm-request-timestamp", "")
        if not self.webhook_secret or not (stamp.isascii() and stamp.isdecimal()) or len(stamp) > 12:
            return False
        if abs(clock.machine_now().timestamp() - int(stamp)) > _OLDEST.total_seconds():
            return False
        expected = self._sealed(b"v0:" + stamp.encode() + b":" + request.body)
        return constant_time_compare(request.headers.get("x-zm-signature", ""), f"v0={expected}")

    def _validated(self, word: str) -> RawAnswer:
        """Zoom asks now and then whether the address is ours."""
        told = {"plainToken": word, "encryptedToken": self._sealed(word.encode())}
        return RawAnswer(status=200, body=json.dumps(told).encode(), content_type="application/json")

    def _sealed(self, content: bytes) -> str:
        return hmac.new(self.webhook_secret.encode(), content, hashlib.sha256).hexdigest()


def configured() -> Zoom | None:
    """As the variables have it; None where none is set. Raises Misconfigured."""
    found = given("ZOOM_ACCOUNT_ID", "ZOOM_CLIENT_ID", "ZOOM_CLIENT_SECRET", "ZOOM_HOSTS")
    if found is None:
        return None
    account_id, client_id, client_secret, hosts = found
    return Zoom(
        account=Account(account_id=account_id, client_id=client_id, client_secret=client_secret),
        hosts=tuple(host.strip() for host in hosts.split(",") if host.strip()),
        webhook_secret=read("ZOOM_WEBHOOK_SECRET"),
    )


def _ref(meeting: dict[str, Any], host: str) -> RemoteRef:
    return RemoteRef(remote_id=str(meeting["id"]), content={"host": host})


def _wanted(spec: MeetingSpec) -> dict[str, Any]:
    return {
        "topic": spec.title[:200],
        "type": 2,
        "start_time": _zulu(spec.starts_at),
        "duration": _minutes(spec),
        "timezone": "UTC",
        "agenda": room_name(spec),
        "settings": _SETTINGS,
    }


def _differs(found: dict[str, Any], spec: MeetingSpec) -> bool:
    """What costs one of the day's hundred is done only where it changes something."""
    wanted = _wanted(spec)
    return any(found.get(name) != wanted[name] for name in ("topic", "start_time", "duration"))


def _minutes(spec: MeetingSpec) -> int:
    return max(1, round((spec.ends_at - spec.starts_at).total_seconds() / 60))


def _zulu(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _address(spec: MeetingSpec, party: str) -> str:
    """Zoom wants an address of mail for each registrant. Ours receives nothing, and tells Zoom nothing."""
    return f"{guest_name(spec, party)}@{urlsplit(settings.PUBLIC_URL).hostname}"


def _sighting(person: Any, kind: Literal["joined", "left"], when: str) -> list[Seen]:
    """The same from a webhook and from the report: told by both, it is kept once."""
    if not isinstance(person, dict):
        return []
    email = str(person.get("email") or person.get("user_email") or "")
    whose = guest_of(email.split("@")[0])
    try:
        at = datetime.fromisoformat(str(person.get(when, "")))
    except ValueError:
        return []
    if whose is None or at.tzinfo is None:
        return []
    reference, party = whose
    dedupe = f"{reference}:{party}:{kind}:{_zulu(at)}"
    return [Seen(reference=reference, party=party, kind=kind, at=ours(at), dedupe=dedupe)]
