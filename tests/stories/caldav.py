"""A real calendar store (Radicale, CalDAV over HTTP) and a mail program that keeps somebody's calendar in it."""

from __future__ import annotations

import http.client
import os
import re
import socket
import subprocess
import sys
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import vobject

from expertim.foundation.children import die_with_parent
from tests.foundation.holding import eventually

_QUERY = """<?xml version="1.0" encoding="utf-8"?>
<C:calendar-query xmlns:D="DAV:" xmlns:C="urn:ietf:params:xml:ns:caldav">
<D:prop><C:calendar-data><C:expand start="{start}" end="{end}"/></C:calendar-data></D:prop>
<C:filter><C:comp-filter name="VCALENDAR"><C:comp-filter name="VEVENT">
<C:time-range start="{start}" end="{end}"/>
</C:comp-filter></C:comp-filter></C:filter></C:calendar-query>"""
_ALWAYS = (datetime(2020, 1, 1, tzinfo=UTC), datetime(2040, 1, 1, tzinfo=UTC))


@dataclass(frozen=True, kw_only=True)
class Kept:
    """An event as the store itself understands it: its start worked out by the store, in UTC."""

    uid: str
    start: datetime
    end: datetime
    status: str
    summary: str


class Store:
    """The server's side of one person's calendars."""

    def __init__(self, port: int) -> None:
        self._port = port

    def ask(self, method: str, path: str, body: bytes = b"", **headers: str) -> tuple[int, bytes]:
        """One request; the status and the body of the answer."""
        wire = http.client.HTTPConnection("127.0.0.1", self._port, timeout=10)
        try:
            named = {name.replace("_", "-"): value for name, value in headers.items()}
            wire.request(method, path, body, named)
            answer = wire.getresponse()
            return answer.status, answer.read()
        finally:
            wire.close()

    def make_calendar(self, path: str) -> None:
        assert self.ask("MKCALENDAR", path)[0] == 201

    def events(self, path: str, *, between: tuple[datetime, datetime] = _ALWAYS) -> list[Kept]:
        """What a REPORT finds, in order of time."""
        start, end = (f"{moment:%Y%m%dT%H%M%SZ}" for moment in between)
        query = _QUERY.format(start=start, end=end).encode()
        status, answer = self.ask("REPORT", path, query, Depth="1", Content_Type="application/xml; charset=utf-8")
        assert status == 207, answer
        files = [each.text or "" for each in ET.fromstring(answer).iter("{urn:ietf:params:xml:ns:caldav}calendar-data")]
        found = [_kept(event) for file in files for event in vobject.readOne(file).vevent_list]
        return sorted(found, key=lambda kept: kept.start)


class Calendar:
    """A mail program at work: what a mail asks for, it does to its owner's calendar, and nothing else."""

    def __init__(self, store: Store, path: str) -> None:
        self._store, self.path = store, path
        store.make_calendar(path)

    def take(self, file: bytes) -> None:
        """RFC 5546, 2.1.5: REQUEST puts the event there or replaces an older one, CANCEL removes it."""
        asked = vobject.readOne(file.decode())
        address = f"{self.path}{asked.vevent.uid.value.replace('@', '-at-')}.ics"
        status, there = self._store.ask("GET", address)
        if status == 200 and _sequence(vobject.readOne(there.decode())) > _sequence(asked):
            return  # an older mail that was late
        if asked.method.value == "CANCEL":
            if status == 200:
                assert self._store.ask("DELETE", address)[0] == 200
            return
        assert asked.method.value == "REQUEST"
        kept = re.sub(rb"METHOD:REQUEST\r\n", b"", file)  # RFC 4791, 4.1: no METHOD in a store
        assert self._store.ask("PUT", address, kept, Content_Type="text/calendar; charset=utf-8")[0] in (201, 204)

    @property
    def events(self) -> list[Kept]:
        return self._store.events(self.path)

    def at(self, start: datetime, end: datetime) -> list[str]:
        """What the store says lies between two instants."""
        return [kept.uid for kept in self._store.events(self.path, between=(start, end))]


@contextmanager
def radicale(folder: Path) -> Iterator[Store]:
    """A running store that keeps its files in a folder and talks to this machine only."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    settings = folder / "radicale.conf"
    settings.write_text(
        f"[server]\nhosts = 127.0.0.1:{port}\n[auth]\ntype = none\n[rights]\ntype = from_file\nfile = rights\n"
        f"[storage]\nfilesystem_folder = {folder / 'collections'}\n[logging]\nlevel = warning\n"
    )
    (folder / "rights").write_text("[all]\nuser: .*\ncollection: .*\npermissions: RrWw\n")
    parent = os.getpid()
    with (folder / "radicale.log").open("w") as log:
        child = subprocess.Popen(
            [sys.executable, "-m", "radicale", "--config", str(settings)],
            cwd=folder,
            stdout=log,
            stderr=subprocess.STDOUT,
            preexec_fn=lambda: die_with_parent(parent=parent),
        )
    store = Store(port)
    try:
        assert eventually(lambda: _answers(store), seconds=20), (folder / "radicale.log").read_text()
        yield store
    finally:
        child.terminate()
        child.wait(20)


def _answers(store: Store) -> bool:
    try:
        return store.ask("GET", "/.web/")[0] in (200, 302, 303)
    except OSError:
        return False


def _kept(event: Any) -> Kept:
    return Kept(
        uid=event.uid.value,
        start=event.dtstart.value.astimezone(UTC),
        end=event.dtend.value.astimezone(UTC),
        status=event.status.value,
        summary=event.summary.value,
    )


def _sequence(calendar: Any) -> int:
    return int(calendar.vevent.sequence.value)
