"""BigBlueButton on its stand."""

from __future__ import annotations

from datetime import timedelta
from urllib.parse import urlsplit

from expertim.video.bigbluebutton import BigBlueButton
from expertim.video.names import guest_name, room_name
from expertim.video.port import Entry, MeetingSpec, RawRequest
from tests.video.fakes.bigbluebutton import SECRET, BigBlueButtonServer, sealed
from tests.video.stand import Stand, TurnedAway, spec


class BigBlueButtonStand(Stand):
    key = "bigbluebutton"
    expires = False  # an address ends with its session, and the session with `duration`: the server's own business

    def __init__(self) -> None:
        self.fake: BigBlueButtonServer = BigBlueButtonServer()
        self.platform: BigBlueButton = self._adapter(SECRET)
        self.origins = self.platform.origins
        self.platform.pull(spec(), None)  # as the worker does before anybody comes: it asks for the hook
        self.fake.asked.clear()

    def _adapter(self, secret: str) -> BigBlueButton:
        url = "https://bbb.example.org/bigbluebutton"
        return BigBlueButton(url=url, api=f"{self.fake.url}/bigbluebutton", secret=secret)

    def close(self) -> None:
        self.fake.close()

    def distrusted(self) -> BigBlueButton:
        return self._adapter("another secret")

    def come(self, entry: Entry, *, after: timedelta = timedelta(0)) -> None:
        parts = urlsplit(entry.url)
        assert parts.path == "/bigbluebutton/api/join"
        try:
            self.fake.comes(parts.query)
        except ValueError as refused:
            raise TurnedAway from refused

    def leave(self, spec: MeetingSpec, party: str) -> None:
        self.fake.leaves(room_name(spec), guest_name(spec, party))

    def inside(self, spec: MeetingSpec) -> int:
        return len(self.fake.people.get(room_name(spec), {}))

    def rooms(self) -> int:
        return len(self.fake.meetings)

    def pushed(self) -> list[RawRequest]:
        told, self.fake.webhooks = self.fake.webhooks, []
        return [RawRequest(headers={}, query=query, body=body) for query, body in told]

    def forged(self, real: RawRequest) -> list[RawRequest]:
        url = self.platform.callback()
        return [
            RawRequest(headers={}, query=real.query, body=real.body + b"&event=%5B%5D"),
            RawRequest(headers={}, query=sealed(url, real.body, secret="x"), body=real.body),
            RawRequest(headers={}, query=sealed("https://elsewhere.example.org/", real.body), body=real.body),
            RawRequest(headers={}, query="", body=real.body),
        ]
