"""The document says what is served, the page says what the document says, and both are whole."""

from __future__ import annotations

import json
import re
from typing import Any

import jsonschema_rs
import pytest
from django.test import Client

from expertim.api.document import PREFIX, codes_of, document, example_of
from expertim.api.problems import CODES, MEMBERS
from expertim.api.schemas import SCHEMAS
from expertim.api.table import CALLS, by_path
from expertim.foundation.headers import POLICY
from expertim.meetings.facts import Act, Event, Payment, Progress, Said, State
from tests.meetings.test_words import _FACTS as REFUSALS
from tests.world import person

pytestmark = pytest.mark.usefixtures("database")

# Every call that the interface names, and no other.
NAMED = """
GET /me · GET /me/movements · GET /me/blocked · GET /me/notices · GET /expertises · GET /expertises/{slug}
GET /expertises/{slug}/experts · GET /expertises/{slug}/experts/{id} · GET /expertises/{slug}/dashboard
POST /meetings · GET /meetings · GET /meetings/{id} · POST /meetings/{id}/confirm · POST /meetings/{id}/reject
POST /meetings/{id}/withdraw · POST /meetings/{id}/cancel · POST /meetings/{id}/reschedule
POST /meetings/{id}/alternative/confirm · POST /meetings/{id}/alternative/reject
POST /meetings/{id}/alternative/withdraw · POST /meetings/{id}/evaluate · GET /meetings/{id}/timeline
POST /meetings/{id}/join
"""


def test_every_call_that_was_agreed_on_is_served() -> None:
    agreed = {part.strip() for line in NAMED.strip().splitlines() for part in line.split("·")}
    assert {f"{call.method} {call.path}" for call in CALLS} == agreed
    assert len({call.name for call in CALLS}) == len(CALLS)
    assert sum(len(calls) for calls in by_path().values()) == len(CALLS)


def test_every_refusal_of_the_rules_has_a_code() -> None:
    """A refusal that a page can word, a program can read."""
    assert set(REFUSALS) <= set(CODES)
    assert {CODES[key].status for key in REFUSALS} == {404, 409, 412, 422}


def test_codes_have_the_statuses_that_were_agreed_on() -> None:
    agreed = {
        "not_authenticated": 401,
        "not_found": 404,
        "not_possible_now": 409,
        "overlap": 409,
        "fee_changed": 409,
        "terms_changed": 409,
        "changed_meanwhile": 412,
        "insufficient_credits": 409,
        "idempotency_key_reused": 409,
        "invalid": 422,
        "too_many_requests": 429,
    }
    assert {code: CODES[code].status for code in agreed} == agreed
    assert {member for code in CODES.values() for member in code.members} == set(MEMBERS)


def test_the_document_is_openapi_and_every_reference_leads_somewhere() -> None:
    served = Client().get("/api/v1/openapi.json")
    assert served["Content-Type"] == "application/json"
    said = json.loads(served.content)
    assert said == json.loads(json.dumps(document(), default=str))
    assert said["openapi"] == "3.1.0"
    for reference in re.findall(r'"\$ref": "#/([^"]+)"', json.dumps(said)):
        place: Any = said
        for part in reference.split("/"):
            place = place[part]
    assert set(said["paths"]) == {call.path for call in CALLS}


def test_enums_are_the_rules_own() -> None:
    for name, words in {
        "Status": State,
        "Payment": Payment,
        "Progress": Progress,
        "Said": Said,
        "Event": Event,
    }.items():
        assert SCHEMAS[name]["enum"] == [word.value for word in words]
    assert set(SCHEMAS["ActionName"]["enum"]) == {act.value for act in Act} - {"propose", "settle"}


def _examples() -> list[tuple[str, Any, Any]]:
    components = {"components": document()["components"]}
    found = []
    for name, schema in document()["components"]["schemas"].items():
        jsonschema_rs.meta.validate(schema)
        found += [(name, schema | components, example) for example in schema.get("examples", ())]
    for call in CALLS:
        said = document()["paths"][call.path][call.method.lower()]
        for parameter in said["parameters"]:
            assert parameter["description"], (call.name, parameter)
            if parameter["in"] == "query":
                found.append((f"{call.name} {parameter['name']}", parameter["schema"], parameter["example"]))
        if call.acts:
            content = said["requestBody"]["content"]["application/json"]
            found.append((call.name, content["schema"] | components, content["example"]))
    return found


@pytest.mark.parametrize(
    ("name", "schema", "example"), _examples(), ids=lambda value: value if isinstance(value, str) else ""
)
def test_every_example_is_what_its_schema_says(name: str, schema: Any, example: Any) -> None:
    jsonschema_rs.validator_for(schema, validate_formats=True).validate(example)


def test_every_call_says_all_it_may_answer() -> None:
    for call in CALLS:
        said = document()["paths"][call.path][call.method.lower()]
        statuses = {str(CODES[code].status) for code in codes_of(call)} | {str(call.status)}
        assert set(said["responses"]) == statuses | (set() if call.acts else {"304"})
        assert said["summary"]
    assert all(example_of(code)["status"] for code in CODES)


@pytest.mark.parametrize("signed_in", [False, True])
def test_the_page_says_what_the_document_says_and_needs_nothing_from_elsewhere(signed_in: bool) -> None:
    client = Client()
    if signed_in:
        client.force_login(person("alice"))
    answer = client.get("/api/v1/docs")
    page = answer.content.decode()
    assert answer.status_code == 200
    assert answer["Content-Security-Policy"] == POLICY
    for call in CALLS:
        assert f'id="{call.name}"' in page
        assert f"{PREFIX}{call.path}" in page
        assert all(f"<code>{field.name}</code>" in page for field in (*call.body, *call.query))
    for code in CODES:
        assert f'id="{code}"' in page
    assert not re.findall(r'(?:src|href)="(?:https?:)?//', page)
    assert "<style" not in page
    assert not re.findall(r"<script(?![^>]*src=)", page)
    assert len(re.findall(r'\bid="([^"]+)"', page)) == len(set(re.findall(r'\bid="([^"]+)"', page)))
    assert ("Alice" in page) is signed_in or ("account_login" not in page)
