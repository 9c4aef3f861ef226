"""What may stand in a body, a query and a path: how it is read, and how the document says so. One place for both."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from expertim.foundation.amounts import LARGEST_PRICE, amount_text, parse_amount
from expertim.meetings.typed import storable

Schema = dict[str, Any]
_MOMENT = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}(:[0-9]{2}(\.[0-9]{1,6})?)?(Z|[+-][0-9]{2}:[0-9]{2})"
)
_NEEDED = gettext_lazy("This is needed.")


class Wrong(ValueError):
    """A value is not what its place asks for; `words` are for whoever sent it."""

    def __init__(self, words: str | Promise) -> None:
        super().__init__(str(words))
        self.words = str(words)


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """How a value is read (raises Wrong), and its JSON Schema."""

    schema: Schema
    read: Callable[[Any], Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """A named value of a body or a query."""

    name: str
    kind: Kind
    about: str
    example: Any
    required: bool = False
    default: Any = field(default=None)  # for the document; what is not sent is not there


def taken(fields: Iterable[Field], given: Mapping[str, Any]) -> tuple[dict[str, Any], list[tuple[str, str]]]:
    """The values that were sent, read; and what is wrong, as pairs of field and words. Unknown names are left out."""
    values: dict[str, Any] = {}
    wrong: list[tuple[str, str]] = []
    for one in fields:
        value = given.get(one.name)
        if value is None:
            if one.required:
                wrong.append((one.name, str(_NEEDED)))
            continue
        try:
            values[one.name] = one.kind.read(value)
        except Wrong as error:
            wrong.append((one.name, error.words))
    return values, wrong


def _words(value: Any) -> str:
    if not isinstance(value, str):
        raise Wrong(_("This must be a text."))
    return value


def text(longest: int, *, shortest: int = 0) -> Kind:
    """Words of a person; what is too long is refused here, what is blank by the rules."""

    def read(value: Any) -> str:
        words = _words(value)
        if not storable(words):
            raise Wrong(_("There are characters in this text that cannot be kept."))
        if len(words) > longest:
            raise Wrong(_("Please be briefer: at most {most} characters.").format(most=longest))
        if len(words) < shortest:
            raise Wrong(_NEEDED)
        return words

    schema: Schema = {"type": "string", "maxLength": longest}
    return Kind(schema=schema | ({"minLength": shortest} if shortest else {}), read=read)


def name(longest: int = 100) -> Kind:
    """A slug, a code or an id: what it names is looked up later."""
    return text(longest, shortest=1)


def one_of(words: type[StrEnum] | tuple[str, ...]) -> Kind:
    """One of a few words; a StrEnum's are read as its members."""
    allowed = [str(word) for word in words]

    def read(value: Any) -> Any:
        if not isinstance(value, str) or value not in allowed:
            raise Wrong(_("This must be one of: {words}.").format(words=", ".join(allowed)))
        return words(value) if isinstance(words, type) else value

    return Kind(schema={"type": "string", "enum": allowed}, read=read)


def _amount(value: Any) -> int:
    try:
        hundredths = parse_amount(_words(value))
    except (ValueError, Wrong):
        raise Wrong(_("Write credits as a text, such as “25” or “25.00”.")) from None
    if hundredths > LARGEST_PRICE:
        raise Wrong(_("This is at most {most} credits.").format(most=amount_text(LARGEST_PRICE)))
    return hundredths


def _moment(value: Any) -> datetime:
    words = _words(value)
    if not _MOMENT.fullmatch(words):
        raise Wrong(_("Write a moment with its offset, such as 2027-03-28T09:00:00Z."))
    try:
        return datetime.fromisoformat(words)
    except ValueError:
        raise Wrong(_("There is no such moment.")) from None


def whole(least: int, most: int) -> Kind:
    """A whole number; never a text, a fraction or a truth value."""

    def read(value: Any) -> int:
        if isinstance(value, float) and value.is_integer():
            value = int(value)  # JSON knows one kind of number
        if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= most:
            raise Wrong(_("This must be a whole number from {least} to {most}.").format(least=least, most=most))
        return value

    return Kind(schema={"type": "integer", "minimum": least, "maximum": most}, read=read)


def counted(least: int, most: int) -> Kind:
    """A whole number in an address."""

    def read(value: Any) -> int:
        words = _words(value)
        if not (words.isascii() and words.isdecimal() and len(words) < 10 and least <= int(words) <= most):
            raise Wrong(_("This must be a whole number from {least} to {most}.").format(least=least, most=most))
        return int(words)

    return Kind(schema={"type": "integer", "minimum": least, "maximum": most}, read=read)


def _flag(value: Any) -> bool:
    if not isinstance(value, bool):
        raise Wrong(_("This must be true or false."))
    return value


AMOUNT = Kind(
    schema={
        "type": "string",
        "pattern": r"^[0-9]{1,5}(\.[0-9]{1,2})?$",
        "description": "Credits with at most two decimals; answered with two.",
    },
    read=_amount,
)
MOMENT = Kind(schema={"type": "string", "format": "date-time"}, read=_moment)
FLAG = Kind(schema={"type": "boolean"}, read=_flag)
