"""A worker killed at each boundary, and mail servers with bad manners: nothing lost, nothing doubled unseen."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from expertim.outbox import claims, crashing, mail, worker
from expertim.outbox.actions import add_rows
from expertim.outbox.models import Row
from expertim.outbox.stopping import Stop
from expertim.outbox.worker import Worker
from tests.conftest import Installation
from tests.outbox.making import add, some_kind
from tests.outbox.post_office import PostOffice, database_alone, post_office, work
from tests.world import in_, world

pytestmark = pytest.mark.usefixtures("database")


@pytest.fixture
def office(settings: Any) -> Iterator[PostOffice]:
    with post_office() as (office, url):
        settings.EMAIL_URL = url
        yield office


@pytest.fixture
def alone(installation: Installation, database: Installation) -> Iterator[Installation]:
    with database_alone(installation) as own:
        yield own


# ---------------------------------------------------------------- kill -9


@pytest.mark.slow
@pytest.mark.parametrize("point", crashing.POINTS)
def test_a_killed_worker_loses_nothing_and_doubles_only_between_sending_and_reporting(
    alone: Installation, point: str
) -> None:
    """N2, N7."""
    w = world()
    w.propose(start=in_(hours=72))
    w.propose(start=in_(hours=96))
    with post_office() as (office, url):
        assert work(alone, email_url=url, crash_at=point, once=False) == -signal.SIGKILL
        Row.objects.filter(status="leased").update(lease_until=in_(hours=-1))  # two minutes later
        assert work(alone, email_url=url) == 0
    assert set(Row.objects.filter(kind="notice").values_list("status", flat=True)) == {"sent"}
    again = 1 if point in ("after send", "before ack") else 0
    assert sorted(office.ids.values()) == sorted([1, 1 + again])


@pytest.mark.slow
def test_a_row_that_kills_its_worker_is_given_up_and_the_rest_is_sent(alone: Installation) -> None:
    """The third death is the last; rows that were only in the same hand are sent."""
    kind = some_kind()
    add(kind, count=3)

    def die_of_the_first() -> list[str]:
        """As a worker does that dies of row 0: what it claimed before stays leased."""
        sent = []
        for row in claims.claim(kinds=[kind], limit=20):
            if row.deaths >= claims.MOST_DEATHS:
                claims.dead(row, error="")
                continue
            if row.deaths:
                claims.begun(row)
            if row.payload["n"] == 0:
                break
            claims.done(row)
            sent.append(row.payload["n"])
        Row.objects.filter(status="leased").update(lease_until=in_(hours=-1))
        return sent

    assert [die_of_the_first() for _ in range(4)] == [[], [], [1, 2], []]
    assert list(Row.objects.filter(kind=kind).order_by("id").values_list("status", flat=True)) == [
        "dead",
        "sent",
        "sent",
    ]


def test_the_points_are_deaf_where_the_clock_cannot_be_moved(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.MOVABLE_CLOCK = False
    monkeypatch.setenv("CRASH_AT", "before send")
    crashing.point("before send")  # else this would be the end of the test


# ---------------------------------------------------------------- the mail server


def letter(to: str) -> dict[str, Any]:
    return {"to": [to], "subject": "Tři", "body": "Dvě", "headers": {"Message-ID": f"<{some_kind()}@example.org>"}}


def sent_by_a_worker(monkeypatch: pytest.MonkeyPatch, *to: str) -> str:
    """One row for each address, tried once by a worker; their kind."""
    kind = some_kind()
    monkeypatch.setattr(worker, "_passes", {})
    monkeypatch.setattr(worker, "_senders", {kind: mail.send})
    for address in to:
        add_rows([{"kind": kind, "key": f"{kind}:{address}", "payload": letter(address)}])
    Worker(stop=Stop()).round()
    return kind


def outcome(kind: str) -> list[tuple[str, int]]:
    return list(Row.objects.filter(kind=kind).order_by("id").values_list("status", "attempts"))


def try_again_now(kind: str) -> None:
    Row.objects.filter(kind=kind, status="waiting").update(retry_at=None)
    Worker(stop=Stop()).round()


def test_mail_goes_out(office: PostOffice, monkeypatch: pytest.MonkeyPatch) -> None:
    kind = sent_by_a_worker(monkeypatch, "a@example.org", "b@example.org")
    assert outcome(kind) == [("sent", 1), ("sent", 1)]
    assert len(office.mails) == 2


def test_a_closed_office_is_tried_again(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.EMAIL_URL = "smtp://127.0.0.1:1"
    kind = sent_by_a_worker(monkeypatch, "a@example.org")
    assert outcome(kind) == [("waiting", 1)]
    with post_office() as (office, url):
        settings.EMAIL_URL = url
        try_again_now(kind)
    assert outcome(kind) == [("sent", 2)]
    assert len(office.mails) == 1


def test_an_office_that_is_shut_for_a_weekend_loses_nothing() -> None:
    assert sum(claims.BACK_OFF_SECONDS) * 0.8 > timedelta(days=2).total_seconds()


def test_an_office_that_hangs_after_the_text_costs_one_timeout(
    office: PostOffice, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mail, "TIMEOUT_SECONDS", 0.5)
    office.hang_seconds = 3
    kind = sent_by_a_worker(monkeypatch, "a@example.org")
    assert outcome(kind) == [("waiting", 1)]
    office.hang_seconds = 0
    monkeypatch.setattr(mail, "TIMEOUT_SECONDS", 20)
    try_again_now(kind)
    assert outcome(kind) == [("sent", 2)]
    assert list(office.ids.values()) == [1]


@pytest.mark.parametrize("answer", ["421 closing", "451 later", "452 full"])
def test_a_refusal_for_now_is_tried_again(office: PostOffice, monkeypatch: pytest.MonkeyPatch, answer: str) -> None:
    office.at_data = answer
    kind = sent_by_a_worker(monkeypatch, "a@example.org")
    assert outcome(kind) == [("waiting", 1)]
    office.at_data = ""
    try_again_now(kind)
    assert outcome(kind) == [("sent", 2)]


@pytest.mark.parametrize("answer", ["550 nobody", "554 no"])
def test_a_refusal_for_good_is_given_up_and_delays_nobody(
    office: PostOffice, monkeypatch: pytest.MonkeyPatch, answer: str
) -> None:
    office.at_recipient = answer
    kind = sent_by_a_worker(monkeypatch, "refused@example.org", "a@example.org")
    assert outcome(kind) == [("dead", 1), ("sent", 1)]


def test_a_lost_answer_doubles_the_mail_under_its_id(office: PostOffice, monkeypatch: pytest.MonkeyPatch) -> None:
    """N7: whether it was taken cannot be known; sent twice, most readers show it once."""
    office.lose_answer = 1
    kind = sent_by_a_worker(monkeypatch, "a@example.org")
    assert outcome(kind) == [("waiting", 1)]
    try_again_now(kind)
    assert outcome(kind) == [("sent", 2)]
    assert list(office.ids.values()) == [2]


def test_no_server_is_waited_for_beyond_a_lease() -> None:
    assert 0 < mail.TIMEOUT_SECONDS <= 30 < claims.LEASE_SECONDS
