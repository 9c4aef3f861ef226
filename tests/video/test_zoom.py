"""Zoom where the contract does not reach: its hosts, its quota, answers that are lost, its challenge, its report."""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import psycopg
import pytest

from expertim.video import calls, hosting
from expertim.video.models import Hosting
from expertim.video.port import Misconfigured, OutcomeUnknown, QuotaExceeded, RawRequest, Unavailable
from tests.conftest import Installation, PlatformClock
from tests.video.fakes.server import PATIENCE, Fault
from tests.video.fakes.zoom import HOSTS, WEBHOOK, sealed
from tests.video.stand import START, spec
from tests.video.stand_zoom import ZoomStand
from tests.world import together

USER, EXPERT = spec().guests


@pytest.fixture
def stand(clock: PlatformClock, monkeypatch: pytest.MonkeyPatch) -> Iterator[ZoomStand]:
    """It has let us in already, so that the next fault is the API's."""
    clock.freeze(START - timedelta(minutes=10))
    monkeypatch.setattr(calls, "READ_SECONDS", PATIENCE)
    made = ZoomStand()
    made.platform.account.ask("GET", "/meetings/1")
    made.fake.asked.clear()
    yield made
    made.close()


def paths(stand: ZoomStand) -> list[str]:
    return [f"{one.method} {one.path}" for one in stand.fake.asked]


def test_the_token_is_asked_for_once_and_again_when_it_has_ended(stand: ZoomStand) -> None:
    for _often in range(3):
        stand.platform.ensure(spec(), None)
    assert "POST /oauth/token" not in paths(stand)
    stand.fake.tokens.clear()
    stand.platform.ensure(spec(), None)
    assert paths(stand).count("POST /oauth/token") == 1


def test_two_meetings_at_once_have_two_hosts_and_a_third_has_none(stand: ZoomStand) -> None:
    """From 15 minutes before the one until 60 after the other."""
    one, two = (stand.platform.ensure(spec(reference=number), None) for number in (1, 2))
    assert {one.content["host"], two.content["host"]} == set(HOSTS)
    with pytest.raises(Unavailable, match="every host"):
        stand.platform.ensure(spec(reference=3, start=START + timedelta(hours=2)), None)
    third = spec(reference=3, start=START + timedelta(hours=2, minutes=15))
    assert stand.platform.ensure(third, None).content["host"] in HOSTS
    stand.platform.cancel(spec(reference=2), two)
    assert stand.platform.ensure(spec(reference=4), None).content["host"] == two.content["host"]


def test_both_meetings_at_once_take_place(stand: ZoomStand) -> None:
    for number in (1, 2):
        for guest in (USER, EXPERT):
            stand.come(stand.platform.enter(spec(reference=number), None, guest))
    assert [stand.inside(spec(reference=number)) for number in (1, 2)] == [2, 2]


def test_the_database_lets_no_host_run_two_at_once(clock: PlatformClock, database: Installation) -> None:
    with psycopg.connect(database.owner_url) as owner:
        put = "INSERT INTO video_hosting VALUES (%s, 'h', %s, %s)"
        owner.execute(put, [991, START, START + timedelta(hours=1)])
        owner.execute(put, [992, START + timedelta(hours=1), START + timedelta(hours=2)])
        with pytest.raises(psycopg.errors.ExclusionViolation):
            owner.execute(put, [993, START + timedelta(minutes=59), START + timedelta(hours=3)])
        owner.rollback()


def test_two_workers_at_the_same_moment_take_two_hosts(clock: PlatformClock) -> None:
    ends = START + timedelta(hours=1)
    taken = together(
        2, lambda turn: hosting.take(reference=880 + turn, begins=START, ends=ends, hosts=HOSTS), values=True
    )
    assert sorted(taken) == sorted(HOSTS)
    Hosting.objects.filter(pk__in=(880, 881)).delete()


def test_a_meeting_that_moves_into_the_way_of_another_gets_another_host(stand: ZoomStand) -> None:
    later = START + timedelta(days=1)
    mine = stand.platform.ensure(spec(reference=1), None)
    other = stand.platform.ensure(spec(reference=2, start=later), None)
    assert mine.content == other.content
    moved = stand.platform.ensure(spec(reference=1, start=later, revision=2), mine)
    assert moved.content != other.content
    assert stand.rooms() == 2


def test_nothing_of_the_days_hundred_is_spent_where_nothing_changes(stand: ZoomStand) -> None:
    ref = stand.platform.ensure(spec(), None)
    for _often in range(3):
        stand.platform.ensure(spec(), ref)
    assert sum(stand.fake.used.values()) == 1
    stand.platform.ensure(spec(start=START + timedelta(hours=1), revision=2), ref)
    assert sum(stand.fake.used.values()) == 2
    [meeting] = stand.fake.meetings.values()
    assert meeting.wanted["start_time"] == "2027-03-16T10:00:00Z"


def test_where_a_host_has_had_its_hundred_another_one_is_taken(stand: ZoomStand) -> None:
    stand.fake.daily = 1
    refs = [
        stand.platform.ensure(spec(reference=number, start=START + timedelta(days=number)), None) for number in (1, 2)
    ]
    assert [ref.content["host"] for ref in refs] == list(HOSTS)
    with pytest.raises(QuotaExceeded):
        stand.platform.ensure(spec(reference=3, start=START + timedelta(days=3)), None)


@pytest.mark.parametrize("fault", ["lost after", "late after", "lost before"])
def test_what_may_have_been_made_is_looked_for_before_it_is_made_again(stand: ZoomStand, fault: Fault) -> None:
    """Zoom has no key against making twice; its list is read to the end."""
    for number in (7, 8):
        stand.platform.ensure(spec(reference=number, start=START + timedelta(days=number)), None)
    stand.fake.faults.append(fault)
    with pytest.raises(OutcomeUnknown):
        stand.platform.ensure(spec(), None)
    ref = stand.platform.ensure(spec(), None)
    assert stand.rooms() == 3
    assert int(ref.remote_id) in stand.fake.meetings


def test_what_was_made_and_never_heard_of_is_found_to_be_cancelled(stand: ZoomStand) -> None:
    stand.fake.faults.append("lost after")
    with pytest.raises(OutcomeUnknown):
        stand.platform.ensure(spec(), None)
    stand.platform.cancel(spec(), None)
    assert stand.rooms() == 0
    assert not Hosting.objects.filter(pk=1).exists()


def test_a_meeting_that_somebody_deleted_at_zoom_is_made_again(stand: ZoomStand) -> None:
    ref = stand.platform.ensure(spec(), None)
    stand.fake.meetings.clear()
    assert stand.platform.ensure(spec(), ref).remote_id != ref.remote_id
    assert stand.rooms() == 1


def test_each_registers_once_however_often_they_come(stand: ZoomStand) -> None:
    ref = stand.platform.ensure(spec(), None)
    addresses = {stand.platform.enter(spec(), ref, USER).url for _often in range(5)}
    assert len(addresses) == 1
    assert list(stand.fake.registered.values()) == [1]


def test_a_host_that_zoom_does_not_know_is_for_the_operator_to_mend(stand: ZoomStand) -> None:
    with pytest.raises(Misconfigured, match="knows no user"):
        replace(stand.platform, hosts=("me",)).ensure(spec(), None)


def test_its_challenge_is_answered_with_its_seal(stand: ZoomStand) -> None:
    headers, body = sealed(b'{"event": "endpoint.url_validation", "payload": {"plainToken": "qgg8vlvZRS6UYooatFL8Aw"}}')
    answer, seen = stand.platform.receive(RawRequest(headers=headers, body=body))
    expected = hmac.new(WEBHOOK.encode(), b"qgg8vlvZRS6UYooatFL8Aw", hashlib.sha256).hexdigest()
    assert json.loads(answer.body) == {"plainToken": "qgg8vlvZRS6UYooatFL8Aw", "encryptedToken": expected}
    assert (answer.status, seen) == (200, [])
    answer, _seen = stand.platform.receive(RawRequest(headers={}, body=body))
    assert answer.status == 401


@pytest.mark.parametrize(
    "body",
    [b"{}", b"[]", b'{"event": "meeting.participant_joined", "payload": []}', b"\xff", b"[" * 5000],
    ids=["empty", "list", "odd", "bytes", "deep"],
)
def test_what_is_sealed_and_makes_no_sense_is_refused(stand: ZoomStand, body: bytes) -> None:
    headers, body = sealed(body)
    answer, seen = stand.platform.receive(RawRequest(headers=headers, body=body))
    assert (answer.status, seen) == (400, [])


def test_the_report_tells_what_the_webhooks_told(stand: ZoomStand, clock: PlatformClock) -> None:
    """By the same names: told by both, it is kept once."""
    ref = stand.platform.ensure(spec(), None)
    for guest in (USER, EXPERT):
        stand.come(stand.platform.enter(spec(), ref, guest))
    stand.leave(spec(), "expert")
    assert stand.platform.pull(spec(), ref) == []
    clock.freeze(spec().closes_at)
    reported = {one.dedupe for one in stand.platform.pull(spec(), ref)}
    pushed = {one.dedupe for request in stand.pushed() for one in stand.platform.receive(request)[1]}
    assert reported == pushed
    assert len(reported) == 3


def test_a_secret_that_was_mended_asks_for_a_token_of_its_own(stand: ZoomStand) -> None:
    with pytest.raises(Misconfigured):
        stand.distrusted().ensure(spec(), None)
    stand.platform.ensure(spec(), None)
