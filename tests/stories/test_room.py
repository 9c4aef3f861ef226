"""Two people meet in the built-in room: pictures move and sound arrives, through a reload, until it is cancelled."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserType, Page, expect

from tests.foundation.holding import eventually
from tests.stories.company import Company
from tests.stories.hands import Mouse
from tests.stories.place import Place
from tests.stories.steps import confirm, propose
from tests.stories.visitor import Visitor

pytestmark = pytest.mark.story

# A camera and a microphone that are none, allowed without a question; and a way from one machine to itself.
DEVICES = (
    "--use-fake-device-for-media-stream",
    "--use-fake-ui-for-media-stream",
    "--allow-loopback-in-peer-connection",
)
# What arrives of the other: what plays, and what the connections of this page have got so far.
_ARRIVING = """async () => {
  const video = document.getElementById("theirs");
  const found = { time: video.currentTime, frames: 0, sound: 0, sounds: 0, relayed: false };
  for (const one of window.connections ?? []) {
    const reports = [...(await one.getStats()).values()];
    for (const report of reports) {
      if (report.type === "inbound-rtp") {
        found.frames += report.framesDecoded ?? 0;
        found.sounds += report.kind === "audio" ? report.packetsReceived : 0;
        found.sound += report.totalAudioEnergy ?? 0;
      }
      if (report.type === "candidate-pair" && report.nominated && report.state === "succeeded") {
        const local = reports.find(({ id }) => id === report.localCandidateId);
        found.relayed = local?.candidateType === "relay";
      }
    }
  }
  return found;
}"""
_WATCH = """(() => {
  const Real = window.RTCPeerConnection;
  window.connections = [];
  window.RTCPeerConnection = class extends Real {
    constructor(...given) { super(...given); window.connections.push(this); }
  };
})()"""


@pytest.fixture(scope="module")
def cameras(browser_type: BrowserType, browser_type_launch_args: dict[str, Any]) -> Iterator[tuple[Browser, Browser]]:
    """Two browsers, each with a camera and a microphone."""
    arguments = browser_type_launch_args | {"args": [*browser_type_launch_args["args"], *DEVICES]}
    both = browser_type.launch(**arguments), browser_type.launch(**arguments)
    yield both
    for browser in both:
        browser.close()


def arriving(page: Page) -> dict[str, float]:
    found: dict[str, float] = page.evaluate(_ARRIVING)
    return found


def moves(page: Page) -> bool:
    """Within a second: more frames decoded, more of it played, more sound heard."""
    before = arriving(page)
    time.sleep(1)
    after = arriving(page)
    return all(after[what] > before[what] for what in ("time", "frames", "sound", "sounds"))


def meets(page: Page, *, seconds: float = 20) -> None:
    assert eventually(lambda: moves(page), seconds=seconds), (page.url, arriving(page), page.inner_text("main"))


def guest(browser: Browser, place: Place, name: str, **given: Any) -> Visitor:
    visitor = Visitor(browser, name, **{"base": place.url, "hands": Mouse(), **given})
    visitor.context.add_init_script(_WATCH)
    return visitor


def goes_in(page: Page) -> None:
    page.get_by_role("button", name="Go in").click()


def test_two_people_meet_in_the_room(place: Place, cameras: tuple[Browser, Browser]) -> None:
    """J1: by the page and by the link; a reload, a second tab, a note; a cancelled meeting throws both out."""
    story = "room-mouse"

    def come(name: str, *, email: str, hands: Any, **given: Any) -> Visitor:
        return guest(cameras[0 if name.startswith("Jana") else 1], place, name, email=email, **given)

    there = Company(place, come, story=story, field="Corporate finance", hands=Mouse())
    jana, petr = there.jana, there.petr
    start = (jana.now + timedelta(minutes=12)).replace(second=0, microsecond=0)
    address = propose(jana, petr, field=there.expertise, start=start)
    confirm(petr, jana, start=start)

    jana.page.goto(address)
    jana.follow("Join")
    jana.press("Join the meeting")
    jana.sees(re.compile("is not in the room yet"))
    expect(jana.page.locator("#preview")).to_be_visible()
    goes_in(jana.page)
    jana.sees("Waiting for Petr Svoboda.")

    # Petr comes by his link, on a machine where he has not logged in.
    petr.page.goto(f"{address}link/")
    link = petr.page.get_by_label("Open it on any device").input_value()
    phone = guest(cameras[1], place, "Petr Svoboda")
    phone.page.goto(link)
    phone.press("Join the meeting")
    phone.sees("Jana Nováková is in the room already.")
    goes_in(phone.page)
    meets(jana.page)
    meets(phone.page)
    jana.sees("You and Petr Svoboda are connected.")

    jana.type_in(**{"Write to Petr Svoboda": "Page 7 of the balance sheet"})
    jana.press("Send")
    phone.sees("Page 7 of the balance sheet")

    _a_screen_is_shared(jana, phone)

    jana.page.reload()
    meets(jana.page)
    meets(phone.page)
    jana.sees("Page 7 of the balance sheet")

    _second_tab_takes_over(jana, phone)

    petr.page.goto(address)
    petr.follow("Cancel the meeting")
    petr.type_in(reason="A pipe has burst")
    began = time.monotonic()
    petr.press("Cancel the meeting")
    for page in (jana.context.pages[-1], phone.page):
        expect(page.get_by_role("heading", name="The meeting has been cancelled.")).to_be_visible()
    assert time.monotonic() - began < 10
    for visitor in (jana, petr, phone):
        visitor.context.close()
        assert not visitor.troubles


# What the connections of this page send of a screen: nothing where it is the camera.
_SCREEN_SENT = """() => window.connections
  .filter(({ connectionState }) => connectionState === "connected")
  .flatMap((one) => one.getSenders())
  .map(({ track }) => track?.getSettings().displaySurface ?? "")
  .join("")"""


def _a_screen_is_shared(jana: Visitor, phone: Visitor) -> None:
    """In the place of the camera, and back: without negotiating anew, so nothing else stops."""
    button = jana.page.get_by_role("button", name="Share the screen")
    for pressed in ("true", "false"):
        button.click()
        expect(button).to_have_attribute("aria-pressed", pressed)
        wanted = pressed == "true"
        assert eventually(lambda wanted=wanted: bool(jana.page.evaluate(_SCREEN_SENT)) is wanted, seconds=20)
        meets(phone.page)


def test_early_one_is_told_when_and_in_the_end_everybody_is_out(place: Place, cameras: tuple[Browser, Browser]) -> None:
    """J1: from 15 minutes before the start until 60 after the end, judged at that moment."""

    def come(name: str, *, email: str, hands: Any, **given: Any) -> Visitor:
        return guest(cameras[0], place, name, email=email, **given)

    there = Company(place, come, story="room-early", field="Corporate finance", hands=Mouse())
    jana, petr = there.jana, there.petr
    start = (jana.now + timedelta(minutes=40)).replace(second=0, microsecond=0)
    address = propose(jana, petr, field=there.expertise, start=start)
    confirm(petr, jana, start=start)
    jana.page.goto(f"{address}link/")
    phone = guest(cameras[1], place, "Jana Nováková")
    phone.page.goto(jana.page.get_by_label("Open it on any device").input_value())
    phone.sees(jana.clock.time(start - timedelta(minutes=15)))
    expect(phone.page.get_by_role("button", name="Join the meeting")).to_have_count(0)

    place.set_clock(start - timedelta(minutes=15))
    phone.page.reload()
    phone.press("Join the meeting")
    goes_in(phone.page)
    phone.sees("Waiting for Petr Svoboda.")
    place.set_clock(start + timedelta(hours=2) - timedelta(seconds=30))
    time.sleep(2)
    phone.sees("Waiting for Petr Svoboda.")
    place.set_clock(start + timedelta(hours=2))
    expect(phone.page.get_by_role("heading", name="The room has closed")).to_be_visible()
    for visitor in (jana, petr, phone):
        visitor.context.close()
        assert not visitor.troubles


def _second_tab_takes_over(jana: Visitor, phone: Visitor) -> None:
    second = jana.context.new_page()
    second.goto(jana.page.url)
    goes_in(second)
    expect(jana.page.get_by_role("heading", name="You have gone in from another tab")).to_be_visible()
    meets(second)
    meets(phone.page)
