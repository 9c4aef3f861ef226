"""Whose language a page speaks: the account's; a visitor's by choice, else their browser's; else English."""

from __future__ import annotations

import pytest
from django.test import Client
from django.utils.translation import override

from expertim.people.formats import Clock, city_of
from tests.site.reading import client_of
from tests.world import person

pytestmark = pytest.mark.usefixtures("database")


@pytest.fixture(autouse=True)
def _spoken(settings) -> None:
    settings.COMPLETE_LANGUAGES = ("en", "cs", "de")


def language_of(answer) -> str:
    return answer.content.decode().split('<html lang="')[1].split('"')[0]


@pytest.mark.parametrize(
    ("accepted", "spoken"), [("cs,en;q=0.5", "cs"), ("de-AT", "de"), ("fr, de;q=0.3", "de"), ("sk", "en"), ("xx", "en")]
)
def test_a_visitor_is_spoken_to_as_the_browser_asks(accepted: str, spoken: str) -> None:
    answer = Client(headers={"Accept-Language": accepted}).get("/legal/")
    assert (language_of(answer), answer["Content-Language"]) == (spoken, spoken)
    assert {"Accept-Language", "Cookie"} <= {one.strip() for one in answer["Vary"].split(",")}


def test_a_visitor_chooses_in_the_footer_without_script_and_stays_on_the_page() -> None:
    client = Client(headers={"Accept-Language": "en"})
    page = client.get("/legal/?chapter=1").content.decode()
    link = '<a href="/language/cs/?back=/legal/%3Fchapter%3D1" lang="cs" hreflang="cs" rel="nofollow">Čeština</a>'
    assert link in page
    assert "Slovenčina" not in page  # not complete here
    answer = client.get("/language/cs/?back=/legal/%3Fchapter%3D1")
    assert (answer.status_code, answer["Location"], answer["Cache-Control"]) == (302, "/legal/?chapter=1", "no-store")
    assert language_of(client.get("/legal/")) == "cs"
    assert 'aria-current="true">Čeština' in client.get("/legal/").content.decode()


@pytest.mark.parametrize("back", ["https://elsewhere.example/", "//elsewhere.example/", "help", "javascript:alert(1)"])
def test_choosing_a_language_leads_nowhere_else(back: str) -> None:
    assert Client().get("/language/de/", {"back": back})["Location"] == "/"


@pytest.mark.parametrize("code", ["sk", "fr", "EN"])
def test_a_language_that_is_not_complete_cannot_be_chosen(code: str) -> None:
    assert Client().get(f"/language/{code}/").status_code == 404


def test_the_account_s_language_goes_before_the_browser_s_and_the_cookie_s() -> None:
    client = client_of(person("jana", language="cs"))
    client.cookies["expertim_language"] = "de"
    answer = client.get("/legal/", headers={"Accept-Language": "de"})
    assert language_of(answer) == "cs"
    assert "/language/de/" not in answer.content.decode()


@pytest.mark.parametrize(("language", "city"), [("en", "Prague"), ("cs", "Praha"), ("de", "Prag")])
def test_a_zone_is_named_by_its_city_in_the_reader_s_language(language: str, city: str) -> None:
    with override(language):
        assert city_of("Europe/Prague") == Clock.of(time_zone="Europe/Prague", date_format="YYYY-MM-DD HH:MM").zone_name
        assert city_of("Europe/Prague") == city
        assert city_of("America/New_York") == "New York"
