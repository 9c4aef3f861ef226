"""A meeting and its video room: what the worker brings about, how a party comes in, what operators are told.

The wish itself is written by `meetings_write`, in the transaction that agrees, moves or cancels (meetings/rows.py).
Whatever becomes of it outside can therefore neither hold up an agreement nor a cancellation.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.db import transaction

from expertim.foundation import clock
from expertim.meetings import queries
from expertim.meetings.facts import PARTIES, By
from expertim.meetings.queries import MeetingView
from expertim.notifications.actions import tell
from expertim.notifications.kinds import kind_of
from expertim.outbox.worker import Undeliverable, Withdrawn
from expertim.video import rooms
from expertim.video.builtin.seats import Held
from expertim.video.models import Room
from expertim.video.port import Guest, MeetingSpec, Refused

ROOM_MISSING = "room_missing"
TOLD_BEFORE = timedelta(hours=2)


def send(payload: dict[str, Any]) -> dict[str, Any] | None:
    """An outbox row of kind "room": bring the room to what is wanted now, whatever the row was written for."""
    view = queries.meeting_for(person=0, meeting=payload["meeting"], operator=True)
    if view is None:
        raise Withdrawn("gone")
    try:
        return {"done": rooms.bring_about(spec_of(view))}
    except Refused as refused:
        raise Undeliverable(str(refused)) from refused


def spec_of(view: MeetingView) -> MeetingSpec:
    """The meeting as a platform needs it: no addresses, no credits."""
    opens_at, closes_at = view.join_window
    return MeetingSpec(
        key=view.public_id,
        reference=view.id,
        revision=view.situation.now.generation,
        title=view.service_title,
        starts_at=view.situation.start,
        ends_at=view.situation.end,
        opens_at=opens_at,
        closes_at=closes_at,
        guests=tuple(guest_of(view, party) for party in PARTIES),
    )


def guest_of(view: MeetingView, party: By) -> Guest:
    who = view.user if party is By.USER else view.expert
    return Guest(key=who.public_id, party=party.value, name=who.name)


def way_in(view: MeetingView) -> rooms.Way:
    """After Join: where this party goes. Never fails: there is always the built-in room."""
    return rooms.enter(spec_of(view), guest_of(view, view.my_role))


def seat_of(view: MeetingView, *, turn: int) -> Held:
    """The place in the built-in room that is the reader's."""
    return Held(reference=view.id, generation=view.situation.now.generation, party=view.my_role.value, turn=turn)


def tell_of_missing(*, limit: int) -> int:
    """Tell the operators, once for each date, of rooms that are needed within two hours and not in place."""
    late = rooms.not_in_place(now=clock.now(), within=TOLD_BEFORE, limit=limit)
    return sum(_told(room) for room in late)


def _told(room: Room) -> int:
    kind = kind_of(ROOM_MISSING)
    assert kind is not None
    with transaction.atomic():
        if not rooms.told(room):
            return 0
        tell(
            [
                {
                    "recipient": None,
                    "kind": ROOM_MISSING,
                    "key": f"m{room.pk}:g{room.generation}:{ROOM_MISSING}",
                    "reference": room.pk,
                    "values": {"platform": room.platform, "error": room.last_error},
                    "generation": room.generation,
                    "not_after": room.closes_at.isoformat(),
                    **kind.asked(),
                }
            ]
        )
    return 1
