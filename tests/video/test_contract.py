"""What every platform must do, tried on each that there is: video/port.py in tests."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from expertim.video.port import RawRequest, VideoPlatform
from tests.video.platforms_tried import TRIED, spec


@pytest.fixture(params=sorted(TRIED))
def tried(request: pytest.FixtureRequest) -> VideoPlatform:
    return TRIED[request.param]()


def test_ensured_twice_it_is_one_room(tried: VideoPlatform) -> None:
    once = tried.ensure(spec(), None)
    assert tried.ensure(spec(), once) == once == tried.ensure(spec(), None)


def test_a_moved_meeting_keeps_its_room(tried: VideoPlatform) -> None:
    once = tried.ensure(spec(), None)
    moved = replace(spec(start=spec().starts_at + timedelta(days=1)), revision=2)
    assert tried.ensure(moved, once).remote_id == once.remote_id


def test_what_is_not_there_is_cancelled_all_the_same(tried: VideoPlatform) -> None:
    tried.cancel(spec(key="never made", reference=99), None)
    ref = tried.ensure(spec(), None)
    tried.cancel(spec(), ref)
    tried.cancel(spec(), ref)


def test_each_guest_has_a_way_in(tried: VideoPlatform) -> None:
    ref = tried.ensure(spec(), None)
    ways = [tried.enter(spec(), ref, guest) for guest in spec().guests]
    assert all(way.kind == "page" or way.url.startswith("https://") for way in ways)


def test_a_stranger_who_pushes_is_not_believed(tried: VideoPlatform) -> None:
    answer, seen = tried.receive(RawRequest(headers={}, body=b'{"event": "joined"}'))
    assert 400 <= answer.status < 500
    assert not seen


def test_pulling_brings_sightings_of_that_meeting_only(tried: VideoPlatform) -> None:
    assert {one.reference for one in tried.pull(spec(), None)} <= {spec().reference}


def test_what_is_wrong_is_said_in_words(tried: VideoPlatform) -> None:
    assert all(problem.words for problem in tried.check())
