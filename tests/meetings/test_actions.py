"""The shell: what a command leaves in the database."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from expertim.meetings import queries
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


def test_meetings_in_the_way_are_named_in_one_order(database, clock):
    """O1: the soonest first; of two that begin together, the one that was proposed first, whenever it was agreed."""
    w = world(credits=50_000)
    start = in_(hours=30)
    first, second, third = (w.propose(start=at) for at in (start, start, start - timedelta(minutes=30)))
    for meeting in (second, first, third):
        w.act(By.EXPERT, meeting, Act.CONFIRM, acknowledge_overlap=True)
    with pytest.raises(Refused) as refusal:
        w.propose(start=start, acknowledge_overlap=False)
    assert refusal.value.facts["meetings"] == (third, first, second)


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


def test_credits_that_time_has_given_back_can_be_spent_although_the_worker_is_off(database, clock):
    """T0, T1, Z2: the unanswered meeting has expired by the clock, so its credits are there."""
    w = world(credits=2500)
    waiting = w.propose(start=in_(hours=2))
    with pytest.raises(Refused, match="insufficient_credits"):
        w.propose(start=in_(hours=9))
    clock.advance(timedelta(hours=2))
    meeting = w.propose(start=in_(hours=9))
    assert row(waiting).state == "expired"
    assert row(meeting).payment == "blocked"
    assert wallet(w.user) == (0, 2500)


def test_too_few_credits_are_refused_with_what_is_missing(database, clock):
    """Z2: nothing changes, and the amount is named; the same for confirming."""
    w = world(credits=2499)
    with pytest.raises(Refused) as refusal:
        w.propose(start=in_(hours=72))
    assert (refusal.value.key, refusal.value.facts["missing"]) == ("insufficient_credits", 1)
    assert wallet(w.user) == (2499, 0)


def test_old_request_keys_are_forgotten_and_young_ones_kept(database, clock):
    """Z1."""
    from expertim.meetings.actions import forget_requests
    from expertim.meetings.models import Request

    w = world()
    w.propose(start=in_(hours=72), key="old")
    w.propose(start=in_(hours=72), key="young")
    database.owner.execute(
        "UPDATE meetings_request SET made_at = now() - interval '31 days' WHERE person_id = %s AND key = 'old'",
        [w.user.pk],
    )
    assert forget_requests() >= 1
    assert list(Request.objects.filter(person=w.user).values_list("key", flat=True)) == ["young"]


PRAGUE = ZoneInfo("Europe/Prague")
# Starts around which the clocks change: on 28 March 2027 an hour is skipped at 2:00, on 31 October one is repeated.
NIGHTS = [
    datetime(2027, 3, 29, 10, tzinfo=PRAGUE),
    datetime(2027, 3, 28, 3, 30, tzinfo=PRAGUE),
    datetime(2027, 11, 1, 10, tzinfo=PRAGUE),
    datetime(2027, 10, 31, 2, 30, tzinfo=PRAGUE),
    datetime(2027, 10, 31, 2, 30, tzinfo=PRAGUE, fold=1),
]
TICK = timedelta(microseconds=1)


@pytest.mark.parametrize("local", NIGHTS, ids=str)
def test_the_48_hours_are_48_hours_in_the_nights_the_clocks_change(database, clock, local):
    """C2, C3: exactly 48 h before is free, a microsecond later costs half."""
    start = local.astimezone(UTC)
    for moment, fee in ((start - timedelta(hours=48), 0), (start - timedelta(hours=48) + TICK, 1250)):
        clock.freeze(start - timedelta(days=5))
        w = world()
        meeting = w.agreed(start=local)
        clock.freeze(moment)
        w.act(By.USER, meeting, Act.CANCEL, seen_fee=fee)
        assert wallet(w.user) == (10_000 - fee, 0)


@pytest.mark.parametrize("local", NIGHTS, ids=str)
def test_start_end_and_168_hours_are_exact_in_the_nights_the_clocks_change(database, clock, local):
    """T1, E1, T6: a moment belongs to what begins at it."""
    start = local.astimezone(UTC)
    end = start + timedelta(minutes=60)
    clock.freeze(start - timedelta(days=5))
    w = world()
    waiting, meeting, silent = w.propose(start=local), w.agreed(start=local), w.agreed(start=local)
    clock.freeze(start - TICK)
    w.act(By.USER, w.propose(start=local), Act.WITHDRAW)
    ring_due(person=w.user.pk)
    assert row(waiting).state == "awaiting_approval"
    clock.freeze(start)
    with pytest.raises(Refused, match="not_possible_now"):
        w.act(By.EXPERT, waiting, Act.CONFIRM)
    assert row(waiting).state == "expired"
    clock.freeze(end - TICK)
    with pytest.raises(Refused, match="not_possible_now"):
        w.act(By.USER, meeting, Act.EVALUATE, progress=Said.SMOOTH, stars=5)
    clock.freeze(end)
    w.act(By.USER, meeting, Act.EVALUATE, progress=Said.SMOOTH, stars=5)
    clock.freeze(end + timedelta(hours=168) - TICK)
    ring_due(person=w.user.pk)
    assert row(silent).progress is None
    clock.freeze(end + timedelta(hours=168))
    ring_due(person=w.user.pk)
    assert row(silent).progress == "went_smoothly"


def test_the_same_key_gets_the_same_answer_whatever_has_happened_since(clock):
    """Z1: the meeting as the act has left it, also after it has moved on."""
    w = world()
    meeting = w.propose(start=in_(hours=72), key="once")
    start = row(meeting).starts_at
    first = w.act(By.EXPERT, meeting, Act.CONFIRM, key="k")
    clock.advance(timedelta(hours=30))
    w.act(By.USER, meeting, Act.CANCEL, seen_fee=1250)
    again = w.act(By.EXPERT, meeting, Act.CONFIRM, key="k")
    assert (again.stood, again.repeated) == (first.stood, True)
    view = queries.meeting_for(person=w.expert.pk, meeting=meeting, stood=again.stood)
    assert view is not None
    assert (view.situation.now.state, view.situation.start, view.version) == ("agreed", start, 2)
    assert "cancel" in [action.act for action in view.actions]
    now = queries.meeting_for(person=w.expert.pk, meeting=meeting)
    assert now is not None
    assert now.situation.now.state == "cancelled"


def test_an_act_on_what_was_seen_is_refused_once_something_has_happened(clock):
    """If-Match: nothing is changed, and the key is free."""
    w = world()
    meeting = w.agreed(start=in_(hours=72))
    w.act(By.USER, meeting, Act.RESCHEDULE, start=in_(hours=80), seen_version=2)
    before = events(meeting)
    with pytest.raises(Refused, match="changed_meanwhile"):
        w.act(By.EXPERT, meeting, Act.CANCEL, seen_version=2, key="k")
    assert events(meeting) == before
    w.act(By.EXPERT, meeting, Act.CANCEL, seen_version=4, key="k")
    w.act(By.EXPERT, meeting, Act.CANCEL, seen_version=4, key="k")  # the repeat is the same request
