"""Claim, lease, fence, back-off: nobody sends a row twice, and no row is forgotten."""

from __future__ import annotations

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection, transaction

from expertim.foundation import clock
from expertim.outbox import claims
from expertim.outbox.actions import add_rows
from expertim.outbox.models import Row
from tests.outbox.making import add, some_kind, states

pytestmark = pytest.mark.usefixtures("database")


def let_leases_run_out(kind: str) -> None:
    Row.objects.filter(kind=kind).update(lease_until=datetime(2020, 1, 1, tzinfo=UTC))


def test_a_key_is_added_once() -> None:
    kind = some_kind()
    row = {"kind": kind, "key": kind, "payload": {"n": 1}}
    assert add_rows([row]) == 1
    assert add_rows([{**row, "payload": {"n": 2}}, {**row, "key": f"{kind}:other"}]) == 1
    assert Row.objects.get(key=kind).payload == {"n": 1}


def test_a_row_lives_and_dies_with_its_transaction() -> None:
    kind = some_kind()
    with transaction.atomic():
        add(kind)
        transaction.set_rollback(True)
    assert states(kind) == []


def test_every_column_of_the_function_arrives() -> None:
    kind, due, until = some_kind(), datetime(2027, 3, 16, 9, tzinfo=UTC), datetime(2027, 3, 17, tzinfo=UTC)
    given = {"recipient": 7, "reference": 8, "generation": 2}
    [row] = add(kind, due_at=due.isoformat(), not_after=until.isoformat(), **given)
    assert (row.due_at, row.not_after, row.status, row.attempts) == (due, until, "waiting", 0)
    assert {name: getattr(row, name) for name in given} == given


def test_only_what_is_due_and_known_is_claimed() -> None:
    kind = some_kind()
    later = clock.now() + timedelta(hours=1)
    add(kind, due_at=later.isoformat())
    assert claims.claim(kinds=[kind], limit=10) == []
    add(unknown := some_kind())
    assert claims.claim(kinds=[kind], limit=10) == []
    assert states(unknown) == ["waiting"]


def test_workers_at_once_never_share_a_row() -> None:
    kind = some_kind()
    add(kind, count=200)

    def one_worker(_n: int) -> list[int]:
        mine: list[int] = []
        try:
            while rows := claims.claim(kinds=[kind], limit=7):
                for row in rows:
                    mine.append(row.id)
                    assert claims.done(row)
        finally:
            connection.close()
        return mine

    with ThreadPoolExecutor(4) as pool:
        counted = Counter(number for mine in pool.map(one_worker, range(4)) for number in mine)
    assert len(counted) == 200
    assert set(counted.values()) == {1}
    assert set(states(kind)) == {"sent"}


def test_a_row_in_hand_is_nobody_elses_until_its_lease_ends() -> None:
    kind = some_kind()
    add(kind)
    [first] = claims.claim(kinds=[kind], limit=10)
    assert claims.claim(kinds=[kind], limit=10) == []
    let_leases_run_out(kind)
    [second] = claims.claim(kinds=[kind], limit=10)
    assert second.fence > first.fence


@pytest.mark.parametrize("report", ["done", "expired", "given_back"])
def test_who_slept_over_the_lease_cannot_report_any_more(report: str) -> None:
    kind = some_kind()
    add(kind)
    [first] = claims.claim(kinds=[kind], limit=1)
    let_leases_run_out(kind)
    [second] = claims.claim(kinds=[kind], limit=1)
    assert getattr(claims, report)(first) is False
    assert claims.failed(first, error="late") is False
    assert states(kind) == ["leased"]
    assert claims.done(second) is True


def test_a_failure_is_tried_again_later_and_later_and_then_given_up() -> None:
    kind = some_kind()
    add(kind)
    waits = []
    for _ in range(claims.MOST_ATTEMPTS):
        [row] = claims.claim(kinds=[kind], limit=1)
        before = clock.machine_now()
        claims.failed(row, error="no answer")
        stored = Row.objects.get(id=row.id)
        if stored.status == "waiting":
            assert stored.retry_at
            waits.append((stored.retry_at - before).total_seconds())
            assert claims.claim(kinds=[kind], limit=1) == []
            Row.objects.filter(id=row.id).update(retry_at=before)
    assert stored.status == "dead"
    assert stored.last_error == "no answer"
    for waited, planned in zip(waits, claims.BACK_OFF_SECONDS, strict=True):
        assert 0.75 * planned <= waited <= 1.3 * planned + 5


def test_a_row_given_back_has_not_used_an_attempt() -> None:
    kind = some_kind()
    add(kind)
    [row] = claims.claim(kinds=[kind], limit=1)
    claims.given_back(row)
    [again] = claims.claim(kinds=[kind], limit=1)
    assert again.attempts == row.attempts == 1
    assert again.fence > row.fence
