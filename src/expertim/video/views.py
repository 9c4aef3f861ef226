"""Where video platforms tell us who came and went."""

from __future__ import annotations

from http import HTTPStatus

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from expertim.video.platforms import platform
from expertim.video.port import Misconfigured, RawRequest
from expertim.video.rooms import record

LARGEST_BODY = 65_536


@csrf_exempt  # no cookie counts here: what speaks for a platform is its seal over the very bytes that came
@login_not_required
@require_POST
def events(request: HttpRequest, key: str, rest: str = "") -> HttpResponse:
    """What a platform pushes. Nothing of it is read before the adapter has believed it; told again, it is kept once."""
    try:
        there = platform(key)
    except Misconfigured:
        raise Http404 from None
    if len(request.body) > LARGEST_BODY:
        return HttpResponse(status=HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
    answer, seen = there.receive(
        RawRequest(
            headers={name.lower(): value for name, value in request.headers.items()},
            body=request.body,
            path=rest,
            query=request.META.get("QUERY_STRING", ""),
        )
    )
    if seen:
        record(seen, source=key)
    return HttpResponse(answer.body, status=answer.status, content_type=answer.content_type)
