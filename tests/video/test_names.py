"""What rooms and people are called at platforms: only we can make such a name, and only we can read it."""

from __future__ import annotations

from typing import Any

import pytest

from expertim.video.names import guest_name, guest_of, room_name, room_of
from tests.video.stand import spec


@pytest.mark.parametrize("reference", [0, 1, 987_654_321, 2**63 - 1])
def test_a_name_is_read_back(reference: int) -> None:
    meeting = spec(reference=reference)
    assert room_of(room_name(meeting)) == reference
    assert [guest_of(guest_name(meeting, party)) for party in ("user", "expert")] == [
        (reference, "user"),
        (reference, "expert"),
    ]
    assert (
        room_name(meeting)
        == room_name(spec(reference=reference, revision=7, key="other"))
        == room_name(meeting).lower()
    )


def test_whatever_is_changed_in_a_name_it_is_none() -> None:
    room, guest = room_name(spec()), guest_name(spec(), "user")
    for place in range(2, len(room)):
        other = "0" if room[place] != "0" else "1"
        assert room_of(room[:place] + other + room[place + 1 :]) is None
        other = "0" if guest[place] != "0" else "1"
        assert guest_of(guest[:place] + other + guest[place + 1 :]) is None
    assert guest_of("e" + guest[1:]) is None  # nobody becomes the other party
    assert guest_of("u" + room[1:]) is None
    assert room_of("m" + guest[1:]) is None


@pytest.mark.parametrize("name", ["", "m-", "u-1", None, 7, [], "u-" + "z" * 48, "u-" + "A" * 48, "u-" + "0" * 49])
def test_what_others_call_themselves_is_nobody_of_ours(name: Any) -> None:
    assert guest_of(name) is None


def test_with_another_key_all_names_are_others(settings: Any) -> None:
    before = room_name(spec())
    settings.LINK_KEY = "another key"
    assert room_of(before) is None
    assert room_name(spec()) != before
