"""The OpenAPI 3.1 document, made from the table of calls: what it says is what is served."""

from __future__ import annotations

import re
from functools import cache
from importlib.metadata import version
from typing import Any

from django.conf import settings
from django.utils.translation import override

from expertim.api.asking import Call
from expertim.api.problems import CODES, CONTENT_TYPE, DOCS, MEMBERS
from expertim.api.schemas import SCHEMAS, page_of, ref
from expertim.api.shapes import Field, Schema
from expertim.api.table import CALLS

PREFIX = "/api/v1"
EVERY_CALL = ("not_authenticated", "too_many_requests", "broken", "unavailable")
_OF_POSTS = ("not_allowed", "invalid", "too_large", "unsupported_media_type")
_PLACES = {
    "slug": ("The Expertise's slug.", "corporate-finance"),
    "id": ("Its id.", "3k9f0xw2m7qd1c8z"),
}
_COUNTED = ("RateLimit-Limit", "RateLimit-Remaining", "RateLimit-Reset")
_DESCRIPTION = """\
Everything a person can do, for their programs, by the same rules as the pages.

**Signing in.** `Authorization: Bearer TOKEN`, with a token from the page *Access for programs* or from
`expertim token EMAIL --name NAME`; cookies are then ignored. Or the session of a browser, with its CSRF token in
`X-CSRFToken` on every POST.

**Values.** Moments are ISO 8601 with an offset, and answered in UTC. Credits are decimal texts. Names that a call does
not know are ignored.

**Lists** are read page by page: `limit`, and as `cursor` the former page's `next`, until that is null.

**Once.** Every POST takes an `Idempotency-Key` of your choice. It belongs to you and the address, and is kept for 30
days. The same key and body get the same answer, also while the first is still being worked on; another body is refused.
A key remembers only what took effect: after a refusal it is free.

**Changed meanwhile.** Reads carry an `ETag` and take `If-None-Match`. Acts take the ETag of the meeting as `If-Match`
and are refused with 412 once anything has happened to it.

**Refusals** are problem documents (RFC 9457) with a stable `code`. They are tested in this order: 401, 403, 429, a
malformed 422, 404, the key, 412, `not_possible_now`, 422 for a date that is past or unchanged, `fee_changed` and
`terms_changed`, `overlap`, `insufficient_credits`.
"""


@cache
def document() -> dict[str, Any]:
    """The document; in English, whoever reads it."""
    with override("en"):
        paths: dict[str, dict[str, Any]] = {}
        for call in CALLS:
            paths.setdefault(call.path, {})[call.method.lower()] = _operation(call)
        return {
            "openapi": "3.1.0",
            "info": {
                "title": f"{settings.SITE_NAME} API",
                "version": f"1 ({version('expertim')})",
                "description": _DESCRIPTION,
                "license": {"name": "Apache 2.0", "identifier": "Apache-2.0"},
            },
            "servers": [{"url": PREFIX}],
            "security": [{"token": []}, {"session": []}],
            "paths": paths,
            "components": {
                "schemas": SCHEMAS | {_named(code): _problem(code) for code in CODES},
                "responses": {_named(code): _refusal(code) for code in CODES},
                "headers": _HEADERS,
                "securitySchemes": {
                    "token": {"type": "http", "scheme": "bearer", "description": "A personal token."},
                    "session": {
                        "type": "apiKey",
                        "in": "cookie",
                        "name": settings.SESSION_COOKIE_NAME,
                        "description": "The browser's session; a POST also needs its CSRF token in X-CSRFToken.",
                    },
                },
            },
        }


def codes_of(call: Call) -> list[str]:
    """Every code a call may answer with, by status."""
    codes = {*EVERY_CALL, *call.refuses}
    if call.acts:
        codes |= {*_OF_POSTS}
    elif call.query:
        codes.add("invalid")
    if call.listed and call.query and "{" in call.path:
        codes.add("not_found")
    return sorted(codes, key=lambda code: (CODES[code].status, code))


def _operation(call: Call) -> dict[str, Any]:
    responses: dict[str, Any] = {str(call.status): _success(call)}
    if not call.acts:
        responses["304"] = {"description": "As you know it (If-None-Match).", "headers": {"ETag": _header("ETag")}}
    by_status: dict[int, list[str]] = {}
    for code in codes_of(call):
        by_status.setdefault(CODES[code].status, []).append(code)
    responses |= {str(status): _refusals(codes) for status, codes in by_status.items()}
    made: dict[str, Any] = {
        "operationId": call.name,
        "summary": call.summary,
        "tags": [_tag(call)],
        "parameters": [*_places(call), *(_parameter(field) for field in call.query), *_taken_headers(call)],
        "responses": responses,
    }
    if call.about:
        made["description"] = call.about
    if call.acts:
        made["requestBody"] = _body(call)
    return made


def _tag(call: Call) -> str:
    return {"me": "Me", "expertises": "Expertises and experts", "meetings": "Meetings"}[call.path.split("/")[1]]


def _success(call: Call) -> dict[str, Any]:
    schema = page_of(call.answers) if call.listed else ref(call.answers)
    headers = {"ETag": _header("ETag")} | {name: _header(name) for name in _COUNTED}
    if call.status == 201:
        headers["Location"] = _header("Location")
    description = f"A page of {call.answers}" if call.listed else call.answers
    made = {"description": description, "headers": headers, "content": {"application/json": {"schema": schema}}}
    return made | ({"links": _links(call)} if call.answers == "Meeting" else {})


def _links(call: Call) -> dict[str, Any]:
    """What can be asked of the meeting that was answered."""
    found = "$response.body#/items/0/id" if call.listed else "$response.body#/id"
    return {
        other.name: {"operationId": other.name, "parameters": {"id": found}}
        for other in CALLS
        if other.path.startswith("/meetings/{id}") and other is not call
    }


def _refusals(codes: list[str]) -> dict[str, Any]:
    if len(codes) == 1:
        return {"$ref": f"#/components/responses/{_named(codes[0])}"}
    schemas = [ref(_named(code)) for code in codes]
    examples = {code: {"value": example_of(code)} for code in codes}
    return {
        "description": " ".join(f"`{code}`: {CODES[code].when}" for code in codes),
        "content": {CONTENT_TYPE: {"schema": {"oneOf": schemas}, "examples": examples}},
    }


def _refusal(code: str) -> dict[str, Any]:
    made: dict[str, Any] = {
        "description": f"`{code}`: {CODES[code].when}",
        "content": {CONTENT_TYPE: {"schema": ref(_named(code)), "example": example_of(code)}},
    }
    if CODES[code].status in (429, 503):
        made["headers"] = {"Retry-After": _header("Retry-After")}
    return made


def _problem(code: str) -> Schema:
    about = CODES[code]
    status: Schema = {"const": about.status}
    properties: dict[str, Schema] = {
        "type": {"const": f"{DOCS}#{code}"},
        "title": {"type": "string"},
        "status": status,
        "code": {"const": code},
        "detail": {"type": "string"},
        "instance": {"type": "string"},
    }
    properties |= {name: MEMBERS[name] for name in about.members}
    required = ["type", "title", "status", "code"]
    if code == "invalid":
        required.append("errors")
    return {"type": "object", "required": required, "properties": properties, "examples": [example_of(code)]}


_EXAMPLES: dict[str, Any] = {
    "errors": [{"field": "start", "message": "That moment has passed. Choose a later one."}],
    "status": "cancelled",
    "actions": [],
    "meetings": ["3k9f0xw2m7qd1c8z"],
    "fee": "12.50",
    "price": "30.00",
    "minutes": 45,
    "missing": "5.00",
}


def example_of(code: str) -> dict[str, Any]:
    """A problem document as it may come."""
    about = CODES[code]
    shown: dict[str, Any] = {
        "type": f"{DOCS}#{code}",
        "title": str(about.title),
        "status": about.status,
        "code": code,
    }
    return shown | {name: _EXAMPLES[name] for name in about.members if name in _EXAMPLES}


def _body(call: Call) -> dict[str, Any]:
    needed = [field.name for field in call.body if field.required]
    schema: Schema = {"type": "object", "properties": {field.name: _property(field) for field in call.body}}
    if needed:
        schema["required"] = needed
    if call.one_of:
        schema["oneOf"] = [{"required": [name]} for name in call.one_of]
    chosen = {*call.one_of[1:]}
    example = {field.name: field.example for field in call.body if field.name not in chosen}
    return {
        "required": bool(needed),
        "content": {"application/json": {"schema": schema, "example": example}},
    }


def _property(field: Field) -> Schema:
    made: Schema = {**field.kind.schema, "description": field.about, "examples": [field.example]}
    return made | ({"default": field.default} if field.default is not None else {})


def _parameter(field: Field) -> dict[str, Any]:
    schema: Schema = {**field.kind.schema}
    if field.default is not None:
        schema["default"] = field.default
    return {
        "name": field.name,
        "in": "query",
        "required": field.required,
        "description": field.about,
        "schema": schema,
        "example": field.example,
    }


def _places(call: Call) -> list[dict[str, Any]]:
    return [
        {
            "name": name,
            "in": "path",
            "required": True,
            "description": _PLACES[name][0],
            "schema": {"type": "string"},
            "example": _PLACES[name][1],
        }
        for name in re.findall(r"\{(\w+)\}", call.path)
    ]


def _taken_headers(call: Call) -> list[dict[str, Any]]:
    if not call.acts:
        return [_taken_header("If-None-Match", "The ETag of what you know.", '"5d41402abc4b2a76"')]
    taken = [_taken_header("Idempotency-Key", "Your key: the act is done once, whatever happens.", "b9c2d1", most=200)]
    if call.matched:
        taken.append(_taken_header("If-Match", "The ETag of the meeting as you saw it.", '"v4-5d41402abc4b2a76"'))
    return taken


def _taken_header(name: str, about: str, example: str, *, most: int = 1000) -> dict[str, Any]:
    schema = {"type": "string", "minLength": 1, "maxLength": most}
    return {
        "name": name,
        "in": "header",
        "required": False,
        "description": about,
        "schema": schema,
        "example": example,
    }


def _header(name: str) -> dict[str, str]:
    return {"$ref": f"#/components/headers/{name}"}


_HEADERS = {
    "ETag": {"schema": {"type": "string"}, "description": "Of the answer; of a meeting also for If-Match."},
    "Location": {"schema": {"type": "string"}, "description": "Where the new meeting is read."},
    "Retry-After": {"schema": {"type": "integer"}, "description": "Seconds."},
    "RateLimit-Limit": {"schema": {"type": "integer"}, "description": "How many at once, and a minute."},
    "RateLimit-Remaining": {"schema": {"type": "integer"}, "description": "How many of them are left."},
    "RateLimit-Reset": {"schema": {"type": "integer"}, "description": "Seconds until all of them are."},
}


def _named(code: str) -> str:
    return "".join(part.title() for part in code.split("_"))
