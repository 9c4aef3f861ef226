"""The times that experts keep: reading them in one statement, writing them whole."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db import connection, transaction

from expertim.expertise.free_times import Hours, Interval, Span
from expertim.expertise.models import Availability, DayHours, Expert, Holiday, WeeklyHours

HORIZON = timedelta(days=190)  # how far ahead times are offered and busy calendars are read


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """What one expert keeps in one Expertise, and when calendars elsewhere say that they are busy."""

    expert: int
    person: int
    hours: Hours
    busy: tuple[Interval, ...]
    shortest_minutes: int | None  # of the services on offer
    paused_until: datetime | None
    now: datetime  # the platform's clock

    @property
    def paused(self) -> bool:
        return self.paused_until is not None and self.now < self.paused_until


@dataclass(frozen=True, slots=True, kw_only=True)
class HolidayRow:
    id: int
    first_on: date
    last_on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnTimes:
    """All that a person keeps, for their own page: what goes for everything, and each Expertise's hours."""

    notice_minutes: int
    buffer_minutes: int
    day_limit: int | None
    paused_until: datetime | None
    holidays: tuple[HolidayRow, ...]
    places: tuple[Place, ...]
    now: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """The hours in one Expertise."""

    expertise: str
    name: Any
    weekly: tuple[tuple[Span, ...], ...]
    days: dict[date, tuple[Span, ...]]


_WEEKLY = """(SELECT jsonb_agg(jsonb_build_array(w.weekday, w.opens, w.closes))
                FROM expertise_weeklyhours w WHERE w.expert_id = e.id)"""
_DAYS = """(SELECT jsonb_agg(jsonb_build_array(d."on", d.opens, d.closes) ORDER BY d."on", d.opens)
              FROM expertise_dayhours d WHERE d.expert_id = e.id)"""
_HOLIDAYS = """(SELECT jsonb_agg(jsonb_build_array(h.first_on, h.last_on, h.id) ORDER BY h.first_on, h.id)
                  FROM expertise_holiday h WHERE h.person_id = p.id)"""
_KEPT = f"""SELECT e.id AS expert, p.id AS person, p.time_zone, a.notice_minutes, a.buffer_minutes, a.day_limit,
                   a.paused_until, clock.now, {_WEEKLY} AS weekly, {_DAYS} AS days, {_HOLIDAYS} AS holidays,
                   (SELECT min(s.length_minutes) FROM expertise_service s WHERE s.expert_id = e.id AND s.active)
                   AS shortest,
                   (SELECT jsonb_agg(jsonb_build_array(extract(epoch FROM i.begins_at), extract(epoch FROM i.ends_at)))
                      FROM expertise_busycalendar c JOIN expertise_busyinterval i ON i.calendar_id = c.id
                     WHERE c.person_id = p.id AND i.ends_at > clock.now - interval '1 day') AS busy
              FROM expertise_expert e JOIN people_person p ON p.id = e.person_id
              JOIN expertise_expertise x ON x.id = e.expertise_id
              LEFT JOIN expertise_availability a ON a.person_id = p.id
              CROSS JOIN (SELECT platform_now() AS now OFFSET 0) clock"""


def kept_by(*, person: int, expertise: str) -> Kept | None:
    """What a person keeps as an expert in one Expertise (slug); None where they are none."""
    return next(iter(_kept("WHERE e.person_id = %s AND x.slug = %s", [person, expertise])), None)


def kept_by_experts(expert_ids: Sequence[int]) -> tuple[Kept, ...]:
    """The same for many, by ids of experts: one statement."""
    return _kept("WHERE e.id = ANY (%s) AND e.active", [list(expert_ids)])


def own_times(*, person: int) -> OwnTimes:
    """For the page on which a person sets their times."""
    rows = _rows(
        f"""SELECT p.id, a.notice_minutes, a.buffer_minutes, a.day_limit, a.paused_until, platform_now() AS now,
                   {_HOLIDAYS} AS holidays,
                   (SELECT jsonb_agg(jsonb_build_array(x.slug, x.name, {_WEEKLY}, {_DAYS}) ORDER BY x.position, x.id)
                      FROM expertise_expert e JOIN expertise_expertise x ON x.id = e.expertise_id
                     WHERE e.person_id = p.id AND e.active) AS places
              FROM people_person p LEFT JOIN expertise_availability a ON a.person_id = p.id WHERE p.id = %s""",
        [person],
    )
    row = rows[0]
    return OwnTimes(
        notice_minutes=row["notice_minutes"] or 0,
        buffer_minutes=row["buffer_minutes"] or 0,
        day_limit=row["day_limit"],
        paused_until=row["paused_until"],
        holidays=tuple(
            HolidayRow(id=number, first_on=date.fromisoformat(first), last_on=date.fromisoformat(last))
            for first, last, number in row["holidays"] or ()
        ),
        places=tuple(
            Place(expertise=slug, name=name, weekly=_weekly(weekly), days=_days(days))
            for slug, name, weekly, days in row["places"] or ()
        ),
        now=row["now"],
    )


def paused_until(people: Sequence[int]) -> dict[int, datetime]:
    """Of those persons who take no proposals at present: until when."""
    rows = _rows(
        "SELECT person_id, paused_until FROM expertise_availability WHERE person_id = ANY (%s)"
        " AND paused_until > platform_now()",
        [list(people)],
    )
    return {row["person_id"]: row["paused_until"] for row in rows}


def keep_around(*, person: int, notice_minutes: int, buffer_minutes: int, day_limit: int | None) -> None:
    """What goes around every meeting: minimum notice, buffer, limit per day."""
    Availability.objects.update_or_create(
        person_id=person,
        defaults={"notice_minutes": notice_minutes, "buffer_minutes": buffer_minutes, "day_limit": day_limit},
    )


@transaction.atomic
def keep_week(*, person: int, expertise: str, weekly: Sequence[Iterable[Span]]) -> bool:
    """The hours of every week in one Expertise, Monday first; False where the person is no expert there."""
    expert = held_place(person, expertise)
    if expert is None:
        return False
    WeeklyHours.objects.filter(expert=expert).delete()
    WeeklyHours.objects.bulk_create(
        WeeklyHours(expert=expert, weekday=weekday, opens=opens, closes=closes)
        for weekday, spans in enumerate(weekly)
        for opens, closes in spans
    )
    return True


@transaction.atomic
def keep_day(*, person: int, expertise: str, on: date, spans: Iterable[Span] | None) -> bool:
    """Other hours on one day, none for a day off; None: as on every such weekday again."""
    expert = held_place(person, expertise)
    if expert is None:
        return False
    DayHours.objects.filter(expert=expert, on=on).delete()
    if spans is not None:
        DayHours.objects.bulk_create(
            DayHours(expert=expert, on=on, opens=opens, closes=closes) for opens, closes in tuple(spans) or ((0, 0),)
        )
    return True


def keep_holiday(*, person: int, first_on: date, last_on: date) -> None:
    Holiday.objects.get_or_create(person_id=person, first_on=first_on, last_on=last_on)


def drop_holiday(*, person: int, holiday: int) -> None:
    Holiday.objects.filter(person_id=person, pk=holiday).delete()


def pause(*, person: int, until: datetime | None) -> None:
    """Take no proposals until then (platform's clock); None: take them again."""
    Availability.objects.update_or_create(person_id=person, defaults={"paused_until": until})


def held_place(person: int, expertise: str) -> Expert | None:
    """The expert's row, held: of two pages sent at once the later one is kept whole."""
    held = Expert.objects.select_for_update(no_key=True, of=("self",))
    return held.filter(person_id=person, expertise__slug=expertise, active=True).first()


def _kept(condition: str, values: list[Any]) -> tuple[Kept, ...]:
    return tuple(
        Kept(
            expert=row["expert"],
            person=row["person"],
            hours=_hours(row),
            busy=tuple((_moment(begins), _moment(ends)) for begins, ends in row["busy"] or ()),
            shortest_minutes=row["shortest"],
            paused_until=row["paused_until"],
            now=row["now"],
        )
        for row in _rows(f"{_KEPT} {condition}", values)
    )


def _hours(row: Mapping[str, Any]) -> Hours:
    return Hours(
        zone=ZoneInfo(row["time_zone"]),
        weekly=_weekly(row["weekly"]),
        days=_days(row["days"]),
        holidays=tuple(
            (date.fromisoformat(first), date.fromisoformat(last)) for first, last, _id in row["holidays"] or ()
        ),
        notice_minutes=row["notice_minutes"] or 0,
        buffer_minutes=row["buffer_minutes"] or 0,
        day_limit=row["day_limit"],
    )


def _weekly(rows: list[list[int]] | None) -> tuple[tuple[Span, ...], ...]:
    return tuple(
        tuple(sorted((opens, closes) for weekday, opens, closes in rows or () if weekday == day)) for day in range(7)
    )


def _days(rows: list[list[Any]] | None) -> dict[date, tuple[Span, ...]]:
    made: dict[date, tuple[Span, ...]] = {}
    for on, opens, closes in rows or ():
        spans = made.setdefault(date.fromisoformat(on), ())
        if opens < closes:
            made[date.fromisoformat(on)] = (*spans, (opens, closes))
    return made


def _moment(seconds: float) -> datetime:
    return datetime.fromtimestamp(int(seconds), UTC)


def _rows(statement: str, values: list[Any]) -> list[dict[str, Any]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        columns = cursor.description or ()
        return [
            {
                column.name: json.loads(value) if column.type_code == _JSONB and value else value
                for column, value in zip(columns, row, strict=True)
            }
            for row in cursor.fetchall()
        ]


_JSONB = 3802  # PostgreSQL's type number
