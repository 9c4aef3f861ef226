"""Device zone against profile zone: one click to change, one to keep; what a browser made up changes nothing."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.test import Client

from expertim.people.models import Person
from tests.people.visiting import visitor
from tests.world import person

pytestmark = pytest.mark.usefixtures("database")
ADDRESS = "/settings/zone/"
PRAGUE, LONDON = "Europe/Prague", "Europe/London"


def somebody(zone: str = PRAGUE) -> tuple[Person, Client]:
    someone, client = person(time_zone=zone), visitor()
    client.force_login(someone)
    return someone, client


def bar_of(client: Client, address: str = "/inbox/") -> str:
    found = re.search(r"<aside[^>]*id=\"zone-bar\".*?</aside>", client.get(address).content.decode(), re.DOTALL)
    return found[0] if found else ""


def zone_of(someone: Person) -> str:
    return Person.objects.get(pk=someone.pk).time_zone


def said(client: Client, address: str = "/inbox/") -> str:
    return " ".join(re.findall(r'<p class="message \w+">([^<]+)</p>', client.get(address).content.decode()))


def test_the_bar_is_hidden_and_without_words_until_a_script_fills_it() -> None:
    _someone, client = somebody()
    bar = bar_of(client)
    assert " hidden " in bar
    assert f'data-zone="{PRAGUE}"' in bar
    assert not re.sub(r"<[^>]+>|\s", "", bar)
    assert bar_of(visitor(), "/accounts/login/") == ""


def test_one_click_shows_all_times_for_the_device_s_zone() -> None:
    someone, client = somebody()
    answer = client.post(ADDRESS, {"device": LONDON, "answer": "change", "back": "/inbox/?before=9"})
    assert answer["Location"] == "/inbox/?before=9"
    assert zone_of(someone) == LONDON
    assert said(client) == "All times are now shown for London, no longer for Prague. No meeting has been moved."
    assert f'data-zone="{LONDON}"' in bar_of(client)


def test_one_click_keeps_the_profile_s_and_is_remembered_for_that_pair() -> None:
    someone, client = somebody()
    answer = client.post(ADDRESS, {"device": LONDON, "answer": "keep", "back": "/inbox/"})
    assert answer["Location"] == "/inbox/"
    assert zone_of(someone) == PRAGUE
    assert "All times stay shown for Prague." in said(client)
    assert f'data-kept="{LONDON}~{PRAGUE}"' in bar_of(client)
    client.post(ADDRESS, {"device": "America/New_York", "answer": "keep"})
    assert f'data-kept="{LONDON}~{PRAGUE}|America/New_York~{PRAGUE}"' in bar_of(client)
    assert client.cookies["expertim_zones"]["httponly"]


def test_only_the_last_few_pairs_are_remembered_and_only_pairs() -> None:
    _someone, client = somebody()
    client.cookies["expertim_zones"] = 'x|<script>~x|Mars/Base~Europe/Prague|"~"'
    for zone in ("Asia/Tokyo", "Asia/Seoul", "Asia/Kolkata", "Asia/Dubai", "UTC", LONDON, "UTC"):
        client.post(ADDRESS, {"device": zone, "answer": "keep"})
    kept = client.cookies["expertim_zones"].value.split("|")
    assert [pair.split("~")[0] for pair in kept] == ["Asia/Seoul", "Asia/Kolkata", "Asia/Dubai", LONDON, "UTC"]


@pytest.mark.parametrize(
    "sent",
    [
        {"device": "Mars/Base", "answer": "change"},
        {"device": "../../etc/passwd", "answer": "keep"},
        {"device": "", "answer": "change"},
        {"device": "Europe/London\x00", "answer": "change"},
        {"device": LONDON, "answer": "perhaps"},
        {"device": LONDON},
        {},
    ],
)
def test_what_no_browser_says_changes_nothing_and_leads_to_the_list(sent: dict[str, Any]) -> None:
    someone, client = somebody()
    assert client.post(ADDRESS, sent)["Location"] == "/settings/"
    assert zone_of(someone) == PRAGUE
    assert "expertim_zones" not in client.cookies
    assert said(client).startswith("Nothing has been changed.")


@pytest.mark.parametrize("back", ["https://elsewhere.example/", "//elsewhere.example", "settings/", "", "/\\x.example"])
def test_nobody_is_led_elsewhere(back: str) -> None:
    _someone, client = somebody()
    assert client.post(ADDRESS, {"device": LONDON, "answer": "change", "back": back})["Location"] == "/settings/"


def test_only_by_post_and_only_for_who_is_signed_in() -> None:
    _someone, client = somebody()
    assert client.get(ADDRESS).status_code == 405
    answer = visitor().post(ADDRESS, {"device": LONDON, "answer": "change"})
    assert answer["Location"].startswith("/accounts/login/")
    assert visitor(enforce_csrf_checks=True).post(ADDRESS, {"device": LONDON}).status_code in (302, 403)
