"""The real Janus, where the contract does not reach: tokens that end, who was there, and who only says so."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest

from expertim.video import janus
from expertim.video.port import Entry, Seen
from tests.conftest import PlatformClock
from tests.foundation.holding import eventually
from tests.video.janus_server import TOKEN_SECRET
from tests.video.stand import START, TurnedAway, spec
from tests.video.stand_janus import JanusStand

USER, EXPERT = spec().guests


@pytest.fixture
def stand(clock: PlatformClock) -> Iterator[JanusStand]:
    clock.freeze(START - timedelta(minutes=10))
    made = JanusStand()
    yield made
    made.close()


def way(stand: JanusStand, **changes: str) -> Entry:
    entry = stand.platform.enter(spec(), None, USER)
    return replace(entry, content={**entry.content, **changes})


def heard(stand: JanusStand, many: int) -> list[Seen]:
    """So many sightings of those that Janus tells of."""
    found: list[Seen] = []

    def enough() -> bool:
        for request in stand.pushed():
            answer, seen = stand.platform.receive(request)
            assert answer.status == 200
            found.extend(seen)
        return len(found) >= many

    assert eventually(enough, seconds=5), found
    return found


def test_each_comes_in_by_a_place_of_their_own(stand: JanusStand) -> None:
    for guest in spec().guests:
        stand.come(stand.platform.enter(spec(), None, guest))
    assert stand.inside(spec()) == 2


def test_who_comes_again_takes_the_place_of_the_page_before(stand: JanusStand) -> None:
    for _twice in range(2):
        stand.come(stand.platform.enter(spec(), None, USER))
    assert stand.inside(spec()) == 1


@pytest.mark.parametrize("which", ["token", "room_token"])
def test_a_way_in_ends_with_the_room(stand: JanusStand, which: str) -> None:
    """Signed as ours are, a second ago."""
    room = way(stand).content["room"]
    told = {"token": ("janus", janus.PLUGIN), "room_token": (janus.PLUGIN, f"room={room}")}
    over = janus.signed(TOKEN_SECRET, int(time.time()) - 1, *told[which])
    with pytest.raises(TurnedAway):
        stand.come(way(stand, **{which: over}))
    good = janus.signed(TOKEN_SECRET, int(time.time()) + 60, *told[which])
    stand.come(way(stand, **{which: good}))


def test_tokens_end_when_the_room_closes(stand: JanusStand) -> None:
    content = way(stand).content
    rest = (spec().closes_at - (START - timedelta(minutes=10))).total_seconds()
    for token in (content["token"], content["room_token"]):
        assert abs(int(token.split(",")[0]) - time.time() - rest) < 10


@pytest.mark.parametrize("which", ["token", "room_token"])
def test_what_another_signed_opens_nothing(stand: JanusStand, which: str) -> None:
    with pytest.raises(TurnedAway):
        stand.come(way(stand, **{which: way(stand).content[which][:-4] + "AAA="}))


def test_the_way_into_one_room_leads_into_no_other(stand: JanusStand) -> None:
    other = stand.platform.enter(spec(reference=2), None, USER)
    with pytest.raises(TurnedAway):
        stand.come(way(stand, room=other.content["room"]))


def test_a_meeting_that_moves_puts_out_who_came_for_the_former_date(stand: JanusStand) -> None:
    ref = stand.platform.ensure(spec(), None)
    stand.come(way(stand))
    stand.platform.ensure(spec(), ref)
    assert stand.inside(spec()) == 1
    stand.platform.ensure(spec(revision=2), ref)
    assert stand.inside(spec()) == 0


def test_janus_tells_who_came_and_went(stand: JanusStand, clock: PlatformClock) -> None:
    for guest in (USER, EXPERT):
        stand.come(stand.platform.enter(spec(), None, guest))
    stand.leave(spec(), "expert")
    stand.platform.cancel(spec(), None)
    seen = heard(stand, 4)
    assert sorted((one.party, one.kind) for one in seen if one.reference == 1) == [
        ("expert", "joined"),
        ("expert", "left"),
        ("user", "joined"),
        ("user", "left"),
    ]
    assert all(abs(one.at - clock.now) < timedelta(seconds=10) for one in seen)


def test_a_name_seen_in_the_room_makes_nobody_somebody_else(stand: JanusStand) -> None:
    """The user may call their page as they like: only names that we gave count, and each once."""
    expert = stand.platform.enter(spec(), None, EXPERT)
    stand.come(expert)
    stand.leave(spec(), "expert")
    before = {one.dedupe for one in heard(stand, 2)}
    stand.come(way(stand, id=expert.content["id"]))  # the very name
    stand.come(way(stand, id=expert.content["id"][:-1] + "x"))  # one like it
    stand.come(way(stand))
    seen = heard(stand, 2)
    assert [one.party for one in seen if one.dedupe not in before] == ["user"]


def test_asked_it_says_who_is_there_and_takes_the_room_away_in_the_end(stand: JanusStand, clock: PlatformClock) -> None:
    for meeting in (spec(), spec(reference=2)):
        stand.come(stand.platform.enter(meeting, None, USER))
    [seen] = stand.platform.pull(spec(), None)
    assert (seen.reference, seen.party, seen.kind, seen.at) == (1, "user", "present", clock.now)
    clock.freeze(spec().closes_at)
    assert stand.platform.pull(spec(), None) == []
    assert stand.rooms() == 1
