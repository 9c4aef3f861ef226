"""What the API answers with, as JSON Schema with an example each: the components of the document."""

from __future__ import annotations

from enum import StrEnum
from typing import Any

from expertim.api.shapes import Schema
from expertim.credits.moves import Movement
from expertim.expertise.models import PERCENTS, POLICY
from expertim.meetings.facts import PARTIES, Act, By, Event, Payment, Progress, Said, State

ACTS = tuple(act for act in Act if act not in (Act.PROPOSE, Act.SETTLE))  # version 1 has no operator's door
_ID: Schema = {"type": "string", "examples": ["3k9f0xw2m7qd1c8z"]}
_TEXT: Schema = {"type": "string"}
_SLUG: Schema = {"type": "string", "examples": ["corporate-finance"]}
_MOMENT: Schema = {"type": "string", "format": "date-time", "examples": ["2027-03-28T09:00:00Z"]}
_AMOUNT: Schema = {"type": "string", "pattern": r"^-?[0-9]+\.[0-9]{2}$", "examples": ["25.00"]}
_WHOLE: Schema = {"type": "integer"}
_ROLES = [party.value for party in PARTIES]


def _enum(words: type[StrEnum] | list[str] | tuple[StrEnum, ...]) -> Schema:
    return {"type": "string", "enum": [str(word) for word in words]}


def _or_null(schema: Schema) -> Schema:
    if "$ref" in schema:
        return {"oneOf": [schema, {"type": "null"}]}
    if "enum" in schema:
        return {"type": ["string", "null"], "enum": [*schema["enum"], None]}
    return schema | {"type": [schema["type"], "null"]}


def _object(example: dict[str, Any] | None = None, /, **properties: Schema) -> Schema:
    """Every property is always there, unless it says `optional`."""
    required = [name for name, schema in properties.items() if not schema.get("x-optional")]
    plain = {
        name: {key: value for key, value in schema.items() if key != "x-optional"}
        for name, schema in properties.items()
    }
    made: Schema = {"type": "object", "required": required, "properties": plain, "additionalProperties": False}
    return made | ({"examples": [example]} if example else {})


def _list(items: Schema) -> Schema:
    return {"type": "array", "items": items}


def ref(name: str) -> Schema:
    return {"$ref": f"#/components/schemas/{name}"}


def page_of(name: str) -> Schema:
    """One page of a list."""
    return _object(None, items=_list(ref(name)), next=_or_null(_TEXT) | {"description": "The cursor of the next page."})


_MEETING_EXAMPLE = {
    "id": "3k9f0xw2m7qd1c8z",
    "expertise": "corporate-finance",
    "user": {"id": "8w2r5m0c1q7k9d3x", "name": "Jana Nováková"},
    "expert": {"id": "x4t6n1b8v0z5g2h7", "name": "Petr Svoboda"},
    "service": "q0d7s3f5k1m8c2w9",
    "skill": "valuation",
    "start": "2027-03-28T09:00:00Z",
    "minutes": 60,
    "price": "25.00",
    "status": "agreed",
    "payment": "blocked",
    "progress": None,
    "alternative": {"start": "2027-03-29T09:00:00Z", "author": "expert"},
    "approved_by": ["expert", "user"],
    "said": {"user": None, "expert": None},
    "my_role": "user",
    "actions": [
        {"name": "alternative_confirm", "until": "2027-03-28T09:00:00Z", "fee": None},
        {"name": "alternative_reject", "until": "2027-03-28T09:00:00Z", "fee": None},
        {"name": "cancel", "until": "2027-03-28T09:00:00Z", "fee": "0.00"},
    ],
    "cancellation": {"fee": "0.00", "free_until": "2027-03-26T09:00:00Z"},
}
_EXPERT: dict[str, Schema] = {
    "id": _ID,
    "name": _TEXT,
    "headline": _TEXT,
    "skills": _list(_SLUG),
    "services": _list(ref("Service")),
    "review_count": _WHOLE,
}

SCHEMAS: dict[str, Schema] = {
    "Status": _enum(State) | {"description": "Meeting status."},
    "Payment": _enum(Payment) | {"description": "Credits payment status."},
    "Progress": _enum(Progress) | {"description": "What became of an agreed meeting after its end."},
    "Role": _enum(_ROLES),
    "Said": _enum(Said) | {"description": "How a party says the meeting went."},
    "ActionName": _enum(ACTS),
    "Event": _enum(Event),
    "By": _enum(By),
    "MovementKind": _enum(Movement),
    "Action": _object(
        {"name": "cancel", "until": "2027-03-28T09:00:00Z", "fee": "0.00"},
        name=ref("ActionName"),
        until=_or_null(_MOMENT) | {"description": "Until when it is possible; null: no end is set."},
        fee=_or_null(_AMOUNT) | {"description": "What it costs now; null where it never costs anything."},
    ),
    "NotPossible": _object(
        {"name": "withdraw", "why": ["Petr has confirmed this meeting."]}, name=ref("ActionName"), why=_list(_TEXT)
    ),
    "Party": _object({"id": "8w2r5m0c1q7k9d3x", "name": "Jana Nováková"}, id=_ID, name=_TEXT),
    "Me": _object(
        {
            "id": "8w2r5m0c1q7k9d3x",
            "email": "jana@example.org",
            "name": "Jana Nováková",
            "time_zone": "Europe/Prague",
            "credits": {"available": "275.00", "blocked": "25.00"},
        },
        id=_ID,
        email=_TEXT,
        name=_TEXT,
        time_zone=_TEXT,
        credits=_object(None, available=_AMOUNT, blocked=_AMOUNT),
    ),
    "Movement": _object(
        {
            "at": "2027-03-28T10:05:00Z",
            "kind": "deduction",
            "text": "Deduction of credits for services",
            "meeting": "3k9f0xw2m7qd1c8z",
            "amount": "-25.00",
            "balance": "275.00",
        },
        at=_MOMENT,
        kind=ref("MovementKind"),
        text=_TEXT,
        meeting=_or_null(_ID),
        amount=_AMOUNT,
        balance=_AMOUNT | {"description": "Available and blocked together, after it."},
    ),
    "Blocked": _object({"meeting": "3k9f0xw2m7qd1c8z", "amount": "25.00"}, meeting=_or_null(_ID), amount=_AMOUNT),
    "Notice": _object(
        {
            "at": "2027-03-20T08:00:00Z",
            "kind": "meeting_agreed",
            "meeting": "3k9f0xw2m7qd1c8z",
            "date": "2027-03-28T09:00:00Z",
            "read": False,
        },
        at=_MOMENT,
        kind=_TEXT | {"description": "As the page of notices lists them."},
        meeting=_or_null(_ID),
        date=_or_null(_MOMENT) | {"description": "The date in force that it is about."},
        read={"type": "boolean"},
    ),
    "Skill": _object({"slug": "valuation", "name": "Valuation"}, slug=_SLUG, name=_TEXT),
    "Reason": _object({"code": "not-my-field", "text": "Outside my field"}, code=_SLUG, text=_TEXT),
    "Policy": _object(
        {name: "50.00" if name in PERCENTS else "5.00" if name == "review_bonus" else 48 for name in POLICY},
        **{name: _AMOUNT if name in (*PERCENTS, "review_bonus") else _WHOLE for name in POLICY},
    ),
    "Expertise": _object(
        None,
        slug=_SLUG,
        name=_TEXT,
        policy=ref("Policy"),
        skills=_list(ref("Skill")),
        reject_reasons=_list(ref("Reason")),
    ),
    "Service": _object(
        {
            "id": "q0d7s3f5k1m8c2w9",
            "title": "Expert advice",
            "minutes": 60,
            "price": "25.00",
            "skills": ["valuation"],
        },
        id=_ID,
        title=_TEXT,
        minutes=_WHOLE,
        price=_AMOUNT,
        skills=_list(_SLUG),
    ),
    "Expert": _object(None, **_EXPERT),
    "ExpertWithReviews": _object(
        None,
        **_EXPERT,
        reviews=_list(ref("Review")) | {"description": "The newest hundred."},
        my_review=_or_null(_TEXT) | {"description": "What you have written about this expert."},
    ),
    "Review": _object(
        {"author": "Jana Nováková", "text": "Clear and to the point.", "at": "2027-03-28T10:05:00Z"},
        author=_TEXT,
        text=_TEXT,
        at=_MOMENT,
    ),
    "Dashboard": _object({"scheduled_count": 2, "held_count": 5}, scheduled_count=_WHOLE, held_count=_WHOLE),
    "Meeting": _object(
        _MEETING_EXAMPLE,
        id=_ID,
        expertise=_SLUG,
        user=ref("Party"),
        expert=ref("Party"),
        service=_or_null(_ID) | {"description": "Null where it has been removed since."},
        skill=_or_null(_SLUG),
        start=_MOMENT,
        minutes=_WHOLE,
        price=_AMOUNT,
        status=ref("Status"),
        payment=ref("Payment"),
        progress=_or_null(ref("Progress")),
        alternative=_or_null(_object(None, start=_MOMENT, author=ref("Role"))),
        approved_by=_list(ref("Role")),
        said=_object(None, user=_or_null(ref("Said")), expert=_or_null(ref("Said")))
        | {"description": "One's own statement; the other's once settled or disputed."},
        my_role=ref("Role"),
        actions=_list(ref("Action")) | {"description": "What you can do now."},
        cancellation=_or_null(_object(None, fee=_AMOUNT, free_until=_MOMENT))
        | {"description": "What cancelling costs you now, and until when it is free; null where it is not possible."},
        not_possible=_list(ref("NotPossible"))
        | {"x-optional": True, "description": "With `explain=1`: what you cannot do now, and why."},
    ),
    "TimelineEntry": _object(
        {"at": "2027-03-20T08:00:00Z", "by": "user", "event": "approved", "text": "Approved by Jana Nováková"},
        at=_MOMENT,
        by=ref("By"),
        event=ref("Event"),
        text=_TEXT,
    ),
    "Door": _object(
        {
            "url": "https://meet.example.org/join/3k9f0xw2m7qd1c8zu4f9a1c7e/",
            "opens_at": "2027-03-28T08:45:00Z",
            "closes_at": "2027-03-28T11:00:00Z",
        },
        url={"type": "string", "format": "uri"},
        opens_at=_MOMENT,
        closes_at=_MOMENT,
    ),
}
