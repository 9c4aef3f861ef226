"""The worker's rounds: what is sent, what is given up, and that nothing ends the loop but being asked to."""

from __future__ import annotations

import io
import os
import signal
import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import OperationalError, connection

from expertim.foundation import clock
from expertim.outbox import claims, pausing, worker
from expertim.outbox.models import Heartbeat, Row
from expertim.outbox.stopping import Stop
from expertim.outbox.worker import Undeliverable, Worker
from tests.outbox.making import add, some_kind, states

pytestmark = pytest.mark.usefixtures("database")

Send = Callable[[dict[str, Any]], None]


@pytest.fixture(autouse=True)
def _nobody_elses_work(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(worker, "_passes", {})
    monkeypatch.setattr(worker, "_senders", {})


def sent_by(send: Send) -> tuple[str, Worker]:
    kind = some_kind()
    worker.add_sender(kind, send)
    return kind, Worker(stop=Stop())


def test_a_round_sends_everything_that_is_due_outside_any_transaction() -> None:
    sent = []

    def send(payload: dict[str, Any]) -> None:
        assert connection.get_autocommit()
        sent.append(payload["n"])

    kind, one = sent_by(send)
    add(kind, count=45)
    one.round()
    assert sorted(sent) == list(range(45))
    assert set(states(kind)) == {"sent"}
    assert one.done == {f"{kind} sent": 45}


def test_a_refusal_for_good_is_given_up_at_once_and_the_rest_is_sent() -> None:
    def send(payload: dict[str, Any]) -> None:
        if payload["n"] == 1:
            raise Undeliverable("550 nobody here")

    kind, one = sent_by(send)
    add(kind, count=3)
    one.round()
    assert states(kind) == ["sent", "dead", "sent"]
    assert Row.objects.get(key=f"{kind}:1").last_error == "550 nobody here"


def test_a_failure_waits_and_the_rest_is_sent() -> None:
    def send(payload: dict[str, Any]) -> None:
        if payload["n"] == 0:
            raise TimeoutError("no answer")

    kind, one = sent_by(send)
    add(kind, count=2)
    one.round()
    assert states(kind) == ["waiting", "sent"]
    assert "no answer" in Row.objects.get(key=f"{kind}:0").last_error


def test_a_row_whose_time_has_passed_is_not_sent() -> None:
    kind, one = sent_by(lambda _payload: pytest.fail("sent"))
    add(kind, not_after=(clock.now() - timedelta(seconds=1)).isoformat())
    one.round()
    assert states(kind) == ["expired"]


def test_a_row_that_kills_its_workers_is_given_up() -> None:
    kind, one = sent_by(lambda _payload: pytest.fail("sent"))
    add(kind)
    Row.objects.filter(kind=kind).update(attempts=claims.MOST_ATTEMPTS)
    one.round()
    assert states(kind) == ["dead"]


def test_refusals_after_a_worker_was_lost_are_no_deaths() -> None:
    """A worker overslept its lease with the row in hand; then the receiver said "later" twice, and then yes."""
    answers = [TimeoutError("later"), TimeoutError("later"), None]

    def send(payload: dict[str, Any]) -> None:
        answer = answers.pop(0)
        if answer is not None:
            raise answer

    kind, one = sent_by(send)
    add(kind)
    claims.claim(kinds=[kind], limit=1)
    past = datetime(2020, 1, 1, tzinfo=UTC)
    Row.objects.filter(kind=kind).update(lease_until=past)
    for _ in range(3):
        one.round()
        Row.objects.filter(kind=kind).update(retry_at=past)
    assert states(kind) == ["sent"]
    assert Row.objects.get(kind=kind).attempts == 4


def test_two_workers_never_send_a_row_twice() -> None:
    sent: list[int] = []
    kind, _one = sent_by(lambda payload: sent.append(payload["n"]))
    add(kind, count=150)

    def work() -> None:
        try:
            Worker(stop=Stop()).round()
        finally:
            connection.close()

    both = [threading.Thread(target=work) for _ in range(2)]
    for thread in both:
        thread.start()
    for thread in both:
        thread.join()
    assert sorted(sent) == list(range(150))


def test_a_pass_is_called_until_it_did_less_than_it_might() -> None:
    left = [250]

    def ring(limit: int) -> int:
        did = min(limit, left[0])
        left[0] -= did
        return did

    worker.add_pass("ringing", ring)
    one = Worker(stop=Stop())
    one.round()
    assert (left, one.done["ringing"]) == ([0], 250)


def test_a_failing_pass_rests_and_everything_else_goes_on() -> None:
    calls = []

    def broken(_limit: int) -> int:
        calls.append(1)
        raise ZeroDivisionError

    kind, one = sent_by(lambda _payload: None)
    worker.add_pass("broken", broken)
    add(kind)
    one.round()
    one.round()
    assert calls == [1]
    assert states(kind) == ["sent"]


def test_stopping_gives_back_what_is_in_hand() -> None:
    stop = Stop()
    kind = some_kind()
    worker.add_sender(kind, lambda _payload: stop.ask())
    add(kind, count=3)
    Worker(stop=stop).run()
    assert states(kind) == ["sent", "waiting", "waiting"]
    assert not Row.objects.filter(kind=kind, lease_until__isnull=False).exists()


def test_signals_ask_to_stop_and_end_the_wait() -> None:
    before = {number: signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)}
    try:
        for number in before:
            stop = Stop()
            stop.listen()
            threading.Timer(0.1, os.kill, (os.getpid(), number)).start()
            began = clock.monotonic()
            stop.wait(20)
            assert stop.asked
            assert clock.monotonic() - began < 10
    finally:
        for number, old in before.items():
            signal.signal(number, old)


def test_a_lost_database_is_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    stop = Stop()
    rounds = []

    def one_round(_self: Worker) -> int:
        rounds.append(1)
        if len(rounds) == 1:
            raise OperationalError("server closed the connection unexpectedly")
        stop.ask()
        return 0

    monkeypatch.setattr(Worker, "round", one_round)
    monkeypatch.setattr(worker, "POLL_SECONDS", 0.01)
    Worker(stop=stop).run()
    assert len(rounds) == 2


def test_a_connection_cut_by_the_server_is_replaced() -> None:
    kind = some_kind()
    add(kind)
    with connection.cursor() as cursor, pytest.raises(OperationalError):
        cursor.execute("SELECT pg_terminate_backend(pg_backend_pid())")
    stop = Stop()
    worker.add_sender(kind, lambda _payload: stop.ask())
    Worker(stop=stop).run()
    assert states(kind) == ["sent"]


def test_the_heart_beats_and_says_when_it_has_stopped() -> None:
    one = Worker(stop=Stop())
    one.round()
    beat = Heartbeat.objects.get(worker=one.name)
    assert abs(beat.beat_at - clock.machine_now()) < timedelta(minutes=1)
    assert beat.stopped_at is None
    one.once()
    assert Heartbeat.objects.get(worker=one.name).stopped_at is not None


def test_once_tells_how_much_of_what_it_did() -> None:
    kind, _one = sent_by(lambda _payload: None)
    add(kind, count=3)
    said = io.StringIO()
    call_command("work", "--once", stdout=said)
    assert said.getvalue() == f"{kind} sent: 3\n"
    said = io.StringIO()
    call_command("work", "--once", stdout=said)
    assert said.getvalue() == "nothing was due\n"


def test_once_does_what_its_own_work_made_due() -> None:
    kind = some_kind()
    worker.add_sender(kind, lambda payload: None if payload["n"] else add_another(kind))
    add(kind)
    call_command("work", "--once", stdout=io.StringIO())
    assert states(kind) == ["sent", "sent"]


def add_another(kind: str) -> None:
    add(kind, count=2)


def test_once_fails_where_a_pass_failed() -> None:
    def broken(_limit: int) -> int:
        raise ZeroDivisionError

    worker.add_pass("broken", broken)
    with pytest.raises(CommandError, match="broken"):
        call_command("work", "--once", stdout=io.StringIO())


def test_a_paused_worker_stays_alive_says_so_once_and_does_nothing(caplog: pytest.LogCaptureFixture) -> None:
    """After a restore: nothing is rung, nothing is claimed, by whatever way; released, it goes on."""
    rung: list[int] = []
    worker.add_pass("ringing", lambda limit: rung.append(limit) or 0)  # type: ignore[func-returns-value]
    kind, one = sent_by(lambda _payload: None)
    add(kind)
    pausing.pause()
    try:
        assert [one.round(), one.round()] == [0, 0]
        assert claims.claim(kinds=[kind], limit=1) == []
    finally:
        assert pausing.release()
    assert (rung, states(kind)) == ([], ["waiting"])
    assert caplog.text.count("paused since a restore") == 1
    assert Heartbeat.objects.filter(worker=one.name, stopped_at=None).exists()
    one.round()
    assert states(kind) == ["sent"]
    assert rung


def test_old_heartbeats_are_forgotten() -> None:
    Heartbeat.objects.create(worker="long ago", beat_at=datetime(2020, 1, 1, tzinfo=UTC))
    Worker(stop=Stop()).round()
    assert not Heartbeat.objects.filter(worker="long ago").exists()
