"""Free times on the pages of proposing and moving, the pause, and what else is named beside an overlap."""

from __future__ import annotations

import html
import re
from datetime import UTC, datetime, time, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from expertim.expertise import times
from expertim.foundation import clock as platform
from expertim.meetings.facts import Act, By, Refused
from expertim.meetings.free import next_free
from expertim.meetings.models import Meeting
from expertim.people.models import Person
from tests.meetings.visiting import Visitor, act, hidden_of, text_of, words_of
from tests.world import World, in_, row, world

EVERY_DAY = [((540, 1020),)] * 7  # 9:00-17:00


def with_hours(weekly: Any = EVERY_DAY, **given: Any) -> World:
    w = world(**given)
    assert times.keep_week(person=w.expert.pk, expertise=w.expertise.slug, weekly=weekly)
    return w


def page_of(w: World, **query: str) -> str:
    more = "".join(f"&{name}={value}" for name, value in query.items())
    return f"/e/{w.expertise.slug}/experts/{w.expert.public_id}/propose/?service={w.service.public_id}{more}"


def offered(answer: Any) -> dict[str, str]:
    """Each radio button of the list: its value, and what is read beside it."""
    found = re.findall(r'<label for="at-\d[^>]*><input [^>]*value="([^"]+)"[^>]*>(.*?)</label>', text_of(answer), re.S)
    return {value: re.sub(r"\s+", " ", html.unescape(re.sub(r"<[^>]+>", " ", said))).strip() for value, said in found}


def at(days: int, hour: int, minute: int = 0) -> datetime:
    day = platform.now().date() + timedelta(days=days)
    return datetime.combine(day, time(hour, minute), UTC)


def in_week(day: datetime) -> str:
    return (day - timedelta(days=day.weekday())).date().isoformat()


def zone(someone: Person, name: str) -> None:
    someone.time_zone = name
    someone.save()


def test_a_free_time_of_the_list_is_proposed(database, clock):
    """P1"""
    w = with_hours()
    user = Visitor(w.user)
    page = page_of(w, week=in_week(at(8, 9)))
    shown = user.get(page)
    start = at(8, 10, 30)
    assert start.isoformat() in offered(shown)
    assert at(8, 16, 30).isoformat() not in offered(shown)  # it would end after the hours do
    sent = hidden_of(shown) | {"skill": "valuation", "at": start.isoformat(), "date": "", "time": "", "message": ""}
    assert user.post(page, sent).status_code == 303
    assert Meeting.objects.get(user=w.user).starts_at == start


def test_any_other_time_can_still_be_typed(database, clock):
    w = with_hours()
    user = Visitor(w.user)
    night = at(8, 3)
    typed = {"skill": "valuation", "message": "", **user.on(night)}
    assert user.fill(page_of(w), at="other", **typed).status_code == 303
    assert user.fill(page_of(w), **typed | user.on(at(9, 4))).status_code == 303
    assert [meeting.starts_at for meeting in Meeting.objects.filter(user=w.user).order_by("id")] == [night, at(9, 4)]


def test_two_answers_are_none(database, clock):
    """What is blocked is for a time that somebody has chosen once."""
    w = with_hours()
    user = Visitor(w.user)
    free = at(8, 10).isoformat()
    both = user.fill(page_of(w), skill="valuation", at=free, message="", **user.on(at(9, 4)))
    assert both.status_code == 422
    assert "You have chosen a free time and typed another one." in words_of(both)
    assert re.search(rf'value="{re.escape(free)}" checked', text_of(both))
    assert not Meeting.objects.filter(user=w.user).exists()
    for odd in ("soon", "2027-03-16T10:00", "9999-99-99T10:00+00:00", "0001-01-01T00:00+23:00"):
        assert user.fill(page_of(w), skill="valuation", at=odd, message="", date="", time="").status_code == 422


def test_without_hours_the_page_is_as_it_was(database, clock):
    w = world()
    shown = Visitor(w.user).get(page_of(w))
    assert "Free times" not in words_of(shown)
    assert not offered(shown)


def test_both_clocks_stand_beside_each_time(database, clock):
    w = with_hours()
    zone(w.expert, "Asia/Tokyo")
    zone(w.user, "Europe/Prague")
    said = offered(Visitor(w.user).get(page_of(w, week=in_week(at(8, 9)))))
    assert said[at(8, 0).isoformat()].endswith("01:00 for Erin 09:00 (Tokyo)")
    assert said[at(8, 0).isoformat()].startswith("Tue 09.03.2027 01:00")
    zone(w.expert, "America/Los_Angeles")
    said = offered(Visitor(w.user).get(page_of(w, week=in_week(at(8, 9)))))
    assert "for Erin Mon 08.03.2027 15:00 (Los Angeles)" in said[at(7, 23).isoformat()]  # still the day before there


def test_the_hours_around_a_change_of_clocks_say_their_offset(database, clock):
    w = with_hours([()] * 6 + [((60, 300),)])
    zone(w.expert, "Europe/Prague")
    zone(w.user, "Europe/Prague")
    spring = offered(Visitor(w.user).get(page_of(w, week="2027-03-22")))
    assert [said.split(" 28.03.2027 ")[1].split(")")[0] for said in spring.values()] == [
        "01:00 (UTC+01:00", "01:30 (UTC+01:00", "03:00 (UTC+02:00", "03:30 (UTC+02:00", "04:00 (UTC+02:00",
    ]  # fmt: skip


def test_weeks_are_real_links_that_keep_what_was_chosen(database, clock):
    w = with_hours()
    user = Visitor(w.user)
    first = user.get(page_of(w, message="About+us"))
    [later] = re.findall(r'<a href="([^"]+)"[^>]*>The week after</a>', text_of(first))
    assert "The week before" not in words_of(first)
    second = user.get(html.unescape(later))
    assert "About us" in text_of(second)
    assert set(offered(first)).isdisjoint(offered(second))
    assert offered(second)
    for odd in ("never", "0000-00-00", "9999-12-31", "1971-01-01"):
        assert user.get(page_of(w, week=odd)).status_code == 200
    last = user.get(page_of(w, week="2999-01-01"))
    assert "The week after" not in words_of(last)


def test_an_empty_week_leads_to_the_first_free_time(database, clock):
    w = with_hours()
    for days in range(1, 12):
        times.keep_day(person=w.expert.pk, expertise=w.expertise.slug, on=at(days, 0).date(), spans=())
    times.keep_day(person=w.expert.pk, expertise=w.expertise.slug, on=at(0, 0).date(), spans=())
    user = Visitor(w.user)
    assert next(iter(offered(user.get(page_of(w))))) == at(12, 9).isoformat()
    empty = user.get(page_of(w, week=in_week(at(0, 0))))
    assert "Nothing is free in this week. The first free time is Sat 13.03.2027 09:00." in words_of(empty)


def test_agreed_meetings_in_either_role_are_not_offered_and_what_waits_is_marked(database, clock):
    w, other = with_hours(), world()
    w.agreed(start=at(8, 9))
    # The expert is a user elsewhere.
    elsewhere = World(user=w.expert, expert=other.expert, expertise=other.expertise, service=other.service)
    from expertim.credits.ledger import grant

    grant(person_id=w.expert.pk, amount=10_000, reason="test", by="test", cause=f"grant-{w.expert.pk}")
    elsewhere.agreed(start=at(8, 11))
    rival = world()
    World(user=rival.user, expert=w.expert, expertise=w.expertise, service=w.service).propose(start=at(8, 14))
    said = offered(Visitor(w.user).get(page_of(w, week=in_week(at(8, 9)))))
    gone = [at(8, 9), at(8, 9, 30), at(8, 10, 30), at(8, 11, 30)]
    assert not {start.isoformat() for start in gone} & set(said)
    assert at(8, 10).isoformat() in said
    assert "(asked for, not agreed yet)" in said[at(8, 14, 30).isoformat()]
    assert "asked" not in said[at(8, 15).isoformat()]


def test_ones_own_meetings_are_named_beside_the_free_times(database, clock):
    w, other = with_hours(), world()
    mine = World(user=w.user, expert=other.expert, expertise=other.expertise, service=other.service)
    mine.agreed(start=at(8, 9))
    mine.propose(start=at(8, 12))
    said = offered(Visitor(w.user).get(page_of(w, week=in_week(at(8, 9)))))
    assert "(you have a meeting then)" in said[at(8, 9, 30).isoformat()]
    assert "(another date of yours is waiting then)" in said[at(8, 12).isoformat()]


def test_moving_a_meeting_offers_free_times_its_own_among_them(database, clock):
    """D1, for both"""
    w = with_hours()
    meeting = w.agreed(start=at(8, 9))
    for someone in (w.user, w.expert):
        visitor = Visitor(someone)
        shown = visitor.get(act(meeting, "reschedule") + f"?week={in_week(at(8, 9))}")
        assert at(8, 9, 30).isoformat() in offered(shown)
    sent = hidden_of(shown) | {"at": at(8, 9, 30).isoformat(), "date": "", "time": "", "message": ""}
    assert visitor.post(act(meeting, "reschedule"), sent).status_code == 303
    assert row(meeting).alternative_at == at(8, 9, 30)
    said = offered(Visitor(world().user).get(page_of(w, week=in_week(at(8, 9)))))
    assert "(asked for, not agreed yet)" in said[at(8, 10).isoformat()]


def test_the_list_costs_no_statement_more_for_more_days_and_meetings(database, clock):
    w = with_hours(credits=100_000)
    user = Visitor(w.user)
    with CaptureQueriesContext(connection) as few:
        user.get(page_of(w))
    for days in range(1, 12):
        w.agreed(start=at(days, 9))
        w.propose(start=at(days, 11))
    with CaptureQueriesContext(connection) as many:
        user.get(page_of(w))
    assert len(few) == len(many) <= 8


# ---------------------------------------------------------------- for lists of experts


def test_the_next_free_time_of_many_experts_is_two_statements(database, clock):
    early, late, without, pausing = with_hours(), with_hours([((600, 720),)] * 7), world(), with_hours()
    times.keep_around(person=early.expert.pk, notice_minutes=2 * 1440, buffer_minutes=30, day_limit=1)
    times.pause(person=pausing.expert.pk, until=in_(days=40))
    late.agreed(start=at(0, 10))
    places = [w.service.expert_id for w in (early, late, without, pausing)]
    with CaptureQueriesContext(connection) as asked:
        found = next_free(expert_ids=places)
    assert len(asked) == 2
    assert found == {places[0]: at(2, 9), places[1]: at(0, 11)}
    assert next_free(expert_ids=[]) == {}


def test_a_limit_a_day_counts_meetings_as_an_expert(database, clock):
    w = with_hours()
    times.keep_around(person=w.expert.pk, notice_minutes=0, buffer_minutes=0, day_limit=1)
    w.agreed(start=at(8, 9))
    said = offered(Visitor(world().user).get(page_of(w, week=in_week(at(8, 9)))))
    assert not [value for value in said if value.startswith(at(8, 9).date().isoformat())]
    assert at(9, 9).isoformat() in said


# ---------------------------------------------------------------- the pause


def test_an_expert_who_pauses_takes_no_proposals_until_then(database, clock):
    """P1: the page says until when, the act refuses, and everything goes on at that moment."""
    w = with_hours()
    user = Visitor(w.user)
    fields = hidden_of(user.get(page_of(w)))
    until = at(5, 0)
    times.pause(person=w.expert.pk, until=until)
    shown = user.get(page_of(w))
    assert "Erin takes no proposals until Sat 06.03.2027 00:00." in words_of(shown)
    assert '<form method="post" class="sheet"' not in text_of(shown)
    refused = user.post(page_of(w), fields | {"skill": "valuation", "at": at(8, 9).isoformat(), "message": ""})
    assert refused.status_code == 422
    assert "Erin takes no proposals until Sat 06.03.2027 00:00." in words_of(refused)
    with pytest.raises(Refused) as act_refused:
        w.propose(start=at(8, 9))
    assert act_refused.value.facts["errors"] == (("expert", "paused"),)
    assert not Meeting.objects.filter(user=w.user).exists()
    platform.move_to(until)
    w.propose(start=until + timedelta(days=1))


def test_an_expert_who_pauses_still_proposes_and_answers(database, clock):
    """P2, A1, D1"""
    w = with_hours()
    waiting = w.propose(start=at(8, 9))
    times.pause(person=w.expert.pk, until=at(20, 0))
    w.act(By.EXPERT, waiting, Act.CONFIRM)
    w.act(By.USER, waiting, Act.RESCHEDULE, start=at(9, 9))
    w.propose(start=at(10, 9), by=By.EXPERT)


# ---------------------------------------------------------------- beside an overlap (O1)


def test_what_waits_is_named_beside_an_overlap_and_never_causes_one(database, clock):
    w, other = world(credits=50_000), world()
    mine = World(user=w.user, expert=other.expert, expertise=other.expertise, service=other.service)
    waiting = mine.propose(start=at(8, 9, 30))
    w.propose(start=at(8, 9), acknowledge_overlap=False)  # only what waits is then
    agreed = mine.agreed(start=at(8, 9, 15))
    moved = mine.agreed(start=at(12, 9))
    w.act(By.USER, w.agreed(start=at(13, 9)), Act.RESCHEDULE, start=at(8, 10), acknowledge_overlap=True)
    mine.act(By.USER, moved, Act.RESCHEDULE, start=at(8, 8), acknowledge_overlap=True)
    with pytest.raises(Refused) as refused:
        w.propose(start=at(8, 9, 45), acknowledge_overlap=False)
    assert refused.value.key == "overlap"
    assert refused.value.facts["meetings"] == (agreed,)
    named = refused.value.facts["waiting"]
    assert waiting in named
    assert moved not in named  # from 8:00 to 9:00: it ends before
    assert len(named) == 3  # what was proposed twice, and the other meeting's new date
    user = Visitor(w.user)
    page = f"/e/{w.expertise.slug}/experts/{w.expert.public_id}/propose/?service={w.service.public_id}"
    shown = words_of(user.fill(page, skill="valuation", message="", **user.on(at(8, 9, 45))))
    assert "Not agreed yet, but asked for at that time too:" in shown


# ---------------------------------------------------------------- what went while the page stood open


def went_page(w: World, start: datetime, **more: str) -> tuple[Visitor, Any, dict[str, str]]:
    """A user has chosen a free time; then the expert closes that day, and the page is sent."""
    user = Visitor(w.user)
    typed = {"skill": "valuation", "at": start.isoformat(), "date": "", "time": "", "message": "About my bakery"} | more
    sent = hidden_of(user.get(page_of(w, week=in_week(start)))) | typed
    times.keep_day(person=w.expert.pk, expertise=w.expertise.slug, on=start.date(), spans=())
    return user, user.post(page_of(w), sent), typed


def test_a_free_time_that_went_meanwhile_is_said_with_fresh_choices_and_may_be_proposed_all_the_same(database, clock):
    """P1: hours are no wall."""
    w = with_hours()
    start = at(8, 10)
    user, answer, typed = went_page(w, start)
    assert answer.status_code == 409
    assert "This time is no longer free" in words_of(answer)
    assert "Erin can still say yes" in words_of(answer)
    assert start.isoformat() not in offered(answer)
    assert at(9, 10).isoformat() in offered(answer)
    assert "About my bakery" in text_of(answer)
    assert f'id="at-lost" value="{start.isoformat()}" checked' in text_of(answer)
    assert not Meeting.objects.filter(user=w.user).exists()
    assert user.again(answer, page_of(w), **typed).status_code == 409  # the first button is the one that warns
    done = user.again(answer, page_of(w), **typed, acknowledge_gone=start.isoformat())
    assert done.status_code == 303
    assert Meeting.objects.get(user=w.user).starts_at == start


def test_another_time_of_the_fresh_choices_needs_no_second_word(database, clock):
    w = with_hours()
    user, answer, typed = went_page(w, at(8, 10))
    assert user.again(answer, page_of(w), **typed | {"at": at(9, 10).isoformat()}).status_code == 303


def test_what_was_gone_on_with_holds_for_that_very_time_only(database, clock):
    w = with_hours()
    user, answer, typed = went_page(w, at(8, 10))
    other = typed | {"at": at(8, 11).isoformat(), "acknowledge_gone": at(8, 10).isoformat()}
    assert user.again(answer, page_of(w), **other).status_code == 409
    assert not Meeting.objects.filter(user=w.user).exists()


def test_a_typed_time_is_never_asked_about(database, clock):
    w = with_hours()
    user, answer, typed = went_page(w, at(8, 10))
    assert user.again(answer, page_of(w), **typed | {"at": "other"} | user.on(at(8, 10))).status_code == 303


def test_what_was_gone_on_with_is_not_forgotten_by_an_overlap(database, clock):
    """O1"""
    w = with_hours()
    start = at(8, 10)
    elsewhere = world()
    busy = World(user=w.user, expert=elsewhere.expert, expertise=elsewhere.expertise, service=elsewhere.service)
    user, answer, typed = went_page(w, start)
    busy.agreed(start=start + timedelta(minutes=30))
    warned = user.again(answer, page_of(w), **typed, acknowledge_gone=start.isoformat())
    assert warned.status_code == 409
    assert "This time is no longer free" not in words_of(warned)
    assert user.all_the_same(warned, page_of(w), **typed).status_code == 303
    assert Meeting.objects.get(user=w.user, expert=w.expert).starts_at == start


def test_the_same_request_again_is_answered_as_before_although_its_time_is_taken_by_it(database, clock):
    """Z1"""
    w = with_hours()
    start, user = at(8, 10), Visitor(w.user)
    typed = {"skill": "valuation", "at": start.isoformat(), "date": "", "time": "", "message": ""}
    sent = hidden_of(user.get(page_of(w, week=in_week(start)))) | typed
    assert user.post(page_of(w), sent).status_code == 303
    meeting = Meeting.objects.get(user=w.user)
    w.act(By.EXPERT, meeting.public_id, Act.CONFIRM)
    assert user.post(page_of(w), sent)["Location"] == f"/meetings/{meeting.public_id}/"


@pytest.mark.parametrize("by", [By.USER, By.EXPERT])
def test_moving_to_a_free_time_that_went_is_said_to_either(database, clock, by):
    """D1"""
    w = with_hours()
    meeting, start = w.agreed(start=at(8, 10)), at(9, 10)
    who = Visitor(w.user if by is By.USER else w.expert)
    page = act(meeting, "reschedule")
    typed = {"at": start.isoformat(), "date": "", "time": "", "message": "A train"}
    sent = hidden_of(who.get(f"{page}?week={in_week(start)}")) | typed
    times.keep_day(person=w.expert.pk, expertise=w.expertise.slug, on=start.date(), spans=())
    answer = who.post(page, sent)
    assert answer.status_code == 409
    assert "A train" in text_of(answer)
    assert ("of Erin" in words_of(answer)) is (by is By.USER)
    assert row(meeting).alternative_at is None
    assert who.again(answer, page, **typed, acknowledge_gone=start.isoformat()).status_code == 303
    assert row(meeting).alternative_at == start


# ---------------------------------------------------------------- an expert proposes (P2)


def known(**given: Any) -> tuple[World, Visitor, str]:
    """An expert with hours who has met the user once."""
    w = with_hours(**given)
    w.agreed(start=at(20, 10))
    return w, Visitor(w.expert), f"/people/{w.user.public_id}/propose/"


def offer_of(w: World) -> str:
    return f"{w.expertise.slug}/{w.service.public_id}/valuation"


def test_an_expert_proposes_one_of_their_own_free_times(database, clock):
    """P2"""
    w, expert, page = known()
    zone(w.user, "Asia/Tokyo")
    shown = expert.get(f"{page}?week={in_week(at(8, 9))}")
    assert offered(shown)[at(8, 9).isoformat()].endswith("for Uma 18:00 (Tokyo)")
    start = at(8, 10)
    typed = {"service": offer_of(w), "at": start.isoformat(), "date": "", "time": "", "message": ""}
    sent = hidden_of(shown) | typed | {"minutes": "", "price": ""}
    assert expert.post(page, sent).status_code == 303
    made = Meeting.objects.get(user=w.user, starts_at=start)
    assert (made.length_minutes, made.price) == (60, 2500)
    night = {
        "service": offer_of(w),
        "at": "other",
        "minutes": "30",
        "price": "10",
        "message": "",
        **expert.on(at(8, 3)),
    }
    assert expert.fill(page, **night).status_code == 303


def test_an_experts_list_is_for_the_length_that_is_typed(database, clock):
    """P2: without script by a button that proposes nothing and loses nothing."""
    w, expert, page = known()
    week = in_week(at(8, 9))
    assert at(8, 16).isoformat() in offered(expert.get(f"{page}?week={week}"))
    typed = {
        "service": offer_of(w),
        "minutes": "120",
        "price": "90",
        "message": "As we said",
        "at": at(8, 10).isoformat(),
    }
    shown = expert.fill(page, **typed, week=week, date="", time="", show="times")
    assert shown.status_code == 200
    assert "Times for: Expert advice, 120 minutes" in words_of(shown)
    assert at(8, 15).isoformat() in offered(shown)
    assert at(8, 16).isoformat() not in offered(shown)
    for kept in ('value="120"', 'value="90"', "As we said", f'value="{at(8, 10).isoformat()}" checked'):
        assert kept in text_of(shown)
    assert "This needs another look" not in words_of(shown)
    assert Meeting.objects.filter(user=w.user).count() == 1


def test_an_expert_is_told_that_their_own_time_went_and_of_their_own_meetings_by_name(database, clock):
    """P2, O1"""
    w, expert, page = known()
    start = at(8, 10)
    typed = {"service": offer_of(w), "at": start.isoformat(), "minutes": "", "price": "", "message": ""}
    sent = hidden_of(expert.get(page)) | typed
    times.keep_day(person=w.expert.pk, expertise=w.expertise.slug, on=start.date(), spans=())
    answer = expert.post(page, sent)
    assert answer.status_code == 409
    assert "one of your free times" in words_of(answer)
    taken = typed | {"at": at(20, 10).isoformat()}
    overlap = expert.again(answer, page, **taken)
    assert "This time is no longer free" not in words_of(overlap)
    assert 'name="acknowledge_overlap"' in text_of(overlap)


def test_an_expert_without_hours_types_the_time_as_before(database, clock):
    w = world()
    w.agreed(start=at(20, 10))
    shown = Visitor(w.expert).get(f"/people/{w.user.public_id}/propose/")
    assert not offered(shown)
    assert "If you say when you are free" in words_of(shown)


def test_an_experts_proposing_costs_no_more_for_many_times(database, clock):
    _w, expert, page = known()
    expert.get(page)
    with CaptureQueriesContext(connection) as queries:
        expert.get(page)
    assert len(queries) <= 8
