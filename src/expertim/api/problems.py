"""Every refusal of the API on one page: its status, its code, what it tells beside (RFC 9457)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.http import JsonResponse
from django.utils.translation import gettext_lazy

from expertim.api.shapes import Schema

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise as Lazy

DOCS = "/api/v1/docs"
CONTENT_TYPE = "application/problem+json"


@dataclass(frozen=True, slots=True, kw_only=True)
class Code:
    """A kind of refusal; `when` is for the document, `members` what stands beside the usual ones."""

    status: int
    title: Lazy
    when: str
    members: tuple[str, ...] = ()  # names of MEMBERS; those that the case has


_AMOUNT: Schema = {"type": "string", "examples": ["12.50"]}
_MOMENT: Schema = {"type": "string", "format": "date-time"}
MEMBERS: dict[str, Schema] = {
    "errors": {
        "type": "array",
        "items": {
            "type": "object",
            "required": ["field", "message"],
            "properties": {"field": {"type": "string"}, "message": {"type": "string"}},
        },
    },
    "status": {"$ref": "#/components/schemas/Status"},
    "actions": {"type": "array", "items": {"$ref": "#/components/schemas/Action"}},
    "meetings": {"type": "array", "items": {"type": "string"}, "description": "Ids of your meetings at that time."},
    "fee": _AMOUNT | {"description": "What is due now."},
    "price": _AMOUNT | {"description": "The price now."},
    "minutes": {"type": "integer", "description": "The length now."},
    "start": _MOMENT | {"description": "The date now."},
    "missing": _AMOUNT | {"description": "How much is missing."},
    "opens_at": _MOMENT | {"description": "When joining becomes possible."},
    "closes_at": _MOMENT | {"description": "From when on it no longer is."},
}

CODES: dict[str, Code] = {
    "not_authenticated": Code(
        status=401, title=gettext_lazy("Say who you are."), when="No token or session, or none in force."
    ),
    "not_allowed": Code(
        status=403,
        title=gettext_lazy("This is not for you to do."),
        when="A token that may only read; a session without its CSRF token.",
    ),
    "not_found": Code(
        status=404, title=gettext_lazy("There is no such thing."), when="No such thing, or not yours to see."
    ),
    "method_not_allowed": Code(
        status=405, title=gettext_lazy("This cannot be asked of that address."), when="Another method; see Allow."
    ),
    "not_possible_now": Code(
        status=409,
        title=gettext_lazy("This is not possible now."),
        when="The rules have no such act for you, this status and this moment; `status`, here the "
        "meeting's, and `actions` say what there is. Of join: `opens_at` and `closes_at`.",
        members=("status", "actions", "opens_at", "closes_at"),
    ),
    "overlap": Code(
        status=409,
        title=gettext_lazy("You have another agreed meeting at that time."),
        when="O1: repeat with `acknowledge_overlap: true` to go on all the same.",
        members=("meetings",),
    ),
    "fee_changed": Code(
        status=409,
        title=gettext_lazy("What cancelling costs has changed."),
        when="C5: another fee is due than the one you saw.",
        members=("fee",),
    ),
    "terms_changed": Code(
        status=409,
        title=gettext_lazy("The terms have changed."),
        when="C5: price and length, or the date, are no longer what you saw.",
        members=("price", "minutes", "start"),
    ),
    "changed_meanwhile": Code(
        status=412,
        title=gettext_lazy("Something has happened to the meeting meanwhile."),
        when="If-Match no longer holds.",
    ),
    "insufficient_credits": Code(
        status=409,
        title=gettext_lazy("There are too few credits."),
        when="Z2: the user has less than the price.",
        members=("missing",),
    ),
    "idempotency_key_reused": Code(
        status=409,
        title=gettext_lazy("This key has been used for something else."),
        when="Z1: the key came before with another body.",
    ),
    "too_large": Code(status=413, title=gettext_lazy("That is too much at once."), when="A body of more than 256 kB."),
    "unsupported_media_type": Code(
        status=415,
        title=gettext_lazy("Only JSON can be read here."),
        when="Another Content-Type than application/json.",
    ),
    "invalid": Code(
        status=422,
        title=gettext_lazy("Something in the request cannot be taken."),
        when="`errors` name every field and what is wrong with it.",
        members=("errors",),
    ),
    "too_many_requests": Code(
        status=429, title=gettext_lazy("Too many requests."), when="Try again after Retry-After seconds."
    ),
    "broken": Code(status=500, title=gettext_lazy("Something is broken here."), when="Our fault; it has been noted."),
    "unavailable": Code(
        status=503,
        title=gettext_lazy("The service is not available at the moment."),
        when="The database does not answer; try again after Retry-After seconds.",
    ),
}


class Problem(Exception):
    """The answer is a refusal; `members` are ready for JSON."""

    def __init__(self, code: str, *, detail: str = "", headers: dict[str, str] | None = None, **members: Any) -> None:
        super().__init__(code)
        self.code = code
        self.detail = detail
        self.headers = headers or {}
        self.members = members


def invalid(errors: Iterable[tuple[str, str]]) -> Problem:
    """422 with each wrong field and its words."""
    return Problem("invalid", errors=[{"field": name, "message": words} for name, words in errors])


def answered(problem: Problem) -> JsonResponse:
    """A problem document."""
    code = CODES[problem.code]
    document: dict[str, Any] = {
        "type": f"{DOCS}#{problem.code}",
        "title": str(code.title),
        "status": code.status,
        "code": problem.code,
    }
    if problem.detail:
        document["detail"] = problem.detail
    document |= problem.members
    response = JsonResponse(document, status=code.status, content_type=CONTENT_TYPE)
    response["Cache-Control"] = "no-store"
    for name, value in problem.headers.items():
        response[name] = value
    return response
