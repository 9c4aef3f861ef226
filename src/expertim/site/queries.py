"""What mixes rooms, read as values: the header's one statement, the demo's clock."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection

from expertim.foundation.words import in_language


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """An Expertise as the header names it."""

    id: int
    slug: str
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Header:
    """What the header of every page says about its reader at one moment. Credits in hundredths."""

    at: datetime
    available: int
    blocked: int
    unread: int
    is_expert: bool
    is_operator: bool
    fields: tuple[Field, ...]
    due: bool  # time has something to do to a meeting of theirs

    def field(self, slug: str | None) -> Field | None:
        return next((field for field in self.fields if field.slug == slug), None)


# One row about the person `p`; the statement around it reads them, mostly the session's (people/sessions.py).
HEADER = """
    WITH clock AS MATERIALIZED (SELECT platform_now() AS now)
    SELECT clock.now, w.available, w.blocked,
           (SELECT count(*) FROM notifications_notice n WHERE n.recipient_id = p.id AND n.read_at IS NULL) AS unread,
           EXISTS (SELECT FROM expertise_expert e WHERE e.person_id = p.id AND e.active) AS is_expert,
           p.is_staff,
           (SELECT coalesce(jsonb_agg(jsonb_build_object('id', x.id, 'slug', x.slug, 'name', x.name)
                                      ORDER BY x.position, x.id), '[]') FROM expertise_expertise x) AS fields,
           EXISTS (SELECT FROM meetings_meeting m WHERE m.user_id = p.id AND m.alarm_at <= clock.now)
           OR EXISTS (SELECT FROM meetings_meeting m WHERE m.expert_id = p.id AND m.alarm_at <= clock.now) AS due
      FROM credits_wallet w, clock WHERE w.person_id = p.id"""


def header(*, person: int) -> Header:
    """Wallet, unread notices, roles, Expertises and whether anything is due, in one statement (T0)."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT h.* FROM people_person p, LATERAL ({HEADER}) h WHERE p.id = %s", [person])
        return header_of(cursor.fetchone())


def header_of(row: tuple[Any, ...]) -> Header:
    """The header from a row of HEADER, in the language in force."""
    at, available, blocked, unread, is_expert, is_operator, fields, due = row
    return Header(
        at=at,
        available=available,
        blocked=blocked,
        unread=unread,
        is_expert=is_expert,
        is_operator=is_operator,
        fields=tuple(
            Field(id=field["id"], slug=field["slug"], name=in_language(field["name"])) for field in json.loads(fields)
        ),
        due=due,
    )


def next_due() -> datetime | None:
    """The next moment at which anything of the platform is due: a meeting's alarm or a row of the outbox."""
    with connection.cursor() as cursor:
        cursor.execute(
            """WITH clock AS MATERIALIZED (SELECT platform_now() AS now)
               SELECT least((SELECT min(m.alarm_at) FROM meetings_meeting m WHERE m.alarm_at > clock.now),
                            (SELECT min(o.due_at) FROM outbox_row o
                              WHERE o.status IN ('waiting', 'leased') AND o.due_at > clock.now)) FROM clock"""
        )
        moment: datetime | None = cursor.fetchone()[0]
    return moment


def answers() -> bool:
    """Whether the database answers."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
        return bool(cursor.fetchone())
