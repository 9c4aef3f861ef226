"""LiveKit: what is its own, judged by LiveKit's library. What every platform must do stands in test_contract.py."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import jwt
import pytest
from livekit.api import TokenVerifier, WebhookReceiver

from expertim.video.names import guest_name, room_name
from expertim.video.port import RawRequest, Refused, Unavailable
from tests.conftest import PlatformClock
from tests.video.fakes.livekit import KEY, SECRET, sealed
from tests.video.stand import START, spec
from tests.video.stand_livekit import LiveKitStand

USER, EXPERT = spec().guests


@pytest.fixture
def stand(clock: PlatformClock) -> Iterator[LiveKitStand]:
    clock.freeze(START - timedelta(minutes=10))
    made = LiveKitStand()
    yield made
    made.close()


def pushed(**event: Any) -> RawRequest:
    body = json.dumps(event).encode()
    return RawRequest(headers={"authorization": sealed(body)}, body=body)


def test_the_token_opens_one_room_to_one_person_and_nothing_else(stand: LiveKitStand) -> None:
    query = parse_qs(urlsplit(stand.platform.enter(spec(), None, USER).url).query)
    claims = TokenVerifier(KEY, SECRET).verify(query["token"][0])
    assert (claims.identity, claims.name) == (guest_name(spec(), "user"), USER.name)
    grants = claims.video
    assert (grants.room, grants.room_join) == (room_name(spec()), True)
    assert not any((grants.room_create, grants.room_list, grants.room_admin, grants.room_record, grants.ingress_admin))


def test_what_we_ask_the_server_with_is_good_for_two_minutes_and_one_purpose(stand: LiveKitStand) -> None:
    """Whoever reads it on the way can do with it what was being done, and not for long."""
    stand.platform.enter(spec(), None, USER)
    stand.platform.pull(spec(), None)
    for asked in stand.fake.asked:
        claims = jwt.decode(
            asked.headers["authorization"].removeprefix("Bearer "), SECRET, algorithms=["HS256"], issuer=KEY
        )
        assert claims["exp"] - claims["nbf"] <= 180
        assert "roomJoin" not in claims["video"]
        assert len(set(claims["video"]) - {"room"}) == 1


def test_our_reading_of_a_webhook_is_the_librarys(stand: LiveKitStand) -> None:
    stand.come(stand.platform.enter(spec(), None, USER))
    [real] = stand.pushed()
    event = WebhookReceiver(TokenVerifier(KEY, SECRET)).receive(real.body.decode(), real.headers["authorization"])
    [seen] = stand.platform.receive(real)[1]
    assert (event.event, event.participant.identity) == ("participant_joined", guest_name(spec(), "user"))
    assert (seen.party, seen.kind) == ("user", "joined")


def test_a_connection_that_broke_off_is_leaving(stand: LiveKitStand) -> None:
    event = {"id": "EV_9", "event": "participant_connection_aborted", "createdAt": 1_800_000_000}
    _answer, [seen] = stand.platform.receive(pushed(**event, participant={"identity": guest_name(spec(), "expert")}))
    assert (seen.party, seen.kind) == ("expert", "left")


@pytest.mark.parametrize(
    "event",
    [
        {"event": "room_finished", "room": {"name": "m"}, "id": "EV_1", "createdAt": "1"},
        {"event": "participant_joined", "participant": {"identity": "recorder"}, "id": "EV_1", "createdAt": "1"},
        {"event": "track_published", "participant": {"identity": guest_name(spec(), "user")}, "id": "EV_1"},
        {},
    ],
)
def test_what_is_about_none_of_us_is_taken_and_left(stand: LiveKitStand, event: dict[str, Any]) -> None:
    answer, seen = stand.platform.receive(pushed(**event))
    assert (answer.status, seen) == (200, [])


@pytest.mark.parametrize("at", ["soon", None, "9" * 40, [1]])
def test_a_moment_that_there_never_was_is_refused(stand: LiveKitStand, at: Any) -> None:
    event = {"id": "EV_9", "event": "participant_joined", "createdAt": at}
    answer, seen = stand.platform.receive(pushed(**event, participant={"identity": guest_name(spec(), "user")}))
    assert (answer.status, seen) == (400, [])


def test_a_no_of_the_server_is_told_apart_from_another_server(stand: LiveKitStand) -> None:
    with pytest.raises(Refused, match="no field named"):
        stand.platform._ask("CreateRoom", {"nonsense": 1}, {"roomCreate": True})
    stand.fake.faults.append("garbage")
    with pytest.raises(Unavailable, match="no answer of LiveKit"):
        stand.platform.ensure(spec(), None)
