"""The manuals in each language: built like the English ones, and true to the words of that language's pages."""

from __future__ import annotations

import re
from itertools import product

import pytest
from django.conf import settings
from django.test import Client
from django.utils.translation import override
from markdown_it import MarkdownIt

from expertim.meetings.facts import Act, NoticeKind, State
from expertim.meetings.words.acts import act_name
from expertim.meetings.words.labels import PAYMENTS, STATES
from expertim.meetings.words.notices import TITLES
from expertim.site import manual
from expertim.site.views_account import MOVEMENTS

pytestmark = pytest.mark.usefixtures("database")
LANGUAGES = [language for language in settings.COMPLETE_LANGUAGES if language != "en"]
EACH = list(product(LANGUAGES, manual.NAMES))
OPERATORS = {Act.SETTLE}


def _text(name: str, language: str) -> str:
    return manual.source(name, language=language).read_text()


def _built(name: str, language: str) -> list[str]:
    """What stands in it, without the words: headings and lists, rows of tables, pictures, where links lead."""
    tokens = MarkdownIt("commonmark", {"html": False}).enable("table").parse(_text(name, language))
    kinds = ("heading_open", "list_item_open", "tr_open", "td_open")
    parts = [one.tag for one in tokens if one.type in kinds]
    inner = [child for one in tokens for child in one.children or ()]
    parts += sorted(str(one.attrs["src"]) for one in inner if one.type == "image")
    return parts + sorted(str(one.attrs["href"]) for one in inner if one.type == "link_open")


@pytest.mark.parametrize(("language", "name"), EACH)
def test_it_is_built_like_the_english(language: str, name: str) -> None:
    assert _built(name, language) == _built(name, "en")


@pytest.mark.parametrize(("language", "name"), EACH)
def test_its_page_has_its_title_and_links_that_lead_somewhere(language: str, name: str) -> None:
    client, address = Client(headers={"accept-language": language}), f"/help/{name}/"
    page = client.get(address).content.decode()
    title = _text(name, language).splitlines()[0].removeprefix("# ")
    assert title != _text(name, "en").splitlines()[0].removeprefix("# ")
    assert f'<html lang="{language}"' in page
    assert re.search(rf"<h1[^>]*>\s*{re.escape(title)}\s*</h1>", page)
    for link in re.findall(r'<a href="([^"]+)"', page.partition("<main")[2].partition("</main>")[0]):
        path, _hash, anchor = link.partition("#")
        target = client.get(path or address).content.decode()
        assert not anchor or f'id="{anchor}"' in target, link


@pytest.mark.parametrize(("language", "name"), EACH)
def test_every_act_is_explained_by_its_name(language: str, name: str) -> None:
    told = _text(name, language).replace("\n", " ")
    with override(language):
        names = {act_name(act) for act in Act if name == "operator" or act not in OPERATORS}
    assert {one for one in names if one not in told} == set()


@pytest.mark.parametrize("language", LANGUAGES)
def test_notices_and_the_words_of_a_meeting_are_those_of_the_pages(language: str) -> None:
    user = _text("user", language)
    both = user + _text("expert", language)
    with override(language):
        assert [kind for kind in NoticeKind if f"| {TITLES[kind]} |" not in both] == []
        assert [state for state in State if f"| {STATES[state]} |" not in user] == []
        assert [str(word) for word in (*PAYMENTS.values(), *MOVEMENTS.values()) if str(word) not in user] == []
