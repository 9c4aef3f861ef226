"""BigBlueButton's API and its webhooks as far as we use them, as its source and its docs have it.

Trouble is told with HTTP 200 in XML. The checksum is taken over the query exactly as it came. A meeting that exists is
made again only with the same two passwords, as ApiController.groovy compares them.
"""

from __future__ import annotations

import hashlib
import json
import time
from itertools import count
from urllib.parse import parse_qsl, urlencode
from xml.sax.saxutils import escape

from tests.video.fakes.server import Asked, Fake, Reply

SECRET = "639259d4-9dd8-4b25-bf01-95f9567eaf4b"  # the docs' own


class BigBlueButtonServer(Fake):
    """Meetings by id; `hooks` are the addresses that are told."""

    def __init__(self, *, hooks: bool = True) -> None:
        super().__init__()
        self.meetings: dict[str, dict[str, str]] = {}
        self.people: dict[str, dict[str, str]] = {}
        self.hooks: set[str] = set()
        self.has_hooks = hooks
        self._created = count(1_800_000_000_000)
        self.webhooks: list[tuple[str, bytes]] = []

    def reply(self, asked: Asked) -> Reply:
        name = asked.path.removeprefix("/bigbluebutton/api/")
        if name == asked.path or (name.startswith("hooks/") and not self.has_hooks):
            return Reply(status=404, body=b"<html>404")
        query = self.believed(name, asked.query)
        if query is None:
            return failed("checksumError", "Checksums do not match")
        calls = {
            "create": self._create,
            "end": self._end,
            "isMeetingRunning": self._running,
            "getMeetingInfo": self._about,
            "hooks/create": self._hook,
        }
        return calls[name](query) if name in calls else failed("unsupportedRequest", "not supported")

    def believed(self, name: str, query: str) -> dict[str, str] | None:
        """What was asked, where its seal is right."""
        unsealed, _mark, checksum = query.rpartition("&checksum=")
        for algorithm in ("sha1", "sha256", "sha384", "sha512"):
            if checksum == hashlib.new(algorithm, f"{name}{unsealed}{SECRET}".encode()).hexdigest():
                return dict(parse_qsl(unsealed, keep_blank_values=True, strict_parsing=True))
        return None

    def _create(self, query: dict[str, str]) -> Reply:
        meeting, name = query.get("meetingID", ""), query.get("name", "")
        if not 2 <= len(meeting) <= 256 or "," in meeting:
            return failed("validationError", "Meeting ID must be between 2 and 256 characters")
        if not 2 <= len(name) <= 64:
            return failed("validationError", "Meeting name must be between 2 and 64 characters")
        there = self.meetings.get(meeting)
        passwords = {role: query[role] for role in ("attendeePW", "moderatorPW") if role in query}
        if there is None:
            self.meetings[meeting] = {**passwords, "name": name, "createTime": str(next(self._created))}
            self.people[meeting] = {}
            return made(self.meetings[meeting], meeting)
        if passwords and passwords != {role: there.get(role) for role in ("attendeePW", "moderatorPW")}:
            return failed("idNotUnique", "A meeting already exists with that meeting ID.")
        return made(there, meeting, "duplicateWarning")

    def _end(self, query: dict[str, str]) -> Reply:
        meeting = query.get("meetingID", "")
        if meeting not in self.meetings:
            return failed("notFound", "We could not find a meeting with that meeting ID")
        for name in list(self.people[meeting]):
            self.leaves(meeting, name)
        del self.meetings[meeting], self.people[meeting]
        return xml("<returncode>SUCCESS</returncode><messageKey>sentEndMeetingRequest</messageKey>")

    def _running(self, query: dict[str, str]) -> Reply:
        running = bool(self.people.get(query.get("meetingID", "")))
        return xml(f"<returncode>SUCCESS</returncode><running>{str(running).lower()}</running>")

    def _about(self, query: dict[str, str]) -> Reply:
        meeting = query.get("meetingID", "")
        if meeting not in self.meetings:
            return failed("notFound", "We could not find a meeting with that meeting ID")
        people = "".join(
            f"<attendee><userID>{name}</userID><fullName>{escape(full)}</fullName><role>VIEWER</role></attendee>"
            for name, full in self.people[meeting].items()
        )
        return xml(f"<returncode>SUCCESS</returncode><attendees>{people}</attendees>")

    def _hook(self, query: dict[str, str]) -> Reply:
        self.hooks.add(query["callbackURL"])
        return xml("<returncode>SUCCESS</returncode><hookID>1</hookID>")

    def expire(self) -> None:
        """meetingExpireIfNoUserJoinedInMinutes has passed."""
        for meeting in [name for name, people in self.people.items() if not people]:
            del self.meetings[meeting], self.people[meeting]

    def comes(self, query: str) -> None:
        """A browser opens the address to join. Raises ValueError where it is not let in."""
        asked = self.believed("join", query)
        if asked is None:
            raise ValueError("checksumError")
        there = self.meetings.get(asked["meetingID"])
        if there is None or asked["createTime"] != there["createTime"]:
            raise ValueError("mismatchCreateTimeParam")
        wanted = {"MODERATOR": "moderatorPW", "VIEWER": "attendeePW"}[asked["role"]]
        if asked["password"] != there[wanted] or not asked["fullName"]:
            raise ValueError("invalidPassword")
        self.people[asked["meetingID"]][asked["userID"]] = asked["fullName"]
        self._tell("user-joined", asked["meetingID"], asked["userID"])

    def leaves(self, meeting: str, name: str) -> None:
        del self.people[meeting][name]
        self._tell("user-left", meeting, name)

    def _tell(self, event: str, meeting: str, name: str) -> None:
        content = {
            "data": {
                "type": "event",
                "id": event,
                "attributes": {
                    "meeting": {"internal-meeting-id": f"{meeting}-1", "external-meeting-id": meeting},
                    "user": {"internal-user-id": f"w_{name[:8]}", "external-user-id": name},
                },
                "event": {"ts": time.time_ns() // 1_000_000},
            }
        }
        for url in self.hooks:
            body = urlencode(
                {
                    "domain": "bbb.example.org",
                    "event": f"[{json.dumps(content)}]",
                    "timestamp": time.time_ns() // 1_000_000,
                }
            ).encode()
            self.webhooks.append((sealed(url, body), body))


def sealed(url: str, body: bytes, *, secret: str = SECRET, algorithm: str = "sha1") -> str:
    """The query of a webhook."""
    return f"checksum={hashlib.new(algorithm, url.encode() + body + secret.encode()).hexdigest()}"


def made(meeting: dict[str, str], name: str, code: str = "") -> Reply:
    return xml(
        f"<returncode>SUCCESS</returncode><meetingID>{name}</meetingID>"
        f"<createTime>{meeting['createTime']}</createTime><messageKey>{code}</messageKey>"
    )


def failed(code: str, words: str) -> Reply:
    return xml(f"<returncode>FAILED</returncode><messageKey>{code}</messageKey><message>{words}</message>")


def xml(inner: str) -> Reply:
    return Reply(body=f"<response>{inner}</response>".encode(), headers={"Content-Type": "text/xml"})
