"""Addresses for machines: health, robots, the icon that browsers ask for by themselves."""

from __future__ import annotations

from django.contrib.auth.decorators import login_not_required
from django.contrib.staticfiles.storage import staticfiles_storage
from django.db import Error
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.views.decorators.http import require_safe

from expertim.foundation.addresses import public_address
from expertim.site import queries

ROBOTS = "User-agent: *\nAllow: /$\nAllow: /experts/\nAllow: /photo/\nAllow: /static/\nDisallow: /\nSitemap: {}\n"


@login_not_required
@require_safe
def healthz(request: HttpRequest) -> HttpResponse:
    """200 while the database answers, else 503; for whoever watches the installation."""
    try:
        well = queries.answers()
    except Error:
        well = False
    return HttpResponse(
        "ok\n" if well else "no database\n",
        status=200 if well else 503,
        content_type="text/plain; charset=utf-8",
        headers={"Cache-Control": "no-store"},
    )


@login_not_required
@require_safe
def robots(request: HttpRequest) -> HttpResponse:
    """People's pages are theirs; the front page is for search engines, and the experts who want to be found."""
    return HttpResponse(ROBOTS.format(public_address("sitemap")), content_type="text/plain; charset=utf-8")


@login_not_required
@require_safe
def favicon(request: HttpRequest) -> HttpResponse:
    return HttpResponseRedirect(staticfiles_storage.url("foundation/icon.svg"))
