"""Statements in, rows out: JSON columns read, moments as they come."""

from __future__ import annotations

import json
import unicodedata
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from django.db import connection

Row = dict[str, Any]
T = TypeVar("T")

PAGE = 25
MOST_WORDS = 8  # of a search; what is typed beyond them is left out
_JSONB = 3802  # PostgreSQL's own number of the type
# Letters without their accents: Jose finds José.
_FOLDED = r"lower(regexp_replace(normalize({text}, NFD), '[\u0300-\u036f]', '', 'g'))"


@dataclass(frozen=True, slots=True, kw_only=True)
class Page(Generic[T]):
    """One page of a list; `older` is the number to ask the next one with, None at the end."""

    rows: tuple[T, ...]
    older: int | None


def read(statement: str, asked: Row | None = None) -> list[Row]:
    with connection.cursor() as cursor:
        cursor.execute(statement, asked or {})
        described = cursor.description or ()
        return [
            {
                column.name: json.loads(value) if column.type_code == _JSONB and value is not None else value
                for column, value in zip(described, row, strict=True)
            }
            for row in cursor.fetchall()
        ]


def paged(made: list[T], *, numbers: list[int], limit: int = PAGE) -> Page[T]:
    """A page of rows of which one more than `limit` had been asked for; `numbers` are what they go on by."""
    return Page(rows=tuple(made[:limit]), older=numbers[limit - 1] if len(made) > limit else None)


def words_of(text: str) -> list[str]:
    """What is searched for, word by word, without case and accents."""
    apart = unicodedata.normalize("NFD", text.replace("\x00", "").lower())
    return "".join(letter for letter in apart if not "\u0300" <= letter <= "\u036f").split()[:MOST_WORDS]


def every_word_in(text: str) -> str:
    """A condition: each of %(words)s stands somewhere in a text; % and _ mean nothing."""
    folded = _FOLDED.format(text=text)
    return f"NOT EXISTS (SELECT FROM unnest(%(words)s::text[]) word WHERE strpos({folded}, word) = 0)"
