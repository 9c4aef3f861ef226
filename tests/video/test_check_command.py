"""`expertim video check`: against the fakes and the real Janus, as an operator runs it."""

from __future__ import annotations

from collections.abc import Iterator
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from expertim.video import platforms
from expertim.video.proven import PROVEN
from tests.conftest import PlatformClock
from tests.video.stand import Stand
from tests.video.stands import STANDS

SERVING = sorted(key for key, stand in STANDS.items() if stand.serves)  # type: ignore[attr-defined]


@pytest.fixture
def set_up(request: pytest.FixtureRequest, clock: PlatformClock) -> Iterator[Stand]:
    """An installation in which that platform is set up."""
    stand = STANDS[request.param]()
    platforms.register(stand.platform, origins=stand.origins)
    yield stand
    platforms.forget(request.param)
    stand.close()


def checked(*words: str) -> str:
    out = StringIO()
    call_command("video", "check", *words, stdout=out)
    return out.getvalue()


@pytest.mark.parametrize("set_up", SERVING, indirect=True)
def test_a_live_check_tells_what_was_done_and_leaves_nothing_behind(set_up: Stand) -> None:
    told = checked(set_up.key, "--live")
    for step in ("Made: ", "Moved by", "A way in for the user: ", "A way in for the expert: ", "Cancelled."):
        assert step in told
    assert set_up.rooms() == 0


@pytest.mark.parametrize("set_up", ["janus", "zoom"], indirect=True)
def test_a_live_check_that_fails_says_why_and_exits_with_one(set_up: Stand) -> None:
    platforms.register(set_up.distrusted(), origins=set_up.origins)
    with pytest.raises(CommandError, match=r"^Misconfigured: ") as refused:
        checked(set_up.key, "--live")
    assert refused.value.returncode == 1


@pytest.mark.parametrize("set_up", ["zoom"], indirect=True)
def test_without_live_nothing_is_asked_of_anybody(set_up: Stand) -> None:
    assert "nothing is wrong" in checked("zoom")
    assert set_up.fake.asked == []


def test_what_is_wrong_with_the_variables_is_said(settings: Any) -> None:
    settings.TURN_URL = []
    with pytest.raises(CommandError, match="no TURN server"):
        checked("builtin")
    with pytest.raises(CommandError, match=r"none of its variables \(ZOOM_…\) is set"):
        checked("zoom")


def test_a_platform_that_is_set_up_in_part_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("JANUS_URL", "wss://media.example.org")
    platforms.register_configured()
    try:
        with pytest.raises(CommandError, match="JANUS_ADMIN_SECRET and JANUS_ROOM_KEY and JANUS_TOKEN_SECRET must be"):
            checked("janus")
    finally:
        monkeypatch.undo()
        platforms.register_configured()


def test_the_docs_say_of_each_platform_what_it_was_tried_against() -> None:
    page = (Path(__file__).resolve().parents[2] / "docs" / "video.md").read_text()
    assert set(PROVEN) == {platforms.BUILTIN, *platforms.ADAPTERS}
    for key, proof in PROVEN.items():
        assert f"| {proof.name} | `{key}` | {proof.words} |" in page
