"""Words and addresses in templates: quick, and the same as the slow way."""

from __future__ import annotations

import pytest
from django.test import override_settings
from django.urls import NoReverseMatch, get_script_prefix, set_script_prefix
from django.utils import translation
from markupsafe import Markup

from expertim.foundation.addresses import address
from expertim.foundation.worded import worded


def test_words_are_safe_and_what_is_filled_in_is_escaped():
    assert worded("A <b>bold</b> word") == Markup("A <b>bold</b> word")
    assert worded("Hello %(name)s", name="<Eve>") == Markup("Hello &lt;Eve&gt;")
    assert worded("%(part)s %% of it", part=20) == worded("20 %% of it") == Markup("20 % of it")


def test_words_follow_the_language_in_force():
    with translation.override("cs"):
        assert worded("Yes") == "Ano"
    with translation.override("en"):
        assert worded("Yes") == "Yes"


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
