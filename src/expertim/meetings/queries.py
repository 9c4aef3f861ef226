"""Reading meetings: values, a fixed number of statements whatever the number of rows.

Lists ask once per role with the limit inside, so that the indexes on (user, start) and (expert, start) serve them.
What can be done is asked of the core for each row, in memory: a page's buttons cannot disagree with the rules.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from django.db import connection

from expertim.foundation.words import in_language
from expertim.meetings.facts import By, Possible, Said, Situation, counterparty
from expertim.meetings.lifecycle import SETTLED, cancellation_fee, free_until, join_window, possible
from expertim.meetings.models import Meeting
from expertim.meetings.rows import Row, moment, situation_of
from expertim.people.former import called

PAGE = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Who:
    """A party as the other may see it."""

    id: int
    public_id: str
    name: str
    time_zone: str
    photo: str = ""  # its version, empty where there is none


@dataclass(frozen=True, slots=True, kw_only=True)
class Cancelling:
    """What cancelling costs the reader now, and until when it is free."""

    fee: int
    free_until: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class MeetingView:
    """One meeting as one reader sees it at one moment."""

    id: int
    public_id: str
    expertise_slug: str
    expertise_name: Any
    user: Who
    expert: Who
    my_role: By
    service_title: str
    skill_name: Any
    situation: Situation
    at: datetime
    actions: tuple[Possible, ...]
    version: int = 0  # how many events its timeline has
    service: int | None = None  # what was proposed, unless it is no more
    skill: int | None = None
    past: tuple[TimelineRow, ...] = ()  # the timeline itself, where a page reads it along
    turns: tuple[int, int] | None = None  # of both links (meetings/links.py), where they are read along

    @property
    def other(self) -> Who:
        """The counterparty; for an operator who is no party, the expert."""
        return self.user if self.my_role is By.EXPERT else self.expert

    @property
    def cancelling(self) -> Cancelling | None:
        if not any(action.act == "cancel" for action in self.actions):
            return None
        fee = cancellation_fee(situation=self.situation, at=self.at) if self.my_role is By.USER else 0
        return Cancelling(fee=fee, free_until=free_until(self.situation))

    @property
    def said(self) -> dict[By, Said | None]:
        """Statements the reader may see: one's own, the other's once settled or disputed."""
        said = {By.USER: self.situation.now.said[0], By.EXPERT: self.situation.now.said[1]}
        if self.my_role is By.OPERATOR or self.situation.now.progress is not None:
            return said
        return {self.my_role: said[self.my_role], counterparty(self.my_role): None}

    @property
    def held(self) -> bool:
        return self.situation.now.state == "agreed" and self.at >= self.situation.end

    @property
    def awaits_my_evaluation(self) -> bool:
        return any(action.act == "evaluate" for action in self.actions)

    @property
    def settled(self) -> bool:
        return self.situation.now.progress in SETTLED

    @property
    def join_window(self) -> tuple[datetime, datetime]:
        return join_window(self.situation)


@dataclass(frozen=True, slots=True, kw_only=True)
class TimelineRow:
    at: datetime
    by: By
    person: str  # the name of who did it, empty for the platform
    event: str
    values: Row


@dataclass(frozen=True, slots=True, kw_only=True)
class Counts:
    scheduled: int  # B1
    held: int  # B2


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """One page of a list; `next` continues it, None at its end."""

    rows: tuple[MeetingView, ...]
    next: str | None


# By name and not m.*: a prepared statement must live on while a migration adds a column.
_MEETING = ", ".join(f"m.{field.column}" for field in Meeting._meta.concrete_fields)
_COLUMNS = f"""{_MEETING}, e.slug AS expertise_slug, e.name AS expertise_name,
    u.public_id AS user_public_id, u.name AS user_name, u.time_zone AS user_zone, u.photo AS user_photo,
    x.public_id AS expert_public_id, x.name AS expert_name, x.time_zone AS expert_zone, x.photo AS expert_photo,
    (SELECT jsonb_object_agg(s.party, s.progress) FROM meetings_statement s WHERE s.meeting_id = m.id) AS said,
    (SELECT jsonb_object_agg(a.party, a.first_at) FROM (
        SELECT party, min(at) AS first_at FROM meetings_attendance
         WHERE meeting_id = m.id AND generation = m.generation GROUP BY party) a) AS attended,
    false AS reviewed"""
_NO_WALLET = "0 AS available"  # a list says nothing about credits one has
_WALLET = "(SELECT w.available FROM credits_wallet w WHERE w.person_id = m.user_id) AS available"
_TURNS = """(SELECT jsonb_object_agg(s.party, s.turn) FROM video_seat s WHERE s.room_id = m.id) AS turns"""
_JOINS = """JOIN expertise_expertise e ON e.id = m.expertise_id
    JOIN people_person u ON u.id = m.user_id JOIN people_person x ON x.id = m.expert_id"""

# Each list: which of one role's meetings, and in what order. The clock as a value, so that the index begins there.
_LISTS = {
    "scheduled": (  # B3
        "(m.state IN ('awaiting_approval', 'agreed') AND m.ends_at > (SELECT now FROM clock)"
        " OR m.state = 'rejected' AND m.starts_at > (SELECT now FROM clock))"
        " AND m.starts_at > (SELECT now FROM clock) - interval '480 minutes'",
        "ASC",
    ),
    "held": (  # B4
        "m.state = 'agreed' AND m.ends_at <= (SELECT now FROM clock) AND m.starts_at < (SELECT now FROM clock)",
        "DESC",
    ),
    "all": ("true", "DESC"),
}


def counts(*, person: int, expertise: int | None = None) -> Counts:
    """B1 and B2, as user or expert, in one Expertise or in all."""
    within = "" if expertise is None else "AND expertise_id = %(expertise)s"
    with connection.cursor() as cursor:
        cursor.execute(
            f"""WITH clock AS MATERIALIZED (SELECT platform_now() AS now), mine AS (
                SELECT state, ends_at FROM meetings_meeting WHERE user_id = %(person)s {within}
                UNION ALL
                SELECT state, ends_at FROM meetings_meeting WHERE expert_id = %(person)s {within})
            SELECT count(*) FILTER (WHERE state IN ('awaiting_approval', 'agreed') AND ends_at > clock.now),
                   count(*) FILTER (WHERE state = 'agreed' AND ends_at <= clock.now)
              FROM mine, clock""",
            {"person": person, "expertise": expertise},
        )
        scheduled, held = cursor.fetchone()
    return Counts(scheduled=scheduled, held=held)


def listed(
    *,
    person: int,
    which: str,
    expertise: int | None = None,
    counterparty: int | None = None,
    limit: int = PAGE,
    after: str | None = None,
) -> Page:
    """One page of the `scheduled` (B3), `held` (B4) or `all` meetings of a person; optionally with one other person.

    `after` is the former page's `next`. Raises ValueError for one that is not.
    """
    condition, order = _LISTS[which]
    start, last_id = _opened(after)
    beyond = ">" if order == "ASC" else "<"
    # Only what is asked: a condition that a null switches off would keep the planner from its indexes.
    narrower = " ".join(
        condition
        for given, condition in (
            (expertise, "AND m.expertise_id = %(expertise)s"),
            (counterparty, "AND m.{other}_id = %(other)s"),
            (start, f"AND (m.starts_at, m.id) {beyond} (%(start)s, %(last)s)"),
        )
        if given is not None
    )
    one_role = f"""(SELECT m.* FROM meetings_meeting m
        WHERE m.{{role}}_id = %(person)s AND {condition}
          {narrower}
        ORDER BY m.starts_at {order}, m.id {order} LIMIT %(limit)s)"""
    statement = f"""WITH clock AS MATERIALIZED (SELECT platform_now() AS now)
        SELECT {_COLUMNS}, {_NO_WALLET}, (SELECT now FROM clock) AS now
          FROM ({one_role.format(role="user", other="expert")} UNION ALL
                {one_role.format(role="expert", other="user")}) m {_JOINS}
         ORDER BY m.starts_at {order}, m.id {order} LIMIT %(limit)s"""
    asked = {
        "person": person,
        "expertise": expertise,
        "other": counterparty,
        "start": start,
        "last": last_id,
        "limit": limit + 1,
    }
    rows = _rows(statement, asked)
    views = tuple(_view(row, person=person) for row in rows[:limit])
    return Page(rows=views, next=_sealed(views[-1]) if len(rows) > limit else None)


def meeting_for(*, person: int, meeting: str, operator: bool = False, stood: Row | None = None) -> MeetingView | None:
    """One meeting by its public id, for a party or an operator; None where it is not theirs to see.

    With an act's `Outcome.stood`, as the act has left it, whatever has happened since.
    """
    statement = f"""SELECT {_COLUMNS}, {_WALLET}, {_TURNS}, platform_now() AS now FROM meetings_meeting m {_JOINS}
        WHERE m.public_id = %(meeting)s AND (%(operator)s OR %(person)s IN (m.user_id, m.expert_id))"""
    rows = _rows(statement, {"meeting": meeting, "person": person, "operator": operator})
    return _view(rows[0] | (stood or {}), person=person) if rows else None


def meeting_of_party(*, meeting: str, party: By) -> MeetingView | None:
    """One meeting as one of its parties sees it, for whoever holds that party's link."""
    statement = f"""SELECT {_COLUMNS}, {_WALLET}, {_TURNS}, platform_now() AS now FROM meetings_meeting m {_JOINS}
        WHERE m.public_id = %(meeting)s"""
    rows = _rows(statement, {"meeting": meeting})
    return _view(rows[0], person=rows[0][f"{party}_id"]) if rows else None


def disputed() -> tuple[MeetingView, ...]:
    """Meetings that wait for an operator (X1), the longest first."""
    statement = f"""SELECT {_COLUMNS}, {_NO_WALLET}, platform_now() AS now FROM meetings_meeting m {_JOINS}
        WHERE m.progress = 'disputed' ORDER BY m.ends_at, m.id LIMIT 200"""
    return tuple(_view(row, person=0) for row in _rows(statement, {}))


def timeline(view: MeetingView) -> tuple[TimelineRow, ...]:
    """A meeting's timeline, newest last; the other's statement only where the reader may see it."""
    rows = _rows(
        """SELECT t.at, t.by, coalesce(p.name, '') AS person, t.event, t."values"
             FROM meetings_timelineevent t LEFT JOIN people_person p ON p.id = t.person_id
            WHERE t.meeting_id = %(meeting)s ORDER BY t.sequence""",
        {"meeting": view.id},
    )
    visible = view.said
    return tuple(
        TimelineRow(
            at=row["at"],
            by=By(row["by"]),
            person=row["person"],
            event=row["event"],
            values=_shown(By(row["by"]), row["values"], visible),
        )
        for row in rows
    )


def attendance(view: MeetingView) -> tuple[tuple[By, datetime], ...]:
    """The log of Joins for the date in force; for the operator who settles a dispute."""
    rows = _rows(
        "SELECT party, at FROM meetings_attendance WHERE meeting_id = %(meeting)s AND generation = %(generation)s"
        " ORDER BY at, id",
        {"meeting": view.id, "generation": view.situation.now.generation},
    )
    return tuple((By(row["party"]), row["at"]) for row in rows)


def in_calendar(*, person: int, days_back: int, most: int = 1000) -> tuple[tuple[MeetingView, datetime], ...]:
    """A person's meetings that belong into a calendar, soonest first, each with the moment of its latest event.

    Awaiting, agreed (held ones for some days), and rejected ones with another date on the table.
    """
    one_role = """SELECT m.* FROM meetings_meeting m, clock WHERE m.{role}_id = %(person)s
        AND m.starts_at > clock.now - %(days)s * interval '1 day'
        AND (m.state IN ('awaiting_approval', 'agreed') OR m.state = 'rejected' AND m.alternative_at IS NOT NULL)"""
    statement = f"""WITH clock AS MATERIALIZED (SELECT platform_now() AS now)
        SELECT {_COLUMNS}, {_NO_WALLET}, {_TURNS}, (SELECT now FROM clock) AS now,
               (SELECT max(t.at) FROM meetings_timelineevent t WHERE t.meeting_id = m.id) AS changed_at
          FROM ({one_role.format(role="user")} UNION ALL {one_role.format(role="expert")}) m {_JOINS}
         ORDER BY m.starts_at, m.id LIMIT %(most)s"""
    rows = _rows(statement, {"person": person, "days": days_back, "most": most})
    return tuple((_view(row, person=person), row["changed_at"]) for row in rows)


def stars_of(view: MeetingView) -> int | None:
    """The user's stars: for operators only (V1)."""
    rows = _rows(
        "SELECT stars FROM meetings_statement WHERE meeting_id = %(meeting)s AND party = 'user'", {"meeting": view.id}
    )
    return rows[0]["stars"] if rows else None


def by_public_ids(*, person: int, meetings: tuple[str, ...]) -> tuple[MeetingView, ...]:
    """Some of a person's own meetings, soonest first: for naming those that overlap (O1)."""
    statement = f"""SELECT {_COLUMNS}, {_NO_WALLET}, platform_now() AS now FROM meetings_meeting m {_JOINS}
        WHERE m.public_id = ANY (%(meetings)s) AND %(person)s IN (m.user_id, m.expert_id) ORDER BY m.starts_at, m.id"""
    return tuple(_view(row, person=person) for row in _rows(statement, {"meetings": list(meetings), "person": person}))


def labels(*, ids: list[int]) -> dict[int, Row]:
    """Public id, service and parties of meetings by internal id: for movements, blocks and notices about them."""
    rows = _rows(
        f"""SELECT m.id, m.public_id, m.service_title, m.starts_at, m.user_id, m.expert_id,
                   u.name AS user_name, u.public_id AS user_public_id, u.time_zone AS user_zone,
                   x.name AS expert_name, x.public_id AS expert_public_id, x.time_zone AS expert_zone
              FROM meetings_meeting m {_JOINS} WHERE m.id = ANY (%(ids)s)""",
        {"ids": ids},
    )
    return {row["id"]: row | {"service_title": in_language(row["service_title"])} for row in rows}


def parties_of(label: Row) -> tuple[Who, Who]:
    """User and expert of a meeting's row of `labels`."""
    return _who(label, "user"), _who(label, "expert")


def counts_by_service(*, expert: int) -> dict[int, int]:
    """How many meetings to come, waiting or agreed, there are for each service (by number) of an expert."""
    rows = _rows(
        """SELECT m.service_id, count(*) AS count FROM meetings_meeting m
            WHERE m.expert_id = %(expert)s AND m.state IN ('awaiting_approval', 'agreed') AND m.ends_at > platform_now()
            GROUP BY m.service_id""",
        {"expert": expert},
    )
    return {row["service_id"]: row["count"] for row in rows}


def count_open(*, person: int) -> int:
    """How many meetings somebody still counts on this person for: waiting, with another date open, not yet settled."""
    rows = _rows(
        """SELECT count(*) AS open FROM meetings_meeting m WHERE %(person)s IN (m.user_id, m.expert_id)
              AND (m.state = 'awaiting_approval' OR m.alternative_at IS NOT NULL
                   OR m.state = 'agreed' AND (m.progress IS NULL OR m.progress = 'disputed'))""",
        {"person": person},
    )
    return int(rows[0]["open"])


def acquainted(*, expert: int, other: int) -> bool:
    """P2: there is a chat between the two, or a meeting was ever proposed, in any role and status."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT meetings_acquainted(%s, %s)", [expert, other])
        return bool(cursor.fetchone()[0])


# One row about the person `p`: whether time has something to do to a meeting of theirs (T0).
DUE = """SELECT EXISTS (SELECT FROM meetings_meeting m WHERE m.user_id = p.id AND m.alarm_at <= platform.now)
        OR EXISTS (SELECT FROM meetings_meeting m WHERE m.expert_id = p.id AND m.alarm_at <= platform.now)
      FROM (SELECT platform_now() AS now OFFSET 0) platform"""


def is_due(*, person: int) -> bool:
    """T0: whether time has something to do to a meeting of this person."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT h.* FROM people_person p, LATERAL ({DUE}) h WHERE p.id = %s", [person])
        return bool(cursor.fetchone()[0])


def due_meetings(*, limit: int, person: int | None = None) -> list[int]:
    """Ids of meetings to which time has something to do now, the longest due first."""
    rows = _rows(
        """SELECT id FROM meetings_meeting WHERE alarm_at <= (SELECT platform_now())
            AND (%(person)s::bigint IS NULL OR %(person)s IN (user_id, expert_id))
            ORDER BY alarm_at, id LIMIT %(limit)s""",
        {"person": person, "limit": limit},
    )
    return [row["id"] for row in rows]


def _view(row: Row, *, person: int) -> MeetingView:
    role = {row["user_id"]: By.USER, row["expert_id"]: By.EXPERT}.get(person, By.OPERATOR)
    situation = situation_of(row)
    at = moment(row["now"])
    assert at is not None
    return MeetingView(
        id=row["id"],
        public_id=row["public_id"],
        expertise_slug=row["expertise_slug"],
        expertise_name=row["expertise_name"],
        user=_who(row, "user"),
        expert=_who(row, "expert"),
        my_role=role,
        service_title=in_language(row["service_title"]),
        skill_name=row["skill_name"],
        situation=situation,
        version=row["version"],
        service=row["service_id"],
        skill=row["skill_id"],
        at=at,
        actions=possible(situation=situation, by=role, at=at),
        turns=_turns(row.get("turns")),
    )


def _turns(read: Row | None) -> tuple[int, int] | None:
    return (read[By.USER], read[By.EXPERT]) if read else None


def _who(row: Row, role: str) -> Who:
    return Who(
        id=row[f"{role}_id"],
        public_id=row[f"{role}_public_id"],
        name=called(row[f"{role}_name"]),
        time_zone=row[f"{role}_zone"],
        photo=row.get(f"{role}_photo", ""),  # a label has none
    )


def _shown(by: By, values: Row, visible: dict[By, Said | None]) -> Row:
    hidden = "progress" in values and by in visible and visible[by] is None
    return {name: value for name, value in values.items() if not hidden or name != "progress"}


def _rows(statement: str, asked: Row) -> list[Row]:
    """Rows as dictionaries; JSON columns read, moments as they come."""
    with connection.cursor() as cursor:
        cursor.execute(statement, asked)
        described = cursor.description
        names = [column.name for column in described]
        json_columns = {i for i, column in enumerate(described) if column.type_code == _JSONB}
        return [
            {
                name: json.loads(value) if i in json_columns and value is not None else value
                for i, (name, value) in enumerate(zip(names, row, strict=True))
            }
            for row in cursor.fetchall()
        ]


_JSONB = 3802  # PostgreSQL's own number of the type


def _sealed(view: MeetingView) -> str:
    """Where a list goes on: opaque to who holds it, checked when it comes back."""
    return f"{view.situation.start:%Y%m%dT%H%MZ}-{view.id}"


def _opened(cursor: str | None) -> tuple[datetime | None, int | None]:
    if cursor is None:
        return None, None
    start, _, number = cursor.partition("-")
    if not number.isdecimal() or len(number) > 18:  # beyond the database's own numbers
        raise ValueError("not the end of a page")
    return datetime.strptime(start, "%Y%m%dT%H%MZ").replace(tzinfo=UTC), int(number)
