"""How often somebody may do something: a bucket of tokens each, one statement a try, atomic between processes.

What concerns accounts (signing in, codes, resets) is limited by allauth; this is for what signed-in people
and their programs do.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

from django.conf import settings
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string

from expertim.foundation.htmx import in_dialog


@dataclass(frozen=True, slots=True, kw_only=True)
class Limit:
    """So many at once, and as many again in so many seconds, a little at a time."""

    amount: int
    seconds: int


# Far beyond what hands can do; what is kept away is a script that fills others' inboxes and calendars.
LIMITS = {
    "propose": Limit(amount=60, seconds=60),
    "reschedule": Limit(amount=60, seconds=60),
    "evaluate": Limit(amount=60, seconds=60),
    "chat": Limit(amount=30, seconds=60),
    "export": Limit(amount=5, seconds=600),
    "photo": Limit(amount=20, seconds=600),  # each costs a process
    "join": Limit(amount=60, seconds=60),  # every press is kept for good
    # Of programs; what an act does in others' inboxes is counted by the three above as well.
    "api_read": Limit(amount=600, seconds=60),
    "api_act": Limit(amount=300, seconds=60),
}

# The value is the moment at which the bucket is full again. The clock is read under the row's lock.
_NOW = "extract(epoch FROM clock_timestamp())"
_FULL = f"greatest((c.value #>> '{{}}')::numeric, {_NOW})"
_SPEND = f"""INSERT INTO foundation_cache AS c (key, value, expires_at)
    VALUES (%(key)s, to_jsonb({_NOW} + %(step)s::numeric), clock_timestamp() + %(step)s * interval '1 second')
    ON CONFLICT (key) DO UPDATE SET
        value = to_jsonb({_FULL} + %(step)s::numeric),
        expires_at = to_timestamp(({_FULL} + %(step)s::numeric)::double precision)
    WHERE {_FULL} + %(step)s::numeric <= {_NOW} + %(seconds)s::numeric
    RETURNING (c.value #>> '{{}}')::numeric - {_NOW}"""
_WAIT = (
    f"SELECT (value #>> '{{}}')::numeric + %(step)s - {_NOW} - %(seconds)s FROM foundation_cache WHERE key = %(key)s"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Spent:
    """A try that was counted: of so many, how many are left at once, and the seconds until all of them are."""

    amount: int
    remaining: int
    seconds: int


class TooOften(Exception):
    """Refused for now; `seconds` until the next try may succeed."""

    def __init__(self, seconds: int, *, amount: int = 0) -> None:
        super().__init__(seconds)
        self.seconds = seconds
        self.amount = amount


def spend(action: str, person: int) -> Spent | None:
    """Count one try of a person; raises TooOften. Outside transactions only: one would hold the row's lock.

    None where the limits are switched off.
    """
    if not settings.RATE_LIMITS:
        return None
    limit = LIMITS[action]
    amount = limit.amount * settings.RATE_LIMITS
    step = limit.seconds / amount
    given: dict[str, str | float] = {"key": f"limit:{action}:{person}", "step": step, "seconds": limit.seconds}
    with connection.cursor() as cursor:
        cursor.execute(_SPEND, given)
        if full := cursor.fetchone():
            seconds = float(full[0])
            left = int((limit.seconds - seconds) / step + 1e-6)
            return Spent(amount=amount, remaining=max(0, left), seconds=math.ceil(seconds))
        cursor.execute(_WAIT, given)
        row = cursor.fetchone()
    raise TooOften(max(1, math.ceil(row[0])) if row else 1, amount=amount)


class TooOftenMiddleware:
    """429 with Retry-After where a view's limit is spent."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        return too_many(request, seconds=exception.seconds) if isinstance(exception, TooOften) else None


def too_many(request: HttpRequest, *, seconds: int) -> HttpResponse:
    """The page that says when to try again."""
    shown = {"minutes": math.ceil(seconds / 60), "in_place": in_dialog(request)}
    return HttpResponse(
        render_to_string("429.html", shown, request=request, using="pages"),
        status=429,
        headers={"Retry-After": str(seconds), "Cache-Control": "no-store"},
    )
