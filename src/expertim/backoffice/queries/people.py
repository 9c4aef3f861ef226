"""Everybody with an account, and one of them with all that an operator answers questions about."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from expertim.backoffice.queries.reading import PAGE, Page, Row, every_word_in, paged, read, words_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """A person in a list; `fields` are the Expertises they advise in."""

    id: int
    public_id: str
    name: str
    email: str
    operator: bool
    active: bool
    available: int
    blocked: int
    fields: list[Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """One person with roles and wallet. `ahead` counts what is agreed or waits, `due` whether time has work here."""

    id: int
    public_id: str
    name: str
    email: str
    time_zone: str
    date_format: str
    language: str
    operator: bool
    active: bool
    joined_at: datetime
    last_login: datetime | None
    available: int
    blocked: int
    fields: list[Row]
    ahead: int
    due: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Blocked:
    """Credits that a meeting holds."""

    amount: int
    at: datetime
    public_id: str
    service: Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Moved:
    """A movement (K5) and the meeting it belongs to, if any."""

    id: int
    at: datetime
    kind: str
    amount: int
    balance: int
    reason: str
    public_id: str | None
    service: Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """A notice, by kind: what it says beyond that is its recipient's alone."""

    id: int
    kind: str
    at: datetime
    read_at: datetime | None
    public_id: str | None


_FIELDS = """(SELECT coalesce(jsonb_agg(jsonb_build_object('slug', f.slug, 'name', f.name, 'active', e.active)
                                        ORDER BY f.position, f.id), '[]')
      FROM expertise_expert e JOIN expertise_expertise f ON f.id = e.expertise_id WHERE e.person_id = p.id) AS fields"""


def people(*, q: str = "", before: int | None = None, limit: int = PAGE) -> Page[Found]:
    """Who has each word of `q` in name or address, or has it as public id; the latest to join first."""
    rows = read(
        f"""SELECT p.id, p.public_id, p.name, p.email, p.is_staff AS operator, p.is_active AS active,
                   w.available, w.blocked, {_FIELDS}
              FROM people_person p JOIN credits_wallet w ON w.person_id = p.id
             WHERE {every_word_in("concat_ws(' ', p.name, p.email, p.public_id)")}
               AND (%(before)s::bigint IS NULL OR p.id < %(before)s)
             ORDER BY p.id DESC LIMIT %(limit)s""",
        {"words": words_of(q), "before": before, "limit": limit + 1},
    )
    return paged([Found(**row) for row in rows], numbers=[row["id"] for row in rows], limit=limit)


def profile(public_id: str) -> Profile | None:
    """One person, by public id."""
    rows = read(
        f"""WITH clock AS MATERIALIZED (SELECT now, now - interval '1 day' AS past FROM platform_now() now)
        SELECT p.id, p.public_id, p.name, p.email, p.time_zone, p.date_format, p.language, p.is_staff AS operator,
               p.is_active AS active, p.joined_at, p.last_login, w.available, w.blocked, {_FIELDS},
               (SELECT count(*) FROM (
                   SELECT state, ends_at FROM meetings_meeting WHERE user_id = p.id AND starts_at > clock.past
                   UNION ALL
                   SELECT state, ends_at FROM meetings_meeting WHERE expert_id = p.id AND starts_at > clock.past
                   ) m WHERE m.state IN ('awaiting_approval', 'agreed') AND m.ends_at > clock.now) AS ahead,
               EXISTS (SELECT FROM meetings_meeting m WHERE m.user_id = p.id AND m.alarm_at <= clock.now)
               OR EXISTS (SELECT FROM meetings_meeting m WHERE m.expert_id = p.id AND m.alarm_at <= clock.now) AS due
          FROM people_person p JOIN credits_wallet w ON w.person_id = p.id, clock
         WHERE p.public_id = %(public_id)s""",
        {"public_id": public_id.replace("\x00", "")},
    )
    return Profile(**rows[0]) if rows else None


def blocks(person: int) -> tuple[Blocked, ...]:
    """What holds credits of this person now, the latest first."""
    rows = read(
        """SELECT b.amount, o.at, m.public_id, m.service_title AS service
             FROM credits_block b JOIN credits_posting o ON o.id = b.opened_by_id
             JOIN meetings_meeting m ON m.id = b.reference
            WHERE b.wallet_id = %(person)s AND b.closed_by_id IS NULL ORDER BY b.id DESC LIMIT 100""",
        {"person": person},
    )
    return tuple(Blocked(**row) for row in rows)


def movements(person: int, *, before: int | None = None, limit: int = PAGE) -> Page[Moved]:
    """What entered and left this person's hands, the latest first."""
    rows = read(
        """SELECT e.id, p.at, e.movement AS kind, e.amount, e.balance, p.reason, m.public_id,
                  m.service_title AS service
             FROM credits_entry e JOIN credits_posting p ON p.id = e.posting_id
             LEFT JOIN meetings_meeting m ON m.id = p.reference
            WHERE e.wallet_id = %(person)s AND e.movement IS NOT NULL
              AND (%(before)s::bigint IS NULL OR e.id < %(before)s)
            ORDER BY e.id DESC LIMIT %(limit)s""",
        {"person": person, "before": before, "limit": limit + 1},
    )
    return paged([Moved(**row) for row in rows], numbers=[row["id"] for row in rows], limit=limit)


def notices(person: int, *, before: int | None = None, limit: int = PAGE) -> Page[Told]:
    """What this person has been told, the latest first."""
    rows = read(
        """SELECT n.id, n.kind, n.at, n.read_at, m.public_id
             FROM notifications_notice n LEFT JOIN meetings_meeting m ON m.id = n.reference
            WHERE n.recipient_id = %(person)s AND (%(before)s::bigint IS NULL OR n.id < %(before)s)
            ORDER BY n.id DESC LIMIT %(limit)s""",
        {"person": person, "before": before, "limit": limit + 1},
    )
    return paged([Told(**row) for row in rows], numbers=[row["id"] for row in rows], limit=limit)
