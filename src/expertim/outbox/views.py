"""Every mail of a movable installation, for anybody who tries it: there it is sent nowhere else."""

from __future__ import annotations

import re

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.views.decorators.http import require_safe

from expertim.outbox import queries

# Styles stand in each element, as mail programs want it; no script, no picture, no frame, nothing of ours around it.
_OF_MAIL = "default-src 'none'; style-src 'unsafe-inline'; form-action 'none'; base-uri 'none'; frame-ancestors 'none'"
_LINK = re.compile(r"(https?://[^\s<>\"]*[^\s<>\".,;:!?)])")


@login_not_required
@require_safe
def mails(request: HttpRequest) -> HttpResponse:
    """The newest mails; `?before=` leads to the older ones."""
    _require_movable()
    before = request.GET.get("before", "")
    page = queries.mails(before=int(before) if before.isdecimal() and len(before) < 19 else None)
    return render(request, "outbox/mails.html", {"page": page})


@login_not_required
@require_safe
def mail(request: HttpRequest, number: int) -> HttpResponse:
    """One mail with its links."""
    _require_movable()
    found = queries.mail(number)
    if found is None:
        raise Http404
    return render(request, "outbox/mail.html", {"mail": found, "text": with_links(found.text)})


@login_not_required
@require_safe
def mail_html(request: HttpRequest, number: int) -> HttpResponse:
    """The mail as a mail program shows it: its own page, where its styles count and nothing of it can do anything."""
    _require_movable()
    found = queries.mail(number)
    if found is None or not found.html:
        raise Http404
    return HttpResponse(found.html, headers={"Content-Security-Policy": _OF_MAIL})


def _require_movable() -> None:
    # Mail holds codes and links that open accounts: it is shown where nobody's account is real.
    if not settings.MOVABLE_CLOCK:
        raise Http404


def with_links(text: str) -> SafeString:
    """The text for a page, its addresses as links, and not a letter lost: Django's urlize drops some."""
    return format_html_join(
        "",
        "{}",
        (
            (format_html('<a href="{}">{}</a>', part, part) if place % 2 else part,)
            for place, part in enumerate(_LINK.split(text))
        ),
    )
