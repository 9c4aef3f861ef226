"""What an operator sees of who was there when (S4, X1); and that by rule only a pressed Join counts (S5, S6)."""

from __future__ import annotations

import re
from datetime import timedelta

from expertim.meetings.actions import ring_due
from expertim.meetings.facts import Act, By, Said
from expertim.video.port import Seen
from expertim.video.rooms import record
from tests.conftest import PlatformClock
from tests.meetings.visiting import Visitor, text_of, words_of
from tests.world import World, in_, person, row, world

USER, EXPERT = By.USER, By.EXPERT


def there(meeting: str, party: str, clock: PlatformClock, *minutes: int) -> None:
    """Seen each 30 seconds between the first and the last of these minutes after the start."""
    begin, end = minutes
    found = row(meeting)
    for half in range(2 * begin, 2 * end + 1):
        at = found.starts_at + timedelta(seconds=30 * half)
        seen = Seen(reference=found.pk, party=party, kind="present", at=at, dedupe=f"{meeting}:{party}:{half}")
        record([seen], source="builtin")


def disputed(w: World, clock: PlatformClock) -> str:
    meeting = w.agreed(start=in_(minutes=10))
    clock.advance(timedelta(minutes=10))
    w.act(USER, meeting, Act.JOIN)
    there(meeting, "user", clock, 0, 30)
    there(meeting, "expert", clock, 20, 40)
    clock.advance(timedelta(hours=2))
    w.act(USER, meeting, Act.EVALUATE, progress=Said.OTHER_FAULT)
    w.act(EXPERT, meeting, Act.EVALUATE, progress=Said.SMOOTH)
    return meeting


def test_an_operator_sees_who_was_there_when_and_for_how_long_both(clock: PlatformClock) -> None:
    """S4, X1: Join pressed, seen in the room, both together; drawn, and the same in words."""
    meeting = disputed(world(), clock)
    page = Visitor(person("olga", is_staff=True)).get(f"/operator/disputes/{meeting}/")
    words = words_of(page)
    assert "Uma 09:10 09:10–09:40 30 minutes" in words
    assert "Erin never 09:30–09:50 20 minutes" in words
    assert "Both were in the room at the same time for 10 minutes." in words
    drawn = text_of(page)
    assert re.search(r'<svg [^>]*role="img" aria-label="Uma was in the room: 09:10–09:40. Erin was in the room', drawn)
    # The door is open for 135 minutes, drawn over 360 units: the start is 15 minutes in, Erin comes 20 later.
    assert '<rect class="there" x="40" y="20" width="80"' in drawn
    assert '<rect class="there" x="93" y="62" width="54"' in drawn
    assert '<path class="pressed" d="M40 17v20">' in drawn


def test_without_anybody_there_it_says_so(clock: PlatformClock) -> None:
    w = world()
    meeting = w.agreed(start=in_(minutes=10))
    clock.advance(timedelta(hours=2))
    w.act(USER, meeting, Act.EVALUATE, progress=Said.OTHER_FAULT)
    w.act(EXPERT, meeting, Act.EVALUATE, progress=Said.SMOOTH)
    words = words_of(Visitor(person("olga", is_staff=True)).get(f"/operator/disputes/{meeting}/"))
    assert "Uma never never 0 minutes" in words
    assert "They were never seen in the room at the same time." in words


def test_by_rule_only_a_pressed_join_counts(clock: PlatformClock) -> None:
    """S5: the expert was seen in the room and had pressed nothing; only the user had."""
    w = world()
    meeting = w.agreed(start=in_(minutes=10))
    clock.advance(timedelta(minutes=10))
    w.act(USER, meeting, Act.JOIN)
    there(meeting, "expert", clock, 0, 60)
    clock.advance(timedelta(hours=170))
    ring_due(limit=1000)
    assert row(meeting).progress == "no_show_expert"
