"""The times an expert keeps: their page, and the constraints that hold without it."""

from __future__ import annotations

from datetime import UTC, date, timedelta

import psycopg
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from expertim.expertise import times
from expertim.expertise.models import Availability
from expertim.foundation import clock as platform
from tests.meetings.visiting import Visitor, words_of
from tests.world import World, person, world

PAGE = "/settings/times/"


def expert_of(w: World) -> Visitor:
    return Visitor(w.expert)


def kept(w: World) -> times.Kept:
    found = times.kept_by(person=w.expert.pk, expertise=w.expertise.slug)
    assert found is not None
    return found


def week(w: World, **days: str) -> dict[str, str]:
    slug = w.expertise.slug
    return {"do": f"week:{slug}"} | {f"week-{slug}-day_{day[1:]}": text for day, text in days.items()}


def test_weekly_hours_are_kept_as_typed_and_shown_again(database, clock):
    w = world()
    expert = expert_of(w)
    assert expert.post(PAGE, week(w, d0="9-12, 13:00-17:30", d4="8:00-9:00, 8:30-10")).status_code == 302
    assert kept(w).hours.weekly == (((540, 720), (780, 1050)), (), (), (), ((480, 600),), (), ())
    shown = expert.get(PAGE)
    assert "Your weekly hours have been saved." in words_of(shown)
    assert 'value="9:00-12:00, 13:00-17:30"' in shown.content.decode()
    assert expert.post(PAGE, week(w)).status_code == 302
    assert not kept(w).hours.kept


def test_hours_that_cannot_be_read_change_nothing_and_stay_on_the_page(database, clock):
    w = world()
    expert = expert_of(w)
    expert.post(PAGE, week(w, d0="9-12"))
    wrong = expert.post(PAGE, week(w, d0="9-12", d1="12-9"))
    assert wrong.status_code == 422
    assert "Tuesday: Hours end after they begin" in words_of(wrong)
    assert 'value="12-9"' in wrong.content.decode()
    assert kept(w).hours.weekly[1] == ()


def test_a_day_can_have_other_hours_or_none_and_be_as_every_week_again(database, clock):
    w = world()
    expert, slug = expert_of(w), w.expertise.slug
    day = (platform.now() + timedelta(days=20)).date()
    typed, _time = w.expert.clock.typed(platform.now() + timedelta(days=20))
    field = f"day-{slug}"
    expert.post(PAGE, {"do": f"day:{slug}", f"{field}-on": typed, f"{field}-hours": "10-11"})
    assert kept(w).hours.days == {day: ((600, 660),)}
    expert.post(PAGE, {"do": f"day:{slug}", f"{field}-on": typed, f"{field}-hours": ""})
    assert kept(w).hours.days == {day: ()}
    assert "day off" in words_of(expert.get(PAGE))
    expert.post(PAGE, {"do": f"day_drop:{slug}", "on": day.isoformat()})
    assert kept(w).hours.days == {}


def test_holidays_come_and_go(database, clock):
    w = world()
    expert = expert_of(w)
    first, last = (w.expert.clock.typed(platform.now() + timedelta(days=days))[0] for days in (10, 12))
    backwards = expert.post(PAGE, {"do": "holiday", "holiday-first_on": last, "holiday-last_on": first})
    assert "The last day comes after the first." in words_of(backwards)
    expert.post(PAGE, {"do": "holiday", "holiday-first_on": first, "holiday-last_on": last})
    [(begins, ends)] = kept(w).hours.holidays
    assert ends - begins == timedelta(days=2)
    [row] = times.own_times(person=w.expert.pk).holidays
    other = world()
    expert_of(other).post(PAGE, {"do": "holiday_drop", "holiday": row.id})
    assert kept(w).hours.holidays
    expert.post(PAGE, {"do": "holiday_drop", "holiday": row.id})
    assert not kept(w).hours.holidays


def test_notice_buffer_and_limit_are_kept(database, clock):
    w = world()
    expert = expert_of(w)
    sent = {"do": "around", "around-notice": "24", "around-buffer": "15", "around-limit": "3"}
    assert expert.post(PAGE, sent).status_code == 302
    hours = kept(w).hours
    assert (hours.notice_minutes, hours.buffer_minutes, hours.day_limit) == (1440, 15, 3)
    assert expert.post(PAGE, sent | {"around-limit": "0"}).status_code == 422
    assert expert.post(PAGE, sent | {"around-limit": ""}).status_code == 302
    assert kept(w).hours.day_limit is None


def test_a_pause_begins_at_once_and_ends_with_its_day_or_a_button(database, clock):
    w = world()
    expert = expert_of(w)
    later = platform.now() + timedelta(days=7)
    typed, _time = w.expert.clock.typed(later)
    assert expert.post(PAGE, {"do": "pause", "pause-until": w.expert.clock.typed(platform.now())[0]}).status_code == 422
    expert.post(PAGE, {"do": "pause", "pause-until": typed})
    until = kept(w).paused_until
    assert until == later.replace(hour=0, minute=0, second=0, microsecond=0, tzinfo=UTC)
    assert kept(w).paused
    assert times.paused_until([w.expert.pk, w.user.pk]) == {w.expert.pk: until}
    assert "You take no proposals until" in words_of(expert.get(PAGE))
    expert.post(PAGE, {"do": "resume"})
    assert not kept(w).paused


def test_hours_are_kept_in_one_expertise_alone(database, clock):
    """Another's Expertise, or one that is not, is as none."""
    w, other = world(), world()
    assert not times.keep_week(person=w.expert.pk, expertise=other.expertise.slug, weekly=[((0, 60),)] * 7)
    assert not times.keep_day(person=w.expert.pk, expertise="nowhere", on=date(2027, 5, 1), spans=())
    assert not kept(other).hours.kept
    stranger = Visitor(person())
    assert "This page is for experts" in words_of(stranger.post(PAGE, {"do": "pause", "pause-until": "1"}))
    assert not Availability.objects.filter(person=stranger.person).exists()


def test_the_page_costs_no_statement_more_for_more_days(database, clock):
    w = world()
    expert = expert_of(w)
    with CaptureQueriesContext(connection) as few:
        expert.get(PAGE)
    times.keep_week(person=w.expert.pk, expertise=w.expertise.slug, weekly=[((0, 60), (90, 120))] * 7)
    for days in range(30):
        on = platform.now().date() + timedelta(days=days)
        times.keep_day(person=w.expert.pk, expertise=w.expertise.slug, on=on, spans=())
        times.keep_holiday(person=w.expert.pk, first_on=on, last_on=on)
    with CaptureQueriesContext(connection) as many:
        expert.get(PAGE)
    assert len(many) == len(few) <= 8


WEEK = "expertise_weeklyhours (expert_id, weekday, opens, closes) VALUES ({expert}, "
DAY = 'expertise_dayhours (expert_id, "on", opens, closes) VALUES ({expert}, now(), '
AROUND = "expertise_availability (person_id, notice_minutes, buffer_minutes, day_limit) VALUES ({person}, "
ATTACKS = {
    "hours that end before they begin": WEEK + "1, 600, 540)",
    "hours of an eighth day": WEEK + "7, 0, 540)",
    "hours after midnight": DAY + "0, 1441)",
    "a holiday backwards": "expertise_holiday (person_id, first_on, last_on) VALUES ({person}, now(), '2020-01-01')",
    "a limit of none": AROUND + "0, 0, 0)",
    "a buffer of days": AROUND + "0, 9999, NULL)",
}


@pytest.mark.parametrize("attack", ATTACKS)
def test_the_database_refuses(database, clock, installation, attack):
    w = world()
    row = ATTACKS[attack].format(expert=w.service.expert_id, person=w.expert.pk)
    with pytest.raises(psycopg.errors.CheckViolation):
        installation.owner.execute(f"INSERT INTO {row}")
