"""A program of somebody's: asks the API with a token, and tells what came back."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from functools import cache
from typing import Any

import jsonschema_rs
from django.test import Client

from expertim.api.document import document
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


def conforms(method: str, path: str, got: Got) -> None:
    """Every answer that a test gets is one that the document announces, to the letter."""
    found = next((said for shape, said in _shapes().items() if re.fullmatch(shape, path)), None)
    if found is None or method == "head":
        assert got.status in (200, 401, 404, 405)
        return
    if method not in found:
        assert got.code == "method_not_allowed"
        return
    responses = found[method]["responses"]
    assert str(got.status) in responses, (method, path, got.status, got.json)
    said = responses[str(got.status)]
    if "$ref" in said:
        said = document()["components"]["responses"][said["$ref"].rpartition("/")[2]]
    if got.json is None:
        assert "content" not in said
        return
    ((media_type, content),) = said["content"].items()
    assert got.headers["Content-Type"] == media_type
    schema = content["schema"] | {"components": document()["components"]}
    jsonschema_rs.validator_for(schema, validate_formats=True).validate(got.json)
    assert {name for name in said.get("headers", {}) if name != "RateLimit-Reset"} <= set(got.headers)


@cache
def _shapes() -> dict[str, Any]:
    return {re.sub(r"\{\w+\}", "[^/]+", path): said for path, said in document()["paths"].items()}


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
        got = Got(status=answer.status_code, json=json.loads(body) if body else None, headers=answer.headers)
        conforms(method, path, got)
        return got
