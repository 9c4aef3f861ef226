"""Meetings of everybody, as rows."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from expertim.backoffice.queries.reading import PAGE, Page, every_word_in, paged, read, words_of

# What an operator looks for: the states of the rules, and what became of an agreed meeting.
LISTS = {
    "awaiting_approval": "m.state = 'awaiting_approval'",
    "agreed": "m.state = 'agreed' AND m.ends_at > clock.now",
    "held": "m.state = 'agreed' AND m.ends_at <= clock.now",
    "disputed": "m.progress = 'disputed'",
    "rejected": "m.state = 'rejected'",
    "cancelled": "m.state = 'cancelled'",
    "expired": "m.state = 'expired'",
}


# One person's, by the index of each role.
_THEIRS = """(SELECT * FROM meetings_meeting WHERE user_id = (SELECT id FROM theirs)
           UNION ALL SELECT * FROM meetings_meeting WHERE expert_id = (SELECT id FROM theirs))"""


@dataclass(frozen=True, slots=True, kw_only=True)
class MeetingRow:
    """One meeting of any two people."""

    id: int
    public_id: str
    starts_at: datetime
    state: str
    payment: str
    progress: str | None
    price: int
    service: Any
    user: str
    user_id: str
    expert: str
    expert_id: str
    over: bool


def meetings(
    *, q: str = "", state: str = "", person: str = "", before: int | None = None, limit: int = PAGE
) -> Page[MeetingRow]:
    """The latest proposed first; by the words of `q` in a party's name or address, or by a meeting's own id.

    `state` is one of LISTS, `person` a party's public id.
    """
    named = every_word_in("concat_ws(' ', p.name, p.email)")
    rows = read(
        f"""WITH clock AS MATERIALIZED (SELECT platform_now() AS now),
        found AS MATERIALIZED (SELECT p.id FROM people_person p WHERE %(q)s <> '' AND {named}),
        theirs AS (SELECT p.id FROM people_person p WHERE p.public_id = %(person)s),
        chosen AS MATERIALIZED (SELECT m.id FROM {_THEIRS if person else "meetings_meeting"} m, clock
         WHERE {LISTS.get(state, "true")}
           AND (%(q)s = '' OR m.public_id = lower(%(q)s) OR m.user_id IN (SELECT id FROM found)
                OR m.expert_id IN (SELECT id FROM found))
           AND (%(before)s::bigint IS NULL OR m.id < %(before)s)
         ORDER BY m.id DESC LIMIT %(limit)s)
        SELECT m.id, m.public_id, m.starts_at, m.state, m.payment, m.progress, m.price, m.service_title AS service,
               u.name AS "user", u.public_id AS user_id, x.name AS expert, x.public_id AS expert_id,
               m.ends_at <= clock.now AS over
          FROM clock, chosen JOIN meetings_meeting m ON m.id = chosen.id
          JOIN people_person u ON u.id = m.user_id JOIN people_person x ON x.id = m.expert_id
         ORDER BY m.id DESC""",
        {
            "q": q.replace("\x00", "").strip(),
            "words": words_of(q),
            "person": person.replace("\x00", ""),
            "before": before,
            "limit": limit + 1,
        },
    )
    return paged([MeetingRow(**row) for row in rows], numbers=[row["id"] for row in rows], limit=limit)
