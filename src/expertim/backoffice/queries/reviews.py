"""Public texts, hidden ones too, and beside them the stars that nobody but operators sees (V1)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from expertim.backoffice.queries.reading import PAGE, Page, Row, every_word_in, paged, read, words_of

LISTS = {"all": "true", "public": "r.hidden_at IS NULL", "hidden": "r.hidden_at IS NOT NULL"}


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewRow:
    """One text; `stars` are those of the two people's meetings, the latest first."""

    id: int
    text: str
    written_at: datetime
    hidden_at: datetime | None
    note: str
    reply: str | None
    reply_hidden: bool
    user: str
    user_id: str
    expert: str
    expert_id: str
    stars: list[Row]


_SELECT = """SELECT r.id, r.text, r.written_at, r.hidden_at, r.hidden_note AS note,
           y.text AS reply, y.hidden_at IS NOT NULL AS reply_hidden, u.name AS "user",
           u.public_id AS user_id, x.name AS expert, x.public_id AS expert_id,
           (SELECT coalesce(jsonb_agg(jsonb_build_object('stars', s.stars, 'meeting', s.public_id) ORDER BY s.id DESC),
                            '[]')
              FROM (SELECT s.id, s.stars, m.public_id FROM meetings_statement s
                      JOIN meetings_meeting m ON m.id = s.meeting_id
                     WHERE m.user_id = r.user_id AND m.expert_id = r.expert_id AND s.stars IS NOT NULL
                     ORDER BY s.id DESC LIMIT 5) s) AS stars
      FROM reviews_review r JOIN people_person u ON u.id = r.user_id JOIN people_person x ON x.id = r.expert_id
      LEFT JOIN reviews_reply y ON y.review_id = r.id"""


def reviews(*, which: str, q: str = "", before: int | None = None, limit: int = PAGE) -> Page[ReviewRow]:
    """The latest made first; each word of `q` in the text or in one of the names."""
    rows = read(
        f"""{_SELECT} WHERE {LISTS[which]} AND {every_word_in("concat_ws(' ', r.text, u.name, x.name)")}
               AND (%(before)s::bigint IS NULL OR r.id < %(before)s)
             ORDER BY r.id DESC LIMIT %(limit)s""",
        {"words": words_of(q), "before": before, "limit": limit + 1},
    )
    return paged([ReviewRow(**row) for row in rows], numbers=[row["id"] for row in rows], limit=limit)


def review(number: int) -> ReviewRow | None:
    rows = read(f"{_SELECT} WHERE r.id = %(number)s", {"number": number})
    return ReviewRow(**rows[0]) if rows else None
