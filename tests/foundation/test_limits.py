"""A11: how often somebody may do something; one statement a try, no more let through however many ask at once."""

from __future__ import annotations

import itertools
import math
from typing import Any

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from expertim import settings as product
from expertim.foundation.limits import LIMITS, Limit, TooOften, spend
from expertim.meetings.facts import Act, By
from expertim.meetings.models import Meeting
from tests.meetings.visiting import Visitor, act
from tests.world import in_, person, together, world

pytestmark = pytest.mark.usefixtures("database")
_people = itertools.count(10**9)  # nobody's ids: a limit counts numbers


@pytest.fixture
def three(monkeypatch: pytest.MonkeyPatch) -> int:
    """Somebody who may do a thing three times, and three times more within the hour."""
    monkeypatch.setitem(LIMITS, "propose", Limit(amount=3, seconds=3600))
    return next(_people)


def turn_back(who: int, seconds: int) -> None:
    """As if that much time had gone by since the last try."""
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE foundation_cache SET value = to_jsonb((value #>> '{}')::numeric - %s) WHERE key = %s",
            [seconds, f"limit:propose:{who}"],
        )


def test_what_is_beyond_the_limit_is_refused_with_the_time_to_wait(three: int) -> None:
    for _n in range(3):
        spend("propose", three)
    with pytest.raises(TooOften) as refused:
        spend("propose", three)
    assert 1190 <= refused.value.seconds <= 1200
    spend("propose", next(_people))  # others are not concerned
    spend("reschedule", three)  # nor is what else one does


def test_time_gives_back_a_try_at_a_time(three: int) -> None:
    for _n in range(3):
        spend("propose", three)
    turn_back(three, 1201)
    spend("propose", three)
    with pytest.raises(TooOften):
        spend("propose", three)
    turn_back(three, 100_000)
    for _n in range(3):
        spend("propose", three)
    with pytest.raises(TooOften):
        spend("propose", three)


def test_many_at_once_get_no_more_than_the_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(LIMITS, "propose", Limit(amount=20, seconds=3600))
    who = next(_people)

    def try_often(_turn: int) -> int:
        let_through = 0
        for _n in range(25):
            try:
                spend("propose", who)
                let_through += 1
            except TooOften:
                pass
        return let_through

    assert sum(together(8, try_often, values=True)) == 20


def test_a_try_costs_one_statement_and_is_swept_once_it_is_forgotten(three: int) -> None:
    with CaptureQueriesContext(connection) as taken:
        spend("propose", three)
    assert len(taken) == 1
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT expires_at BETWEEN clock_timestamp() + interval '1190 s' AND clock_timestamp() + interval '1200 s'"
            " FROM foundation_cache WHERE key = %s",
            [f"limit:propose:{three}"],
        )
        assert cursor.fetchone() == (True,)


def test_limits_can_be_raised_and_switched_off(three: int, settings: Any) -> None:
    settings.RATE_LIMITS = 2
    for _n in range(6):
        spend("propose", three)
    with pytest.raises(TooOften):
        spend("propose", three)
    settings.RATE_LIMITS = 0
    with CaptureQueriesContext(connection) as taken:
        spend("propose", three)
    assert not taken


def test_every_limit_on_accounts_is_there() -> None:
    """allauth counts in our cache, under a lock of its own; what it does not find in the settings it does not count."""
    rates = product.ACCOUNT_RATE_LIMITS
    assert isinstance(rates, dict)
    assert {"login", "login_failed", "signup", "reset_password", "confirm_email", "reauthenticate"} <= set(rates)
    assert rates["login_failed"] == "10/m/ip,5/5m/key"


def test_proposing_without_end_is_answered_with_429_and_nothing_is_written(clock: Any) -> None:
    """Case 51: 500 proposals in a minute."""
    w = world(credits=10_000_000, price=100)
    user = Visitor(w.user)
    address = reverse("propose", args=[w.expertise.slug, w.expert.public_id])
    fields = {"service": w.service.public_id, "skill": w.skill, "seen_price": "100", "seen_minutes": "60"}
    answers = []
    for n in range(500):
        typed = user.on(in_(hours=100 + n))
        answers.append(user.post(address, fields | typed | {"key": f"k{n}", "acknowledge_overlap": ""}))
        if len(answers) > 70 and answers[-1].status_code == 429:
            break
    statuses = [answer.status_code for answer in answers]
    refused = answers[statuses.index(429)]
    made = statuses.count(303)
    assert 60 <= made <= 70  # sixty at once, and one for each second that it took
    assert Meeting.objects.filter(user=w.user).count() == made
    assert 1 <= int(refused["Retry-After"]) <= 60
    assert "Nothing has been changed." in refused.content.decode()
    assert refused["Cache-Control"] == "no-store"
    user.client.cookies.clear()
    other = Visitor(person("omar", credits=1000))
    assert other.post(address, fields | other.on(in_(hours=50)) | {"key": "o"}).status_code == 303


def test_rescheduling_and_evaluating_are_limited_too(clock: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("reschedule", "evaluate"):
        monkeypatch.setitem(LIMITS, name, Limit(amount=1, seconds=3600))
    w = world()
    user = Visitor(w.user)
    meeting = w.agreed(start=in_(days=5))
    for name in ("reschedule", "evaluate"):
        assert user.post(act(meeting, name), {}).status_code in (409, 422)  # a try counts, whatever comes of it
        assert user.post(act(meeting, name), {}).status_code == 429
        in_place = user.client.post(act(meeting, name), {}, headers={"HX-Request": "true", "HX-Target": "dialog-body"})
        assert in_place.status_code == 200  # htmx shows no other
        assert "<html" not in in_place.content.decode()
        assert 'id="dialog-title"' in in_place.content.decode()
    w.act(By.EXPERT, meeting, Act.RESCHEDULE, start=in_(days=6))  # the rules themselves know no limit
    assert set(LIMITS) - {"api_read", "api_act", "chat", "photo", "export"} <= set(Act)


def test_asking_for_reset_links_without_end_says_when_to_try_again() -> None:
    client = Client(REMOTE_ADDR="203.0.113.77")
    cache.clear()
    answers = [client.post("/accounts/password/reset/", {"email": "nobody@example.org"}) for _n in range(7)]
    assert [answer.status_code for answer in answers] == [302] * 5 + [429] * 2
    assert answers[-1]["Retry-After"] == "300"


def test_a_try_says_how_many_are_left(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(LIMITS, "api_read", Limit(amount=3, seconds=3600))
    someone = person()
    left = []
    for _turn in range(3):
        spent = spend("api_read", someone.pk)
        assert spent is not None
        assert spent.amount == 3
        left.append((spent.remaining, math.ceil(spent.seconds / 1200)))
    assert left == [(2, 1), (1, 2), (0, 3)]
    with pytest.raises(TooOften) as refused:
        spend("api_read", someone.pk)
    assert refused.value.amount == 3
