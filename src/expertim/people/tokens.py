"""Tokens of programs: made, shown once, read without signing in, revoked."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import connection

from expertim.foundation.clock import machine_now
from expertim.people.models import ApiToken, Person

PREFIX = "expertim_"  # whoever finds one in a file or a log knows what it is
MOST = 50  # of one person
_BYTES = 32  # nobody guesses 256 bits, so a plain digest keeps them
_USED_EVERY = timedelta(hours=1)

_PERSON = [field.attname for field in Person._meta.concrete_fields]
_COLUMNS = ", ".join(f'p."{field.column}"' for field in Person._meta.concrete_fields)
_READ = f"""SELECT t.id, t.scope, t.last_used_at, {_COLUMNS}{{columns}}
    FROM people_apitoken t JOIN people_person p ON p.id = t.person_id AND p.is_active {{join}}
    WHERE t.digest = %s AND (t.expires_at IS NULL OR t.expires_at > %s)"""


class TooManyTokens(Exception):
    """This person has as many as anybody may have."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Bearer:
    """Whom a token stands for; `along` is the row of what was to be read along."""

    person: Person
    may_act: bool
    along: tuple[Any, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenRow:
    """A token as its person may see it; moments by the machine's clock."""

    id: int
    name: str
    scope: str
    made_at: datetime
    expires_at: datetime | None
    last_used_at: datetime | None


def new_token(
    *, person: Person, name: str, scope: ApiToken.Scope = ApiToken.Scope.WRITE, days: int | None = None
) -> str:
    """A new secret for a person's program, good for so many days or until it is revoked; raises TooManyTokens."""
    if ApiToken.objects.filter(person=person).count() >= MOST:
        raise TooManyTokens
    secret = PREFIX + secrets.token_urlsafe(_BYTES)
    now = machine_now()
    ApiToken.objects.create(
        person=person,
        name=name,
        digest=_digest(secret),
        scope=scope,
        made_at=now,
        expires_at=now + timedelta(days=days) if days is not None else None,
    )
    return secret


def revoke_token(*, person: Person, number: int) -> bool:
    """Let a token of this person open nothing any more; False where there is none of that number."""
    return ApiToken.objects.filter(person=person, pk=number).delete()[0] > 0


def tokens_of(person: Person) -> tuple[TokenRow, ...]:
    """The newest first."""
    columns = ("id", "name", "scope", "made_at", "expires_at", "last_used_at")
    return tuple(TokenRow(**row) for row in ApiToken.objects.filter(person=person).order_by("-id").values(*columns))


def bearer_of(secret: str, *, along: str = "") -> Bearer | None:
    """Whom a secret stands for; None where it is not, or no longer, in force, or its person may not sign in.

    `along`: a SELECT that gives one row about the person `p`, handed in by who knows more than this room.
    """
    statement = _READ.format(
        columns=", h.*" if along else "", join=f"LEFT JOIN LATERAL ({along}) h ON true" if along else ""
    )
    now = machine_now()
    with connection.cursor() as cursor:
        cursor.execute(statement, [_digest(secret), now])
        row = cursor.fetchone()
        if row is None:
            return None
        number, scope, used_at, *read = row
        if used_at is None or used_at <= now - _USED_EVERY:
            cursor.execute("UPDATE people_apitoken SET last_used_at = %s WHERE id = %s", [now, number])
    return Bearer(
        person=Person.from_db(connection.alias, _PERSON, read[: len(_PERSON)]),
        may_act=scope == ApiToken.Scope.WRITE,
        along=tuple(read[len(_PERSON) :]),
    )


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode(errors="surrogatepass")).hexdigest()
