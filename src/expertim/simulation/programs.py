"""People's programs: the same requests through the REST API, with a bearer token, a key and, now and then, If-Match."""

from __future__ import annotations

import json
import re
from datetime import datetime
from typing import Any

from django.test import Client
from django.test.client import ClientHandler

from expertim.people.tokens import new_token
from expertim.simulation.asks import Answer, Ask, microseconds, moment
from expertim.simulation.cast import Cast

_ROOT = "/api/v1"
_AMOUNTS = ("fee", "price", "missing")
_MOMENTS = ("start", "opens_at", "closes_at")
_VERSION = re.compile(r'"v(\d+)-')
SPOKEN = {"propose", "confirm", "reject", "withdraw", "cancel", "reschedule", "evaluate", "join"} | {
    "alternative_confirm",
    "alternative_reject",
    "alternative_withdraw",
}


class Unanswered(Exception):
    """A 5xx: what came of the request, its sender does not know."""


class Programs:
    """One program for each person; `names` are the meetings' public ids by number."""

    def __init__(self, *, cast: Cast, names: dict[int, str]) -> None:
        self._cast = cast
        self._names = names
        self._handler = ClientHandler(enforce_csrf_checks=True)
        self._tokens: dict[int, str] = {}

    def ask(self, ask: Ask) -> Answer:
        """Raises Unanswered."""
        headers = self._headers(ask.person)
        if ask.key:
            headers["Idempotency-Key"] = ask.key
        if ask.typed.get("seen_version") is not None:
            headers["If-Match"] = f'"v{ask.typed["seen_version"]}"'
        response = self._client().post(
            self._path(ask), json.dumps(self._body(ask)), content_type="application/json", headers=headers
        )
        return self._read(response)

    def look(self, person: int, meeting: int) -> Answer:
        """GET the meeting."""
        path = f"{_ROOT}/meetings/{self._names.get(meeting, 'no-such-meeting')}"
        return self._read(self._client().get(path, headers=self._headers(person)))

    def open_to(self, person: int) -> None:
        """Have the token made before anything is asked: nobody makes one in the middle of a request."""
        if person not in self._tokens:
            self._tokens[person] = new_token(person=self._cast.people[person], name="program")

    def _headers(self, person: int) -> dict[str, str]:
        return {"Authorization": f"Bearer {self._tokens[person]}"}

    def _client(self) -> Client:
        client = Client(SERVER_NAME="localhost")
        client.handler = self._handler
        return client

    def _path(self, ask: Ask) -> str:
        if ask.act == "propose":
            return f"{_ROOT}/meetings"
        return f"{_ROOT}/meetings/{self._names.get(ask.meeting, 'no-such-meeting')}/{ask.act.replace('_', '/')}"

    def _body(self, ask: Ask) -> dict[str, Any]:
        typed = ask.typed
        body = {name: typed[name] for name in ("reason", "progress", "stars", "review") if typed.get(name) is not None}
        if typed.get("start") is not None:
            body["start"] = moment(typed["start"]).isoformat()
        elif typed.get("seen_start") is not None:
            body["start"] = moment(typed["seen_start"]).isoformat()
        if typed.get("seen_fee") is not None:
            body["fee"] = _amount(typed["seen_fee"])
        if "acknowledge_overlap" in typed:
            body["acknowledge_overlap"] = typed["acknowledge_overlap"]
        if ask.act == "propose":
            other = "expert" if typed["role"] == "user" else "user"
            body |= {
                "expertise": typed["field"],
                other: self._cast.people[typed["other"]].public_id,
                "service": self._cast.offers[typed["service"]].public_id,
                "skill": typed["skill"],
                "price": _amount(typed["price"]),
                "minutes": typed["minutes"],
            }
        return body

    def _read(self, response: Any) -> Answer:
        if response.status_code >= 500:
            raise Unanswered(response.content.decode())
        told = response.json()
        if response.status_code >= 400:
            facts = {name: told[name] for name in ("minutes", "status", "errors") if name in told}
            facts |= {name: hundredths(told[name]) for name in _AMOUNTS if name in told}
            facts |= {name: of_moment(told[name]) for name in _MOMENTS if name in told}
            if "meetings" in told:
                numbers = {name: number for number, name in self._names.items()}
                facts["meetings"] = {numbers.get(name, name) for name in told["meetings"]}
            if "errors" in told:
                facts["errors"] = tuple((each["field"], each["message"]) for each in told["errors"])
            return Answer(key=told["code"], facts=facts, status=response.status_code)
        version = _VERSION.match(response.headers.get("ETag", ""))
        return Answer(
            meeting=told.get("id"), version=int(version[1]) if version else None, status=response.status_code, body=told
        )


def _amount(hundredths: int) -> str:
    return f"{hundredths // 100}.{hundredths % 100:02}"


def hundredths(text: str) -> int:
    whole, _, part = text.partition(".")
    return int(whole) * 100 + int(part)


def of_moment(text: str) -> int:
    return microseconds(datetime.fromisoformat(text))
