"""The manuals, for everybody: one should know how a place works before joining it."""

from __future__ import annotations

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from expertim.site import manual


@login_not_required
@require_safe
def contents(request: HttpRequest) -> HttpResponse:
    """Which manuals there are, and their chapters."""
    manuals = [(name, _manual(name)) for name in manual.NAMES]
    return render(request, "site/help.html", {"manuals": manuals})


@login_not_required
@require_safe
def page(request: HttpRequest, name: str) -> HttpResponse:
    """One manual."""
    if name not in manual.NAMES:
        raise Http404
    return render(request, "site/manual.html", {"manual": _manual(name), "name": name})


def _manual(name: str) -> manual.Manual:
    """In the language of the page."""
    return manual.manual(name, language=get_language())
