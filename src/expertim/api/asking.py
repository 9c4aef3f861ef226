"""What a call is, and what it knows of who asks."""

from __future__ import annotations

import base64
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from expertim.api.problems import Problem, invalid
from expertim.api.shapes import Field, counted, text
from expertim.people.formats import Clock
from expertim.people.models import Person

MOST_ROWS = 100
ROWS = 20
_ID = re.compile(r"[0-9a-zA-Z_-]{1,64}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """One request, read and found well-formed."""

    person: Person
    clock: Clock
    path: str
    ids: dict[str, str]  # what stands in the path
    body: dict[str, Any]
    query: dict[str, Any]
    key: str | None = None  # Idempotency-Key
    seen_version: int | None = None  # If-Match; -1 for one that never was

    def id(self, name: str) -> str:
        """What the path names; 404 for what cannot be a name."""
        if not _ID.fullmatch(self.ids[name]):
            raise Problem("not_found")
        return self.ids[name]

    @property
    def limit(self) -> int:
        return int(self.query.get("limit", ROWS))

    def after(self, kind: str) -> str | None:
        """Where a list of a kind goes on; 422 for a cursor of another one."""
        cursor = self.query.get("cursor")
        if cursor is None:
            return None
        try:
            padded = cursor + "=" * (-len(cursor) % 4)
            found = base64.b64decode(padded.encode("ascii"), altchars=b"-_", validate=True).decode()
        except ValueError:
            raise bad_cursor() from None
        of_kind, separator, rest = found.partition(" ")
        if not separator or of_kind != kind or "\0" in rest:
            raise bad_cursor()
        return rest

    def number_after(self, kind: str) -> int | None:
        """The same of a list that counts by numbers."""
        rest = self.after(kind)
        if rest is None:
            return None
        if not (rest.isascii() and rest.isdecimal() and len(rest) <= 18):
            raise bad_cursor()
        return int(rest)


def bad_cursor() -> Problem:
    return invalid([("cursor", _("This is not the cursor of a page of this list."))])


def sealed(kind: str, rest: object | None) -> str | None:
    """A cursor: opaque to who holds it, checked when it comes back."""
    if rest is None:
        return None
    return base64.urlsafe_b64encode(f"{kind} {rest}".encode()).decode().rstrip("=")


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """An answer; `version` of a meeting, so that an act can name what it has seen."""

    content: dict[str, Any]
    status: int = 200
    version: int | None = None
    headers: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """One line of the table of calls: what serves it and what the document says about it."""

    name: str
    method: str
    path: str  # below /api/v1, as OpenAPI writes it
    does: Callable[[Asked], Told]
    summary: str
    answers: str  # a schema's name
    listed: bool = False  # a page of them
    status: int = 200
    body: tuple[Field, ...] = ()
    query: tuple[Field, ...] = ()
    one_of: tuple[str, ...] = ()  # fields of the body of which exactly one is sent
    refuses: tuple[str, ...] = ()  # beside those of every call
    matched: bool = False  # takes If-Match
    limit: str = "api_read"
    about: str = ""

    @property
    def acts(self) -> bool:
        return self.method == "POST"


PAGING = (
    Field(
        name="limit",
        kind=counted(1, MOST_ROWS),
        about="How many at most.",
        example=ROWS,
        default=ROWS,
    ),
    Field(name="cursor", kind=text(300), about="`next` of the former page.", example="bWVldGluZ3MgLi4u"),
)
