"""The shell: what a command leaves in the database."""

from __future__ import annotations

from datetime import timedelta

import pytest

from expertim.meetings.actions import ring_due
from expertim.meetings.facts import Act, By, Refused, Said
from tests.world import events, in_, notices, row, wallet, world


def test_a_late_cancellation_splits_the_block(database, clock):
    """P1, A1, C3, K3, K4: 50 % deducted, the expert paid less commission."""
    w = world()
    meeting = w.agreed(start=in_(hours=20))
    assert wallet(w.user) == (7500, 2500)
    with pytest.raises(Refused) as refusal:
        w.act(By.USER, meeting, Act.CANCEL, seen_fee=0)
    assert refusal.value.key == "fee_changed"
    assert refusal.value.facts["fee"] == 1250
    w.act(By.USER, meeting, Act.CANCEL, seen_fee=1250)
    assert wallet(w.user) == (8750, 0)
    assert wallet(w.expert) == (1000, 0)
    assert row(meeting).payment == "reimbursed_cancellation"
    assert events(meeting) == [
        ("approved", "user"),
        ("approved", "expert"),
        ("cancelled", "user"),
        ("reimbursed", "platform"),
    ]
    assert notices(w.expert) == ["meeting_proposed", "meeting_agreed", "meeting_cancellation_by_user"]


def test_silence_settles_a_meeting_after_a_week(database, clock):
    """T3-T6, S5: reminders, the link, the request to evaluate, and a settlement, in one long outage's ring."""
    w = world()
    meeting = w.agreed(start=in_(hours=30))
    clock.advance(timedelta(days=10))
    while ring_due(limit=50):
        pass
    assert row(meeting).progress == "went_smoothly"
    assert row(meeting).payment == "paid"
    assert row(meeting).alarm_at is None
    assert wallet(w.expert) == (2000, 0)
    assert events(meeting)[-1] == ("progress_evaluated", "platform")


def test_words_earn_the_bonus_once(database, clock):
    """E1, S1, V1."""
    w = world()
    for hours in (1, 3):
        meeting = w.agreed(start=in_(hours=hours))
        clock.advance(timedelta(hours=hours + 2))
        w.act(By.USER, meeting, Act.EVALUATE, progress=Said.SMOOTH, stars=5, review="Clear and useful.")
    assert wallet(w.user) == (10_000 - 2 * 2500 + 500, 0)


def test_lists(database, clock):
    from expertim.meetings import queries

    w = world()
    meeting = w.agreed(start=in_(hours=30))
    page = queries.listed(person=w.user.pk, which="scheduled")
    assert [v.public_id for v in page.rows] == [meeting]
    assert {a.act for a in page.rows[0].actions} == {Act.CANCEL, Act.RESCHEDULE}
    assert queries.counts(person=w.expert.pk).scheduled == 1
    view = queries.meeting_for(person=w.user.pk, meeting=meeting)
    assert [row.event for row in queries.timeline(view)] == ["approved", "approved"]


def test_a_title_per_language_is_kept_as_it_was(database, clock):
    """Words: worded as on the day of the proposal, in every language it had."""
    from django.utils import translation

    from expertim.meetings import queries

    w = world()
    w.service.title = {"en": "Advice", "cs": "Rada"}
    w.service.save()
    meeting = w.propose(start=in_(hours=72))
    w.service.title = {"en": "Changed"}
    w.service.save()
    for language, title in (("en", "Advice"), ("cs", "Rada")):
        with translation.override(language):
            view = queries.meeting_for(person=w.user.pk, meeting=meeting)
            assert view is not None
            assert view.service_title == title
