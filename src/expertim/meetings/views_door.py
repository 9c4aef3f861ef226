"""The door: the page behind a personal link, which lets one party into one meeting without logging in (J1)."""

from __future__ import annotations

from http import HTTPStatus

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from expertim.foundation.limits import spend
from expertim.meetings import actions, words
from expertim.meetings.facts import PARTIES, Act, Refused
from expertim.meetings.lifecycle import ring
from expertim.meetings.links import Guest, guest_of, link_address, turn_of
from expertim.meetings.queries import MeetingView
from expertim.meetings.rooms import seat_of
from expertim.meetings.shown import meeting_shown
from expertim.meetings.views_shared import SeeOther, come_in, key_of, lets_out, view_or_404
from expertim.people.languages import spoken
from expertim.people.middleware import PersonRequest
from expertim.video.builtin.seats import token_of
from expertim.video.rooms import turn_link

SEAT_COOKIE = "expertim_seat"


@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
def door(request: PersonRequest, token: str) -> HttpResponse:
    """GET shows and records nothing, POST joins. Whoever is signed in as somebody else is not let in."""
    guest = guest_of(token)
    if guest is None:
        raise Http404
    _speak_to(request, guest)
    if request.user.is_authenticated and request.user.pk != guest.person.pk:
        return _guarded(render(request, "meetings/door_of_another.html", status=HTTPStatus.FORBIDDEN))
    if ring(situation=guest.view.situation, at=guest.view.at) is not None:  # T0
        actions.catch_up(person=guest.person.pk)
        guest = guest_of(token)
        if guest is None:
            raise Http404
    if request.method == "POST":
        return _guarded(_joined(request, guest))
    return _guarded(_page(request, guest.view))


@require_http_methods(["GET", "HEAD", "POST"])
def own_link(request: PersonRequest, public_id: str) -> HttpResponse:
    """One's own link, to be opened on another device; a POST makes it anew, and the former one leads nowhere."""
    view = view_or_404(person=request.user.pk, meeting=public_id, operator=False)
    if not link_address(view):
        raise Http404
    if request.method == "POST":
        turn_link(reference=view.id, party=view.my_role.value)
        messages.success(request, _("You have a new link. The former one leads nowhere any more."))
        return SeeOther(reverse("meeting_link", args=[public_id]))
    shown = {"meeting": meeting_shown(view, clock=request.clock), "link": link_address(view)}
    return _guarded(render(request, "meetings/link.html", shown))


def _joined(request: PersonRequest, guest: Guest) -> HttpResponse:
    spend("join", guest.person.pk)
    view = guest.view
    try:
        actions.perform(person=guest.person.pk, meeting=view.public_id, act=Act.JOIN, key=key_of(request))
    except Refused:
        now = view_or_404(person=guest.person.pk, meeting=view.public_id, operator=False)
        return _page(request, now, status=HTTPStatus.CONFLICT)
    response = come_in(view)
    if not request.user.is_authenticated:
        keep_seat(response, view)
    return response


def keep_seat(response: HttpResponse, view: MeetingView) -> None:
    """Let the browser of somebody who has not logged in find the room again after a reload; it opens nothing else."""
    response.set_cookie(
        SEAT_COOKIE,
        token_of(seat_of(view, turn=turn_of(view, view.my_role))),
        max_age=int((view.join_window[1] - view.at).total_seconds()),
        path=reverse("room", args=[view.public_id]),
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )


def _page(request: PersonRequest, view: MeetingView, *, status: int = HTTPStatus.OK) -> HttpResponse:
    open_now = any(action.act is Act.JOIN for action in view.actions)
    shown = {
        "meeting": meeting_shown(view, clock=request.clock),
        "question": words.question(Act.JOIN, view),
        "button": words.button(Act.JOIN, view),
        "consequences": words.consequences(Act.JOIN, view, request.clock) if open_now else (),
        "reasons": () if open_now else words.why_not(Act.JOIN, view, request.clock),
        "open": open_now,
        "key": key_of(request),
    }
    return lets_out(render(request, "meetings/door.html", shown, status=status))


def _speak_to(request: PersonRequest, guest: Guest) -> None:
    """In the language, the zone and the format of whose link it is: nobody else is meant to read it."""
    if guest.view.my_role in PARTIES and not request.user.is_authenticated:
        translation.activate(spoken(guest.person.language))
        request.clock = guest.person.clock


def _guarded(response: HttpResponse) -> HttpResponse:
    """The address is a right by itself: no store keeps the page, no other site learns the address.

    Not `no-referrer`: browsers would then send the form's POST with the origin "null", which the CSRF guard refuses.
    """
    response["Cache-Control"] = "no-store"
    response.setdefault("Referrer-Policy", "strict-origin")  # on to the room it is none at all
    response["X-Robots-Tag"] = "noindex"
    return response
