"""Zoom on its stand: only a fake, as the docs say."""

from __future__ import annotations

from datetime import timedelta

from expertim.video.models import Hosting
from expertim.video.names import guest_name, room_name
from expertim.video.port import Entry, MeetingSpec, RawRequest
from expertim.video.zoom import Zoom
from expertim.video.zoom_account import Account
from tests.video.fakes.zoom import ACCOUNT, CLIENT, HOSTS, SECRET, WEBHOOK, Meeting, ZoomServer, sealed
from tests.video.stand import Stand, TurnedAway


class ZoomStand(Stand):
    key = "zoom"
    pulls = expires = False  # asked while it lasts it says nothing; an address holds until the meeting is gone

    def __init__(self) -> None:
        self.fake: ZoomServer = ZoomServer()
        self.platform: Zoom = self._adapter(SECRET)
        self.origins = self.platform.origins

    def _adapter(self, secret: str) -> Zoom:
        account = Account(
            account_id=ACCOUNT, client_id=CLIENT, client_secret=secret, api=self.fake.url, login=self.fake.url
        )
        return Zoom(account=account, hosts=HOSTS, webhook_secret=WEBHOOK)

    def close(self) -> None:
        self.fake.close()
        Hosting.objects.all().delete()

    def distrusted(self) -> Zoom:
        return self._adapter("another secret")

    def come(self, entry: Entry, *, after: timedelta = timedelta(0)) -> None:
        try:
            self.fake.comes(entry.url)
        except ValueError as refused:
            raise TurnedAway from refused

    def leave(self, spec: MeetingSpec, party: str) -> None:
        [meeting] = self._of(spec)
        [email] = [email for email in meeting.inside if email.startswith(guest_name(spec, party))]
        self.fake.leaves(meeting, email)

    def _of(self, spec: MeetingSpec) -> list[Meeting]:
        every = [*self.fake.meetings.values(), *self.fake.past.values()]
        return [one for one in every if one.wanted["agenda"] == room_name(spec)]

    def inside(self, spec: MeetingSpec) -> int:
        return sum(len(one.inside) for one in self._of(spec))

    def rooms(self) -> int:
        return len(self.fake.meetings)

    def pushed(self) -> list[RawRequest]:
        told, self.fake.webhooks = self.fake.webhooks, []
        return [RawRequest(headers=headers, body=body) for headers, body in told]

    def forged(self, real: RawRequest) -> list[RawRequest]:
        body = real.body
        forgeries = [sealed(body, secret="another"), sealed(body, ago=400), sealed(body, ago=-400)]
        return [
            RawRequest(headers=real.headers, body=body + b" "),
            RawRequest(headers={}, body=body),
            *(RawRequest(headers=headers, body=content) for headers, content in forgeries),
        ]
