"""The platforms that the contract (test_contract.py) is tried on. One joins by a subclass of Stand and a line here."""

from __future__ import annotations

from collections.abc import Callable

from expertim.video.builtin.room import BuiltIn
from tests.video.stand import Stand
from tests.video.stand_bigbluebutton import BigBlueButtonStand
from tests.video.stand_janus import JanusStand
from tests.video.stand_jitsi import JitsiStand
from tests.video.stand_livekit import LiveKitStand
from tests.video.stand_zoom import ZoomStand


class BuiltInStand(Stand):
    """Ours: its people, its presence and its evictions are tried in test_exchange.py, on the real thing."""

    key = "builtin"
    serves = believes = leads = evicts = pushes = pulls = expires = False

    def __init__(self) -> None:
        self.platform = BuiltIn()


STANDS: dict[str, Callable[[], Stand]] = {
    stand.key: stand for stand in (BuiltInStand, BigBlueButtonStand, JitsiStand, LiveKitStand, JanusStand, ZoomStand)
}


def those_that(*abilities: str) -> list[str]:
    """The stands that can do all of these."""
    return sorted(key for key, stand in STANDS.items() if all(getattr(stand, ability) for ability in abilities))
