"""The room by a real coturn: nothing but the relay, credentials that expire, a cut of 40 seconds."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import BrowserType, Page, expect

from tests.relay.coturn import PORT, SECRET, Relay, relay
from tests.relay.meeting import met
from tests.stories.place import Place, opened
from tests.stories.test_room import arriving, meets, moves

CUT_SECONDS = 40


@pytest.fixture(scope="module")
def by_relay(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Place, Relay]]:
    """An installation that leads all pictures and sound through its relay."""
    turn = {"TURN_URL": f"turn:127.0.0.1:{PORT}?transport=udp", "TURN_SECRET": SECRET, "TURN_ONLY": "1"}
    with (
        relay(tmp_path_factory.mktemp("relay")) as running,
        opened(tmp_path_factory.mktemp("place"), **turn) as place,
    ):
        yield place, running


def test_all_of_it_goes_by_the_relay(
    by_relay: tuple[Place, Relay], browser_type: BrowserType, browser_type_launch_args: dict[str, Any]
) -> None:
    place, _turn = by_relay
    with met(place, browser_type, [browser_type_launch_args] * 2, story="relay") as (jana, petr):
        for visitor in (jana, petr):
            meets(visitor.page, seconds=40)
            assert arriving(visitor.page)["relayed"]


def test_without_camera_and_microphone_one_sees_and_hears(
    by_relay: tuple[Place, Relay], browser_type: BrowserType, browser_type_launch_args: dict[str, Any]
) -> None:
    place, _turn = by_relay
    launching = [browser_type_launch_args] * 2
    with met(place, browser_type, launching, story="bare", equipped=(True, False)) as (jana, petr):
        meets(petr.page, seconds=40)
        jana.sees("Petr Svoboda shows no picture", "Petr Svoboda is muted", "You and Petr Svoboda are connected.")


def test_a_cut_of_forty_seconds_is_survived(
    by_relay: tuple[Place, Relay], browser_type: BrowserType, browser_type_launch_args: dict[str, Any]
) -> None:
    """The relay hears nothing and one page reaches nobody; then both come back without anybody doing anything."""
    place, turn = by_relay
    with met(place, browser_type, [browser_type_launch_args] * 2, story="cut") as (jana, petr):
        for visitor in (jana, petr):
            meets(visitor.page, seconds=40)
        turn.cut()
        petr.context.set_offline(True)
        for visitor in (jana, petr):
            expect(visitor.page.locator("#state")).to_have_text("Reconnecting …", timeout=30_000)
        _stands(jana.page)
        time.sleep(CUT_SECONDS)
        turn.mend()
        petr.context.set_offline(False)
        began = time.monotonic()
        for visitor in (jana, petr):
            meets(visitor.page, seconds=60)
        print(f"both are back {time.monotonic() - began:.1f} s after the cable")


def _stands(page: Page) -> None:
    assert not moves(page)
