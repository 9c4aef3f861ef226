"""Rooms that are wished for, brought about later, and sometimes not at all (J1, A1, D4, C2)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import psycopg
import pytest

from expertim.meetings import queries, rooms
from expertim.meetings.facts import Act, By
from expertim.meetings.queries import MeetingView
from expertim.outbox.models import Row
from expertim.outbox.worker import Undeliverable
from expertim.video import platforms
from expertim.video.models import Presence, Room
from expertim.video.port import MeetingSpec, Misconfigured, Refused, RemoteRef, Seen, Unavailable
from expertim.video.rooms import bring_about, record
from tests.conftest import Installation, PlatformClock
from tests.video.platforms_tried import Shaky
from tests.world import in_, notices, person, row, together, world

USER, EXPERT = By.USER, By.EXPERT


def seen_by(who: Any, meeting: str) -> MeetingView:
    view = queries.meeting_for(person=who.pk, meeting=meeting)
    assert view is not None
    return view


def room_of(meeting: str) -> Room:
    return Room.objects.get(pk=row(meeting).pk)


def wishes(meeting: str) -> list[dict[str, Any]]:
    return list(
        Row.objects.filter(kind="room", reference=row(meeting).pk).order_by("id").values_list("payload", flat=True)
    )


def bring(meeting: str) -> str:
    done = rooms.send({"meeting": meeting})
    assert done
    return str(done["done"])


def test_the_wish_is_written_with_the_agreement_and_follows_it(clock: PlatformClock) -> None:
    """A1, D4, C4: the generation, the window, wanted or not; from Rejected too."""
    w = world()
    meeting = w.propose(start=in_(days=3))
    assert not Room.objects.filter(pk=row(meeting).pk).exists()
    w.act(EXPERT, meeting, Act.CONFIRM)
    room = room_of(meeting)
    start = row(meeting).starts_at
    assert (room.platform, room.generation, room.wanted) == ("builtin", 1, True)
    assert (room.opens_at, room.closes_at) == (start - timedelta(minutes=15), start + timedelta(minutes=120))
    w.act(USER, meeting, Act.RESCHEDULE, start=in_(days=4))
    w.act(EXPERT, meeting, Act.ALTERNATIVE_CONFIRM)
    assert (room_of(meeting).generation, room_of(meeting).opens_at) == (2, in_(days=4) - timedelta(minutes=15))
    w.act(EXPERT, meeting, Act.CANCEL)
    assert not room_of(meeting).wanted
    assert [wish["act"] for wish in wishes(meeting)] == ["create", "edit", "cancel"]


def test_the_platform_of_a_meeting_stays_when_another_is_chosen(
    shaky: Shaky, settings: Any, database: Installation
) -> None:
    w = world()
    meeting = w.agreed(start=in_(days=3))
    settings.VIDEO_PLATFORM = "builtin"
    w.act(USER, meeting, Act.RESCHEDULE, start=in_(days=4))
    w.act(EXPERT, meeting, Act.ALTERNATIVE_CONFIRM)
    assert room_of(meeting).platform == "shaky"
    with psycopg.connect(database.owner_url) as owner, pytest.raises(psycopg.errors.CheckViolation):
        owner.execute("UPDATE video_room SET platform = 'builtin' WHERE reference = %s", [row(meeting).pk])


def test_a_platform_that_is_down_holds_up_neither_agreement_nor_cancellation(shaky: Shaky) -> None:
    w = world()
    meeting = w.agreed(start=in_(days=3))
    assert row(meeting).state == "agreed"
    with pytest.raises(Unavailable):
        bring(meeting)
    assert "no answer" in room_of(meeting).last_error
    w.act(EXPERT, meeting, Act.CANCEL)
    assert row(meeting).state == "cancelled"
    shaky.down = False
    assert bring(meeting) == "cancelled"
    assert bring(meeting) == "nothing"
    assert shaky.asked == [("ensure", 1), ("cancel", 1)]


def test_a_later_wish_overtakes_an_earlier_one(shaky: Shaky) -> None:
    """The room is brought to what is wanted now, once, whichever row asks."""
    w = world()
    meeting = w.agreed(start=in_(days=3))
    w.act(USER, meeting, Act.RESCHEDULE, start=in_(days=4))
    w.act(EXPERT, meeting, Act.ALTERNATIVE_CONFIRM)
    shaky.down = False
    assert [bring(meeting) for _row in wishes(meeting)] == ["ensured", "nothing"]
    assert shaky.asked == [("ensure", 2)]
    assert room_of(meeting).remote == {"remote_id": f"room of {meeting}", "content": {}}


def test_two_workers_do_not_speak_to_the_platform_at_once(shaky: Shaky) -> None:
    w = world()
    meeting = w.agreed(start=in_(days=3))
    shaky.down = False
    spec = rooms.spec_of(seen_by(w.user, meeting))
    Room.objects.filter(pk=spec.reference).update(busy_until="2999-01-01T00:00Z")
    with pytest.raises(Unavailable, match="another worker"):
        bring_about(spec)
    assert shaky.asked == []


def test_who_slept_over_the_lease_does_not_leave_a_cancelled_room(
    shaky: Shaky, monkeypatch: pytest.MonkeyPatch
) -> None:
    """C4: the room is made late, after another worker has cancelled it; so it is cancelled again."""
    w = world()
    meeting = w.agreed(start=in_(days=3))
    shaky.down = False
    makes = shaky.ensure

    def late(spec: MeetingSpec, ref: RemoteRef | None) -> RemoteRef:
        Room.objects.filter(pk=spec.reference).update(busy_until="2020-01-01T00:00Z")
        w.act(EXPERT, meeting, Act.CANCEL)
        assert bring(meeting) == "cancelled"
        return makes(spec, ref)

    monkeypatch.setattr(shaky, "ensure", late)
    with pytest.raises(Unavailable, match="taken over"):
        bring(meeting)
    assert [bring(meeting), bring(meeting)] == ["cancelled", "nothing"]
    assert [what for what, _revision in shaky.asked] == ["cancel", "ensure", "cancel"]


def test_what_the_platform_refuses_for_good_is_given_up(shaky: Shaky) -> None:
    w = world()
    meeting = w.agreed(start=in_(days=3))
    shaky.trouble = Refused("no such host")
    with pytest.raises(Undeliverable):
        bring(meeting)


def test_operators_are_told_once_for_each_date_before_the_start(shaky: Shaky, clock: PlatformClock) -> None:
    w, olga = world(), person("olga", is_staff=True)
    meeting = w.agreed(start=in_(hours=5))
    with pytest.raises(Unavailable):
        bring(meeting)
    rooms.tell_of_missing(limit=1000)
    assert notices(olga).count("room_missing") == 0
    clock.advance(timedelta(hours=3))
    for _twice in range(2):
        rooms.tell_of_missing(limit=1000)
    mine = olga.notices.filter(kind="room_missing", reference=row(meeting).pk)
    assert mine.count() == 1
    assert "no answer" in mine.get().values["error"]
    shaky.down = False
    bring(meeting)
    w2 = w.agreed(start=in_(hours=1))
    bring(w2)
    rooms.tell_of_missing(limit=1000)
    assert olga.notices.filter(kind="room_missing", reference__in=[row(w2).pk]).count() == 0


def test_at_the_click_both_fall_back_to_the_built_in_room(shaky: Shaky) -> None:
    """The same for both, also when the platform is back a moment later."""
    w = world()
    meeting = w.agreed(start=in_(minutes=10))
    user, expert = (rooms.way_in(seen_by(who, meeting)) for who in (w.user, w.expert))
    assert (user.platform, user.fell_back, user.entry.kind) == ("builtin", True, "page")
    shaky.down = False
    assert rooms.way_in(seen_by(w.expert, meeting)).platform == expert.platform == "builtin"


def test_where_the_platform_answers_each_goes_there(shaky: Shaky) -> None:
    w = world()
    meeting = w.agreed(start=in_(minutes=10))
    shaky.down = False
    way = rooms.way_in(seen_by(w.user, meeting))
    assert (way.platform, way.entry.url) == ("shaky", f"https://shaky.example.org/{w.user.public_id}")


def test_who_is_awaited_there_is_not_parted_from_the_other_by_one_failure(shaky: Shaky) -> None:
    """The first one is on the platform's page by then; somebody whom nobody awaits is led into ours at once."""
    w = world()
    meeting, other = (w.agreed(start=in_(minutes=10)) for _each in range(2))
    shaky.down = False
    w.act(USER, meeting, Act.JOIN)
    assert rooms.way_in(seen_by(w.user, meeting)).platform == "shaky"
    shaky.failures = 1
    assert rooms.way_in(seen_by(w.expert, meeting)).platform == "shaky"
    shaky.failures = 1
    assert rooms.way_in(seen_by(w.expert, other)).fell_back


def test_two_who_click_at_once_end_in_one_room(shaky: Shaky) -> None:
    w = world()
    meeting = w.agreed(start=in_(minutes=10))
    views = [seen_by(who, meeting) for who in (w.user, w.expert)]
    ways = together(2, lambda turn: rooms.way_in(views[turn]).platform, values=True)
    assert ways == ["builtin", "builtin"]


def test_a_platform_that_is_gone_is_fallen_back_from(shaky: Shaky) -> None:
    w = world()
    meeting = w.agreed(start=in_(minutes=10))
    platforms.forget(shaky.key)
    with pytest.raises(Misconfigured):
        bring(meeting)
    assert rooms.way_in(seen_by(w.user, meeting)).fell_back


def test_what_is_told_twice_is_kept_once(shaky: Shaky, clock: PlatformClock, database: Installation) -> None:
    w = world()
    meeting = w.agreed(start=in_(minutes=10))
    seen = Seen(reference=row(meeting).pk, party="user", kind="joined", at=clock.now, dedupe=f"{meeting}-1")
    assert (record([seen], source="shaky"), record([seen, seen], source="shaky")) == (1, 0)
    assert Presence.objects.filter(reference=row(meeting).pk).count() == 1
    with psycopg.connect(database.owner_url) as owner:
        for attack in (
            "UPDATE video_presence SET kind = 'left'",
            "DELETE FROM video_presence",
            "TRUNCATE video_presence",
        ):
            with pytest.raises(psycopg.errors.CheckViolation):
                owner.execute(attack)
            owner.rollback()
