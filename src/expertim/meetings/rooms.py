"""A meeting and its video room: what the worker brings about, how a party comes in, what operators are told.

The wish itself is written by `meetings_write`, in the transaction that agrees, moves or cancels (meetings/rows.py).
Whatever becomes of it outside can therefore neither hold up an agreement nor a cancellation.
"""

from __future__ import annotations

import logging
from datetime import timedelta
from typing import Any

from django.db import transaction

from expertim.foundation import clock
from expertim.meetings import queries
from expertim.meetings.facts import PARTIES, By
from expertim.meetings.queries import MeetingView
from expertim.notifications.actions import tell
from expertim.notifications.kinds import kind_of
from expertim.outbox.worker import NotNow, Undeliverable, Withdrawn
from expertim.video import rooms
from expertim.video.builtin.seats import Held
from expertim.video.models import Room
from expertim.video.port import Guest, MeetingSpec, PlatformTrouble, QuotaExceeded, Refused, Unavailable

ROOM_MISSING = "room_missing"
TOLD_BEFORE = timedelta(hours=2)
_AT_ONCE = 20
_ASKING_SECONDS = 5.0  # of a round of the worker, which has other things to do

logger = logging.getLogger(__name__)


def send(payload: dict[str, Any]) -> dict[str, Any] | None:
    """An outbox row of kind "room": bring the room to what is wanted now, whatever the row was written for."""
    view = queries.meeting_for(person=0, meeting=payload["meeting"], operator=True)
    if view is None:
        raise Withdrawn("gone")
    try:
        return {"done": rooms.bring_about(spec_of(view))}
    except Refused as refused:
        raise Undeliverable(str(refused)) from refused
    except QuotaExceeded as full:
        raise NotNow(full.until) from full
    except Unavailable as busy:
        if busy.retry_after is None:
            raise
        raise NotNow(clock.now() + timedelta(seconds=busy.retry_after)) from busy


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
    others = [party for party in PARTIES if party is not view.my_role]
    awaited = any(view.situation.now.attended_at[PARTIES.index(party)] for party in others)
    return rooms.enter(spec_of(view), guest_of(view, view.my_role), awaited=awaited)


def seat_of(view: MeetingView, *, turn: int) -> Held:
    """The place in the built-in room that is the reader's."""
    return Held(reference=view.id, generation=view.situation.now.generation, party=view.my_role.value, turn=turn)


def look_after(*, limit: int) -> int:
    """Bring about once more what is needed soon and missing, and ask open rooms who is in them; how many were asked.

    The outbox has its own tries, each later than the one before; close to the start that is too late. A platform that
    is in trouble is left alone until the next round.
    """
    began, troubled = clock.monotonic(), set()
    asked = rooms.to_be_asked(within=TOLD_BEFORE, limit=min(limit, _AT_ONCE))
    labels = queries.labels(ids=[reference for reference, *_rest in asked]) if asked else {}
    for reference, platform, in_place in asked:
        if platform in troubled or reference not in labels or clock.monotonic() - began > _ASKING_SECONDS:
            continue
        view = queries.meeting_for(person=0, meeting=labels[reference]["public_id"], operator=True)
        if view is None:
            continue
        try:
            if in_place:
                rooms.ask(spec_of(view))
            else:
                rooms.bring_about(spec_of(view))
        except PlatformTrouble as trouble:
            troubled.add(platform)
            logger.warning("meeting %s at %s: %s: %s", reference, platform, type(trouble).__name__, trouble)
    return len(asked)


def tell_of_missing(*, limit: int) -> int:
    """Tell the operators, once for each date, of rooms that are needed soon and not in place, or fallen back from."""
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
                    "values": {
                        "platform": room.platform,
                        "error": room.last_error,
                        "fell_back": room.fell_back_at is not None,
                    },
                    "generation": room.generation,
                    "not_after": room.closes_at.isoformat(),
                    **kind.asked(),
                }
            ]
        )
    return 1
