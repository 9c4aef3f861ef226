"""System checks: each dangerous setting is named, with what to do about it; a sound one is silent."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.checks import run_checks

SOUND = {
    "SECRET_KEY": "k" * 50,
    "DEBUG": False,
    "MOVABLE_CLOCK": False,
    "PUBLIC_URL": "https://meet.example.org",
    "EMAIL_URL": "smtp+tls://mail.example.org",
}

# Other rooms have checks of their own, about the database for one; they are proved beside those rooms.
OURS = {"expertim.E001", "expertim.W001", "expertim.W002", "expertim.W010", "expertim.E010"}


@pytest.mark.parametrize(
    ("changed", "ids"),
    [
        ({}, []),
        ({"SECRET_KEY": "short"}, ["expertim.E001"]),
        ({"DEBUG": True}, ["expertim.W001"]),
        ({"MOVABLE_CLOCK": True}, ["expertim.W002"]),
        ({"MOVABLE_CLOCK": True, "PUBLIC_URL": "http://localhost:8000"}, []),
        ({"EMAIL_URL": ""}, ["expertim.W010"]),
        ({"EMAIL_URL": "", "MOVABLE_CLOCK": True, "PUBLIC_URL": "http://localhost:8000"}, []),
        ({"EMAIL_URL": "mail.example.org"}, ["expertim.E010"]),
    ],
)
def test_dangerous_settings_are_named_with_a_hint(settings: Any, changed: dict[str, Any], ids: list[str]) -> None:
    for name, value in (SOUND | changed).items():
        setattr(settings, name, value)
    ours = [message for message in run_checks() if message.id in OURS]
    assert [message.id for message in ours] == ids
    assert all(message.hint for message in ours)
