"""A program of somebody's: asks the API with a token, and tells what came back."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from django.test import Client

from expertim.people.models import ApiToken, Person
from expertim.people.tokens import new_token

ROOT = "/api/v1"


@dataclass(frozen=True, slots=True, kw_only=True)
class Got:
    """An answer, read."""

    status: int
    json: Any
    headers: Any

    @property
    def code(self) -> str:
        return str(self.json["code"])

    @property
    def fields(self) -> list[str]:
        """Of a 422: the fields that are wrong."""
        return [error["field"] for error in self.json["errors"]]


class Program:
    """Asks in the name of one person."""

    def __init__(self, person: Person, *, scope: ApiToken.Scope = ApiToken.Scope.WRITE) -> None:
        self.person = person
        self.secret = new_token(person=person, name="test", scope=scope)
        self.client = Client()

    def get(self, path: str, headers: dict[str, str] | None = None, **query: Any) -> Got:
        return self.ask("get", path, headers=headers, data=query)

    def post(self, path: str, headers: dict[str, str] | None = None, key: str = "", **body: Any) -> Got:
        given = dict(headers or {}) | ({"Idempotency-Key": key} if key else {})
        return self.ask("post", path, headers=given, data=json.dumps(body), content_type="application/json")

    def raw(self, path: str, body: bytes, content_type: str = "application/json") -> Got:
        return self.ask("post", path, data=body, content_type=content_type)

    def ask(self, method: str, path: str, headers: dict[str, str] | None = None, **given: Any) -> Got:
        sent = {"Authorization": f"Bearer {self.secret}"} | (headers or {})
        answer = getattr(self.client, method)(ROOT + path, headers=sent, **given)
        body = answer.content
        return Got(status=answer.status_code, json=json.loads(body) if body else None, headers=answer.headers)
