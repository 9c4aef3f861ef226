"""Each boundary to the microsecond, in Europe/Prague over both clock changes of 2027.

Starts are typed in local time, distances are measured in real time: the 48 hours before a start on the Sunday of the
change begin at another local hour than the start's.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from expertim.meetings.facts import Act, Bell, By, NoticeKind, Progress, Refused, Situation
from expertim.meetings.lifecycle import (
    cancellation_fee,
    decide,
    following,
    free_until,
    join_window,
    next_bell,
    possible,
    ring,
)
from expertim.people.formats import Clock, NoSuchTime, TwiceThatTime
from tests.make import DAY, EXPERT, HOUR, MINUTE, TICK, USER, alternative, awaiting, command, situation, standing

PRAGUE = Clock(zone=ZoneInfo("Europe/Prague"), date_format="DD.MM.YYYY HH:MM")


def prague(date: str, time: str, fold: int | None = None) -> datetime:
    return PRAGUE.instant(f"{date}.2027", time, fold=fold)


def local(moment: datetime) -> str:
    return moment.astimezone(PRAGUE.zone).strftime("%d.%m. %H:%M %Z")


# local start, then its 48 h line, 24 h line, end of 168 h after an hour's meeting, all as a clock in Prague shows them
SPRING_AND_AUTUMN = [
    # away from any change
    (("16.03", "10:00"), "14.03. 10:00 CET", "15.03. 10:00 CET", "23.03. 11:00 CET"),
    # Sunday 28 March: 2:00 is 3:00, that day has 23 hours
    (("28.03", "01:30"), "26.03. 01:30 CET", "27.03. 01:30 CET", "04.04. 03:30 CEST"),
    (("28.03", "03:00"), "26.03. 02:00 CET", "27.03. 02:00 CET", "04.04. 04:00 CEST"),
    (("28.03", "10:00"), "26.03. 09:00 CET", "27.03. 09:00 CET", "04.04. 11:00 CEST"),
    (("29.03", "01:00"), "27.03. 00:00 CET", "28.03. 00:00 CET", "05.04. 02:00 CEST"),
    (("29.03", "10:00"), "27.03. 09:00 CET", "28.03. 10:00 CEST", "05.04. 11:00 CEST"),
    (("30.03", "10:00"), "28.03. 10:00 CEST", "29.03. 10:00 CEST", "06.04. 11:00 CEST"),
    (("26.03", "10:00"), "24.03. 10:00 CET", "25.03. 10:00 CET", "02.04. 12:00 CEST"),
    # Sunday 31 October: 3:00 is 2:00, that day has 25 hours
    (("31.10", "01:30"), "29.10. 01:30 CEST", "30.10. 01:30 CEST", "07.11. 01:30 CET"),
    (("31.10", "02:30", 0), "29.10. 02:30 CEST", "30.10. 02:30 CEST", "07.11. 02:30 CET"),
    (("31.10", "02:30", 1), "29.10. 03:30 CEST", "30.10. 03:30 CEST", "07.11. 03:30 CET"),
    (("31.10", "10:00"), "29.10. 11:00 CEST", "30.10. 11:00 CEST", "07.11. 11:00 CET"),
    (("01.11", "10:00"), "30.10. 11:00 CEST", "31.10. 10:00 CET", "08.11. 11:00 CET"),
    (("02.11", "10:00"), "31.10. 10:00 CET", "01.11. 10:00 CET", "09.11. 11:00 CET"),
    (("29.10", "10:00"), "27.10. 10:00 CEST", "28.10. 10:00 CEST", "05.11. 10:00 CET"),
]
STARTS = [row[0] for row in SPRING_AND_AUTUMN]


def agreed(typed: tuple[str, ...], **changes: object) -> Situation:
    """An hour's meeting at that local time, agreed twenty days before."""
    start = prague(*typed)
    return situation(standing(start=start, in_force_at=start - 20 * DAY, **changes))


def allowed(facts: Situation, by: By, act: Act, at: datetime, **typed: object) -> bool:
    offered = act in {each.act for each in possible(situation=facts, by=by, at=at)}
    try:
        decide(situation=facts, command=command(act, by, at, **typed))
    except Refused as refused:
        if refused.key != "not_possible_now":
            raise
        assert not offered
        return False
    assert offered
    return True


@pytest.mark.parametrize(("typed", "line", "reminder", "settles"), SPRING_AND_AUTUMN)
def test_distances_are_measured_in_real_hours_over_a_change_of_clocks(
    typed: tuple[str, ...], line: str, reminder: str, settles: str
) -> None:
    """C2, T3, T6."""
    facts = agreed(typed)
    assert local(free_until(facts)) == line
    bell = next_bell(facts)
    assert bell is not None
    assert (local(bell[0]), bell[1]) == (reminder, Bell.REMIND)
    rung = situation(standing(start=facts.start, rung=frozenset({Bell.REMIND, Bell.LINK, Bell.ASK_EVALUATION})))
    settling = next_bell(rung)
    assert settling is not None
    assert (local(settling[0]), settling[1]) == (settles, Bell.SETTLE)


@pytest.mark.parametrize("typed", STARTS)
def test_48_h_line_to_the_microsecond(typed: tuple[str, ...]) -> None:
    """C2, C3: 172,800 real seconds before the start is still free, a microsecond later is not."""
    facts = agreed(typed)
    line = facts.start - timedelta(seconds=172_800)
    assert [cancellation_fee(situation=facts, at=line + step) for step in (-TICK, 0 * TICK, TICK)] == [0, 0, 1250]
    free = decide(situation=facts, command=command(Act.CANCEL, USER, line, seen_fee=0))
    late = decide(situation=facts, command=command(Act.CANCEL, USER, line + TICK, seen_fee=1250))
    assert [entry.values for entry in free.entries] == [(("reason", "I am ill"),)]
    assert len(late.entries) == 2
    for at, seen in ((line, 1250), (line + TICK, 0)):
        with pytest.raises(Refused, match="fee_changed"):
            decide(situation=facts, command=command(Act.CANCEL, USER, at, seen_fee=seen))


@pytest.mark.parametrize("typed", STARTS)
def test_start_to_the_microsecond(typed: tuple[str, ...]) -> None:
    """A1, A2, C1, C3, C4, D1, T1: at the start it is no longer the future."""
    start = prague(*typed)
    before, later = start - TICK, start + 3 * DAY
    waiting = situation(awaiting(USER, start=start))
    facts = agreed(typed)
    for asked, by, act, words in (
        (waiting, EXPERT, Act.CONFIRM, {"seen_start": start}),
        (waiting, EXPERT, Act.REJECT, {}),
        (waiting, USER, Act.WITHDRAW, {}),
        (facts, USER, Act.CANCEL, {"seen_fee": 1250}),
        (facts, EXPERT, Act.CANCEL, {}),
        (facts, USER, Act.RESCHEDULE, {"start": later}),
        (facts, EXPERT, Act.RESCHEDULE, {"start": later}),
    ):
        assert allowed(asked, by, act, before, **words)
        assert not allowed(asked, by, act, start, **words)
    assert ring(situation=waiting, at=before) is None
    expired = ring(situation=waiting, at=start)
    assert expired is not None
    assert expired.at == start


@pytest.mark.parametrize("typed", STARTS)
@pytest.mark.parametrize("gap", [-2 * DAY, -HOUR, HOUR, 2 * DAY])
def test_answer_to_an_alternative_to_the_microsecond(typed: tuple[str, ...], gap: timedelta) -> None:
    """D4, D5, D6, T2: until the sooner of the two starts."""
    start = prague(*typed)
    facts = agreed(typed, alternative=alternative(USER, start + gap))
    sooner = min(start, start + gap)
    for by, act in (
        (EXPERT, Act.ALTERNATIVE_CONFIRM),
        (EXPERT, Act.ALTERNATIVE_REJECT),
        (USER, Act.ALTERNATIVE_WITHDRAW),
    ):
        assert allowed(facts, by, act, sooner - TICK)
        assert not allowed(facts, by, act, sooner)
    bell = next_bell(facts)
    assert bell == min((sooner, Bell.LAPSE), (start - DAY, Bell.REMIND))


@pytest.mark.parametrize("typed", STARTS)
@pytest.mark.parametrize("by", [USER, EXPERT])
def test_doors_to_the_microsecond(typed: tuple[str, ...], by: By) -> None:
    """J1: from 15 minutes before the start until 60 minutes after the end."""
    facts = agreed(typed)
    opens, closes = facts.start - timedelta(seconds=900), facts.start + timedelta(seconds=3600 + 3600)
    assert join_window(facts) == (opens, closes)
    assert [allowed(facts, by, Act.JOIN, at) for at in (opens - TICK, opens, closes - TICK, closes)] == [
        False,
        True,
        True,
        False,
    ]


@pytest.mark.parametrize("typed", STARTS)
@pytest.mark.parametrize("by", [USER, EXPERT])
def test_end_to_the_microsecond(typed: tuple[str, ...], by: By) -> None:
    """E1, E2, and the log of S5: the end belongs to what comes after."""
    facts = agreed(typed)
    end = facts.start + timedelta(seconds=3600)
    assert not allowed(facts, by, Act.EVALUATE, end - TICK)
    assert allowed(facts, by, Act.EVALUATE, end)
    for at, outcome in ((end - TICK, {USER: Progress.NO_SHOW_EXPERT, EXPERT: Progress.NO_SHOW_USER}[by]), (end, None)):
        joined = following(facts, decide(situation=facts, command=command(Act.JOIN, by, at)))
        settled = rung_until(joined, end + timedelta(hours=168))
        assert settled.now.progress is (outcome or Progress.WENT_SMOOTHLY)


@pytest.mark.parametrize("typed", STARTS)
def test_168_h_to_the_microsecond(typed: tuple[str, ...]) -> None:
    """T6: 604,800 real seconds after the end."""
    facts = agreed(typed)
    settles = facts.start + timedelta(seconds=3600 + 604_800)
    assert rung_until(facts, settles - TICK).now.progress is None
    assert rung_until(facts, settles).now.progress is Progress.WENT_SMOOTHLY


@pytest.mark.parametrize("typed", STARTS)
def test_reminders_to_the_microsecond(typed: tuple[str, ...]) -> None:
    """T3, T4, T5: 24 h before the start, 60 min before it, 24 h after the end."""
    facts = agreed(typed)
    for at, kind in (
        (facts.start - timedelta(seconds=86_400), NoticeKind.REMINDER),
        (facts.start - timedelta(seconds=3600), NoticeKind.LINK),
        (facts.start + timedelta(seconds=3600 + 86_400), NoticeKind.EVALUATION_REMINDER),
    ):
        assert ring(situation=facts, at=at - TICK) is None
        decision = ring(situation=facts, at=at)
        assert decision is not None
        assert [notice.kind for notice in decision.notices] == [kind, kind]
        assert decision.at == at
        facts = following(facts, decision)


@pytest.mark.parametrize("typed", STARTS)
def test_agreement_at_24_h_and_at_60_min_to_the_microsecond(typed: tuple[str, ...]) -> None:
    """T3, T4: exactly then is sent; a microsecond later the reminder is not, and the link goes at once."""
    start = prague(*typed)
    waiting = situation(awaiting(USER, start=start))

    def agreed_at(at: datetime) -> tuple[datetime, Bell] | None:
        asked = command(Act.CONFIRM, EXPERT, at, seen_start=start)
        return next_bell(following(waiting, decide(situation=waiting, command=asked)))

    day, hour = start - timedelta(seconds=86_400), start - timedelta(seconds=3600)
    assert agreed_at(day) == (day, Bell.REMIND)
    assert agreed_at(day + TICK) == (hour, Bell.LINK)
    assert agreed_at(hour) == (hour, Bell.LINK)
    assert agreed_at(hour + TICK) == (hour + TICK, Bell.LINK)


def test_meeting_over_the_repeated_hour_lasts_its_real_length() -> None:
    """E1: an hour from 2:30 summer time ends at 2:30 winter time, as the same clock shows it again."""
    facts = agreed(("31.10", "02:30", 0))
    assert (local(facts.start), local(facts.end)) == ("31.10. 02:30 CEST", "31.10. 02:30 CET")
    assert not allowed(facts, USER, Act.EVALUATE, facts.end - TICK)
    assert allowed(facts, USER, Act.EVALUATE, facts.end)


def test_meeting_over_the_skipped_hour_lasts_its_real_length() -> None:
    """E1."""
    facts = agreed(("28.03", "01:30"))
    assert (local(facts.start), local(facts.end)) == ("28.03. 01:30 CET", "28.03. 03:30 CEST")


def test_moving_between_the_two_readings_of_one_local_time_is_another_date() -> None:
    """D1: 2:30 and 2:30 an hour later are different."""
    first, second = prague("31.10", "02:30", 0), prague("31.10", "02:30", 1)
    assert second - first == HOUR
    facts = agreed(("31.10", "02:30", 0))
    opened = decide(situation=facts, command=command(Act.RESCHEDULE, USER, first - DAY, start=second))
    assert opened.now.alternative == alternative(USER, second)
    with pytest.raises(Refused) as refused:
        decide(situation=facts, command=command(Act.RESCHEDULE, USER, first - DAY, start=first))
    assert refused.value.facts == {"errors": (("start", "unchanged"),)}


def test_local_time_that_does_not_exist_or_exists_twice_is_never_guessed() -> None:
    with pytest.raises(NoSuchTime):
        prague("28.03", "02:30")
    with pytest.raises(TwiceThatTime) as twice:
        prague("31.10", "02:30")
    assert twice.value.instants == (
        datetime(2027, 10, 31, 0, 30, tzinfo=UTC),
        datetime(2027, 10, 31, 1, 30, tzinfo=UTC),
    )


def test_longest_and_shortest_meetings_end_to_the_microsecond() -> None:
    """P2, E1: 5 and 480 minutes."""
    start = prague("28.03", "00:00")
    for minutes, end in ((5, "28.03. 00:05 CET"), (480, "28.03. 09:00 CEST")):
        facts = situation(standing(start=start), length_minutes=minutes)
        assert facts.end == start + minutes * MINUTE
        assert local(facts.end) == end
        assert not allowed(facts, EXPERT, Act.EVALUATE, facts.end - TICK)
        assert allowed(facts, EXPERT, Act.EVALUATE, facts.end)


def rung_until(facts: Situation, at: datetime) -> Situation:
    while decision := ring(situation=facts, at=at):
        facts = following(facts, decision)
    return facts
