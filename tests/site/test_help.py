"""The manuals: for everybody, whole, and true to the words of the pages."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.contrib.staticfiles import finders
from django.test import Client

from expertim.meetings.facts import Act, NoticeKind, State
from expertim.meetings.views_acts import ACTS, HELP
from expertim.meetings.words.acts import act_name
from expertim.meetings.words.labels import PAYMENTS, STATES
from expertim.meetings.words.notices import TITLES
from expertim.site import manual
from expertim.site.views_account import MOVEMENTS
from tests.site.reading import client_of, text_of
from tests.world import person

pytestmark = pytest.mark.usefixtures("database")
ADDRESSES = ["/help/", *(f"/help/{name}/" for name in manual.NAMES)]
TEXTS = {name: (manual.FOLDER / f"{name}.md").read_text() for name in manual.NAMES}
MOST_BYTES = 1_500_000  # of all pictures together
OPERATORS = {Act.SETTLE}
ANCHORS = (
    "propose",
    "answer",
    "confirm",
    "reject",
    "withdraw",
    "another-date",
    "cancel",
    "join",
    "evaluate",
    "disputes",
)


@pytest.mark.parametrize("address", ADDRESSES)
def test_everybody_may_read_it(address: str) -> None:
    for client in (Client(), client_of(person())):
        page = text_of(client, address)
        assert len(re.findall(r"<h1", page)) == 1
        assert "style=" not in page


@pytest.mark.parametrize("address", ["/help/nobody/", "/help/.md/", "/help/USER/"])
def test_there_are_no_other_manuals(address: str) -> None:
    assert Client().get(address).status_code == 404


@pytest.mark.parametrize("address", ADDRESSES)
def test_links_lead_somewhere(address: str) -> None:
    client = Client()
    links = re.findall(r'<a href="([^"]+)"', text_of(client, address).partition("<main")[2].partition("</main>")[0])
    assert links
    for link in links:
        path, _hash, anchor = link.partition("#")
        target = text_of(client, path or address)
        assert not anchor or f'id="{anchor}"' in target, link


@pytest.mark.parametrize("name", ["user", "operator", "expert"])
def test_pictures_are_there_described_and_of_a_known_size(name: str) -> None:
    pictures = re.findall(r"<img ([^>]+)>", text_of(Client(), f"/help/{name}/"))
    assert len(pictures) == TEXTS[name].count("![") > 0
    for picture in pictures:
        given = dict(re.findall(r'([a-z]+)="([^"]*)"', picture))
        assert finders.find(given["src"].removeprefix("/static/"))
        assert len(given["alt"]) > 5
        assert int(given["width"]) in (390, 1280)
        assert int(given["height"]) > 300


def test_pictures_are_small_and_each_is_used() -> None:
    folder = Path(str(finders.find("site/pictures")))
    kept = {file.name: file.stat().st_size for file in folder.iterdir()}
    assert sum(kept.values()) < MOST_BYTES
    root = Path(__file__).resolve().parents[2]
    told = "".join(TEXTS.values()) + (root / "README.md").read_text()
    assert set(kept) == set(re.findall(r"pictures/([a-z-]+\.png)", told))


@pytest.mark.parametrize("act", list(Act))
def test_every_act_is_explained_by_its_name(act: Act) -> None:
    readers = ("operator",) if act in OPERATORS else manual.NAMES
    for reader in readers:
        assert act_name(act) in TEXTS[reader].replace("\n", " "), reader


@pytest.mark.parametrize("kind", list(NoticeKind))
def test_every_notice_is_explained_by_its_title(kind: NoticeKind) -> None:
    of_both = " ".join(TEXTS[name] for name in ("user", "expert"))
    assert f"| {TITLES[kind]} |" in of_both


def test_the_user_is_told_what_each_word_of_a_meeting_means() -> None:
    for state in State:
        assert f"| {STATES[state]} |" in TEXTS["user"]
    for word in (*PAYMENTS.values(), *MOVEMENTS.values()):
        assert str(word) in TEXTS["user"]


def test_the_page_of_each_act_leads_to_a_chapter() -> None:
    assert HELP.keys() == set(ACTS.values())


@pytest.mark.parametrize("name", ["user", "expert"])
def test_pages_can_lead_to_the_chapter_that_explains_them(name: str) -> None:
    page = text_of(Client(), f"/help/{name}/")
    assert [one for one in (*ANCHORS, *HELP.values(), "credits", "notices") if f'id="{one}"' not in page] == []


@pytest.mark.parametrize("name", manual.NAMES)
def test_the_docs_show_the_same_text(name: str) -> None:
    stub = (Path(__file__).resolve().parents[2] / "docs" / "manual" / f"{name}.md").read_text()
    assert f"../../src/expertim/site/manual/{name}.md" in stub
