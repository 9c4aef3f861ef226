"""Janus on its stand: the real one, behind a door that can be slammed. People come without a browser."""

from __future__ import annotations

import atexit
import tempfile
from contextlib import ExitStack
from datetime import timedelta
from functools import cache
from pathlib import Path
from typing import Any

import httpx

from expertim.video.janus import Janus, room_secret
from expertim.video.names import guest_name, room_name
from expertim.video.port import Entry, MeetingSpec, RawRequest
from tests.stories.place import free_port
from tests.video.fakes.server import Asked, Fake, Reply
from tests.video.janus_server import ADMIN_SECRET, EVENTS_PASSWORD, ROOM_KEY, TOKEN_SECRET, JanusServer, janus
from tests.video.stand import Stand, TurnedAway

_WEB = httpx.Client(verify=False, trust_env=False, timeout=5)  # all of it is on this machine


class Heard(Fake):
    """Where the events of Janus go."""

    def reply(self, asked: Asked) -> Reply:
        return Reply()


class Door(Fake):
    """In front of the admin API: what comes is handed on, unless a fault is due."""

    def __init__(self, server: JanusServer) -> None:
        self._janus = server
        super().__init__()

    def reply(self, asked: Asked) -> Reply:
        answer = _WEB.request(asked.method, self._janus.admin_url, content=asked.body)
        return Reply(status=answer.status_code, body=answer.content)


@cache
def _running() -> tuple[JanusServer, Heard]:
    """One for all tests of this process."""
    ending = ExitStack()
    atexit.register(ending.close)
    folder = ending.enter_context(tempfile.TemporaryDirectory())
    heard = Heard()
    return ending.enter_context(janus(Path(folder), events=heard.url, port=free_port())), heard


class JanusStand(Stand):
    key = "janus"
    leads = expires = False  # people stay in our page; its ways in are tried in test_janus.py

    def __init__(self) -> None:
        self.server, self.heard = _running()
        self.fake: Door = Door(self.server)
        self.platform = self._adapter(ADMIN_SECRET)
        self._sessions: dict[str, str] = {}
        self.heard.asked.clear()

    def _adapter(self, admin_secret: str) -> Janus:
        return Janus(
            url=self.server.url,
            admin_url=self.fake.url,
            admin_secret=admin_secret,
            room_key=ROOM_KEY,
            token_secret=TOKEN_SECRET,
            events_password=EVENTS_PASSWORD,
        )

    def close(self) -> None:
        for room in self.server.rooms():
            self.server.ask(request="destroy", room=room, secret=room_secret(TOKEN_SECRET, room))
        for place in list(self._sessions):
            self._end(place)
        self.fake.close()

    def distrusted(self) -> Janus:
        return self._adapter("not the secret")

    def come(self, entry: Entry, *, after: timedelta = timedelta(0)) -> None:
        way = entry.content
        session = self._said("", way["token"], janus="create")
        address = f"/{session['data']['id']}"
        handle = self._said(address, way["token"], janus="attach", plugin="janus.plugin.videoroom")["data"]["id"]
        body = {
            "request": "join",
            "ptype": "publisher",
            "room": way["room"],
            "id": way["id"],
            "token": way["room_token"],
        }
        self._said(f"{address}/{handle}", way["token"], janus="message", body=body)
        told = _WEB.get(f"{self.server.rest_url}{address}", params={"token": way["token"]}).json()
        if "error_code" in told["plugindata"]["data"]:
            raise TurnedAway(told)
        self._sessions[way["id"]] = f"{address} {way['token']}"

    def leave(self, spec: MeetingSpec, party: str) -> None:
        for place in [place for place in self._sessions if place.startswith(guest_name(spec, party))]:
            self._end(place)

    def _end(self, place: str) -> None:
        address, token = self._sessions.pop(place).split(" ", 1)
        _WEB.post(f"{self.server.rest_url}{address}", json={"janus": "destroy", "transaction": "t", "token": token})

    def _said(self, address: str, token: str, **asked: Any) -> dict[str, Any]:
        url = f"{self.server.rest_url}{address}"
        answer: dict[str, Any] = _WEB.post(url, json={**asked, "transaction": "t", "token": token}).json()
        if answer["janus"] == "error":
            raise TurnedAway(answer)
        return answer

    def inside(self, spec: MeetingSpec) -> int:
        room = room_name(spec)
        told = self.server.ask(request="listparticipants", room=room, secret=room_secret(TOKEN_SECRET, room))
        people = told.get("participants", [])
        assert isinstance(people, list)
        return len(people)

    def rooms(self) -> int:
        return len(self.server.rooms())

    def pushed(self) -> list[RawRequest]:
        told = [RawRequest(headers=asked.headers, body=asked.body) for asked in self.heard.asked]
        self.heard.asked.clear()
        return told

    def forged(self, real: RawRequest) -> list[RawRequest]:
        return [
            RawRequest(headers={}, body=real.body),
            RawRequest(headers={"authorization": "Basic eDp5"}, body=real.body),
        ]
