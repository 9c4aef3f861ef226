"""What every platform must do, tried on each that there is: video/port.py in tests."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

import pytest

from expertim.video import calls
from expertim.video.intervals import intervals
from expertim.video.port import (
    MeetingSpec,
    Misconfigured,
    PlatformTrouble,
    RawRequest,
    RemoteRef,
    Seen,
    Unavailable,
)
from tests.conftest import PlatformClock
from tests.video.fakes.server import FAULTS, PATIENCE, Fault
from tests.video.stand import START, Stand, TurnedAway, spec
from tests.video.stands import STANDS, those_that

USER, EXPERT = spec().guests
MEETING = spec()
OTHER = spec(key="m456", reference=2)


@pytest.fixture
def stand(request: pytest.FixtureRequest, clock: PlatformClock, monkeypatch: pytest.MonkeyPatch) -> Iterator[Stand]:
    """Ten minutes before the start, with little patience on our side."""
    clock.freeze(START - timedelta(minutes=10))
    monkeypatch.setattr(calls, "READ_SECONDS", PATIENCE)
    made = STANDS[request.param]()
    yield made
    made.close()


def over(*abilities: str) -> pytest.MarkDecorator:
    """For each platform that can do these."""
    return pytest.mark.parametrize("stand", those_that(*abilities), indirect=True)


def both_in(stand: Stand, meeting: MeetingSpec = MEETING) -> RemoteRef:
    ref = stand.platform.ensure(meeting, None)
    for guest in meeting.guests:
        stand.come(stand.platform.enter(meeting, ref, guest))
    return ref


def told(stand: Stand) -> list[Seen]:
    """What is believed of all that the server has pushed."""
    found = []
    for request in stand.pushed():
        answer, seen = stand.platform.receive(request)
        assert answer.status < 300
        found += seen
    return found


# ---------------------------------------------------------------------------------------------- being there, being gone


@over()
def test_ensured_twice_it_is_one_room(stand: Stand) -> None:
    once = stand.platform.ensure(spec(), None)
    assert stand.platform.ensure(spec(), once) == once == stand.platform.ensure(spec(), None)


@over()
def test_a_moved_meeting_keeps_its_room(stand: Stand) -> None:
    once = stand.platform.ensure(spec(), None)
    moved = replace(spec(start=spec().starts_at + timedelta(days=1)), revision=2)
    assert stand.platform.ensure(moved, once).remote_id == once.remote_id


@over()
def test_two_meetings_have_two_rooms(stand: Stand) -> None:
    one, other = (stand.platform.ensure(meeting, None) for meeting in (spec(), OTHER))
    assert one.remote_id != other.remote_id


@over()
def test_what_is_not_there_is_cancelled_all_the_same(stand: Stand) -> None:
    stand.platform.cancel(spec(key="never made", reference=99), None)
    ref = stand.platform.ensure(spec(), None)
    stand.platform.cancel(spec(), ref)
    stand.platform.cancel(spec(), ref)


@over("evicts")
def test_whoever_is_in_it_is_out_once_it_is_cancelled(stand: Stand) -> None:
    """Also where nobody has written down that it was made."""
    for ref in (both_in(stand), None):
        stand.platform.cancel(spec(), ref)
        assert stand.inside(spec()) == 0
        both_in(stand)


@over("evicts")
def test_a_cancellation_throws_nobody_out_of_another_meeting(stand: Stand) -> None:
    ref = both_in(stand)
    both_in(stand, OTHER)
    stand.platform.cancel(spec(), ref)
    assert (stand.inside(spec()), stand.inside(OTHER)) == (0, 2)


# -------------------------------------------------------------------------------------------------------- coming in


@over()
def test_each_guest_has_a_way_in(stand: Stand) -> None:
    ref = stand.platform.ensure(spec(), None)
    ways = [stand.platform.enter(spec(), ref, guest) for guest in spec().guests]
    assert all(way.kind == "page" or urlsplit(way.url).scheme == "https" for way in ways)


@over("leads")
def test_each_is_sent_to_the_same_room_by_an_address_of_their_own(stand: Stand) -> None:
    ref = stand.platform.ensure(spec(), None)
    ways = [stand.platform.enter(spec(), ref, guest) for guest in spec().guests]
    assert ways[0].url != ways[1].url
    for way in ways:
        assert f"https://{urlsplit(way.url).netloc}" in stand.origins
        stand.come(way)
    assert stand.inside(spec()) == 2


@over("leads")
def test_who_presses_join_again_comes_in_again(stand: Stand) -> None:
    ref = both_in(stand)
    stand.leave(spec(), "user")
    assert stand.inside(spec()) == 1
    stand.come(stand.platform.enter(spec(), ref, USER))
    assert stand.inside(spec()) == 2


@over("leads")
def test_one_can_come_in_where_nobody_has_written_down_what_was_made(stand: Stand) -> None:
    """A worker may have died between making the room and saying so; or has not come to it yet."""
    for guest in spec().guests:
        stand.come(stand.platform.enter(spec(), None, guest))
    assert stand.inside(spec()) == 2


@over("leads")
def test_names_tell_strangers_nothing(stand: Stand) -> None:
    """Neither the meeting's key nor its number is in the address: a room's name is all that some platforms ask for."""
    ref = stand.platform.ensure(spec(reference=987654321), None)
    url = stand.platform.enter(spec(reference=987654321), ref, USER).url
    assert spec().key not in url
    assert "987654321" not in url


@over("leads", "expires")
def test_the_address_is_worthless_once_the_room_has_closed(stand: Stand) -> None:
    ref = stand.platform.ensure(spec(), None)
    entry = stand.platform.enter(spec(), ref, USER)
    open_for = spec().closes_at - (START - timedelta(minutes=10))
    with pytest.raises(TurnedAway):
        stand.come(entry, after=open_for + timedelta(seconds=2))
    stand.come(entry, after=open_for - timedelta(minutes=1))


# ----------------------------------------------------------------------------------------------------------- trouble


def _ensure(stand: Stand) -> Any:
    return stand.platform.ensure(spec(), None)


def _cancel(stand: Stand) -> Any:
    return stand.platform.cancel(spec(), None)


def _enter(stand: Stand) -> Any:
    return stand.platform.enter(spec(), None, USER)


def _pull(stand: Stand) -> Any:
    return stand.platform.pull(spec(), None)


@over("serves")
@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize("act", [_ensure, _cancel, _enter, _pull])
def test_trouble_is_said_in_the_words_of_the_port_and_the_next_try_succeeds(
    stand: Stand, fault: Fault, act: Callable[[Stand], Any]
) -> None:
    """Nothing else is raised, nothing goes by unnoticed, and there is never a second room."""
    before = len(stand.fake.asked)
    stand.fake.faults.append(fault)
    trouble: PlatformTrouble | None = None
    try:
        act(stand)
    except PlatformTrouble as said:
        trouble = said
    assert (trouble is not None) == (len(stand.fake.asked) > before), "it was asked, it failed, and nobody was told"
    if trouble is not None and fault == "429":
        assert (type(trouble), getattr(trouble, "retry_after", None)) == (Unavailable, 7)
    stand.fake.faults.clear()
    act(stand)
    assert stand.rooms() <= 1


@over("serves")
def test_a_server_that_is_gone_is_unavailable(stand: Stand) -> None:
    stand.fake.close()
    for act in (_ensure, _cancel, _enter, _pull):
        with suppress(Unavailable):
            act(stand)


@over("serves", "believes")
def test_a_wrong_secret_is_for_the_operator_to_mend(stand: Stand) -> None:
    both_in(stand)
    wrong, troubled = stand.distrusted(), 0
    for act in (wrong.ensure, wrong.cancel, wrong.pull):
        before = len(stand.fake.asked)
        try:
            act(spec(), None)
        except Misconfigured:
            troubled += 1
        else:
            assert len(stand.fake.asked) == before
    assert troubled
    assert stand.inside(spec()) == 2


# -------------------------------------------------------------------------------------------------- being told, asking


@over()
def test_a_stranger_who_pushes_is_not_believed(stand: Stand) -> None:
    for body in (b'{"event": "joined"}', b"", b"\xff", b"[" * 5000):
        answer, seen = stand.platform.receive(RawRequest(headers={}, body=body))
        assert 400 <= answer.status < 500
        assert not seen


@over("leads", "pushes")
def test_what_the_server_tells_is_who_came_and_went(stand: Stand, clock: PlatformClock) -> None:
    """On the clock of the rules, whatever the machine's shows."""
    both_in(stand)
    stand.leave(spec(), "expert")
    seen = list({one.dedupe: one for one in told(stand)}.values())  # Jitsi tells of the coming again with the going
    assert [(one.reference, one.party, one.kind) for one in seen] == [
        (1, "user", "joined"),
        (1, "expert", "joined"),
        (1, "expert", "left"),
    ]
    assert all(abs(one.at - clock.now) < timedelta(seconds=10) for one in seen)


@over("leads", "pushes")
def test_told_twice_it_is_the_same_sighting(stand: Stand) -> None:
    both_in(stand)
    requests = stand.pushed()
    once, twice = ([stand.platform.receive(request)[1] for request in requests] for _times in range(2))
    assert [[one.dedupe for one in seen] for seen in once] == [[one.dedupe for one in seen] for seen in twice]
    dedupes = [one.dedupe for seen in once for one in seen]
    assert len(set(dedupes)) == len(dedupes) == 2
    assert all(0 < len(dedupe) <= 200 for dedupe in dedupes)


@over("leads", "pushes")
def test_told_out_of_order_it_makes_the_same_times(stand: Stand) -> None:
    both_in(stand)
    stand.leave(spec(), "user")
    seen = told(stand)
    for order in (seen, seen[::-1]):
        mine = [(one.kind, one.at) for one in order if one.party == "user"]
        assert len(intervals(mine)) == 1


@over("leads", "pushes")
def test_what_was_meddled_with_is_not_believed(stand: Stand) -> None:
    both_in(stand)
    for real in stand.pushed():
        forgeries = stand.forged(real)
        assert len(forgeries) >= 2
        for forged in forgeries:
            answer, seen = stand.platform.receive(forged)
            assert 400 <= answer.status < 500
            assert not seen


@over()
def test_pulling_brings_sightings_of_that_meeting_only(stand: Stand) -> None:
    assert {one.reference for one in stand.platform.pull(spec(), None)} <= {spec().reference}


@over("leads", "pulls")
def test_asked_it_says_who_is_there(stand: Stand, clock: PlatformClock) -> None:
    ref = both_in(stand)
    both_in(stand, OTHER)
    stand.leave(spec(), "user")
    [seen] = stand.platform.pull(spec(), ref)
    assert (seen.reference, seen.party, seen.kind) == (1, "expert", "present")
    assert abs(seen.at - clock.now) < timedelta(seconds=10)
    assert [one.dedupe for one in stand.platform.pull(spec(), ref)] == [seen.dedupe]  # within the same minute
    clock.advance(timedelta(minutes=1))
    assert [one.dedupe for one in stand.platform.pull(spec(), ref)] != [seen.dedupe]


@over("pulls")
def test_of_a_room_that_is_not_there_nothing_is_seen(stand: Stand) -> None:
    assert stand.platform.pull(spec(key="never made", reference=99), None) == []


# -------------------------------------------------------------------------------------------------------------- checks


@over()
def test_what_is_wrong_is_said_in_words(stand: Stand) -> None:
    assert all(problem.words for problem in stand.platform.check())


@over("serves")
def test_a_live_check_finds_nothing_where_all_is_well_and_leaves_nothing_behind(stand: Stand) -> None:
    assert stand.platform.check(live=True) == []
    assert stand.rooms() == 0


@over("serves", "believes")
def test_a_live_check_names_a_wrong_secret(stand: Stand) -> None:
    assert stand.distrusted().check(live=True)


@over("serves")
def test_a_live_check_names_a_server_that_is_gone(stand: Stand) -> None:
    stand.fake.close()
    assert stand.platform.check(live=True)


def test_every_platform_that_can_be_configured_is_on_a_stand() -> None:
    from expertim.video.platforms import ADAPTERS

    assert set(STANDS) == {"builtin", *ADAPTERS}
