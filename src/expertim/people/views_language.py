"""The languages in the footer: which one a visitor is spoken to in, kept by the browser."""

from __future__ import annotations

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_safe

from expertim.foundation.cookies import remember


@login_not_required
@require_safe
def choose_language(request: HttpRequest, code: str) -> HttpResponse:
    """Keep the language, and go back. Whoever is signed in chooses theirs in the settings; that one goes first."""
    if code not in settings.COMPLETE_LANGUAGES:
        raise Http404
    back = request.GET.get("back", "")
    ours = back.startswith("/") and url_has_allowed_host_and_scheme(back, allowed_hosts=None)
    response = redirect(back if ours else "/")
    remember(response, settings.LANGUAGE_COOKIE_NAME, code)
    response.headers["Cache-Control"] = "no-store"
    return response
