"""The room by a real coturn: nothing but the relay, credentials that expire, a cut of 40 seconds."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import timedelta
from typing import Any

import pytest
from playwright.sync_api import BrowserType, Page, expect

from tests.relay.coturn import PORT, SECRET, Relay, relay
from tests.stories.company import Company
from tests.stories.hands import Mouse
from tests.stories.place import Place, opened
from tests.stories.steps import confirm, propose
from tests.stories.test_room import DEVICES, arriving, goes_in, guest, meets, moves
from tests.stories.visitor import Visitor

CUT_SECONDS = 40


@pytest.fixture(scope="module")
def by_relay(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Place, Relay]]:
    """An installation that leads all pictures and sound through its relay."""
    folder = tmp_path_factory.mktemp("relay")
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("TURN_URL", f"turn:127.0.0.1:{PORT}?transport=udp")
        environment.setenv("TURN_SECRET", SECRET)
        environment.setenv("TURN_ONLY", "1")
        with relay(folder) as running, opened(tmp_path_factory.mktemp("place")) as place:
            yield place, running


@contextmanager
def met(
    place: Place, browser_type: BrowserType, arguments: dict[str, Any], *, story: str
) -> Iterator[tuple[Visitor, Visitor]]:
    """Jana and Petr in the room of a meeting of theirs, each in a browser of their own."""
    arguments = arguments | {"args": [*arguments["args"], *DEVICES]}
    with ExitStack() as ending:
        browsers = [browser_type.launch(**arguments) for _each in range(2)]
        for browser in browsers:
            ending.callback(browser.close)

        def come(name: str, *, email: str, hands: Any, **given: Any) -> Visitor:
            return guest(browsers[0 if name.startswith("Jana") else 1], place, name, email=email, **given)

        there = Company(place, come, story=story, field="Corporate finance", hands=Mouse())
        jana, petr = there.jana, there.petr
        start = (jana.now + timedelta(minutes=12)).replace(second=0, microsecond=0)
        address = propose(jana, petr, field=there.expertise, start=start)
        confirm(petr, jana, start=start)
        for visitor in (jana, petr):
            visitor.page.goto(address)
            visitor.follow("Join")
            visitor.press("Join the meeting")
            goes_in(visitor.page)
        yield jana, petr


def test_all_of_it_goes_by_the_relay(
    by_relay: tuple[Place, Relay], browser_type: BrowserType, browser_type_launch_args: dict[str, Any]
) -> None:
    place, _turn = by_relay
    with met(place, browser_type, browser_type_launch_args, story="relay") as (jana, petr):
        for visitor in (jana, petr):
            meets(visitor.page, seconds=40)
            assert arriving(visitor.page)["relayed"]


def test_a_cut_of_forty_seconds_is_survived(
    by_relay: tuple[Place, Relay], browser_type: BrowserType, browser_type_launch_args: dict[str, Any]
) -> None:
    """The relay hears nothing and one page reaches nobody; then both come back without anybody doing anything."""
    place, turn = by_relay
    with met(place, browser_type, browser_type_launch_args, story="cut") as (jana, petr):
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
