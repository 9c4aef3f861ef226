"""Amounts and numbers as each language writes them, with the word in the form that goes with them; what is typed."""

from __future__ import annotations

import pytest
from django.conf import settings
from django.utils.translation import gettext, ngettext, override
from django.utils.translation.trans_real import translation as catalogue
from hypothesis import given
from hypothesis import strategies as st

from expertim.foundation.collation import order
from expertim.foundation.numbers import (
    amount_shown,
    amount_typed,
    credit_words,
    listed,
    number_shown,
    parse_typed,
    plural_of,
)

LANGUAGES = [code for code, _name in settings.LANGUAGES]
SPACE = "\N{NO-BREAK SPACE}"
SHOWN = {
    "en": ("0", "25", "25.50", "1,234.50", "-0.01"),
    "cs": ("0", "25", "25,50", f"1{SPACE}234,50", "-0,01"),
    "sk": ("0", "25", "25,50", f"1{SPACE}234,50", "-0,01"),
    "de": ("0", "25", "25,50", "1.234,50", "-0,01"),
}


@pytest.mark.parametrize("language", LANGUAGES)
def test_an_amount_is_written_as_the_language_does(language: str) -> None:
    with override(language):
        assert tuple(amount_shown(n) for n in (0, 2500, 2550, 123_450, -1)) == SHOWN[language]


@given(st.integers(min_value=0, max_value=9_999_999_999), st.sampled_from(LANGUAGES))
def test_what_is_shown_can_be_typed(hundredths: int, language: str) -> None:
    with override(language):
        assert parse_typed(amount_shown(hundredths)) == hundredths
        assert parse_typed(amount_typed(hundredths)) == hundredths


@pytest.mark.parametrize(
    ("language", "text", "hundredths"),
    [
        ("en", "25,5", 2550),
        ("cs", "25.5", 2550),
        ("en", "1,234", 123_400),
        ("de", "1.234", 123_400),
        ("cs", "1 234", 123_400),
    ],
)
def test_either_mark_stands_before_decimals_and_the_language_s_own_between_thousands(
    language: str, text: str, hundredths: int
) -> None:
    with override(language):
        assert parse_typed(text) == hundredths


@pytest.mark.parametrize(
    ("language", "text"),
    [("en", "1.234"), ("cs", "1.234"), ("de", "1,234"), ("en", "12,34,56"), ("en", "-1"), ("en", "1e3"), ("en", "")],
)
def test_what_could_be_two_amounts_is_none(language: str, text: str) -> None:
    with override(language), pytest.raises(ValueError, match="not an amount"):
        parse_typed(text)


FORMS = {
    "cs": {0: 3, 100: 0, 200: 1, 400: 1, 500: 3, 150: 2, 10_050: 2},
    "sk": {0: 3, 100: 0, 200: 1, 400: 1, 500: 3, 150: 2, 10_050: 2},
    "de": {0: 1, 100: 0, 200: 1, 150: 1},
}


@pytest.mark.parametrize("language", FORMS)
def test_an_amount_asks_for_the_form_of_its_number(language: str) -> None:
    """1 kredit, 2 kredity, 1,50 kreditu, 5 kreditů: Django's rules, with a form for fractions in Czech and Slovak."""
    plural = catalogue(language).plural  # type: ignore[attr-defined]  # of Python's own GNUTranslations
    assert {amount: plural(plural_of(amount)) for amount in FORMS[language]} == FORMS[language]


CREDITS = {
    "en": ("1 credit", "2 credits", "1.50 credits", "5 credits"),
    "cs": ("1 kredit", "2 kredity", "1,50 kreditu", "5 kreditů"),
    "sk": ("1 kredit", "2 kredity", "1,50 kreditu", "5 kreditov"),
    "de": ("1 Credit", "2 Credits", "1,50 Credits", "5 Credits"),
}


@pytest.mark.parametrize("language", settings.COMPLETE_LANGUAGES)
def test_credits_are_counted_as_people_count(language: str) -> None:
    with override(language):
        assert tuple(credit_words(n).replace(SPACE, " ") for n in (100, 200, 150, 500)) == CREDITS[language]


def test_numbers_and_lists_follow_the_language() -> None:
    shown = {}
    for language in LANGUAGES:
        with override(language):
            shown[language] = (number_shown(1000), number_shown("33.30"), listed(["a", "b"]).replace(SPACE, " "))
    assert shown == {
        "en": ("1,000", "33.30", "a and b"),
        "cs": (f"1{SPACE}000", "33,30", "a a b"),
        "sk": (f"1{SPACE}000", "33,30", "a a b"),
        "de": ("1.000", "33,30", "a und b"),
    }


def test_words_are_ordered_as_a_reader_looks_for_them() -> None:
    words = ["čeština", "dánština", "Zulu", "angličtina", "cesta", "chorvatština", "hindština", "italština", "žluť"]
    assert sorted(words, key=lambda word: order(word, language="cs")) == [
        *("angličtina", "cesta", "čeština", "dánština", "hindština", "chorvatština", "italština", "Zulu", "žluť")
    ]
    german = ["Zulu", "Ägyptisch", "Arabisch", "Ukrainisch"]
    assert sorted(german, key=lambda word: order(word, language="de")) == [
        "Ägyptisch",
        "Arabisch",
        "Ukrainisch",
        "Zulu",
    ]
    assert order("a", language="en") != order("á", language="en")


@pytest.mark.parametrize("language", LANGUAGES)
def test_plurals_of_django_s_own_are_not_disturbed(language: str) -> None:
    with override(language):
        assert gettext("Yes")
        assert ngettext("%(count)d day", "%(count)d days", plural_of(150))
