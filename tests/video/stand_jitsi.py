"""Jitsi Meet on its stand."""

from __future__ import annotations

from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

from expertim.video.jitsi import Ending, Jitsi
from expertim.video.names import guest_name, room_name
from expertim.video.port import Entry, MeetingSpec, RawRequest
from tests.video.fakes.jitsi import APP_ID, EVENTS_TOKEN, HOST, KEY_ID, MUC, SECRET, Prosody, key_pair
from tests.video.stand import Stand, TurnedAway


class JitsiStand(Stand):
    key = "jitsi"
    pulls = False  # nobody there can be asked

    def __init__(self) -> None:
        self.fake: Prosody = Prosody()
        self.platform = self._adapter("system")
        self.origins = self.platform.origins

    def _adapter(self, which: str) -> Jitsi:
        ending = Ending(url=f"{self.fake.url}/end-meeting", muc=MUC, key=key_pair(which)[0], key_id=KEY_ID)
        return Jitsi(url=f"https://{HOST}", app_id=APP_ID, secret=SECRET, events_token=EVENTS_TOKEN, ending=ending)

    def close(self) -> None:
        self.fake.close()

    def distrusted(self) -> Jitsi:
        return self._adapter("somebody else's")

    def come(self, entry: Entry, *, after: timedelta = timedelta(0)) -> None:
        parts = urlsplit(entry.url)
        try:
            self.fake.comes(parts.path, parse_qs(parts.query)["jwt"][0], after=after)
        except ValueError as refused:
            raise TurnedAway from refused

    def leave(self, spec: MeetingSpec, party: str) -> None:
        self.fake.leaves(room_name(spec), guest_name(spec, party))

    def inside(self, spec: MeetingSpec) -> int:
        return len(self.fake.occupants.get(room_name(spec), {}))

    def rooms(self) -> int:
        return len(self.fake.occupants)

    def pushed(self) -> list[RawRequest]:
        told = [self.fake.told.popleft() for _each in range(len(self.fake.told))]
        headers = {"authorization": f"Bearer {EVENTS_TOKEN}"}
        return [RawRequest(headers=headers, path=path, body=body) for path, body in told]

    def forged(self, real: RawRequest) -> list[RawRequest]:
        others = ({}, {"authorization": "Bearer x"}, {"authorization": EVENTS_TOKEN}, {"authorization": "Bearer "})
        return [RawRequest(headers=headers, path=real.path, body=real.body) for headers in others]
