"""Numbers and amounts as the reader's language writes them: the only place where credits become words."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache

from babel import Locale, UnknownLocaleError
from babel.lists import format_list
from django.utils.translation import get_language, gettext, ngettext, npgettext

from expertim.foundation.amounts import HUNDREDTHS, parse_amount

_SPACES = (" ", "\N{NO-BREAK SPACE}", "\N{NARROW NO-BREAK SPACE}")
_SEVERAL = 5  # a plural in every language of ours


class _Fraction(int):
    """What plural rules are asked about where an amount is no whole number (Czech and Slovak have a form for it)."""

    def __mod__(self, other: int) -> int:
        return 1


def amount_shown(hundredths: int) -> str:
    """At most two decimals: 2500 -> "25", 2550 -> "25.50"; in Czech 123450 -> "1 234,50"."""
    sign = "-" if hundredths < 0 else ""
    whole, part = divmod(abs(hundredths), HUNDREDTHS)
    point, group = _marks(get_language())
    return f"{sign}{whole:,}".replace(",", group) + (f"{point}{part:02d}" if part else "")


def amount_typed(hundredths: int) -> str:
    """As somebody would type it into a field: 2550 -> "25.50", in German "25,50"; nothing between thousands."""
    whole, part = divmod(hundredths, HUNDREDTHS)
    return f"{whole}{_marks(get_language())[0]}{part:02d}" if part else str(whole)


def parse_typed(text: str) -> int:
    """Hundredths of what a person has typed: "25,5" and "25.5" in every language, with thousands as theirs shows them.

    Raises ValueError for anything else: "1.234" is more than a thousand in German, and nothing in English.
    """
    _point, group = _marks(get_language())
    marks = "|".join(re.escape(mark) for mark in {group, *_SPACES})
    found = re.fullmatch(
        rf"([0-9]{{1,3}}(?:(?:{marks})[0-9]{{3}}){{1,2}}|[0-9]{{1,9}})(?:[.,]([0-9]{{1,2}}))?", text.strip(), re.ASCII
    )
    if not found:
        raise ValueError(f"not an amount: {text!r}")
    whole, part = re.sub("[^0-9]", "", found[1]), found[2]
    return parse_amount(f"{whole}.{part}" if part else whole)


def unreadable_amount() -> str:
    """What is said to whoever has typed no amount."""
    return gettext("Credits are written as {whole} or {part}.").format(
        whole=amount_typed(25 * HUNDREDTHS), part=amount_typed(25 * HUNDREDTHS + 50)
    )


def number_shown(number: int | str) -> str:
    """1000 -> "1,000"; a decimal comes as its text: "33.30" -> "33,30" in Czech."""
    whole, _point, part = str(number).partition(".")
    point, group = _marks(get_language())
    return f"{int(whole):,}".replace(",", group) + (f"{point}{part}" if part else "")


def credit_words(amount: int) -> str:
    """2500 -> "25 credits"; a sentence takes it as it is where nothing else in it goes by the number."""
    return ngettext("{amount} credit", "{amount} credits", plural_of(amount)).format(amount=amount_shown(amount))


def plural_of(amount: int) -> int:
    """What `ngettext` is asked with for an amount of credits: 100 -> 1, 250 -> a number with a fraction."""
    whole, part = divmod(amount, HUNDREDTHS)
    return _Fraction(_SEVERAL) if part else whole


def minutes_words(count: int) -> str:
    """60 -> "60 minutes", by itself or as a label's value."""
    return ngettext("{count} minute", "{count} minutes", count).format(count=number_shown(count))


def lasting_minutes(count: int) -> str:
    """For the middle of a sentence: in, for, within 60 minutes."""
    return npgettext("in, for, within or before …", "{count} minute", "{count} minutes", count).format(
        count=number_shown(count)
    )


def lasting_hours(count: int) -> str:
    """For the middle of a sentence: in, for, within 24 hours."""
    return npgettext("in, for, within or before …", "{count} hour", "{count} hours", count).format(
        count=number_shown(count)
    )


def listed(words: Iterable[str]) -> str:
    """a, b and c"""
    return format_list([str(word) for word in words], locale=locale_of(get_language()))


@cache
def _marks(language: str | None) -> tuple[str, str]:
    """What stands before decimals and between thousands; no line ends between thousands."""
    symbols = locale_of(language).number_symbols["latn"]
    return str(symbols["decimal"]), str(symbols["group"]).replace(" ", "\N{NO-BREAK SPACE}")


@cache
def locale_of(language: str | None) -> Locale:
    """What the Unicode consortium knows of a language; English for one that it does not know."""
    try:
        return Locale.parse((language or "en").replace("-", "_"))
    except (ValueError, UnknownLocaleError):
        return Locale("en")
