"""Jitsi Meet: what is its own. What every platform must do stands in test_contract.py."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import jwt
import pytest

from expertim.video.jitsi import Ending, Jitsi
from expertim.video.names import room_name
from expertim.video.port import Guest, Misconfigured, RawRequest
from tests.conftest import PlatformClock
from tests.video.fakes.jitsi import APP_ID, EVENTS_TOKEN, HOST, SECRET, key_pair, verified
from tests.video.stand import START, TurnedAway, spec
from tests.video.stand_jitsi import JitsiStand

USER, EXPERT = spec().guests


@pytest.fixture
def stand(clock: PlatformClock) -> Iterator[JitsiStand]:
    clock.freeze(START - timedelta(minutes=10))
    made = JitsiStand()
    yield made
    made.close()


def token_of(stand: JitsiStand, guest: Guest = USER) -> str:
    return parse_qs(urlsplit(stand.platform.enter(spec(), None, guest).url).query)["jwt"][0]


def test_the_token_has_no_leeway_at_either_end(stand: JitsiStand) -> None:
    """Prosody's clock may be a minute behind ours, no more; and the end is when the room closes, to the second."""
    token, now = token_of(stand), time.time()
    open_for = (spec().closes_at - (START - timedelta(minutes=10))).total_seconds()
    for seconds in (-57, 0, open_for - 3):
        assert verified(token, now=now + seconds)
    for seconds in (-70, open_for + 1):
        with pytest.raises(ValueError, match="Not acceptable"):
            verified(token, now=now + seconds)


def test_it_is_good_for_one_room_in_lower_case_and_carries_text_only(stand: JitsiStand) -> None:
    claims = verified(token_of(stand), now=time.time())
    assert claims["room"] == room_name(spec()) == claims["room"].lower() != "*"
    assert claims["context"]["user"] == {
        "id": claims["context"]["user"]["id"],
        "name": USER.name,
        "affiliation": "member",
    }
    with pytest.raises(TurnedAway):
        entry = stand.platform.enter(spec(), None, USER)
        stand.come(replace(entry, url=entry.url.replace(claims["room"], claims["room"][:-1] + "0")))


@pytest.mark.parametrize(
    ("header", "claims", "refused"),
    [
        ({"typ": None}, {}, "typ"),
        ({}, {"exp": "9999999999"}, "exp must be number"),
        ({}, {"nbf": True}, "nbf must be number"),
        ({}, {"iss": "x"}, "issuer"),
    ],
)
def test_the_verifier_of_these_tests_refuses_what_the_plugin_refuses(
    stand: JitsiStand, header: dict[str, Any], claims: dict[str, Any], refused: str
) -> None:
    """A fake that believes everything would prove nothing."""
    good = verified(token_of(stand), now=time.time())
    token = jwt.PyJWS().encode(json.dumps({**good, **claims}).encode(), SECRET, algorithm="HS256", headers=header)
    with pytest.raises(ValueError, match=refused):
        verified(token, now=time.time())


def test_another_algorithm_and_another_secret_are_refused(stand: JitsiStand) -> None:
    good = verified(token_of(stand), now=time.time())
    for token in (
        jwt.encode(good, SECRET * 2, algorithm="HS512"),
        jwt.encode(good, None, algorithm="none"),
        jwt.encode(good, SECRET + "x", algorithm="HS256"),
    ):
        with pytest.raises(ValueError, match=r"alg|signature"):
            verified(token, now=time.time())


def test_without_a_key_for_endings_a_cancellation_asks_nobody(stand: JitsiStand) -> None:
    without = Jitsi(url=f"https://{HOST}", app_id=APP_ID, secret=SECRET)
    without.cancel(spec(), None)
    assert not stand.fake.asked


def test_a_login_token_ends_no_meeting(stand: JitsiStand) -> None:
    """The endings have a key pair of their own: whoever was let in cannot throw the other out."""
    stand.come(stand.platform.enter(spec(), None, EXPERT))
    with pytest.raises(Misconfigured):
        stand.distrusted().cancel(spec(), None)
    assert stand.inside(spec()) == 1


def test_a_key_that_is_none_is_for_the_operator_to_mend() -> None:
    for key in ("", "no key", key_pair("system")[1]):
        with pytest.raises(Misconfigured):
            Ending(url="https://10.0.0.7/end-meeting", muc="m", key=key, key_id="1")


def test_what_was_lost_is_told_once_more_when_the_room_is_gone(stand: JitsiStand) -> None:
    stand.come(stand.platform.enter(spec(), None, USER))
    stand.leave(spec(), "user")
    *_lost, last = stand.pushed()
    assert last.path == "room/destroyed"
    assert [one.kind for one in stand.platform.receive(last)[1]] == ["joined", "left"]


def test_without_a_token_for_events_nobody_is_believed() -> None:
    without = Jitsi(url=f"https://{HOST}", app_id=APP_ID, secret=SECRET)
    for said in ("Bearer ", "Bearer", ""):
        assert without.receive(RawRequest(headers={"authorization": said}, body=b"{}"))[0].status == 401


@pytest.mark.parametrize("body", [b"{", b"[]", b"{}", b'{"event_name": "muc-occupant-left"}', b"\xff", b"1" * 5000])
def test_what_cannot_be_read_is_refused(stand: JitsiStand, body: bytes) -> None:
    headers = {"authorization": f"Bearer {EVENTS_TOKEN}"}
    assert stand.platform.receive(RawRequest(headers=headers, body=body))[0].status == 400


def test_a_moment_that_there_never_was_is_refused(stand: JitsiStand) -> None:
    stand.come(stand.platform.enter(spec(), None, USER))
    [real] = stand.pushed()
    event = json.loads(real.body)
    for moment in (1e30, "soon", [1], -1e30):
        event["occupant"]["joined_at"] = moment
        body = json.dumps(event).encode()
        assert stand.platform.receive(RawRequest(headers=real.headers, body=body))[0].status == 400
