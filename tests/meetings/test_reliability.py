"""What timelines say of an expert: who answers, how fast, who is there in time; too little is said as nothing."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection

from expertim.expertise.models import Expert, Reliability
from expertim.meetings.actions import ring_due
from expertim.meetings.facts import Act, By
from expertim.meetings.reliability import count, count_due
from tests.conftest import PlatformClock
from tests.world import World, in_, world

pytestmark = pytest.mark.usefixtures("database")


def figures(place: World) -> Reliability:
    expert = Expert.objects.get(person=place.expert, expertise=place.expertise)
    count(experts=[expert.pk])
    return Reliability.objects.get(expert=expert)


def answer_after(place: World, clock: PlatformClock, *, hours: float, act: Act = Act.CONFIRM) -> str:
    meeting = place.propose(start=in_(hours=200))
    clock.advance(timedelta(hours=hours))
    place.act(By.EXPERT, meeting, act, **({"acknowledge_overlap": True} if act is Act.CONFIRM else {}))
    return meeting


def test_three_of_four_answers_within_counts_confirming_and_rejecting_alike(clock: PlatformClock) -> None:
    place = world(credits=50_000)
    answer_after(place, clock, hours=1)
    answer_after(place, clock, hours=2, act=Act.REJECT)
    assert figures(place).answer_minutes is None  # two are too few
    answer_after(place, clock, hours=3)
    answer_after(place, clock, hours=30)
    assert 180 <= (figures(place).answer_minutes or 0) <= 181


def test_who_leaves_requests_to_expire_is_not_called_quick(clock: PlatformClock) -> None:
    """T1: no answer is longer than any."""
    place = world(credits=50_000)
    for _turn in range(2):
        answer_after(place, clock, hours=1)
    for _turn in range(2):
        place.propose(start=in_(hours=5))
    clock.advance(timedelta(hours=6))
    while ring_due(limit=100):
        pass
    assert figures(place).answer_minutes is None


def test_what_was_withdrawn_or_is_still_open_says_nothing(clock: PlatformClock) -> None:
    """C1; and the user's own yes to an expert's proposal (P2, A1) is no answer of the expert's."""
    place = world(credits=50_000)
    for _turn in range(2):
        answer_after(place, clock, hours=1)
    place.act(By.USER, place.propose(start=in_(hours=90)), Act.WITHDRAW)
    place.propose(start=in_(hours=91))
    offered = place.propose(start=in_(hours=150), by=By.EXPERT)
    place.act(By.USER, offered, Act.CONFIRM, acknowledge_overlap=True)
    assert figures(place).answer_minutes is None
    answer_after(place, clock, hours=1)
    assert figures(place).answer_minutes == 60


def test_another_date_is_asked_for_and_answered_like_a_proposal(clock: PlatformClock) -> None:
    """D1, D4, D5."""
    place = world(credits=50_000)
    meeting = answer_after(place, clock, hours=1)
    for act in (Act.ALTERNATIVE_REJECT, Act.ALTERNATIVE_CONFIRM):
        place.act(By.USER, meeting, Act.RESCHEDULE, start=in_(hours=100), acknowledge_overlap=True)
        clock.advance(timedelta(hours=2))
        place.act(By.EXPERT, meeting, act, **({"acknowledge_overlap": True} if act is Act.ALTERNATIVE_CONFIRM else {}))
    assert 120 <= (figures(place).answer_minutes or 0) <= 121


@pytest.mark.parametrize(
    ("late", "percent"), [((0, 0, 0), 100), ((5, 5, 5), 100), ((6, 0, 0), 66), ((None, 0, 20), 33)]
)
def test_on_time_is_a_join_until_five_minutes_after_the_start(
    clock: PlatformClock, late: tuple[int | None, ...], percent: int
) -> None:
    place = world(credits=50_000, minutes=30)
    for turn, minutes in enumerate(late):
        meeting = place.agreed(start=in_(hours=2))
        clock.advance(timedelta(hours=2))
        place.act(By.USER, meeting, Act.JOIN)
        if minutes is not None:
            clock.advance(timedelta(minutes=minutes))
            place.act(By.EXPERT, meeting, Act.JOIN)
        clock.advance(timedelta(hours=1))
        assert figures(place).held == turn + 1  # as B2 counts
    assert figures(place).on_time_percent == percent


def test_a_meeting_that_nobody_joined_here_says_nothing_of_punctuality(clock: PlatformClock) -> None:
    place = world(credits=50_000, minutes=30)
    for _turn in range(3):
        place.agreed(start=in_(hours=2))
        clock.advance(timedelta(hours=3))
    assert (figures(place).held, figures(place).on_time_percent) == (3, None)


def test_the_worker_counts_whoever_had_an_event_and_everybody_once_a_day(clock: PlatformClock) -> None:
    place = world(credits=50_000)
    while count_due(limit=100) >= 100:
        pass
    # As if the events of all tests before had settled: of too many at once the newest would wait for the next round.
    with connection.cursor() as cursor:
        cursor.execute("UPDATE expertise_counted SET event = (SELECT max(id) FROM meetings_timelineevent)")
    expert = Expert.objects.get(person=place.expert)
    first = Reliability.objects.get(expert=expert).counted_at
    place.agreed(start=in_(hours=2))
    clock.advance(timedelta(minutes=1))
    count_due(limit=100)
    second = Reliability.objects.get(expert=expert).counted_at
    assert second > first
    clock.advance(timedelta(hours=25))
    while count_due(limit=100) >= 100:
        pass
    assert Reliability.objects.get(expert=expert).held == 1
