"""Moments in a person's own zone and format, through both changes of the clocks in Prague."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from expertim.people.formats import DATE_FORMATS, Clock, NoSuchTime, TwiceThatTime

PRAGUE = Clock.of(time_zone="Europe/Prague", date_format="DD.MM.YYYY HH:MM")


def utc(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=UTC)  # type: ignore[arg-type, misc]  # year, month, day, hour, minute


@pytest.mark.parametrize(
    ("date_format", "shown"),
    [
        ("DD.MM.YYYY HH:MM", "Tue 16.03.2027 10:00"),
        ("MM/DD/YYYY HH:MM", "Tue 03/16/2027 10:00"),
        ("YYYY-MM-DD HH:MM", "Tue 2027-03-16 10:00"),
    ],
)
def test_a_moment_is_shown_in_the_persons_format(date_format: str, shown: str) -> None:
    clock = Clock.of(time_zone="Europe/Prague", date_format=date_format)
    assert clock.moment(utc(2027, 3, 16, 9, 0)) == shown
    assert clock.instant(*clock.typed(utc(2027, 3, 16, 9, 0))) == utc(2027, 3, 16, 9, 0)


def test_the_day_is_the_persons_own() -> None:
    late = utc(2027, 3, 16, 23, 30)
    assert PRAGUE.date(late) == "17.03.2027"
    assert Clock.of(time_zone="America/New_York", date_format="MM/DD/YYYY HH:MM").date(late) == "03/16/2027"


def test_a_zone_is_known_by_its_city() -> None:
    assert Clock.of(time_zone="America/Argentina/Buenos_Aires", date_format=DATE_FORMATS[0]).zone_name == "Buenos Aires"


@pytest.mark.parametrize(
    ("time", "moment"),
    [("01:59", utc(2027, 3, 28, 0, 59)), ("03:00", utc(2027, 3, 28, 1, 0))],
)
def test_the_spring_night_around_the_hour_that_is_skipped(time: str, moment: datetime) -> None:
    assert PRAGUE.instant("28.03.2027", time) == moment


@pytest.mark.parametrize("time", ["02:00", "02:30", "02:59"])
@pytest.mark.parametrize("fold", [None, 0, 1])
def test_the_skipped_hour_does_not_exist_whatever_is_chosen(time: str, fold: int | None) -> None:
    with pytest.raises(NoSuchTime):
        PRAGUE.instant("28.03.2027", time, fold=fold)


@pytest.mark.parametrize("time", ["02:00", "02:30", "02:59"])
def test_the_repeated_hour_of_autumn_is_asked_about(time: str) -> None:
    minute = int(time[3:])
    with pytest.raises(TwiceThatTime) as twice:
        PRAGUE.instant("31.10.2027", time)
    assert twice.value.instants == (utc(2027, 10, 31, 0, minute), utc(2027, 10, 31, 1, minute))
    assert PRAGUE.instant("31.10.2027", time, fold=0) == utc(2027, 10, 31, 0, minute)
    assert PRAGUE.instant("31.10.2027", time, fold=1) == utc(2027, 10, 31, 1, minute)


@pytest.mark.parametrize(
    ("time", "moment"),
    [("01:59", utc(2027, 10, 30, 23, 59)), ("03:00", utc(2027, 10, 31, 2, 0))],
)
def test_the_autumn_night_around_the_repeated_hour(time: str, moment: datetime) -> None:
    assert PRAGUE.instant("31.10.2027", time) == moment
    assert PRAGUE.instant("31.10.2027", time, fold=1) == moment  # a leftover choice changes nothing


def test_near_a_change_of_clocks_the_offset_is_said() -> None:
    assert PRAGUE.time(utc(2027, 10, 31, 0, 30)) == "02:30 (UTC+02:00)"
    assert PRAGUE.time(utc(2027, 10, 31, 1, 30)) == "02:30 (UTC+01:00)"
    assert PRAGUE.time(utc(2027, 10, 31, 9, 0)) == "10:00"


@pytest.mark.parametrize(
    ("date", "time"),
    [
        ("", ""),
        ("16.03.2027", ""),
        ("16.03.2027", "25:00"),
        ("16.03.2027", "10"),
        ("30.02.2027", "10:00"),
        ("03/16/2027", "10:00"),
        ("16.03.27", "10:00"),
        ("01.01.0001", "00:00"),
        ("31.12.1970", "23:59"),
        ("01.01.9001", "00:00"),
        ("31.12.9999", "23:59"),
        ("16.03.2027\x00", "10:00"),
    ],
)
def test_what_is_no_date_and_time_is_refused(date: str, time: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 -- the page words it, whatever it says
        PRAGUE.instant(date, time)


def test_a_browsers_date_input_is_taken_too() -> None:
    assert PRAGUE.instant("2027-03-16", "10:00") == utc(2027, 3, 16, 9, 0)


@given(
    st.datetimes(min_value=datetime(1972, 1, 1), max_value=datetime(2100, 1, 1)),  # noqa: DTZ001 -- made aware below
    st.sampled_from(["Europe/Prague", "America/New_York", "Asia/Kathmandu", "Australia/Lord_Howe", "UTC"]),
    st.sampled_from(DATE_FORMATS),
)
def test_a_shown_moment_is_read_back(moment: datetime, zone: str, date_format: str) -> None:
    clock = Clock.of(time_zone=zone, date_format=date_format)
    moment = moment.replace(second=0, microsecond=0, tzinfo=UTC)
    fold = clock.local(moment).fold
    if clock.local(moment).utcoffset() is not None and clock.local(moment).utcoffset() % timedelta(minutes=1):  # type: ignore[operator]
        return  # Liberia's seconds are not typed
    assert clock.instant(*clock.typed(moment), fold=fold) == moment
