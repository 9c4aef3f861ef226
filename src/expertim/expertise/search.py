"""Finding experts by skill and by words: one statement, whatever the number of rows."""

from __future__ import annotations

import json
import unicodedata
from dataclasses import dataclass
from typing import Any

from django.db import connection

from expertim.foundation.words import in_language

EXPERTS_PAGE = 20
MOST_WORDS = 8  # of a search; what is typed beyond them is left out


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
