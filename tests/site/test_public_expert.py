"""An expert's page for visitors: off until the expert says so, and nobody else's names on it."""

from __future__ import annotations

import json
import re
from datetime import timedelta
from typing import Any
from xml.etree import ElementTree

import pytest
from django.test import Client

from expertim.expertise.models import Expert
from expertim.meetings.facts import Act, By, Said
from expertim.people.models import Person, Profile
from tests.conftest import PlatformClock
from tests.site.reading import client_of
from tests.world import World, in_, person, world

pytestmark = pytest.mark.usefixtures("database")
EVIL = '</script><script>alert(1)</script> & "x" \u2028'


def open_page(place: World) -> str:
    answer = client_of(place.expert).post(f"/e/{place.expertise.slug}/visible/", {"public": "on"})
    assert answer.status_code == 302
    return address_of(place)


def address_of(place: World) -> str:
    return f"/experts/{place.expertise.slug}/{place.expert.public_id}/"


def said(answer: Any) -> str:
    """A page without what is of one request only: its token and its own address."""
    page = re.sub(r'name="csrfmiddlewaretoken" value="[^"]*"', "", answer.content.decode())
    return re.sub(r'name="back" value="[^"]*"|\?back=[^"]*"', "", page)


def structured(page: str) -> dict[str, Any]:
    found = re.findall(r'<script type="application/ld\+json">(.*?)</script>', page, re.DOTALL)
    assert len(found) == 1
    read: dict[str, Any] = json.loads(found[0])
    return read


def test_hidden_and_unknown_look_alike_until_the_expert_opens_the_page() -> None:
    place = world()
    hidden, unknown = Client().get(address_of(place)), Client().get(f"/experts/{place.expertise.slug}/nobody/")
    assert hidden.status_code == unknown.status_code == 404
    assert said(hidden) == said(unknown)
    assert Client().get(open_page(place)).status_code == 200
    client_of(place.expert).post(f"/e/{place.expertise.slug}/visible/", {"public": "off"})
    assert Client().get(address_of(place)).status_code == 404


def test_who_is_no_longer_listed_is_hidden_whatever_they_ticked() -> None:
    place = world()
    address = open_page(place)
    Expert.objects.filter(person=place.expert).update(active=False)
    assert Client().get(address).status_code == 404
    assert address not in Client().get("/sitemap.xml").content.decode()


def test_only_an_expert_opens_a_page_and_only_their_own() -> None:
    place = world()
    for who in (place.user, world().expert):
        assert client_of(who).post(f"/e/{place.expertise.slug}/visible/", {"public": "on"}).status_code == 404
    assert not Expert.objects.get(person=place.expert).public


def test_whoever_is_signed_in_is_led_to_the_inner_page() -> None:
    place = world()
    answer = client_of(person()).get(open_page(place))
    assert answer["Location"] == f"/e/{place.expertise.slug}/experts/{place.expert.public_id}/"


def test_visitors_read_the_words_but_not_who_wrote_them_nor_any_meeting(clock: PlatformClock) -> None:
    """V1."""
    place = world()
    Person.objects.filter(pk=place.user.pk).update(name="Bartholomew")
    meeting = place.agreed(start=in_(hours=2))
    clock.advance(timedelta(hours=3))
    place.act(By.USER, meeting, Act.EVALUATE, progress=Said.SMOOTH, stars=4, review="Splendid & fair")
    page = Client().get(open_page(place)).content.decode()
    assert "Splendid &amp; fair" in page
    assert "Somebody who met Erin, 2027" in page
    assert "1 held, 0 to come" in page
    for secret in ("Bartholomew", meeting, place.expert.email, "rating", "propose/?service"):
        assert secret not in page


def test_structured_data_says_who_it_is_and_can_run_nothing() -> None:
    place = world()
    Person.objects.filter(pk=place.expert.pk).update(name=f"Erin {EVIL}")
    Profile.objects.create(person=place.expert, company="Závod", city="Brno", languages=["cs", "de"])
    page = Client().get(open_page(place)).content.decode()
    read = structured(page)
    assert (read["@type"], read["mainEntity"]["name"]) == ("ProfilePage", f"Erin {EVIL}")
    assert read["mainEntity"]["worksFor"] == {"@type": "Organization", "name": "Závod"}
    assert read["mainEntity"]["knowsLanguage"] == ["cs", "de"]
    assert read["mainEntity"]["knowsAbout"] == ["Valuation"]
    assert "aggregateRating" not in page
    assert "alert(1)</script>" not in page
    assert f'<link rel="canonical" href="{read["url"]}">' in page


def test_only_the_front_page_and_open_pages_may_be_found_by_search_engines() -> None:
    place = world()
    address = open_page(place)
    assert Client().get(address)["X-Robots-Tag"] == Client().get("/")["X-Robots-Tag"] == "all"
    inner = f"/e/{place.expertise.slug}/experts/{place.expert.public_id}/"
    for path in (address_of(world()), f"{address}?reviews=10", "/accounts/login/", inner, "/nothing/", "/sitemap.xml"):
        assert Client().get(path)["X-Robots-Tag"] == "noindex", path
    assert client_of(place.user).get(inner)["X-Robots-Tag"] == "noindex"
    robots = Client().get("/robots.txt").content.decode()
    assert "Allow: /experts/\n" in robots
    assert "/sitemap.xml" in robots
    locations = [
        one.text or "" for one in ElementTree.fromstring(Client().get("/sitemap.xml").content).iter() if one.text
    ]
    assert any(location.endswith(address) for location in locations)
