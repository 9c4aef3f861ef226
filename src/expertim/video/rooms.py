"""A meeting's room from our side: bring it about, let people in, say what is not in place.

The platform is spoken to outside any transaction, by one worker at a time (a lease on the room's row). What it was
last brought to stands beside what is wanted; a later wish overtakes an earlier one that has not been met.
"""

from __future__ import annotations

import logging
import time
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import connection
from django.db.models import F, Q
from django.db.models.functions import Now

from expertim.foundation import clock
from expertim.video.models import Presence, Room, Seat
from expertim.video.platforms import BUILTIN, chosen, known, origins, platform, refused_address
from expertim.video.port import (
    CarriesOurPage,
    Entry,
    Guest,
    MeetingSpec,
    Misconfigured,
    OutcomeUnknown,
    PlatformTrouble,
    Refused,
    RemoteRef,
    Seen,
    Unavailable,
)

logger = logging.getLogger(__name__)

LEASE_SECONDS = 90
ASK_EVERY, ASK_LATER, REPORTS = timedelta(seconds=60), timedelta(minutes=10), timedelta(hours=1)
GRACE = timedelta(minutes=5)  # clocks differ, and whoever is let in early is seen early
_LONGEST_ERROR = 500
# A platform that lets us wait in vain would hold up the worker row by row; it is left alone for a while instead.
_LONG_SECONDS, _REST_SECONDS, _BREATH_SECONDS = 2.0, 30.0, 0.5
_rests_until: dict[str, float] = {}


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """How somebody comes in, and by which platform."""

    entry: Entry
    platform: str
    fell_back: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Carrier:
    """What brings pictures and sound to our page: the two browsers by themselves (builtin), or a media server."""

    key: str
    connects: tuple[str, ...] = ()  # origins besides our own that the page speaks to


def wish(*, reference: int, generation: int, wanted: bool, opens_at: datetime, closes_at: datetime) -> dict[str, Any]:
    """What `video_want` needs; the meeting's own writer hands it on, in the transaction that decided it."""
    return {
        "reference": reference,
        "platform": chosen(),
        "generation": generation,
        "wanted": wanted,
        "opens_at": opens_at.isoformat(),
        "closes_at": closes_at.isoformat(),
    }


def bring_about(spec: MeetingSpec) -> str:
    """Bring the platform to what is wanted now; answers what was done: ensured, cancelled, or nothing.

    Raises PlatformTrouble, also where another worker is at it: whoever asked has to ask again.
    """
    _let_rest(spec.reference)
    room = _leased(spec.reference)
    if room is None or (room.done_generation, room.done_wanted) == (room.generation, room.wanted):
        if room is not None:
            _report(room)
        return "nothing"
    done: dict[str, Any] = {"done_generation": room.generation, "done_wanted": room.wanted, "last_error": ""}
    began = clock.monotonic()
    try:
        if not room.wanted:
            # Also where nothing has been made: a worker may have died between making it and saying so.
            platform(room.platform).cancel(spec, _ref(room))
        elif spec.revision != room.generation:
            raise Unavailable("the meeting has moved since it was read")
        else:
            done["remote"] = asdict(platform(room.platform).ensure(spec, _ref(room)))
    except PlatformTrouble as trouble:
        if clock.monotonic() - began > _LONG_SECONDS:
            _rests_until[room.platform] = clock.monotonic() + _REST_SECONDS
        _report(room, last_error=_words(trouble))
        raise
    if not _report(room, **done):
        raise Unavailable("another worker has taken over meanwhile")
    return "ensured" if room.wanted else "cancelled"


def enter(spec: MeetingSpec, guest: Guest, *, awaited: bool = False) -> Way:
    """The way in, now. Where the platform cannot be reached, both use the built-in room from here on.

    `awaited`: the other may be there already, and would then sit there alone; so a platform that fails at once is
    asked a second time.
    """
    room = Room.objects.get(pk=spec.reference)
    if room.fell_back_at is None and room.platform != BUILTIN:
        began = clock.monotonic()
        try:
            try:
                entry = _led(room, spec, guest)
            except (Unavailable, OutcomeUnknown):
                if not awaited or clock.monotonic() - began > _LONG_SECONDS:
                    raise
                time.sleep(_BREATH_SECONDS)
                entry = _led(room, spec, guest)
        except PlatformTrouble as trouble:
            _fall_back(spec.reference, trouble)
        else:
            # The other may have found it unreachable while we waited for it: then both are in the built-in room.
            if not Room.objects.filter(pk=spec.reference, fell_back_at__isnull=False).exists():
                return Way(entry=entry, platform=room.platform, fell_back=False)
    entry = platform(BUILTIN).enter(spec, None, guest)
    return Way(entry=entry, platform=BUILTIN, fell_back=room.platform != BUILTIN)


def _led(room: Room, spec: MeetingSpec, guest: Guest) -> Entry:
    entry = platform(room.platform).enter(spec, _ref(room), guest)
    if why := refused_address(entry, allowed=origins(room.platform)):
        raise Refused(f"it sends people where they may not be sent: {why}")
    return entry


def record(seen: list[Seen], *, source: str) -> int:
    """Keep what a platform saw; told twice, it is kept once. Answers how much was new.

    Only of meetings that take place there, and only within the window of the date in force: what is told late, of a
    date that has been given up, says nothing of the new one.
    """
    rooms = {room.pk: room for room in Room.objects.filter(pk__in={one.reference for one in seen}, platform=source)}
    rows = [
        Presence(
            reference=one.reference,
            generation=rooms[one.reference].generation,
            party=one.party,
            kind=one.kind,
            at=one.at,
            source=source,
            dedupe=one.dedupe,
        )
        for one in seen
        if (room := rooms.get(one.reference)) and room.opens_at - GRACE <= one.at <= room.closes_at + GRACE
    ]
    before = Presence.objects.filter(source=source, dedupe__in=[row.dedupe for row in rows]).count()
    Presence.objects.bulk_create(rows, ignore_conflicts=True)
    return len({row.dedupe for row in rows}) - before


def not_in_place(*, now: datetime, within: timedelta, limit: int) -> list[Room]:
    """Rooms that are needed soon, are not there or have been fallen back from, and that no operator knows of yet."""
    return list(
        Room.objects.filter(wanted=True, opens_at__lte=now + within, closes_at__gt=now)
        .exclude(platform=BUILTIN)  # it needs nothing done before somebody comes
        .filter(Q(fell_back_at__isnull=False) | ~Q(done_generation=F("generation"), done_wanted=True))
        .filter(Q(told_generation=None) | ~Q(told_generation=F("generation")))
        .order_by("opens_at")[:limit]
    )


def still_missing(*, reference: int, generation: int) -> bool:
    """Whether the room for that date is still wanted, and not there or fallen back from."""
    wanted = Room.objects.filter(pk=reference, generation=generation, wanted=True)
    there = Q(done_generation=generation, done_wanted=True, fell_back_at=None)
    return wanted.exclude(there).exists()


def to_be_asked(*, within: timedelta, limit: int) -> list[tuple[int, str, bool]]:
    """Rooms whose platform is to be asked now, for this worker alone: (meeting, platform, whether it is in place).

    Soon needed or open: once a minute, those that have waited longest first; then rarely, for an hour, since some
    platforms report only once a meeting is over.
    """
    outside = [key for key in known() if key != BUILTIN]
    if not outside:
        return []
    values: list[Any] = [outside, within, REPORTS, ASK_EVERY, ASK_LATER, limit]
    with connection.cursor() as cursor:
        cursor.execute(
            "WITH clock AS MATERIALIZED (SELECT platform_now() AS now)"
            " UPDATE video_room SET asked_at = clock_timestamp() WHERE reference IN ("
            " SELECT reference FROM video_room, clock WHERE wanted AND fell_back_at IS NULL AND platform = ANY (%s)"
            " AND opens_at <= now + %s AND closes_at > now - %s"
            " AND CASE WHEN done_generation = generation AND done_wanted THEN opens_at <= now"
            "     ELSE closes_at > now END"
            " AND (asked_at IS NULL OR asked_at <= clock_timestamp() - CASE WHEN closes_at > now THEN %s ELSE %s END)"
            " ORDER BY asked_at NULLS FIRST LIMIT %s FOR UPDATE OF video_room SKIP LOCKED)"
            " RETURNING reference, platform, done_generation = generation AND done_wanted",
            values,
        )
        return [(reference, key, bool(done)) for reference, key, done in cursor.fetchall()]


def ask(spec: MeetingSpec) -> int:
    """Ask the platform whom it sees, and keep it; answers how much was new. Raises PlatformTrouble."""
    room = Room.objects.get(pk=spec.reference)
    try:
        seen = platform(room.platform).pull(spec, _ref(room))
    except PlatformTrouble as trouble:
        Room.objects.filter(pk=spec.reference).update(last_error=_words(trouble))
        raise
    return record(seen, source=room.platform)


def carrier_of(*, reference: int) -> Carrier | None:
    """What brings pictures and sound to our own page of the room; None where the meeting is on a platform's page."""
    room = Room.objects.filter(pk=reference).first()
    if room is None:
        return None
    if room.platform == BUILTIN or room.fell_back_at is not None:
        return Carrier(key=BUILTIN)
    try:
        there = platform(room.platform)
    except Misconfigured:
        return None  # whoever presses Join falls back
    return Carrier(key=there.key, connects=there.connects) if isinstance(there, CarriesOurPage) else None


def sits_there(*, reference: int, party: str, session: str) -> bool:
    """Whether that page is the one in the party's seat, and not one that a second tab has put out."""
    return bool(session) and Seat.objects.filter(room_id=reference, party=party, session=session).exists()


def told(room: Room) -> bool:
    """Note that the operators know; False where somebody else has noted it meanwhile."""
    unknown = Q(told_generation=None) | ~Q(told_generation=room.generation)
    return bool(Room.objects.filter(unknown, pk=room.pk).update(told_generation=room.generation))


def turn_link(*, reference: int, party: str) -> bool:
    """Make a party's link anew: the former one and whoever sits there by it are out. False without a room."""
    changed = Seat.objects.filter(room_id=reference, party=party).update(turn=F("turn") + 1, session="")
    return bool(changed)


def presences(*, reference: int, generation: int) -> list[tuple[str, str, datetime, str]]:
    """(party, kind, at, source) of one date, in order."""
    found = Presence.objects.filter(reference=reference, generation=generation).order_by("at", "id")
    return list(found.values_list("party", "kind", "at", "source"))


def _leased(reference: int) -> Room | None:
    """The room's row, held for this worker; None where there is no room. Raises Unavailable where another holds it."""
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE video_room SET busy_until = clock_timestamp() + %s * interval '1 second'"
            " WHERE reference = %s AND (busy_until IS NULL OR busy_until <= clock_timestamp())",
            [LEASE_SECONDS, reference],
        )
        held = bool(cursor.rowcount)
    room = Room.objects.filter(pk=reference).first()
    if room is not None and not held:
        raise Unavailable("another worker is speaking to the platform")
    return room


def _let_rest(reference: int) -> None:
    """Raises Unavailable for a platform that has just let us wait in vain."""
    key = Room.objects.filter(pk=reference).values_list("platform", flat=True).first() if _rests_until else None
    left = _rests_until.get(key or "", 0.0) - clock.monotonic()
    if left > 0:
        raise Unavailable("it did not answer a moment ago", retry_after=left)


def _words(trouble: PlatformTrouble) -> str:
    return f"{type(trouble).__name__}: {trouble}"[:_LONGEST_ERROR]


def _report(room: Room, **became: Any) -> bool:
    """What came of it. Of whoever slept over the lease nobody knows what it has undone of what came after: again."""
    if Room.objects.filter(pk=room.pk, busy_until=room.busy_until).update(busy_until=None, **became):
        return True
    Room.objects.filter(pk=room.pk).update(busy_until=None, done_generation=None, done_wanted=None)
    return False


def _fall_back(reference: int, trouble: PlatformTrouble) -> None:
    """For both, and for good: whoever comes later finds it so, also where the platform is back by then."""
    fallen = Room.objects.filter(pk=reference, fell_back_at=None)
    if fallen.update(fell_back_at=Now(), last_error=_words(trouble)):
        logger.error("meeting %s is led into the built-in room: %s", reference, _words(trouble))


def _ref(room: Room) -> RemoteRef | None:
    return RemoteRef(**room.remote) if room.remote else None
