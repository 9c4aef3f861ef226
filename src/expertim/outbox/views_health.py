"""Readiness for machines: is a worker alive, and does it keep up."""

from __future__ import annotations

from django.contrib.auth.decorators import login_not_required
from django.db import Error
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.http import require_safe

from expertim.outbox.health import health

_NOT_KEPT = {"Cache-Control": "no-store"}


@login_not_required
@require_safe
def readyz(request: HttpRequest) -> HttpResponse:
    """200 while a worker has beaten within a minute, is not paused, and nothing is overdue by five; else 503."""
    try:
        found = health()
    except Error:
        return JsonResponse({"ready": False, "why": "no database"}, status=503, headers=_NOT_KEPT)
    figures = {
        "ready": found.ready,
        "worker_beat_age_seconds": _rounded(found.beat_age),
        "oldest_due_seconds": _rounded(found.oldest_due),
        "oldest_bell_seconds": _rounded(found.oldest_bell),
        "due": found.open_rows,
        "given_up": found.dead_rows,
        "paused": found.paused,
    }
    answer = JsonResponse(figures, status=200 if found.ready else 503, headers=_NOT_KEPT)
    setattr(answer, "_has_been_logged", True)  # noqa: B010  # an answer, no error; Django's own mark has no type
    return answer


def _rounded(seconds: float | None) -> float | None:
    return None if seconds is None else round(seconds, 1)
