"""How each value of the catalogue file is written."""

from __future__ import annotations

import re
from decimal import Decimal
from functools import partial

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, validate_email
from django.db.models import Field
from django.utils.translation import gettext as _
from yaml.nodes import MappingNode, Node, ScalarNode

from expertim.expertise.catalogue.rows import Text
from expertim.expertise.models import PERCENTS, POLICY, Expertise
from expertim.foundation.amounts import LARGEST_PRICE, parse_amount
from expertim.foundation.durations import LONGEST_MINUTES, SHORTEST_MINUTES
from expertim.foundation.lined import Reader, Wrong, literal, one_of, plain_text, whole
from expertim.foundation.numbers import amount_shown
from expertim.people.formats import DATE_FORMATS
from expertim.people.models import time_zones

LANGUAGES = tuple(code for code, _name in settings.LANGUAGES)
_LARGEST_GRANT = 100_000_000  # a million credits, as the ledger has it

date_format = partial(one_of, names=DATE_FORMATS)
language = partial(one_of, names=LANGUAGES)
minutes = partial(whole, least=SHORTEST_MINUTES, most=LONGEST_MINUTES)


def slug(node: Node) -> str:
    text = plain_text(node)
    if not re.fullmatch(r"[A-Za-z0-9_-]{1,60}", text):
        raise Wrong(_("“{text}” is not a short name: up to 60 letters a–z, digits and hyphens.").format(text=text))
    return text


def text_of(node: Node, *, longest: int) -> Text:
    """A text, or one per language."""
    if not isinstance(node, MappingNode):
        return plain_text(node, longest=longest)
    texts: dict[str, str] = {}
    for key, value in node.value:
        code = key.value if isinstance(key, ScalarNode) else ""
        if code not in LANGUAGES:
            raise Wrong(_("“{code}” is none of the languages {names}.").format(code=code, names=", ".join(LANGUAGES)))
        if code in texts:
            raise Wrong(_("The language “{code}” stands here twice.").format(code=code))
        texts[code] = plain_text(value, longest=longest)
    if not texts:
        raise Wrong(_("The text is empty."))
    return texts


name = partial(text_of, longest=200)
long_text = partial(text_of, longest=5000)


def person_name(node: Node) -> str:
    return plain_text(node, longest=120)


def password(node: Node) -> str:
    if not settings.MOVABLE_CLOCK:
        raise Wrong(_("Passwords are read only where the clock may be moved; people choose their own."))
    return plain_text(node, longest=128)


def email(node: Node) -> str:
    text = plain_text(node, longest=254).strip().lower()
    try:
        validate_email(text)
    except ValidationError:
        raise Wrong(_("“{text}” is not an e-mail address.").format(text=text)) from None
    return text


def time_zone(node: Node) -> str:
    text = plain_text(node)
    if text not in time_zones():
        raise Wrong(_("There is no time zone “{text}”.").format(text=text))
    return text


def amount(node: Node, *, most: int) -> int:
    """Hundredths from "25.00" or 25. An unquoted 25.00 is refused: the next program would read a float."""
    written = literal(node, "str", "int")
    if literal(node, "int") is not None and len(written or "") > 1 and (written or "").startswith("0"):
        written = None  # YAML reads 010 as eight
    try:
        hundredths = parse_amount(written or "")
    except ValueError:
        raise Wrong(_('Here must stand an amount in quotes with at most two decimals, such as "25.00".')) from None
    if hundredths > most:
        raise Wrong(_("The most that may stand here is {most}.").format(most=amount_shown(most)))
    return hundredths


price = partial(amount, most=LARGEST_PRICE)
opening = partial(amount, most=_LARGEST_GRANT)


def percent(node: Node) -> Decimal:
    written = literal(node, "str", "int", "float") or ""
    if not re.fullmatch(r"[0-9]{1,3}(\.[0-9]{1,2})?", written, re.ASCII) or Decimal(written) > 100:
        raise Wrong(_("Here must stand a percentage from 0 to 100 with at most two decimals."))
    return Decimal(written)


def policy_reader(field: str) -> Reader[int | Decimal]:
    """How this policy value is written; its limits are those of the model."""
    if field in PERCENTS:
        return percent
    column = Expertise._meta.get_field(field)
    assert isinstance(column, Field)
    most = min(int(check.limit_value) for check in column.validators if isinstance(check, MaxValueValidator))
    return partial(amount, most=most) if field == "review_bonus" else partial(whole, least=0, most=most)


POLICY_READERS = {field: policy_reader(field) for field in POLICY}
