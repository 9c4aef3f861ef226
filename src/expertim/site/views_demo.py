"""The start page of a movable installation: who to be, what to try, the clock, every mail."""

from __future__ import annotations

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import authenticate, login
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from expertim.foundation import clock
from expertim.meetings.facts import By
from expertim.people.going_back import back_of
from expertim.people.middleware import PersonRequest
from expertim.people.models import Person
from expertim.site import queries
from expertim.site.cast import EXPERT, OPERATOR, USER, Someone, cast
from expertim.site.tours import tours


@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
def start(request: PersonRequest) -> HttpResponse:
    """What one can do here; POST signs in as somebody of the demo's catalogue, whose password is no secret."""
    if not settings.MOVABLE_CLOCK:
        raise Http404
    if request.method == "POST":
        return _become(request)
    there = dict(
        Person.objects.filter(email__in=[one.email for one in cast()], is_active=True).values_list("email", "pk")
    )
    known = [one for one in cast() if one.email in there]
    leads = [one for email in (USER, EXPERT, OPERATOR) for one in known if one.email == email]
    others = [one for one in known if one not in leads]
    shown = {
        "leads": [(one, _introduction(one)) for one in leads],
        "users": [one for one in others if one.role is By.USER],
        "experts": [one for one in others if one.role is By.EXPERT],
        "tours": tours(there),
        "names": {one.email: one.name for one in leads},
        "now": clock.now(),
        "next": queries.next_due(),
    }
    return render(request, "site/demo.html", shown)


def _become(request: PersonRequest) -> HttpResponse:
    """Sign in with the catalogue's password: whoever has changed theirs here is nobody's to be."""
    someone = next((one for one in cast() if one.email == request.POST.get("who")), None)
    if someone is None:
        raise Http404
    person = authenticate(request, email=someone.email, password=someone.password)
    if person is None:
        words = _("{name} cannot be entered by this button any more: the account here has another password, or none.")
        messages.warning(request, words.format(name=someone.name))
        return redirect("demo")
    login(request, person)
    messages.success(request, _("You are {name} now.").format(name=someone.name))
    return redirect(back_of(request, otherwise=reverse("home")))


def _introduction(someone: Someone) -> str:
    return {
        By.USER: _("Asks for advice: proposes meetings, moves and cancels them, says how they went."),
        By.EXPERT: _("Gives advice: answers proposals and makes some, is paid, and asks for advice now and then."),
        By.OPERATOR: _("Looks after the place: settles disputes, grants credits, watches over the books."),
    }[someone.role]
