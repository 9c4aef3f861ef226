"""Finding experts: one statement, whatever the number of rows; the order and the figures are in docs/finding.md."""

from __future__ import annotations

import json
import unicodedata
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from django.db import connection

from expertim.foundation.words import in_language

EXPERTS_PAGE = 20
MOST_WORDS = 8  # of a search; what is typed beyond them is left out
ANSWER_STEPS = (240, 1440, 2880, 4320)  # minutes within which somebody usually answers: shown so, and no finer
_LARGEST = 2**33


class Order(StrEnum):
    """In which order experts stand; names decide where the rest is alike."""

    FIT = "fit"
    NAME = "name"
    PRICE = "price"
    ANSWERS = "answers"
    HELD = "held"
    FREE = "free"


@dataclass(frozen=True, slots=True, kw_only=True)
class Search:
    """What is looked for in an Expertise (by id). Prices in hundredths; `reader` is whose wishes and favourites count.

    A word of `q` is found anywhere in name, texts, skills, services, position, company, industry and city, in any
    language, and stands for itself: % and _ mean nothing. `after` is the former page's `next`.
    """

    expertise: int
    reader: int | None = None
    skill: str | None = None
    q: str = ""
    language: str | None = None
    least_price: int | None = None
    most_price: int | None = None
    answers_within: int | None = None  # minutes
    least_held: int | None = None
    least_on_time: int | None = None  # percent
    free_within: int | None = None  # days
    favourites: bool = False
    order: Order = Order.NAME
    after: str | None = None
    limit: int = EXPERTS_PAGE


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundExpert:
    """An expert in a list; `id` is the person's public id, `from_price` the lowest price in hundredths.

    `answer_minutes` and `on_time_percent` are None where they would rest on too little.
    """

    id: str
    number: int  # models.Expert's id
    person_id: int
    name: str
    photo: str
    headline: str
    position: str
    company: str
    skills: tuple[str, ...]
    matching: int
    languages: tuple[str, ...]
    from_price: int | None
    reviews: int
    held: int
    answer_minutes: int | None
    on_time_percent: int | None
    favourite: bool
    paused_until: datetime | None  # takes no proposals before that


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundExperts:
    """One page of experts; `next` continues it."""

    rows: tuple[FoundExpert, ...]
    next: str | None


# Letters with accents fall apart into letter and accent, and the accent is dropped; these few do not fall apart.
_WHOLE_LETTERS = str.maketrans({"ł": "l", "ø": "o", "đ": "d", "ı": "i", "ß": "ss", "æ": "ae", "œ": "oe"})
_MATCHING = """(CASE WHEN wished.ids = '{}' THEN 0
                ELSE (SELECT count(*)::int FROM unnest(l.skills) k WHERE k = ANY (wished.ids)) END)"""
# Of each order what comes before the name, the smallest first. Whoever is new, with too little to count, stands in
# the middle of the steps of answering: neither ahead of the quick nor behind the slow.
_UNKNOWN_STEP = 2
_STEP = f"""coalesce(width_bucket(r.answer_minutes, ARRAY[{", ".join(str(most + 1) for most in ANSWER_STEPS)}]),
                     {_UNKNOWN_STEP})"""
_KEYS = {
    Order.FIT: (f"- {_MATCHING}", _STEP, "- coalesce(r.held, 0)"),
    Order.NAME: (),
    Order.PRICE: (f"coalesce(l.prices[1], {2**62})",),
    Order.ANSWERS: (f"coalesce(r.answer_minutes, {_LARGEST})", "- coalesce(r.held, 0)"),
    Order.HELD: ("- coalesce(r.held, 0)",),
    Order.FREE: (f"coalesce(extract(epoch FROM r.next_free_at)::bigint, {_LARGEST})",),
}
_EXPERTS = """
    WITH wished AS MATERIALIZED (
        SELECT coalesce(array_agg(w.skill_id), '{{}}') AS ids
          FROM expertise_skillwish w WHERE w.person_id = %(reader)s),
    page AS MATERIALIZED (
        SELECT l.*, r.held, r.answer_minutes, r.on_time_percent, {matching} AS matching,
               ARRAY[{keys}]::bigint[] AS keys,
               EXISTS (SELECT FROM expertise_favourite s
                        WHERE s.expert_id = l.expert_id AND s.person_id = %(reader)s) AS favourite
          FROM expertise_listing l
          LEFT JOIN expertise_reliability r ON r.expert_id = l.expert_id
         CROSS JOIN wished
         WHERE l.listed AND l.expertise_id = %(expertise)s
           AND {conditions}
         ORDER BY {order} LIMIT %(limit)s)
    SELECT g.public_id, e.id, p.id, g.name, p.photo, e.headline, coalesce(f.position, ''), coalesce(f.company, ''),
           (SELECT coalesce(jsonb_agg(k.name ORDER BY k.position, k.id), '[]')
              FROM expertise_skill k WHERE k.id = ANY (g.skills)),
           g.matching, g.languages, g.prices[1],
           (SELECT count(*) FROM reviews_review v WHERE v.expert_id = p.id AND v.hidden_at IS NULL),
           coalesce(g.held, 0), g.answer_minutes, g.on_time_percent, g.favourite,
           (SELECT a.paused_until FROM expertise_availability a
             WHERE a.person_id = p.id AND a.paused_until > platform_now()), g.keys
      FROM page g
      JOIN expertise_expert e ON e.id = g.expert_id
      JOIN people_person p ON p.id = e.person_id
      LEFT JOIN people_profile f ON f.person_id = p.id
     ORDER BY {shown}"""
_SKILL = """l.skills @> ARRAY[(SELECT k.id FROM expertise_skill k
                               WHERE k.expertise_id = %(expertise)s AND k.slug = %(skill)s)]"""
_FAVOURITE = """EXISTS (SELECT FROM expertise_favourite s
                       WHERE s.expert_id = l.expert_id AND s.person_id = %(reader)s)"""
_WORDS = "NOT EXISTS (SELECT FROM unnest(%(words)s::text[]) word WHERE strpos(l.searched, word) = 0)"
_PRICED = """EXISTS (SELECT FROM unnest(l.prices) price
                      WHERE price BETWEEN coalesce(%(least_price)s, 0) AND coalesce(%(most_price)s, price))"""


def folded(text: str) -> str:
    """Lower case without accents, as the search compares; the database's `expertise_folded` says the same."""
    apart = unicodedata.normalize("NFD", text.lower().translate(_WHOLE_LETTERS))
    return "".join(letter for letter in apart if not "\u0300" <= letter <= "\u036f")


def experts(search: Search) -> FoundExperts:
    """One page of the experts who fit everything that is looked for."""
    keys = _KEYS[search.order]
    asked = {
        "expertise": search.expertise,
        "reader": search.reader,
        "skill": search.skill,
        "words": folded(search.q.replace("\x00", "")).split()[:MOST_WORDS],
        "language": search.language,
        "least_price": search.least_price,
        "most_price": search.most_price,
        "answers_within": search.answers_within,
        "least_held": search.least_held,
        "least_on_time": search.least_on_time,
        "free_within": search.free_within,
        "limit": search.limit + 1,
    }
    place = _place(search.after, len(keys))
    if place is not None:
        asked |= {"after": place[-1]} | {f"key{at}": key for at, key in enumerate(place[:-1])}
    statement = _EXPERTS.format(
        matching=_MATCHING,
        keys=", ".join(keys),
        conditions=" AND ".join(_conditions(search, asked, keys, continued=place is not None)) or "true",
        order=", ".join([*keys, "l.name", "l.public_id"]),
        shown=", ".join([*(f"g.keys[{at}]" for at in range(1, len(keys) + 1)), "g.name", "g.public_id"]),
    )
    with connection.cursor() as cursor:
        cursor.execute(statement, asked)
        found = cursor.fetchall()
    shown = found[: search.limit]
    more = ".".join(str(part) for part in (*shown[-1][-1], shown[-1][0])) if len(found) > search.limit else None
    return FoundExperts(rows=tuple(_found(row) for row in shown), next=more)


def _conditions(search: Search, asked: dict[str, Any], keys: tuple[str, ...], *, continued: bool) -> list[str]:
    named = {
        _SKILL: search.skill is not None,
        _WORDS: bool(asked["words"]),
        "%(language)s::text = ANY (l.languages)": search.language is not None,
        _PRICED: search.least_price is not None or search.most_price is not None,
        "r.answer_minutes <= %(answers_within)s": search.answers_within is not None,
        "r.held >= %(least_held)s": search.least_held is not None,
        "r.on_time_percent >= %(least_on_time)s": search.least_on_time is not None,
        "r.next_free_at <= platform_now() + make_interval(days => %(free_within)s)": search.free_within is not None,
        _FAVOURITE: search.favourites,
    }
    conditions = [condition for condition, wanted in named.items() if wanted]
    if continued:
        mine = ", ".join([*keys, "l.name", "l.public_id"])
        last = "(SELECT p.name FROM people_person p WHERE p.public_id = %(after)s)"
        theirs = ", ".join([*(f"%(key{at})s::bigint" for at in range(len(keys))), last, "%(after)s"])
        conditions.append(f"({mine}) > ({theirs})")
    return conditions


def _place(after: str | None, keys: int) -> list[Any] | None:
    """Where a list goes on: the last one's keys and public id. Of another order, or made up: past everybody."""
    if after is None:
        return None
    *numbers, public_id = after.replace("\x00", "").split(".")
    try:
        read = [int(number) for number in numbers if len(number) < 20]
    except ValueError:
        read = []
    if len(read) != keys or any(abs(number) > 2**62 for number in read):
        return [*[2**62] * keys, ""]
    return [*read, public_id]


def _found(row: tuple[Any, ...]) -> FoundExpert:
    (
        public_id,
        number,
        person_id,
        name,
        photo,
        headline,
        position,
        company,
        skills,
        matching,
        languages,
        price,
        *rest,
    ) = row
    reviews, held, answer_minutes, on_time_percent, favourite, paused_until, _keys = rest
    return FoundExpert(
        id=public_id,
        number=number,
        person_id=person_id,
        name=name,
        photo=photo,
        headline=in_language(json.loads(headline)),
        position=position,
        company=company,
        skills=tuple(in_language(skill) for skill in json.loads(skills)),
        matching=matching,
        languages=tuple(languages),
        from_price=price,
        reviews=reviews,
        held=held,
        answer_minutes=answer_minutes,
        on_time_percent=on_time_percent,
        favourite=favourite,
        paused_until=paused_until,
    )
