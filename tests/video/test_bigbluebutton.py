"""BigBlueButton: what is its own. What every platform must do stands in test_contract.py."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import timedelta
from urllib.parse import urlencode, urlsplit

import pytest

from expertim.video.bigbluebutton import BigBlueButton, seal
from expertim.video.port import Misconfigured, RawRequest, Refused
from tests.conftest import PlatformClock
from tests.video.fakes.bigbluebutton import SECRET, BigBlueButtonServer, sealed
from tests.video.stand import START, TurnedAway, spec
from tests.video.stand_bigbluebutton import BigBlueButtonStand

USER, EXPERT = spec().guests


@pytest.fixture
def stand(clock: PlatformClock) -> Iterator[BigBlueButtonStand]:
    clock.freeze(START - timedelta(minutes=10))
    made = BigBlueButtonStand()
    yield made
    made.close()


def test_the_seal_is_the_one_of_the_docs() -> None:
    query = "name=Test+Meeting&meetingID=abc123&attendeePW=111222&moderatorPW=333444"
    assert seal("create", query, SECRET, algorithm="sha1") == "1fcbb0c4fc1f039f73aa6d697d2db9ba7f803f17"


@pytest.mark.parametrize("algorithm", ["sha1", "sha256", "sha384", "sha512"])
def test_each_hash_of_the_server_is_spoken(stand: BigBlueButtonStand, algorithm: str) -> None:
    url = "https://bbb.example.org/bigbluebutton"
    there = BigBlueButton(url=url, api=f"{stand.fake.url}/bigbluebutton", secret=SECRET, algorithm=algorithm)
    stand.come(there.enter(spec(), None, USER))
    body = urlencode({"event": json.dumps([])}).encode()
    request = RawRequest(headers={}, body=body, query=sealed(there.callback(), body, algorithm=algorithm))
    assert there.receive(request)[0].status == 200


def test_it_is_made_the_same_whoever_comes_first_and_whenever(stand: BigBlueButtonStand, clock: PlatformClock) -> None:
    """With other parameters the server would say idNotUnique, or make what the first one wanted."""
    for guest in (EXPERT, USER):
        stand.platform.enter(spec(), None, guest)
        clock.advance(timedelta(minutes=7))
    creates = [asked.query for asked in stand.fake.asked if asked.path.endswith("/create")]
    assert len(creates) == 2
    assert len(set(creates)) == 1


def test_a_meeting_of_somebody_else_under_our_id_is_refused(stand: BigBlueButtonStand) -> None:
    stand.platform.enter(spec(), None, USER)
    [meeting] = stand.fake.meetings.values()
    meeting["moderatorPW"] = "somebody else's"
    with pytest.raises(Refused, match="idNotUnique"):
        stand.platform.enter(spec(), None, USER)


def test_a_room_that_was_taken_away_while_empty_is_made_again(stand: BigBlueButtonStand) -> None:
    before = stand.platform.enter(spec(), None, USER)
    stand.fake.expire()
    assert stand.rooms() == 0
    with pytest.raises(TurnedAway):
        stand.come(before)
    stand.come(stand.platform.enter(spec(), None, USER))


def test_the_address_of_an_ended_session_opens_no_later_one(stand: BigBlueButtonStand) -> None:
    """It has no end of its own; it is bound to the session by createTime."""
    before = stand.platform.enter(spec(), None, USER)
    stand.platform.cancel(spec(), None)
    stand.platform.enter(spec(), None, EXPERT)
    with pytest.raises(TurnedAway):
        stand.come(before)


def test_a_hook_that_the_server_dropped_is_asked_for_again(stand: BigBlueButtonStand) -> None:
    stand.fake.hooks.clear()
    stand.platform.pull(spec(), None)
    assert stand.fake.hooks == {stand.platform.callback()}


def test_a_server_without_hooks_is_asked_who_is_there_all_the_same(clock: PlatformClock) -> None:
    clock.freeze(START)
    server = BigBlueButtonServer(hooks=False)
    there = BigBlueButton(url="https://b.example.org", api=f"{server.url}/bigbluebutton", secret=SECRET)
    entry = there.enter(spec(), None, USER)
    server.comes(urlsplit(entry.url).query)
    assert [one.party for one in there.pull(spec(), None)] == ["user"]
    server.close()


def test_trouble_that_comes_with_status_200_is_trouble(stand: BigBlueButtonStand) -> None:
    with pytest.raises(Misconfigured, match="checksumError"):
        stand.distrusted().ensure(spec(), None)
    with pytest.raises(Refused, match="validationError"):
        stand.platform._ask("create", {"name": "x", "meetingID": "a,b"})


def test_a_name_too_short_or_too_long_for_the_server_is_made_to_fit(stand: BigBlueButtonStand) -> None:
    for reference, title in ((7, ""), (8, "A"), (9, "Ž" * 300)):
        assert stand.platform.enter(spec(title=title, reference=reference), None, USER).url


def test_events_of_others_and_of_other_kinds_are_taken_and_left(stand: BigBlueButtonStand) -> None:
    about = {"user": {"external-user-id": "somebody", "internal-user-id": "w_1"}}
    events = [
        {"data": {"id": "user-joined", "attributes": about, "event": {"ts": 1}}},
        {"data": {"id": "meeting-ended", "attributes": {"meeting": {}}, "event": {"ts": 1}}},
    ]
    body = urlencode({"event": json.dumps(events)}).encode()
    request = RawRequest(headers={}, body=body, query=sealed(stand.platform.callback(), body))
    answer, seen = stand.platform.receive(request)
    assert (answer.status, seen) == (200, [])


@pytest.mark.parametrize("body", [b"event=[", b"event=7", b"x", b"event=[[]]", b'event=[{"data":[]}]', b"\xff", b""])
def test_what_is_sealed_and_cannot_be_read_is_refused(stand: BigBlueButtonStand, body: bytes) -> None:
    request = RawRequest(headers={}, body=body, query=sealed(stand.platform.callback(), body))
    assert stand.platform.receive(request)[0].status == 400
