"""What mixes rooms, read as values: the header's one statement, the list of experts, the demo's clock."""

from __future__ import annotations

import json
import unicodedata
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection

from expertim.foundation.words import in_language

EXPERTS_PAGE = 20
MOST_WORDS = 8  # of a search; what is typed beyond them is left out


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


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundExpert:
    """An expert in a list; `id` is the person's public id, `from_price` the lowest price in hundredths."""

    id: str
    name: str
    headline: str
    skills: tuple[str, ...]
    from_price: int | None
    reviews: int


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundExperts:
    """One page of experts by name; `next` continues it."""

    rows: tuple[FoundExpert, ...]
    next: str | None


# Letters with accents fall apart into letter and accent, and the accent is dropped; these few do not fall apart.
_WHOLE_LETTERS = str.maketrans({"ł": "l", "ø": "o", "đ": "d", "ı": "i", "ß": "ss", "æ": "ae", "œ": "oe"})
_FOLDED = r"""lower(regexp_replace(normalize(replace(replace(replace(translate({text}, 'łŁøØđĐı', 'lLoOdDi'),
    'ß', 'ss'), 'æ', 'ae'), 'œ', 'oe'), NFD), '[\u0300-\u036f]', '', 'g'))"""
_TEXTS = """(SELECT string_agg(t #>> '{{}}', ' ') FROM jsonb_path_query({json}, 'strict $.**') t
    WHERE jsonb_typeof(t) = 'string')"""
_SERVED = """SELECT k.* FROM expertise_skill k WHERE k.expertise_id = e.expertise_id AND (
        EXISTS (SELECT FROM expertise_expert_skills es WHERE es.expert_id = e.id AND es.skill_id = k.id)
        OR EXISTS (SELECT FROM expertise_service s JOIN expertise_service_skills sk ON sk.service_id = s.id
                   WHERE s.expert_id = e.id AND s.active AND sk.skill_id = k.id))"""
_SEARCHED = f"""concat_ws(' ', p.name, {_TEXTS.format(json="e.headline")}, {_TEXTS.format(json="e.introduction")},
    (SELECT string_agg({_TEXTS.format(json="k.name")}, ' ') FROM ({_SERVED}) k),
    (SELECT string_agg({_TEXTS.format(json="s.title")}, ' ') FROM expertise_service s
      WHERE s.expert_id = e.id AND s.active))"""
_EXPERTS = f"""
    SELECT p.public_id, p.name, e.headline,
           (SELECT coalesce(jsonb_agg(k.name ORDER BY k.position, k.id), '[]') FROM ({_SERVED}) k),
           (SELECT min(s.price) FROM expertise_service s WHERE s.expert_id = e.id AND s.active),
           (SELECT count(*) FROM reviews_review r WHERE r.expert_id = p.id AND r.hidden_at IS NULL)
      FROM expertise_expert e JOIN people_person p ON p.id = e.person_id AND p.is_active
     WHERE e.active AND e.expertise_id = %(expertise)s
       AND (%(skill)s::text IS NULL OR EXISTS (SELECT FROM ({_SERVED}) k WHERE k.slug = %(skill)s))
       AND NOT EXISTS (SELECT FROM unnest(%(words)s::text[]) word
                        WHERE strpos({_FOLDED.format(text=_SEARCHED)}, word) = 0)
       AND (%(after)s::text IS NULL OR (p.name, p.public_id) > (
            SELECT last.name, last.public_id FROM people_person last WHERE last.public_id = %(after)s))
     ORDER BY p.name, p.public_id LIMIT %(limit)s"""


def folded(text: str) -> str:
    """Lower case without accents, as the search compares."""
    apart = unicodedata.normalize("NFD", text.lower().translate(_WHOLE_LETTERS))
    return "".join(letter for letter in apart if not "\u0300" <= letter <= "\u036f")


def experts(
    *, expertise: int, skill: str | None = None, q: str = "", after: str | None = None, limit: int = EXPERTS_PAGE
) -> FoundExperts:
    """One page of the experts of an Expertise (id), by name; of one skill, and with all the words of `q`.

    A word is found anywhere in name, introduction, skills and services, in any language, and stands for itself:
    % and _ mean nothing. `after` is the former page's `next`.
    """
    asked = {
        "expertise": expertise,
        "skill": skill,
        "words": folded(q.replace("\x00", "")).split()[:MOST_WORDS],
        "after": after.replace("\x00", "") if after else None,
        "limit": limit + 1,
    }
    with connection.cursor() as cursor:
        cursor.execute(_EXPERTS, asked)
        found = [_found(row) for row in cursor.fetchall()]
    rows = tuple(found[:limit])
    return FoundExperts(rows=rows, next=rows[-1].id if len(found) > limit else None)


def _found(row: tuple[Any, ...]) -> FoundExpert:
    public_id, name, headline, skills, from_price, reviews = row
    return FoundExpert(
        id=public_id,
        name=name,
        headline=in_language(json.loads(headline)),
        skills=tuple(in_language(skill) for skill in json.loads(skills)),
        from_price=from_price,
        reviews=reviews,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class ExpertFigures:
    """How many meetings an expert has held in an Expertise, and what the reader has with them, in both roles."""

    held: int
    our_scheduled: int
    our_held: int


def expert_figures(*, expert: int, expertise: int, reader: int) -> ExpertFigures:
    """In one statement; scheduled and held as B1 and B2 count them."""
    with connection.cursor() as cursor:
        cursor.execute(
            """WITH clock AS MATERIALIZED (SELECT platform_now() AS now), ours AS (
                SELECT state, ends_at FROM meetings_meeting WHERE user_id = %(reader)s AND expert_id = %(expert)s
                UNION ALL
                SELECT state, ends_at FROM meetings_meeting WHERE user_id = %(expert)s AND expert_id = %(reader)s)
            SELECT (SELECT count(*) FROM meetings_meeting m WHERE m.expert_id = %(expert)s
                       AND m.expertise_id = %(expertise)s AND m.state = 'agreed' AND m.ends_at <= clock.now),
                   (SELECT count(*) FROM ours WHERE state IN ('awaiting_approval', 'agreed') AND ends_at > clock.now),
                   (SELECT count(*) FROM ours WHERE state = 'agreed' AND ends_at <= clock.now)
              FROM clock""",
            {"expert": expert, "expertise": expertise, "reader": reader},
        )
        held, our_scheduled, our_held = cursor.fetchone()
    return ExpertFigures(held=held, our_scheduled=our_scheduled, our_held=our_held)


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
