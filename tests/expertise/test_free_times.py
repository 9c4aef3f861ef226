"""Free times, against a second telling that knows nothing but the minute."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from expertim.expertise.free_times import Hours, free_starts, merged, read_spans, spans_text, step_minutes

PRAGUE = ZoneInfo("Europe/Prague")
LORD_HOWE = ZoneInfo("Australia/Lord_Howe")  # half an hour of summer time
MINUTE = timedelta(minutes=1)
# Saturday noon before a night of clock change, in each zone once forwards and once back.
NIGHTS = [
    ("Europe/Prague", datetime(2027, 3, 27, 12, tzinfo=UTC)),
    ("Europe/Prague", datetime(2027, 10, 30, 12, tzinfo=UTC)),
    ("America/New_York", datetime(2027, 3, 13, 20, tzinfo=UTC)),
    ("America/New_York", datetime(2027, 11, 6, 20, tzinfo=UTC)),
    ("Australia/Lord_Howe", datetime(2027, 4, 3, 6, tzinfo=UTC)),
    ("Australia/Lord_Howe", datetime(2027, 10, 2, 6, tzinfo=UTC)),
    ("Asia/Kathmandu", datetime(2027, 5, 1, 12, tzinfo=UTC)),
]
spans = st.lists(
    st.tuples(st.integers(0, 1435), st.integers(5, 1440)).map(lambda pair: (pair[0], min(1440, sum(pair)))), max_size=3
).map(tuple)


@st.composite
def cases(draw):
    name, noon = draw(st.sampled_from(NIGHTS))
    zone = ZoneInfo(name)
    day = noon.astimezone(zone).date()
    moments = st.integers(-600, 2000).map(lambda minutes: noon + minutes * MINUTE)
    hours = Hours(
        zone=zone,
        weekly=tuple(draw(st.lists(spans, min_size=7, max_size=7))),
        days=draw(st.dictionaries(st.integers(0, 2).map(lambda n: day + timedelta(days=n)), spans, max_size=2)),
        holidays=draw(st.sampled_from([(), (), ((day, day),), ((date(2027, 1, 1), date(2027, 1, 9)),)])),
        notice_minutes=draw(st.sampled_from([0, 0, 17, 600])),
        buffer_minutes=draw(st.sampled_from([0, 0, 10, 45])),
        day_limit=draw(st.sampled_from([None, None, 1, 2])),
    )
    busy = draw(st.lists(st.tuples(moments, st.integers(0, 300)), max_size=4))
    return {
        "hours": hours,
        "length_minutes": draw(st.sampled_from([5, 20, 45, 60, 150, 480])),
        "now": draw(moments) + draw(st.sampled_from([timedelta(0), timedelta(seconds=31)])),
        "begins": noon - timedelta(hours=4),
        "ends": noon + timedelta(hours=26),
        "busy": tuple((begins, begins + minutes * MINUTE) for begins, minutes in busy),
        "held": tuple(draw(st.lists(moments, max_size=3))),
    }


def told_slowly(*, hours, length_minutes, now, begins, ends, busy, held):
    """The rules said again, one minute after another."""
    taken = {begin + n * MINUTE for begin, end in busy for n in range(int((end - begin) / MINUTE))}

    def grid(moment):
        """Minutes since that opening of the day, None where it is not open."""
        local = moment.astimezone(hours.zone)
        minute = local.hour * 60 + local.minute
        opens = [opens for opens, closes in hours.spans(local.date()) if opens <= minute < closes]
        return minute - opens[0] if opens else None

    moment, found = begins, []
    grids, around = {}, hours.buffer_minutes
    for n in range(int((ends - begins) / MINUTE) + length_minutes):
        grids[begins + n * MINUTE] = grid(begins + n * MINUTE)
    while moment < ends:
        day = moment.astimezone(hours.zone).date()
        if (
            moment > now
            and moment >= now + hours.notice_minutes * MINUTE
            and grids[moment] is not None
            and grids[moment] % step_minutes(length_minutes) == 0
            and (hours.day_limit is None or sum(h.astimezone(hours.zone).date() == day for h in held) < hours.day_limit)
            and all(grids[moment + n * MINUTE] is not None for n in range(length_minutes))
            and not any(moment + n * MINUTE in taken for n in range(-around, length_minutes + around))
        ):
            found.append(moment)
        moment += MINUTE
    return found


@given(cases())
@settings(max_examples=120, deadline=None)
def test_free_starts_are_those_of_the_slow_telling_over_nights_of_clock_change(case):
    assert list(free_starts(**case)) == told_slowly(**case)


def starts(hours, first: datetime, *, length=60, hours_on=30, **more):
    asked = {"now": first - timedelta(days=9), "begins": first, "ends": first + timedelta(hours=hours_on), **more}
    return [moment.astimezone(hours.zone) for moment in free_starts(hours=hours, length_minutes=length, **asked)]


def test_the_hour_that_clocks_skip_offers_nothing():
    night = Hours(zone=PRAGUE, weekly=((),) * 6 + (((60, 300),),))
    found = starts(night, datetime(2027, 3, 27, 23, tzinfo=UTC), length=30, hours_on=6)
    assert [f"{at:%H:%M%z}" for at in found] == [
        "01:00+0100", "01:30+0100", "03:00+0200", "03:30+0200", "04:00+0200", "04:30+0200",
    ]  # fmt: skip


def test_the_hour_that_clocks_repeat_offers_each_start_twice():
    night = Hours(zone=PRAGUE, weekly=((),) * 6 + (((120, 180),),))
    found = starts(night, datetime(2027, 10, 30, 22, tzinfo=UTC), length=60, hours_on=6)
    assert [f"{at:%H:%M%z}" for at in found] == ["02:00+0200", "02:30+0200", "02:00+0100"]


def test_half_an_hour_of_summer_time_is_repeated_alone():
    night = Hours(zone=LORD_HOWE, weekly=((),) * 6 + (((90, 120),),))
    found = starts(night, datetime(2027, 4, 3, 12, tzinfo=UTC), length=15, hours_on=6)
    assert [f"{at:%H:%M%z}" for at in found] == ["01:30+1100", "01:45+1100", "01:30+1030", "01:45+1030"]


def test_a_meeting_may_go_on_over_midnight_where_both_days_are_open():
    late = Hours(zone=PRAGUE, weekly=(((1380, 1440),), ((0, 60),), (), (), (), (), ()))
    found = starts(late, datetime(2027, 2, 1, 12, tzinfo=UTC), length=90)  # a Monday
    assert [f"{at:%a %H:%M}" for at in found] == ["Mon 23:00", "Mon 23:30"]


@given(spans)
def test_typed_hours_come_back_as_they_were(some):
    assert read_spans(spans_text(some)) == merged(some)


@pytest.mark.parametrize("text", ["9-8", "9-25", "9:60-10", "9", "nine-ten", "9-10-11", "22:00-2:00", "9-9", "٩-10"])
def test_hours_that_are_none_are_refused(text):
    with pytest.raises(ValueError, match=r"unreadable|backwards"):
        read_spans(text)


def test_hours_are_read_as_people_type_them():
    assert read_spans(" 9-12, 13:30 – 17 ;17.00-24:00") == ((540, 720), (810, 1440))
    assert read_spans("") == ()
