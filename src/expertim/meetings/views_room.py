"""The room in our own page: the page, what it sends and gets while people are in it, its way to a media server."""

from __future__ import annotations

import json
from http import HTTPStatus
from typing import Any

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import translation
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST

from expertim.foundation.headers import policy
from expertim.foundation.limits import spend
from expertim.meetings import words
from expertim.meetings.facts import PARTIES, Act
from expertim.meetings.links import turn_of
from expertim.meetings.queries import MeetingView, meeting_of_party
from expertim.meetings.rooms import seat_of, way_in
from expertim.meetings.shown import meeting_shown
from expertim.meetings.views_door import SEAT_COOKIE
from expertim.meetings.views_shared import SeeOther, view_or_404
from expertim.people.languages import spoken
from expertim.people.middleware import PersonRequest
from expertim.people.models import Person
from expertim.video.builtin.exchange import TooFast, Unreadable, exchange
from expertim.video.builtin.seats import Held, held_by, token_of
from expertim.video.builtin.turn import relays
from expertim.video.platforms import BUILTIN
from expertim.video.rooms import carrier_of, sits_there

_LARGEST_BODY = 131_072


@login_not_required
@require_http_methods(["GET", "HEAD"])
def room(request: PersonRequest, public_id: str) -> HttpResponse:
    """The room, for a party who has pressed Join for this date (J1); everybody else is led back to the door."""
    if request.user.is_authenticated:
        view = view_or_404(person=request.user.pk, meeting=public_id, operator=False)
    elif SEAT_COOKIE in request.COOKIES:
        view = _by_seat(request, public_id)
    else:
        return redirect_to_login(request.get_full_path())
    carrier = carrier_of(reference=view.id) if _joined(view) else None
    if carrier is None:
        return _shut(request, view)
    shown = {
        "meeting": meeting_shown(view, clock=request.clock),
        "seat": token_of(seat_of(view, turn=turn_of(view, view.my_role))),
        "exchange": reverse("room_exchange", args=[public_id]),
        "pass": reverse("room_pass", args=[public_id]),
        "carrier": carrier.key,
        "starts": view.situation.start.isoformat(),
        "ends": view.situation.end.isoformat(),
        "now": view.at.isoformat(),
        "party": view.my_role.value,
        "other": view.other.name,
        "relay_only": settings.TURN_ONLY and relays(),
        "back": reverse("meeting", args=[public_id]) if request.user.is_authenticated else request.path,
    }
    response = render(request, "video/room.html", shown)
    response["Cache-Control"] = "no-store"
    response["Content-Security-Policy"] = policy(connects=carrier.connects)
    return response


@csrf_exempt  # no cookie counts here: what speaks for a party is the seat's token, in the body
@login_not_required
@require_POST
def exchange_of_page(request: PersonRequest, public_id: str) -> HttpResponse:
    """One poll of a page in the room."""
    if len(request.body) > _LARGEST_BODY:
        return JsonResponse({}, status=HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
    asked, held = _asked(request)
    try:
        answer = JsonResponse(exchange(held=held, asked=asked))
    except Unreadable:
        answer = JsonResponse({}, status=HTTPStatus.BAD_REQUEST)
    except TooFast:
        answer = JsonResponse({}, status=HTTPStatus.TOO_MANY_REQUESTS, headers={"Retry-After": "1"})
    answer["Cache-Control"] = "no-store"
    return answer


@csrf_exempt  # as above
@login_not_required
@require_POST
def pass_of_page(request: PersonRequest, public_id: str) -> HttpResponse:
    """The way to the media server, for the page that sits there; 409 where both go straight by now, or it is shut."""
    asked, held = _asked(request)
    view = _seen_from(held, public_id)
    spend("join", (view.user if view.my_role is PARTIES[0] else view.expert).id)
    session = str(asked.get("session"))
    if not _joined(view) or not sits_there(reference=view.id, party=held.party, session=session):
        return JsonResponse({}, status=HTTPStatus.CONFLICT)
    way = way_in(view)
    if way.platform == BUILTIN or way.entry.kind != "page":
        return JsonResponse({}, status=HTTPStatus.CONFLICT)
    answer = JsonResponse(dict(way.entry.content))
    answer["Cache-Control"] = "no-store"
    return answer


def _asked(request: PersonRequest) -> tuple[dict[str, Any], Held]:
    """What a page has sent, and whose place it holds; without one there is nothing here."""
    try:
        asked = json.loads(request.body)
    except ValueError:
        asked = None
    held = held_by(asked.get("seat")) if isinstance(asked, dict) else None
    if held is None:
        raise Http404
    return asked, held


def _seen_from(held: Held, public_id: str) -> MeetingView:
    """The meeting as whoever holds that place sees it; it may not be another meeting's, nor of a link of before."""
    party = next(party for party in PARTIES if held.party == party)
    view = meeting_of_party(meeting=public_id, party=party)
    if view is None or view.id != held.reference or held.turn != turn_of(view, party):
        raise Http404
    return view


def _by_seat(request: PersonRequest, public_id: str) -> MeetingView:
    """Whoever came by their link has its seat in a cookie of this very room; speak to them as they want it."""
    held = held_by(request.COOKIES.get(SEAT_COOKIE))
    if held is None:
        raise Http404
    view = _seen_from(held, public_id)
    person = Person.objects.get(pk=(view.user if view.my_role is PARTIES[0] else view.expert).id)
    translation.activate(spoken(person.language))
    request.clock = person.clock
    return view


def _joined(view: MeetingView) -> bool:
    """Join has been pressed for this date, and its window is open."""
    pressed = view.situation.now.attended_at[PARTIES.index(view.my_role)] is not None
    open_now = any(action.act is Act.JOIN for action in view.actions)
    return pressed and open_now


def _shut(request: PersonRequest, view: MeetingView) -> HttpResponse:
    if request.user.is_authenticated:
        return SeeOther(reverse("meeting_act", args=[view.public_id, "join"]))
    open_now = any(action.act is Act.JOIN for action in view.actions)
    reasons = (words.by_the_link(),) if open_now else words.why_not(Act.JOIN, view, request.clock)
    shown = {
        "meeting": meeting_shown(view, clock=request.clock),
        "question": words.question(Act.JOIN, view),
        "reasons": reasons,
        "open": False,
    }
    return render(request, "meetings/door.html", shown)
