"""Words and addresses in templates: quick, and the same as the slow way."""

from __future__ import annotations

import pytest
from django.test import override_settings
from django.urls import NoReverseMatch, get_script_prefix, set_script_prefix
from django.utils import translation

from expertim.foundation.addresses import address
from expertim.foundation.templates import environment


def said(template: str, *, on_a_page: bool = True, **given: object) -> str:
    return environment(autoescape=on_a_page).from_string(template).render(**given)


def test_words_are_safe_and_what_is_filled_in_is_escaped():
    assert said("{{ _('A <b>bold</b> word') }}") == "A <b>bold</b> word"
    assert said("{{ _('Hello %(name)s', name=name) }}", name="<Eve>") == "Hello &lt;Eve&gt;"
    assert said("{% trans name=name %}Hello {{ name }}{% endtrans %}", name="<Eve>") == "Hello &lt;Eve&gt;"
    assert said("{{ _('%(part)s %% of it', part=20) }}") == said("{{ _('20 %% of it') }}") == "20 % of it"


def test_a_text_that_is_no_html_is_left_as_it_is():
    hello = "{{ _('Hello %(name)s', name=name) }}"
    assert said(hello, on_a_page=False, name="<O'Brien>") == "Hello <O'Brien>"
    assert said("{{ _('20 %% of it') }}", on_a_page=False) == "20 % of it"


def test_words_follow_the_language_in_force():
    with translation.override("cs"):
        assert said("{{ _('Yes') }}") == "Ano"
    with translation.override("en"):
        assert said("{{ _('Yes') }}") == "Yes"


def test_an_address_is_remembered_for_its_place_only():
    assert address("meeting", "abc") == "/meetings/abc/"
    assert address("meeting", "abd") == "/meetings/abd/"
    before = get_script_prefix()
    set_script_prefix("/below/")
    try:
        assert address("meeting", "abc") == "/below/meetings/abc/"
    finally:
        set_script_prefix(before)
    with override_settings(ROOT_URLCONF="tests.foundation.no_routes"), pytest.raises(NoReverseMatch):
        address("meeting", "abc")
