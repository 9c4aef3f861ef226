"""From a request to an answer. Tested in this order: 401, 403, 429, a malformed 422, 404, then the rules."""

from __future__ import annotations

import hashlib
import json
import logging
import re
from collections.abc import Callable
from typing import Any
from uuid import uuid4

from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import RequestDataTooBig
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse, HttpResponseNotModified, UnreadablePostError
from django.utils.http import parse_etags
from django.utils.translation import get_language, override
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt

from expertim.api.asking import Asked, Call, Told
from expertim.api.entering import Entered, entered
from expertim.api.problems import Problem, answered, invalid
from expertim.api.shapes import taken
from expertim.api.strict import Malformed, object_of
from expertim.foundation.limits import Spent, TooOften, spend
from expertim.meetings import actions
from expertim.meetings.facts import Refused
from expertim.meetings.typed import checked_key
from expertim.people.languages import spoken

logger = logging.getLogger(__name__)

RETRY_AFTER = 30  # seconds; a database that restarts is back by then
_VERSION = re.compile(r'(?:W/)?"v([0-9]{1,9})(?:-[0-9a-f]+)?"')
View = Callable[..., HttpResponse]


def served(calls: dict[str, Call]) -> View:
    """The view of one address: its calls by method. Who asks is found out here, from a token or the session."""

    @csrf_exempt  # entering.py demands the token of a session, and of nobody else
    @login_not_required
    def view(request: HttpRequest, **ids: str) -> HttpResponse:
        try:
            return _answer(request, calls, ids)
        except Problem as problem:
            return answered(problem)
        except (OperationalError, InterfaceError):
            logger.exception("the database does not answer")
            return answered(Problem("unavailable", headers={"Retry-After": str(RETRY_AFTER)}))
        except Exception:
            number = uuid4()
            logger.exception("a call failed: %s", number)
            return answered(Problem("broken", instance=f"urn:uuid:{number}"))

    return view


@csrf_exempt
@login_not_required
def nowhere(request: HttpRequest, rest: str = "") -> HttpResponse:
    """An address that there is not, in the words of programs."""
    return answered(Problem("not_found"))


def _answer(request: HttpRequest, calls: dict[str, Call], ids: dict[str, str]) -> HttpResponse:
    call = calls.get("GET" if request.method == "HEAD" else request.method or "")
    if call is None:
        allowed = [*calls, *(["HEAD"] if "GET" in calls else [])]
        raise Problem("method_not_allowed", headers={"Allow": ", ".join(allowed)})
    who = entered(request, acts=call.acts)
    with override(spoken(who.person.language)):
        try:
            spent = spend(call.limit, who.person.pk)
        except TooOften as often:
            raise _too_often(often) from None
        asked = _read(request, call, ids, who)
        if not call.acts and who.due:  # T0: time does it, not the reading
            actions.catch_up(person=who.person.pk)
        response = _told(request, call.does(asked))
        response["Content-Language"] = get_language() or "en"
    if spent is not None:
        _count(response, spent)
    return response


def _read(request: HttpRequest, call: Call, ids: dict[str, str], who: Entered) -> Asked:
    """The request as the call wants it; every fault is named at once."""
    query, wrong = taken(call.query, request.GET.dict())
    body: dict[str, Any] = {}
    key = None
    if call.acts:
        given = _body(request)
        body, faults = taken(call.body, given)
        wrong += faults
        if call.one_of and sum(given.get(name) is not None for name in call.one_of) != 1:
            wrong += [
                (name, _("Send exactly one of: {names}.").format(names=", ".join(call.one_of))) for name in call.one_of
            ]
        key = request.headers.get("Idempotency-Key")
        if key is not None:
            key = key.strip()
            try:
                checked_key(key)
            except Refused:
                wrong.append(("Idempotency-Key", _("A key has from 1 to 200 characters.")))
    if wrong:
        raise invalid(wrong)
    return Asked(
        person=who.person,
        clock=who.person.clock,
        path=request.path,
        ids=ids,
        body=body,
        query=query,
        key=key,
        seen_version=_seen_version(request) if call.matched else None,
    )


def _body(request: HttpRequest) -> dict[str, Any]:
    try:
        body = request.body
    except (RequestDataTooBig, UnreadablePostError):
        raise Problem("too_large") from None
    if body and request.content_type != "application/json":
        raise Problem("unsupported_media_type")
    try:
        return object_of(body)
    except Malformed as malformed:
        raise invalid([("", str(malformed))]) from None


def _seen_version(request: HttpRequest) -> int | None:
    """If-Match: how many events the meeting had when it was seen; -1 for what never was an ETag of one."""
    header = request.headers.get("If-Match")
    if header is None or header.strip() == "*":
        return None
    tags = [found for tag in header.split(",") if (found := _VERSION.fullmatch(tag.strip()))]
    # Of several the latest: the meeting can stand at one only, and never goes back.
    return max((int(tag[1]) for tag in tags), default=-1)


def _told(request: HttpRequest, told: Told) -> HttpResponse:
    content = json.dumps(told.content, ensure_ascii=False, separators=(",", ":")).encode()
    digest = hashlib.sha256(content).hexdigest()[:16]
    etag = f'"{digest}"' if told.version is None else f'"v{told.version}-{digest}"'
    response: HttpResponse
    if request.method in ("GET", "HEAD") and _known(request, etag):
        response = HttpResponseNotModified()
    else:
        response = HttpResponse(content, status=told.status, content_type="application/json")
    response["ETag"] = etag
    response["Cache-Control"] = "private, no-cache"
    response["Vary"] = "Authorization, Cookie"
    for name, value in told.headers.items():
        response[name] = value
    return response


def _known(request: HttpRequest, etag: str) -> bool:
    """If-None-Match, compared weakly as RFC 9110 wants it: a proxy that compresses weakens what it passes on."""
    tags = parse_etags(request.headers.get("If-None-Match", ""))
    return "*" in tags or etag in (tag.removeprefix("W/") for tag in tags)


def _count(response: HttpResponse, spent: Spent) -> None:
    response["RateLimit-Limit"] = str(spent.amount)
    response["RateLimit-Remaining"] = str(spent.remaining)
    response["RateLimit-Reset"] = str(spent.seconds)


def _too_often(often: TooOften) -> Problem:
    headers = {
        "Retry-After": str(often.seconds),
        "RateLimit-Limit": str(often.amount),
        "RateLimit-Remaining": "0",
        "RateLimit-Reset": str(often.seconds),
    }
    return Problem("too_many_requests", headers=headers)
