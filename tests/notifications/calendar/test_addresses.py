"""The address that a calendar answers to: one for each person and subject, in one case, and no longer than allowed."""

from __future__ import annotations

from typing import Any

import pytest

from expertim.foundation.ids import public_id
from expertim.notifications.calendar.addresses import reply_address, sealed_for, tokens_in
from expertim.notifications.calendar.checks import answers_can_arrive

ADDRESS = "reply+*@meet.example.org"


def test_the_token_comes_back_and_opens_for_its_person_alone(settings: Any) -> None:
    settings.EMAIL_REPLY_ADDRESS = ADDRESS
    subject = public_id()
    address = reply_address(reference=subject, person=7)
    assert address == address.lower()
    assert len(address.partition("@")[0]) == 48
    [(reference, seal)] = tokens_in(["somebody@example.org", address.upper(), "reply+x@meet.example.org"])
    assert reference == subject
    assert sealed_for(reference=subject, seal=seal, person=7)
    assert not sealed_for(reference=subject, seal=seal, person=8)
    assert not sealed_for(reference=public_id(), seal=seal, person=7)
    settings.SECRET_KEY = "another" * 10
    assert not sealed_for(reference=subject, seal=seal, person=7)


@pytest.mark.parametrize(
    ("given", "fits"),
    [
        ("", True),
        (ADDRESS, True),
        ("*@answers.example.org", True),
        ("expertim-mail-answers+*@meet.example.org", True),
        ("expertim-mail-answers-1+*@meet.example.org", False),
        ("reply@meet.example.org", False),
        ("reply+*+*@meet.example.org", False),
        ("reply@*.example.org", False),
        ("reply+*", False),
        ("reply +*@meet.example.org", False),
    ],
)
def test_an_address_without_room_for_the_token_is_named(settings: Any, given: str, fits: bool) -> None:
    settings.EMAIL_REPLY_ADDRESS = given
    assert [found.id for found in answers_can_arrive()] == ([] if fits else ["expertim.E011"])
