"""The same meeting through a real Janus: pictures and sound of both go by the media server, and by nothing else."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserType, expect

from tests.foundation.holding import eventually
from tests.stories.company import Company
from tests.stories.hands import Mouse
from tests.stories.place import Place, free_port, opened
from tests.stories.steps import confirm, propose
from tests.stories.test_room import DEVICES, goes_in, guest, meets
from tests.stories.visitor import Visitor
from tests.video.janus_server import JanusServer, janus

pytestmark = pytest.mark.story
# Where what this page gets comes from: the other end of each of its connections.
_FAR_ENDS = """async () => {
  const found = [];
  for (const one of window.connections.filter(({ connectionState }) => connectionState === "connected")) {
    const reports = [...(await one.getStats()).values()];
    const pair = reports.find(({ type, nominated, state }) =>
      type === "candidate-pair" && nominated && state === "succeeded");
    found.push(reports.find(({ id }) => id === pair.remoteCandidateId).port);
  }
  return found;
}"""
_SEEN = """
from expertim.video.models import Presence, Room
print(Room.objects.filter(fell_back_at__isnull=False).count(), "fell back")
for party, kind in Presence.objects.filter(source="janus").order_by("at").values_list("party", "kind"):
    print(party, kind)
"""


@pytest.fixture(scope="module")
def cameras(browser_type: BrowserType, browser_type_launch_args: dict[str, Any]) -> Iterator[tuple[Browser, Browser]]:
    """Two browsers, each with a camera and a microphone."""
    arguments = browser_type_launch_args | {"args": [*browser_type_launch_args["args"], *DEVICES]}
    both = browser_type.launch(**arguments), browser_type.launch(**arguments)
    yield both
    for browser in both:
        browser.close()


@pytest.fixture(scope="module")
def by_janus(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Place, JanusServer]]:
    """An installation whose meetings are carried by a Janus; each knows the other's address."""
    folder, port, ours = tmp_path_factory.mktemp("janus"), free_port(), free_port()
    events = f"http://127.0.0.1:{ours}/video/janus/events/"
    with janus(folder / "janus", events=events, port=port) as server:
        given = server.settings | {"VIDEO_PLATFORM": "janus", "PORT": str(ours)}
        with opened(folder / "place", name="janus", **given) as place:
            yield place, server


def test_janus_carries_the_same_meeting(by_janus: tuple[Place, JanusServer], cameras: tuple[Browser, Browser]) -> None:
    """J1: both meet, through a reload; what Janus saw is kept; cancelled, both are out and the room is gone."""
    place, server = by_janus

    def come(name: str, *, email: str, hands: Any, **given: Any) -> Visitor:
        return guest(cameras[0 if name.startswith("Jana") else 1], place, name, email=email, **given)

    there = Company(place, come, story="janus", field="Corporate finance", hands=Mouse())
    jana, petr = there.jana, there.petr
    start = (jana.now + timedelta(minutes=12)).replace(second=0, microsecond=0)
    meeting = propose(jana, petr, field=there.expertise, start=start)
    confirm(petr, jana, start=start)
    for visitor in (jana, petr):
        visitor.page.goto(meeting)
        visitor.follow("Join")
        visitor.press("Join the meeting")
        goes_in(visitor.page)
    for visitor in (jana, petr):
        meets(visitor.page)
    jana.sees("You and Petr Svoboda are connected.")
    ports = [port for visitor in (jana, petr) for port in visitor.page.evaluate(_FAR_ENDS)]
    assert len(ports) == 4  # mine and the other's, at each
    assert all(port in server.media_ports for port in ports)

    jana.page.reload()
    for visitor in (jana, petr):
        meets(visitor.page)

    petr.page.goto(meeting)
    petr.follow("Cancel the meeting")
    petr.type_in(reason="A pipe has burst")
    petr.press("Cancel the meeting")
    expect(jana.page.get_by_role("heading", name="The meeting has been cancelled.")).to_be_visible()
    assert eventually(lambda: not server.rooms(), seconds=10)
    fell_back, *seen = place.run("shell", "-v", "0", "-c", _SEEN).splitlines()
    assert fell_back == "0 fell back"
    pushed = [line for line in seen if not line.endswith("present")]  # it is asked each minute, too
    assert sorted(pushed[:2]) == ["expert joined", "user joined"]
    assert pushed[2:4] == ["user left", "user joined"]
    assert sorted(pushed[4:]) == ["expert left", "user left"]
    for visitor in (jana, petr):
        visitor.context.close()
        assert not visitor.troubles
