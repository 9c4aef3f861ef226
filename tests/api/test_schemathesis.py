"""schemathesis asks all that the document allows, and more: no 500, and no answer that is not announced."""

from __future__ import annotations

import copy
import os
from typing import Any

import pytest
import schemathesis
from django.core.wsgi import get_wsgi_application
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis import GenerationMode
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
    unsupported_method,
)

from expertim.api.asking import Call
from expertim.api.document import document
from expertim.api.table import CALLS
from expertim.meetings.facts import By
from tests.api.asking import Program
from tests.world import World, in_, world

# Of each operation, and of whole courses; EXPERTIM_API_CASES makes it a longer look.
CASES = int(os.environ.get("EXPERTIM_API_CASES", "5"))
CHECKS = [
    schemathesis.checks.not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
    response_headers_conformance,
    unsupported_method,
]
LIGHTLY = settings(
    max_examples=CASES,
    deadline=None,
    derandomize=True,
    database=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)

pytestmark = pytest.mark.usefixtures("clock")


@pytest.fixture
def asking(clock: Any, settings: Any) -> tuple[World, Program]:
    settings.RATE_LIMITS = 0
    settings.ALLOWED_HOSTS = ["*"]
    w = world(credits=10_000_000)
    return w, Program(w.user)


@pytest.mark.parametrize("call", CALLS, ids=lambda call: call.name)
@pytest.mark.parametrize("mode", list(GenerationMode), ids=lambda mode: mode.value)
def test_no_call_is_answered_with_what_is_not_announced(
    call: Call, mode: GenerationMode, asking: tuple[World, Program]
) -> None:
    """What the document allows, and what it does not."""
    _w, program = asking
    tree = schemathesis.openapi.from_wsgi("/api/v1/openapi.json", get_wsgi_application())
    operation = tree.find_operation_by_id(call.name)

    @given(case=operation.as_strategy(generation_mode=mode))
    @LIGHTLY
    def asked(case: Any) -> None:
        case.call_and_validate(headers={"Authorization": f"Bearer {program.secret}"}, checks=CHECKS)

    asked()


def narrowed(w: World) -> dict[str, Any]:
    """The document with names that there are, so that what it describes can be lived through."""
    said = copy.deepcopy(document())
    real = {
        "expertise": w.expertise.slug,
        "expert": w.expert.public_id,
        "service": w.service.public_id,
        "skill": w.skill,
        "price": "25.00",
        "minutes": 60,
        "reason": "not-my-field",
    }
    starts = [in_(hours=hours).isoformat() for hours in (1, 72, 73, 200)]
    for methods in said["paths"].values():
        for operation in methods.values():
            content = operation.get("requestBody", {}).get("content", {}).get("application/json", {})
            properties = content.get("schema", {}).get("properties", {})
            content.pop("example", None)
            for name, one in properties.items():
                one.pop("examples", None)
                if name in real:
                    one["enum"] = [real[name]]
                if name == "start":
                    one["enum"] = starts
                if name == "acknowledge_overlap":
                    one["enum"] = [True]
            content.get("schema", {}).pop("oneOf", None)
            properties.pop("user", None)
            if "expert" in properties:
                content["schema"]["required"].append("expert")
            for parameter in operation["parameters"]:
                if parameter["name"] == "slug":
                    parameter["schema"]["enum"] = [w.expertise.slug]
                parameter.pop("example", None)
    return said


@pytest.mark.parametrize("by", [By.USER, By.EXPERT])
def test_courses_of_calls_are_answered_as_announced(asking: tuple[World, Program], by: By) -> None:
    """Stateful: meetings are proposed and then confirmed, moved, cancelled, joined, in every order there is."""
    w, program = asking
    other = Program(w.expert)
    meetings = [w.propose(start=in_(hours=72)), w.agreed(start=in_(hours=0.1)), w.agreed(start=in_(hours=300))]
    said = narrowed(w)
    for path, methods in said["paths"].items():
        if path.startswith("/meetings/{id}"):
            for operation in methods.values():
                next(one for one in operation["parameters"] if one["name"] == "id")["schema"]["enum"] = meetings
    tree = schemathesis.openapi.from_dict(said)
    tree.app = get_wsgi_application()
    tree.location = "/api/v1/openapi.json"
    secret = program.secret if by is By.USER else other.secret
    statuses: set[int] = set()

    class Course(tree.as_state_machine()):  # type: ignore[misc]  # made at run time
        def get_call_kwargs(self, case: Any) -> dict[str, Any]:
            return {"headers": {"Authorization": f"Bearer {secret}"}}

        def validate_response(self, response: Any, case: Any, **rest: Any) -> None:
            statuses.add(response.status_code)
            case.validate_response(response, checks=CHECKS)

    Course.run(settings=settings(LIGHTLY, max_examples=CASES, stateful_step_count=10))
    assert 200 in statuses
    assert statuses <= {200, 201, 304, 404, 405, 409, 412, 413, 415, 422}
