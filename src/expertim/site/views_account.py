"""My account (K5)."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from expertim.credits import queries as credits
from expertim.credits.words import MOVEMENTS
from expertim.meetings import queries as meetings
from expertim.meetings.words.notices import others_than
from expertim.meetings.words.speaking import both_clocks
from expertim.site.middleware import HeaderRequest
from expertim.site.paging import before


@require_safe
def account(request: HeaderRequest) -> HttpResponse:
    """Available, blocked and by what, every movement, where to get credits."""
    number = before(request)
    blocks = credits.open_blocks(person=request.user.pk)
    page = credits.movements(person=request.user.pk, before=number)
    named = [row.meeting for row in page.rows if row.meeting is not None]
    return render(
        request,
        "site/account.html",
        {
            "blocks": blocks,
            "page": page,
            "kinds": MOVEMENTS,
            "continued": number is not None,
            "labels": _labels(request, [*named, *(block.meeting for block in blocks.rows)]),
            "top_up": settings.TOP_UP_TEXT
            or _("Credits come from the operator of this platform. Write to them and say how many you need."),
        },
    )


@require_safe
def blocks(request: HeaderRequest) -> HttpResponse:
    """Every amount ever set aside, and how it ended: returned, deducted, or some of each."""
    number = before(request)
    page = credits.blocks(person=request.user.pk, before=number)
    labels = _labels(request, [block.meeting for block in page.rows])
    return render(request, "site/blocks.html", {"page": page, "labels": labels, "continued": number is not None})


def _labels(request: HeaderRequest, ids: list[int]) -> dict[int, dict[str, Any]]:
    """Meetings by their ids, each with its start on the clocks of both."""
    return {
        number: label | {"when": both_clocks(label["starts_at"], request.clock, *others_than(request.user.pk, label))}
        for number, label in meetings.labels(ids=ids).items()
    }
