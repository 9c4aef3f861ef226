"""What `expertim check` says about the room."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from expertim.video.builtin.room import BuiltIn
from expertim.video.checks import link_key_is_private, people_can_reach_each_other, the_platform_is_there

TURN = ["turn:turn.example.org:3478"]


@pytest.mark.parametrize(
    ("public", "url", "secret", "found"),
    [
        ("https://meet.example.org", [], "", ["expertim.W020"]),
        ("http://127.0.0.1:8000", [], "", []),
        ("https://meet.example.org", TURN, "a secret", []),
        ("https://meet.example.org", TURN, "", ["expertim.E021"]),
        ("https://meet.example.org", [], "a secret", ["expertim.E021"]),
        ("https://meet.example.org", ["turn.example.org"], "a secret", ["expertim.E020"]),
    ],
)
def test_a_relay_is_missed_where_people_come_from_outside(
    settings: Any, public: str, url: list[str], secret: str, found: list[str]
) -> None:
    settings.PUBLIC_URL, settings.TURN_URL, settings.TURN_SECRET = public, url, secret
    assert [message.id for message in people_can_reach_each_other()] == found
    assert bool(BuiltIn().check()) == (not (url and secret))


def test_a_platform_that_is_not_there_is_named(settings: Any) -> None:
    assert the_platform_is_there() == []
    settings.VIDEO_PLATFORM = "jitsy"
    [message] = the_platform_is_there()
    assert message.id == "expertim.E022"
    assert {"builtin", "jitsi"} <= set(str(message.hint).removeprefix("One of: ").removesuffix(".").split(", "))


def test_the_key_of_links_is_for_its_owner_alone(
    settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("LINK_KEY", raising=False)
    settings.DATA_DIR = tmp_path
    assert link_key_is_private() == []
    (tmp_path / "link_key").write_text("k")
    (tmp_path / "link_key").chmod(0o600)
    assert link_key_is_private() == []
    (tmp_path / "link_key").chmod(0o644)
    assert [message.id for message in link_key_is_private()] == ["expertim.W021"]
