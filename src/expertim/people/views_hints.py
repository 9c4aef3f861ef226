"""First-visit hints: each is shown until its reader has put it away, and never again."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_POST

from expertim.people.actions import put_hint_away
from expertim.people.going_back import back_of
from expertim.people.middleware import PersonRequest

HINTS = ("dashboard", "meetings", "account")


@require_POST
def hint_off(request: PersonRequest) -> HttpResponse:
    """Put a hint away for good; one that is none changes nothing."""
    hint = request.POST.get("hint", "")
    if hint in HINTS:
        put_hint_away(person=request.user, hint=hint)
    return redirect(back_of(request, otherwise=reverse("home")))
