"""LiveKit on its stand."""

from __future__ import annotations

from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

from expertim.video.livekit import LiveKit
from expertim.video.names import guest_name, room_name
from expertim.video.port import Entry, MeetingSpec, RawRequest
from tests.video.fakes.livekit import KEY, SECRET, LiveKitServer, sealed
from tests.video.stand import Stand, TurnedAway


class LiveKitStand(Stand):
    key = "livekit"

    def __init__(self) -> None:
        self.fake: LiveKitServer = LiveKitServer()
        self.platform = self._adapter(SECRET)
        self.origins = self.platform.origins

    def _adapter(self, secret: str) -> LiveKit:
        return LiveKit(
            url="wss://livekit.example.org",
            page="https://meet.example.org/custom",
            api=self.fake.url,
            api_key=KEY,
            secret=secret,
        )

    def close(self) -> None:
        self.fake.close()

    def distrusted(self) -> LiveKit:
        return self._adapter("another secret of more than thirty-two signs")

    def come(self, entry: Entry, *, after: timedelta = timedelta(0)) -> None:
        query = parse_qs(urlsplit(entry.url).query, strict_parsing=True)
        assert query["liveKitUrl"] == ["wss://livekit.example.org"]
        try:
            self.fake.comes(query["token"][0], after=after)
        except ValueError as refused:
            raise TurnedAway from refused

    def leave(self, spec: MeetingSpec, party: str) -> None:
        self.fake.leaves(room_name(spec), guest_name(spec, party))

    def inside(self, spec: MeetingSpec) -> int:
        return len(self.fake.rooms.get(room_name(spec), {}))

    def rooms(self) -> int:
        return len(self.fake.rooms)

    def pushed(self) -> list[RawRequest]:
        told, self.fake.webhooks = self.fake.webhooks, []
        return [RawRequest(headers={"authorization": seal}, body=body) for seal, body in told]

    def forged(self, real: RawRequest) -> list[RawRequest]:
        body, seal = real.body, real.headers["authorization"]
        return [
            RawRequest(headers={"authorization": seal}, body=body + b" "),
            RawRequest(headers={"authorization": sealed(body, secret="x" * 40)}, body=body),
            RawRequest(headers={"authorization": sealed(body, ago=timedelta(minutes=7))}, body=body),
            RawRequest(headers={"authorization": seal.rsplit(".", 1)[0] + "."}, body=body),
            RawRequest(headers={}, body=body),
        ]
