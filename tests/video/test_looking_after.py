"""What workers do about rooms by themselves: bring about once more what is needed soon, ask who is there, tell."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from expertim.foundation import clock as clocks
from expertim.meetings import queries, rooms
from expertim.meetings.evidence import times_of
from expertim.meetings.facts import Act, By, Event
from expertim.meetings.models import TimelineEvent
from expertim.outbox.worker import NotNow
from expertim.video.models import Presence, Room
from expertim.video.port import QuotaExceeded, Seen, Unavailable
from expertim.video.rooms import presences, record
from tests.conftest import PlatformClock
from tests.video.platforms_tried import Shaky
from tests.world import in_, notices, person, row, together, world

USER, EXPERT = By.USER, By.EXPERT


def due_again(meeting: str) -> None:
    """As a minute later by the machine's clock."""
    Room.objects.filter(pk=row(meeting).pk).update(asked_at="2001-01-01T00:00Z")


def only(meeting: str) -> None:
    """Other tests' rooms wait for another day."""
    Room.objects.exclude(pk=row(meeting).pk).filter(platform="shaky").update(wanted=False)


def seen(meeting: str, party: str, kind: Any, at: Any) -> Seen:
    return Seen(reference=row(meeting).pk, party=party, kind=kind, at=at, dedupe=f"{meeting}:{party}:{kind}:{at}")


def test_a_room_that_is_needed_soon_is_tried_each_minute(shaky: Shaky, clock: PlatformClock) -> None:
    """The outbox' next try may be hours away by then."""
    meeting = world().agreed(start=in_(hours=5))
    only(meeting)
    rooms.look_after(limit=100)
    assert shaky.asked == []
    clock.advance(timedelta(hours=3))
    for _each in range(3):
        rooms.look_after(limit=100)
    assert shaky.asked == [("ensure", 1)]
    due_again(meeting)
    shaky.down = False
    rooms.look_after(limit=100)
    assert Room.objects.get(pk=row(meeting).pk).done_wanted
    due_again(meeting)
    rooms.look_after(limit=100)
    assert shaky.asked == [("ensure", 1)] * 2  # it is in place, and not open yet


def test_two_workers_do_not_ask_the_same_room(shaky: Shaky, clock: PlatformClock) -> None:
    meeting = world().agreed(start=in_(minutes=10))
    only(meeting)
    shaky.down = False
    together(2, lambda _turn: rooms.look_after(limit=100))
    assert shaky.asked == [("ensure", 1)]


def test_an_open_room_is_asked_who_is_there_and_it_becomes_evidence(shaky: Shaky, clock: PlatformClock) -> None:
    w = world()
    meeting = w.agreed(start=in_(minutes=10))
    only(meeting)
    shaky.down = False
    rooms.send({"meeting": meeting})
    shaky.sees = [seen(meeting, "user", "present", clock.now)]
    for _each in range(3):
        due_again(meeting)
        rooms.look_after(limit=100)
    found = presences(reference=row(meeting).pk, generation=1)
    assert [(party, kind, source) for party, kind, _at, source in found] == [("user", "present", "shaky")]
    told = TimelineEvent.objects.filter(meeting_id=row(meeting).pk, event=Event.ATTENDED)
    assert not told.exists()  # J1: what counts is Join, which only a party presses
    w.act(USER, meeting, Act.JOIN)
    w.act(USER, meeting, Act.JOIN)
    due_again(meeting)
    rooms.look_after(limit=100)
    assert told.count() == 1


def test_who_was_there_is_asked_for_an_hour_more_once_it_is_over(shaky: Shaky, clock: PlatformClock) -> None:
    """Zoom reports then. Later nobody asks."""
    meeting = world().agreed(start=in_(minutes=10))
    only(meeting)
    shaky.down = False
    rooms.send({"meeting": meeting})
    closes = Room.objects.get(pk=row(meeting).pk).closes_at
    shaky.asked.clear()
    for at, expected in ((closes + timedelta(minutes=59), 1), (closes + timedelta(minutes=61), 1)):
        clock.freeze(at)
        due_again(meeting)
        rooms.look_after(limit=100)
        assert len(shaky.asked) == expected


def test_a_platform_in_trouble_is_asked_once_a_round(shaky: Shaky, clock: PlatformClock) -> None:
    w = world()
    meetings = [w.agreed(start=in_(minutes=10)) for _each in range(3)]
    Room.objects.exclude(pk__in=[row(meeting).pk for meeting in meetings]).filter(platform="shaky").update(wanted=False)
    rooms.look_after(limit=100)
    assert len(shaky.asked) == 1
    assert Room.objects.get(pk=row(meetings[0]).pk).wanted


def test_what_is_cancelled_or_fell_back_is_asked_no_more(shaky: Shaky, clock: PlatformClock) -> None:
    w = world()
    cancelled, fallen = w.agreed(start=in_(minutes=10)), w.agreed(start=in_(minutes=10))
    only(fallen)
    view = queries.meeting_for(person=w.user.pk, meeting=fallen)
    assert view is not None
    assert rooms.way_in(view).fell_back
    w.act(EXPERT, cancelled, Act.CANCEL)
    shaky.asked.clear()
    rooms.look_after(limit=100)
    assert shaky.asked == []


def test_where_it_says_when_to_come_again_it_is_left_alone_until_then(shaky: Shaky, clock: PlatformClock) -> None:
    meeting = world().agreed(start=in_(days=3))
    shaky.trouble = Unavailable("too many requests", retry_after=90)
    with pytest.raises(NotNow) as put_off:
        rooms.send({"meeting": meeting})
    assert put_off.value.until == clock.now + timedelta(seconds=90)
    shaky.trouble = QuotaExceeded(until=clock.now + timedelta(hours=9))
    with pytest.raises(NotNow) as put_off:
        rooms.send({"meeting": meeting})
    assert put_off.value.until == clock.now + timedelta(hours=9)


def test_a_platform_that_lets_us_wait_in_vain_holds_up_one_row_only(
    shaky: Shaky, clock: PlatformClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Else a hundred rows of a dead platform would hold up everybody's mail for minutes."""
    w = world()
    first, second = (w.agreed(start=in_(days=3)) for _each in range(2))
    passing = iter(range(0, 1000, 3))  # each look at the clock is three seconds later
    monkeypatch.setattr(clocks, "monotonic", lambda: float(next(passing)))
    with pytest.raises(Unavailable):
        rooms.send({"meeting": first})
    with pytest.raises(NotNow):
        rooms.send({"meeting": second})
    assert shaky.asked == [("ensure", 1)]


def test_operators_are_told_when_people_had_to_fall_back(shaky: Shaky, clock: PlatformClock) -> None:
    w, olga = world(), person("olga", is_staff=True)
    meeting = w.agreed(start=in_(minutes=10))
    shaky.down = False
    rooms.send({"meeting": meeting})
    shaky.down = True
    view = queries.meeting_for(person=w.user.pk, meeting=meeting)
    assert view is not None
    assert rooms.way_in(view).fell_back
    for _twice in range(2):
        rooms.tell_of_missing(limit=1000)
    [notice] = olga.notices.filter(kind="room_missing", reference=row(meeting).pk)
    assert notice.values["fell_back"] is True
    assert "no answer" in notice.values["error"]
    assert notices(w.user).count("room_missing") == 0


def test_what_is_told_of_another_date_is_no_evidence(shaky: Shaky, clock: PlatformClock) -> None:
    """A sighting that was on its way while the meeting moved says nothing of the new date (D4)."""
    w = world()
    meeting = w.agreed(start=in_(minutes=10))
    at = clock.now
    w.act(USER, meeting, Act.RESCHEDULE, start=in_(days=2))
    w.act(EXPERT, meeting, Act.ALTERNATIVE_CONFIRM)
    assert record([seen(meeting, "user", "joined", at)], source="shaky") == 0
    opens = Room.objects.get(pk=row(meeting).pk).opens_at
    assert record([seen(meeting, "user", "joined", opens - timedelta(minutes=4))], source="shaky") == 1
    assert Presence.objects.get(reference=row(meeting).pk).generation == 2


def test_no_platform_speaks_for_the_meetings_of_another(shaky: Shaky, settings: Any, clock: PlatformClock) -> None:
    settings.VIDEO_PLATFORM = "builtin"
    meeting = world().agreed(start=in_(minutes=10))
    assert record([seen(meeting, "user", "joined", clock.now)], source="shaky") == 0


def test_evidence_of_a_platform_is_read_as_platforms_tell_it(clock: PlatformClock) -> None:
    """Joined and left with nothing between is all that some push; what ours sees has gaps of a minute at most."""
    start = clock.now

    def at(minutes: float) -> Any:
        return start + timedelta(minutes=minutes)

    pushed = [("user", "joined", at(0), "livekit"), ("user", "left", at(30), "livekit")]
    assert times_of(USER, pushed) == ((at(0), at(30)),)
    assert times_of(EXPERT, pushed) == ()
    assert times_of(USER, [(*one[:3], "builtin") for one in pushed]) == ((at(0), at(0)),)
    asked = [("user", "present", at(minute), "bigbluebutton") for minute in (0, 2, 4, 10, 11)]
    assert times_of(USER, asked) == ((at(0), at(4)), (at(10), at(11)))
    assert times_of(USER, [*pushed, *asked]) == ((at(0), at(30)),)
    lost = [("user", "joined", at(0), "jitsi"), ("user", "joined", at(20), "jitsi"), ("user", "left", at(25), "jitsi")]
    assert times_of(USER, lost) == ((at(0), at(0)), (at(20), at(25)))
