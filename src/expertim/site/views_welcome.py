"""The first page after signing up: how time is shown, and where to go."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from expertim.expertise import queries as expertise
from expertim.people.actions import welcome
from expertim.site.middleware import HeaderRequest


@require_http_methods(["GET", "HEAD", "POST"])
def welcome_page(request: HeaderRequest) -> HttpResponse:
    """Asks where to go, and nothing else; whoever goes anywhere from here is not led back."""
    if request.method != "POST":
        return render(request, "site/welcome.html", {"expertises": expertise.expertises()})
    welcome(person=request.user)
    slug = request.POST.get("expertise", "")
    if request.header.field(slug) is None:
        return redirect("profile" if request.POST.get("to") == "profile" else "home")
    return redirect("skills" if request.POST.get("to") == "skills" else "dashboard", slug)
