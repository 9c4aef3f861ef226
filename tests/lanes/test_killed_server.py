"""F3: PostgreSQL's processes killed and the server stopped at once, again and again, under clients that commit."""

from __future__ import annotations

import os
import random
import signal
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.core.management import call_command
from django.db import Error, connection

from expertim.foundation import embedded
from expertim.foundation.embedded.cluster import Cluster
from expertim.foundation.grants import grant_all
from expertim.meetings.actions import Outcome
from expertim.meetings.audit import audit
from expertim.meetings.facts import Act, By
from expertim.meetings.models import Meeting, Request, TimelineEvent
from expertim.outbox.models import Row
from expertim.outbox.stopping import Stop
from expertim.outbox.worker import Worker, sent_kinds
from tests.conftest import Installation, _point_django_at
from tests.lanes.sizes import size, tell
from tests.world import World, in_, world

CLIENTS = 4
RECOVERED_WITHIN_SECONDS = 10.0


@dataclass(kw_only=True)
class Server:
    """A PostgreSQL of this lane's own, which may be killed."""

    cluster: Cluster
    urls: embedded.Urls
    kills: Counter[str] = field(default_factory=Counter)
    last_blow: float = 0.0  # from then on it could recover

    def kill_a_backend(self) -> None:
        """As the kernel does when memory runs out: the server throws everybody out and recovers."""
        with suppress(psycopg.OperationalError), psycopg.connect(self.urls.owner, autocommit=True) as owner:
            pids = owner.execute(
                "SELECT pid FROM pg_stat_activity WHERE usename = 'expertim_app' AND pid <> pg_backend_pid()"
            ).fetchall()
            if pids:
                os.kill(random.choice(pids)[0], signal.SIGKILL)
                self.last_blow = time.monotonic()
                self.kills["backends killed"] += 1

    def stop_at_once(self, down_seconds: float) -> None:
        """As when the power fails: no checkpoint, then some seconds nothing, then recovery."""
        self.cluster._call("pg_ctl", "stop", "-m", "immediate", "-w")
        time.sleep(down_seconds)
        self.cluster._start(fsync=True)
        self.last_blow = time.monotonic()
        self.kills["immediate restarts"] += 1


@pytest.fixture
def server(installation: Installation, database: Installation) -> Iterator[Server]:
    with tempfile.TemporaryDirectory(prefix="lane-") as folder:
        os.chmod(folder, 0o755)  # as root, the server has an account of its own
        data_dir = Path(folder) / "data"
        urls = embedded.ensure(data_dir)
        share = embedded._shares.pop(data_dir)
        _point_django_at(urls.owner)
        try:
            call_command("migrate", verbosity=0)
            grant_all(connection, "expertim_app")
            _point_django_at(urls.app)
            yield Server(cluster=share.cluster, urls=urls)
        finally:
            _point_django_at(installation.app)
            embedded._stop_if_last(share.lock, share.cluster)


@dataclass(kw_only=True)
class Client:
    """Somebody who repeats with the same key whatever was not answered, and remembers what was."""

    world: World
    server: Server
    number: int
    begin: datetime = field(default_factory=lambda: in_(hours=72))
    acknowledged: list[tuple[str, Act]] = field(default_factory=list)
    waits: list[float] = field(default_factory=list)
    repeated: int = 0
    died: str = ""

    def live(self, stop: threading.Event) -> None:
        try:
            while not stop.is_set():
                # an hour further each time: nobody is warned of an overlap
                start = self.begin + timedelta(hours=2 * len(self.acknowledged))
                meeting = self.sure(Act.PROPOSE, lambda key, start=start: self.world.propose(start=start, key=key))
                self.sure(Act.CONFIRM, lambda key, m=meeting: self.world.act(By.EXPERT, m, Act.CONFIRM, key=key))
                if len(self.acknowledged) % 4 == 0:
                    self.sure(Act.CANCEL, lambda key, m=meeting: self.world.act(By.EXPERT, m, Act.CANCEL, key=key))
        except Exception as error:
            self.died = repr(error)
        finally:
            connection.close()

    def sure(self, act: Act, work: Callable[[str], Any]) -> str:
        key, began, failures = f"{self.number}-{len(self.acknowledged)}", time.monotonic(), 0
        while True:
            try:
                answer = work(key)
                break
            except Error:
                connection.close()
                failures += 1
                assert time.monotonic() - began < 60, "never recovered"
                time.sleep(0.02)
        meeting = answer.meeting if isinstance(answer, Outcome) else str(answer)
        if failures:
            # the blow that hit it, or one that came while it was asking again
            self.waits.append(time.monotonic() - max(began, self.server.last_blow))
            self.repeated += isinstance(answer, Outcome) and answer.repeated
        self.acknowledged.append((meeting, act))
        return meeting


def test_nothing_acknowledged_is_lost_or_doubled_when_the_server_dies(server: Server) -> None:
    """L17, Z1, N2: every answer that was given stands, once; who was not answered asks again and is answered."""
    clients = [Client(world=world(credits=100_000_000), server=server, number=number) for number in range(CLIENTS)]
    had = {TimelineEvent: TimelineEvent.objects.count(), Meeting: Meeting.objects.count()}
    stop, stop_worker = threading.Event(), Stop()
    threads = [threading.Thread(target=client.live, args=[stop]) for client in clients]
    worker = threading.Thread(target=_work, args=[stop_worker])
    for thread in (*threads, worker):
        thread.start()
    try:
        _rage(server, seconds=size(5.0, 180.0))
        time.sleep(1.0)
        stop.set()
        for thread in threads:
            thread.join(timeout=90)
        connection.close()  # this thread's own died with the others
        assert not any(thread.is_alive() for thread in threads)
        assert not [client.died for client in clients if client.died]
        acknowledged = [told for client in clients for told in client.acknowledged]
        _is_there_once(clients, acknowledged, had)
        _goes_on(worker)
    finally:
        stop.set()
        stop_worker.ask()
        worker.join(timeout=30)
    assert audit().discrepancies == []
    waits = [wait for client in clients for wait in client.waits]
    assert waits, "nobody noticed anything: the lane did not kill"
    assert max(waits) <= RECOVERED_WITHIN_SECONDS
    tell(
        "F3 killed server",
        acknowledged=len(acknowledged),
        **server.kills,
        unanswered=len(waits),
        of_these_had_committed=sum(client.repeated for client in clients),
        longest_recovery_s=round(max(waits), 1),
    )


def _rage(server: Server, *, seconds: float) -> None:
    until, turn = time.monotonic() + seconds, 0
    while time.monotonic() < until:
        time.sleep(random.uniform(0.7, 1.5))
        turn += 1
        if turn % 4 == 0:
            server.stop_at_once(down_seconds=random.uniform(0, size(0.5, 2.0)))
        else:
            server.kill_a_backend()


def _is_there_once(clients: list[Client], acknowledged: list[tuple[str, Act]], had: dict[Any, int]) -> None:
    event = {Act.PROPOSE: "approved", Act.CONFIRM: "approved", Act.CANCEL: "cancelled"}
    found = Counter(TimelineEvent.objects.values_list("meeting__public_id", "event"))
    wanted = Counter((meeting, event[act]) for meeting, act in acknowledged)
    lost, doubled = wanted - found, found - wanted
    assert not lost, f"acknowledged and not there: {lost}"
    assert not doubled, f"there and never acknowledged, or twice: {doubled}"
    assert Meeting.objects.count() - had[Meeting] == len({meeting for meeting, _act in acknowledged})
    people = [who for client in clients for who in (client.world.user.pk, client.world.expert.pk)]
    assert Request.objects.filter(person__in=people).exclude(key="").count() == len(acknowledged)


def _work(stop: Stop) -> None:
    try:
        Worker(stop=stop).run()
    finally:
        connection.close()


def _goes_on(worker: threading.Thread) -> None:
    """It lived through all of it, and sends; what a dead connection held in hand comes when its lease has run out."""
    Row.objects.filter(status="leased").update(lease_until=in_(hours=-1))
    Row.objects.filter(status="waiting").update(retry_at=None)
    due = Row.objects.filter(status__in=["waiting", "leased"], due_at__lte=in_(hours=0), kind__in=sent_kinds())
    left, until = due.count(), time.monotonic() + 60
    while (now := due.count()) and now > left - 200 and time.monotonic() < until:
        assert worker.is_alive()
        time.sleep(0.2)
    assert now == 0 or now <= left - 200
    assert not Row.objects.filter(status="dead").exists()
