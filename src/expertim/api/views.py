"""What describes the API: the document for programs, the same as a page for people."""

from __future__ import annotations

import json
from functools import cache
from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe
from markdown_it import MarkdownIt
from markupsafe import Markup

from expertim.api.document import PREFIX, codes_of, document
from expertim.api.problems import CODES
from expertim.api.table import CALLS


@login_not_required
@require_safe
def document_json(request: HttpRequest) -> HttpResponse:
    """OpenAPI 3.1."""
    return HttpResponse(_text(), content_type="application/json")


@login_not_required
@require_safe
def docs(request: HttpRequest) -> HttpResponse:
    """The document as a page, without a line of script."""
    return render(request, "api/docs.html", {"tags": _tags(), "problems": CODES, "introduction": _introduction()})


@cache
def _text() -> str:
    return json.dumps(document(), ensure_ascii=False, indent=1)


@cache
def _introduction() -> Markup:
    # our own words, without HTML in them
    return Markup(MarkdownIt("commonmark", {"html": False}).render(document()["info"]["description"]))


@cache
def _tags() -> dict[str, list[dict[str, Any]]]:
    """The calls by what they are about, each as the page shows it."""
    found: dict[str, list[dict[str, Any]]] = {}
    for call in CALLS:
        said = document()["paths"][call.path][call.method.lower()]
        schema = said["responses"][str(call.status)]["content"]["application/json"]["schema"]
        body = said.get("requestBody", {}).get("content", {}).get("application/json", {})
        found.setdefault(said["tags"][0], []).append(
            {
                "name": call.name,
                "method": call.method,
                "path": PREFIX + call.path,
                "summary": call.summary,
                "about": call.about,
                "parameters": [field for field in said["parameters"] if field["in"] == "query"],
                "fields": [
                    {"name": name, "needed": name in body["schema"].get("required", ()), **about}
                    for name, about in body["schema"].get("properties", {}).items()
                ]
                if body
                else [],
                "sent": _pretty(body.get("example")),
                "status": call.status,
                "answered": _pretty(_example(schema)),
                "codes": [(code, CODES[code].status) for code in codes_of(call)],
            }
        )
    return found


def _pretty(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, indent=2) if value else ""


def _example(schema: dict[str, Any]) -> Any:
    """The example of a schema, or one made of those of its parts."""
    if "$ref" in schema:
        return _example(document()["components"]["schemas"][schema["$ref"].rpartition("/")[2]])
    if "examples" in schema:
        return schema["examples"][0]
    if "enum" in schema:
        return schema["enum"][0]
    if "oneOf" in schema:
        return _example(schema["oneOf"][0])
    if "properties" in schema:
        return {name: _example(part) for name, part in schema["properties"].items() if name in schema["required"]}
    kind = schema.get("type")
    if kind == "array":
        return [_example(schema["items"])]
    if isinstance(kind, list):
        return None
    return {"string": "…", "integer": 1, "boolean": True}[str(kind)]
