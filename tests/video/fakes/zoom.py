"""Zoom's login and REST API as far as we use them: tokens, a hundred a day, one running meeting per host, 3001."""

from __future__ import annotations

import base64
import hashlib
import hmac
import itertools
import json
import re
import time
from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qs, unquote

from tests.video.fakes.server import Asked, Fake, Reply

ACCOUNT, CLIENT, SECRET, WEBHOOK = "account", "client", "a client's secret", "a webhook's secret"
HOSTS = ("one@example.org", "two@example.org")
_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")


@dataclass(slots=True)
class Meeting:
    number: int
    host: str
    wanted: dict[str, Any]
    registrants: dict[str, dict[str, str]] = field(default_factory=dict)  # by e-mail
    inside: set[str] = field(default_factory=set)
    report: list[dict[str, str]] = field(default_factory=list)


class ZoomServer(Fake):
    """Login and API at one address. `daily` is how many makings and changes a host has each day."""

    def __init__(self) -> None:
        super().__init__()
        self.daily = 100
        self.meetings: dict[int, Meeting] = {}
        self.past: dict[int, Meeting] = {}
        self.used: Counter[str] = Counter()
        self.registered: Counter[tuple[int, str]] = Counter()
        self.tokens: dict[str, float] = {}
        self.webhooks: list[tuple[dict[str, str], bytes]] = []
        self._numbers, self._told = itertools.count(81_000_000_001), 0

    # -------------------------------------------------------------------------------------------------------- the API

    def reply(self, asked: Asked) -> Reply:
        if asked.path == "/oauth/token":
            return self._login(asked)
        if self.tokens.get(asked.headers.get("authorization", "").removeprefix("Bearer "), 0) < time.time():
            return said(401, {"code": 124, "message": "Invalid access token."})
        if asked.body and asked.headers.get("content-type") != "application/json":
            return said(400, {"code": 300, "message": "Request Body should be a valid JSON object."})
        content = json.loads(asked.body) if asked.body else {}
        query = {name: values[0] for name, values in parse_qs(asked.query).items()}
        for method, pattern, answer in (
            ("POST", r"/users/([^/]+)/meetings", self._make),
            ("GET", r"/users/([^/]+)/meetings", self._list),
            ("GET", r"/meetings/(\d+)", self._get),
            ("PATCH", r"/meetings/(\d+)", self._change),
            ("DELETE", r"/meetings/(\d+)", self._delete),
            ("PUT", r"/meetings/(\d+)/status", self._end),
            ("GET", r"/meetings/(\d+)/registrants", self._registrants),
            ("POST", r"/meetings/(\d+)/registrants", self._register),
            ("GET", r"/report/meetings/(\d+)/participants", self._report),
        ):
            read = re.fullmatch(pattern, asked.path)
            if read and asked.method == method:
                return answer(unquote(read[1]), content, query)
        return said(404, {"code": 404, "message": "This API endpoint is not recognized."})

    def _login(self, asked: Asked) -> Reply:
        expected = base64.b64encode(f"{CLIENT}:{SECRET}".encode()).decode()
        if asked.headers.get("authorization") != f"Basic {expected}":
            return said(401, {"reason": "Invalid client_id or client_secret", "error": "invalid_client"})
        if parse_qs(asked.query) != {"grant_type": ["account_credentials"], "account_id": [ACCOUNT]}:
            return said(400, {"reason": "Bad Request", "error": "invalid_request"})
        token = f"token-{len(self.tokens)}"
        self.tokens[token] = time.time() + 3600
        return said(200, {"access_token": token, "token_type": "bearer", "expires_in": 3599})

    def _spent(self, host: str) -> Reply | None:
        if self.used[host] >= self.daily:
            words = f"You have exceeded the daily rate limit ({self.daily}) of Meeting Create/Update API requests "
            return said(429, {"code": 429, "message": f"{words}permitted for the user."})
        self.used[host] += 1
        return None

    def _make(self, host: str, content: dict[str, Any], _query: dict[str, str]) -> Reply:
        if host not in HOSTS:  # "me" is not allowed for this kind of app
            return said(404, {"code": 1001, "message": f"User does not exist: {host}."})
        if wrong := _wrong(content):
            return said(400, {"code": 300, "message": wrong})
        if refused := self._spent(host):
            return refused
        made = Meeting(next(self._numbers), host, content)
        self.meetings[made.number] = made
        return said(201, _shown(made))

    def _list(self, host: str, _content: dict[str, Any], query: dict[str, str]) -> Reply:
        """One on each page, so that whoever reads only the first is found out."""
        assert query["type"] == "upcoming"
        mine = [meeting for meeting in self.meetings.values() if meeting.host == host]
        page = int(query.get("next_page_token") or 0)
        token = str(page + 1) if page + 1 < len(mine) else ""
        return said(200, {"meetings": [_shown(one) for one in mine[page : page + 1]], "next_page_token": token})

    def _get(self, number: str, _content: dict[str, Any], _query: dict[str, str]) -> Reply:
        meeting = self.meetings.get(int(number))
        return said(200, _shown(meeting)) if meeting else _gone(number)

    def _change(self, number: str, content: dict[str, Any], _query: dict[str, str]) -> Reply:
        meeting = self.meetings.get(int(number))
        if meeting is None:
            return _gone(number)
        if refused := self._spent(meeting.host):
            return refused
        meeting.wanted |= content
        return Reply(status=204)

    def _delete(self, number: str, _content: dict[str, Any], _query: dict[str, str]) -> Reply:
        """Whoever is in it stays in it: it is only taken from the list."""
        meeting = self.meetings.pop(int(number), None)
        if meeting is None:
            return _gone(number)
        self.past[meeting.number] = meeting
        return Reply(status=204)

    def _end(self, number: str, content: dict[str, Any], _query: dict[str, str]) -> Reply:
        meeting = self.meetings.get(int(number))
        if meeting is None:
            return _gone(number)
        assert content == {"action": "end"}
        if not meeting.inside:
            return said(400, {"code": 3000, "message": "Cannot access meeting info."})
        for email in sorted(meeting.inside):
            self.leaves(meeting, email)
        return Reply(status=204)

    def _registrants(self, number: str, _content: dict[str, Any], _query: dict[str, str]) -> Reply:
        meeting = self.meetings.get(int(number))
        return said(200, {"registrants": list(meeting.registrants.values())}) if meeting else _gone(number)

    def _register(self, number: str, content: dict[str, Any], _query: dict[str, str]) -> Reply:
        meeting = self.meetings.get(int(number))
        if meeting is None:
            return _gone(number)
        email = content["email"]
        if not re.fullmatch(r"[^@\s]{1,64}@[^@\s]+", email) or not 0 < len(content["first_name"]) <= 64:
            return said(400, {"code": 300, "message": "Invalid email or name."})
        self.registered[meeting.number, email] += 1
        if self.registered[meeting.number, email] > 3:
            words = "You have exceeded the daily rate limit (3) for this registrant."
            return said(429, {"code": 429, "message": words})
        url = f"https://zoom.us/w/{number}?tk={hashlib.sha256(email.encode()).hexdigest()[:24]}"
        meeting.registrants[email] = {"id": f"r{len(meeting.registrants)}", "email": email, "join_url": url}
        return said(201, {"registrant_id": meeting.registrants[email]["id"], "join_url": url})

    def _report(self, number: str, _content: dict[str, Any], _query: dict[str, str]) -> Reply:
        meeting = self.meetings.get(int(number)) or self.past.get(int(number))
        return said(200, {"participants": meeting.report, "next_page_token": ""}) if meeting else _gone(number)

    # -------------------------------------------------------------------------------------------------------- people

    def comes(self, url: str) -> None:
        """Raises ValueError where Zoom lets nobody in."""
        for meeting in self.meetings.values():
            for email, registrant in meeting.registrants.items():
                if registrant["join_url"] == url:
                    others = [one for one in self.meetings.values() if one.host == meeting.host and one.inside]
                    if others not in ([], [meeting]):
                        raise ValueError("the host has another meeting in progress")
                    settings = meeting.wanted["settings"]
                    if not settings["join_before_host"] or settings["waiting_room"]:
                        raise ValueError("please wait for the host")
                    meeting.inside.add(email)
                    self._tell(meeting, email, "joined")
                    return
        raise ValueError("this meeting link is invalid (3,001)")

    def leaves(self, meeting: Meeting, email: str) -> None:
        meeting.inside.discard(email)
        self._tell(meeting, email, "left")

    def _tell(self, meeting: Meeting, email: str, what: str) -> None:
        at = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        when = "join_time" if what == "joined" else "leave_time"
        person = {"email": email, "registrant_id": meeting.registrants[email]["id"], when: at}
        if what == "joined":
            meeting.report.append({"user_email": email, "join_time": at, "leave_time": ""})
        else:
            mine = [line for line in meeting.report if line["user_email"] == email]
            mine[-1]["leave_time"] = at
        body = {"event": f"meeting.participant_{what}", "event_ts": 1, "payload": {"object": {"participant": person}}}
        self.webhooks.append(sealed(json.dumps(body).encode()))


def sealed(body: bytes, *, secret: str = WEBHOOK, ago: int = 0) -> tuple[dict[str, str], bytes]:
    """As Zoom signs: over the moment and the raw body."""
    stamp = str(int(time.time()) - ago)
    digest = hmac.new(secret.encode(), f"v0:{stamp}:".encode() + body, hashlib.sha256).hexdigest()
    return {"x-zm-request-timestamp": stamp, "x-zm-signature": f"v0={digest}"}, body


def said(status: int, content: dict[str, Any]) -> Reply:
    return Reply(status=status, body=json.dumps(content).encode(), headers={"Content-Type": "application/json"})


def _gone(number: str) -> Reply:
    return said(404, {"code": 3001, "message": f"Meeting does not exist: {number}."})


def _shown(meeting: Meeting) -> dict[str, Any]:
    return {"id": meeting.number, "host_email": meeting.host, **meeting.wanted}


def _wrong(content: dict[str, Any]) -> str:
    if content.get("type") != 2 or not _TIME.fullmatch(content.get("start_time", "")) or content["timezone"] != "UTC":
        return "Invalid start_time."
    if not 0 < len(content["topic"]) <= 200 or not isinstance(content["duration"], int):
        return "Invalid topic or duration."
    return "" if content["settings"]["approval_type"] == 0 else "No registration."
