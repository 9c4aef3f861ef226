"""What waits, health in words, the audit."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.db import connection

from expertim.backoffice.queries.overview import Health, figures
from expertim.backoffice.views_overview import signs
from expertim.backoffice.words import length_words, masked
from expertim.chat import actions as chats
from expertim.meetings.facts import Act, By, Said
from expertim.outbox import heartbeat, pausing
from tests.backoffice.operating import olga
from tests.meetings.visiting import Visitor, text_of, words_of
from tests.world import in_, person, row, world

pytestmark = pytest.mark.usefixtures("database")


def health(**changes) -> Health:
    well = {"now": None, "beat_age": timedelta(seconds=3), "alarm_lag": None, "outbox_lag": None}
    return Health(**(well | {"outbox_due": 0, "retrying": 0, "given_up": 0, "due": False} | changes))


@pytest.mark.parametrize(
    ("changes", "unwell", "told"),
    [
        ({}, [], "The worker is at work. Time since its last sign of life: 3 seconds."),
        ({"beat_age": None}, [0], "No worker is running."),
        ({"beat_age": timedelta(hours=2)}, [0], "The worker is silent. Time since its last sign of life: 2 hours."),
        ({"alarm_lag": timedelta(seconds=30)}, [], "What time does to meetings is done on time."),
        ({"alarm_lag": timedelta(days=3)}, [1], "What time does to meetings was late. Delay: 3 days."),
        (
            {"outbox_lag": timedelta(minutes=5), "outbox_due": 2, "retrying": 1},
            [2],
            "2 rows wait to be sent. Time since the oldest was due: 5 minutes.",
        ),
        ({"given_up": 1}, [3], "1 row has been given up."),
        ({"paused_at": in_}, [0], "The worker is paused: this installation was restored from a backup."),
    ],
)
def test_health_says_in_words_what_is_wrong(changes, unwell, told):
    shown = signs(health(**changes))
    assert [number for number, sign in enumerate(shown) if not sign.well] == unwell
    assert told in [sign.words for sign in shown]


def test_the_heartbeat_of_a_worker_is_seen_and_one_that_stopped_is_none(clock):
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM outbox_heartbeat")
    assert "No worker is running." in words_of(olga().get("/operator/"))
    heartbeat.beat("w1")
    assert "The worker is at work" in words_of(olga().get("/operator/"))
    heartbeat.stopped("w1")
    assert "No worker is running." in words_of(olga().get("/operator/"))


def test_a_paused_worker_is_said_with_what_a_release_would_send_and_released_by_a_button(clock):
    """F11: after a restore; a second click finds nothing to release."""
    operator = olga()
    assert "Release the worker" not in words_of(operator.get("/operator/"))
    pausing.pause()
    try:
        words = words_of(operator.get("/operator/"))
        assert "The worker is paused: this installation was restored from a backup." in words
        assert "would be dropped unsent" in words
        assert operator.post("/operator/worker/release/", {}).status_code == 303
        assert pausing.paused_since() is None
        assert "The worker is released: what is due goes out now." in words_of(operator.get("/operator/"))
    finally:
        pausing.release()
    operator.post("/operator/worker/release/", {})
    assert "The worker was not paused." in words_of(operator.get("/operator/"))


def test_disputes_wait_on_the_overview_the_oldest_first_and_lead_to_the_decision(clock):
    place = world()
    meeting = place.agreed(start=in_(hours=1))
    clock.advance(timedelta(hours=3))
    place.act(By.EXPERT, meeting, Act.EVALUATE, progress=Said.OTHER_FAULT)
    place.act(By.USER, meeting, Act.EVALUATE, progress=Said.OTHER_FAULT)
    assert row(meeting).progress == "disputed"
    page = text_of(olga().get("/operator/"))
    assert "/operator/disputes/" in page
    assert "dispute" in page


def test_applications_and_reported_messages_wait_on_the_overview_too(clock):
    """Counted, each with the way to its list."""
    before = figures()
    place = world()
    mallory = person("mallory")
    skill = place.expertise.skills.get().pk
    typed = {"headline": "Knows", "introduction": "Much", "services": "An hour", "skills": [skill], "agreed": "on"}
    Visitor(mallory).post(f"/e/{place.expertise.slug}/apply/", typed)
    chats.welcome(person=mallory.pk, yes=True)
    said = chats.say(writer=mallory.pk, reader=place.user.pk, text="Buy this", key=f"k{mallory.pk}")
    assert said is not None
    assert chats.report(person=place.user.pk, chat=said.chat, message=said.message, reason="An advertisement")
    now = figures()
    assert (now.applications, now.reports) == (before.applications + 1, before.reports + 1)
    page = text_of(olga().get("/operator/"))
    assert re.search(rf'href="/operator/applications/">{now.applications} application', page)
    assert re.search(rf'href="/operator/reports/">{now.reports} reported message', page)


def test_the_audit_finds_the_books_in_order_and_says_so(clock):
    operator = olga()
    assert "It changes nothing." in words_of(operator.get("/operator/audit/"))
    answer = operator.post("/operator/audit/", {})
    assert answer.status_code == 200
    words = words_of(answer)
    assert "Everything agrees" in words
    assert "awaiting_approval" not in words


def test_the_audit_names_what_does_not_agree(clock, monkeypatch):
    from expertim.credits.audit import Report

    wrong = Report(figures={"wallets": "2"}, discrepancies=["K1 total: all entries together come to 5 instead of 0"])
    monkeypatch.setattr("expertim.backoffice.views_overview.audit", lambda: wrong)
    words = words_of(olga().post("/operator/audit/", {}))
    assert "1 thing does not agree" in words
    assert "K1 total: all entries together come to 5 instead of 0" in words


def test_lengths_and_addresses_are_worded():
    assert [length_words(timedelta(seconds=s)) for s in (0, 1, 61, 3600, 172_800)] == [
        "0 seconds",
        "1 second",
        "1 minute",
        "1 hour",
        "2 days",
    ]
    assert (masked("jana@example.org"), masked("nothing")) == ("j…@example.org", "…")
