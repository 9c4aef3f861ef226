"""One's own settings, the language and the clock."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from expertim.people.actions import create_person
from expertim.people.forms import zone_choices
from expertim.people.models import Person, time_zones
from tests.people.visiting import some_email, visitor

pytestmark = pytest.mark.usefixtures("database")

CHANGED = {
    "name": "Alice B.",
    "time_zone": "Asia/Tokyo",
    "date_format": "YYYY-MM-DD HH:MM",
    "language": "de",
}


def test_settings_are_saved_and_nothing_else_of_the_person() -> None:
    person, client = create_person(email=some_email(), name="Alice"), visitor()
    client.force_login(person)
    assert client.post("/settings/", CHANGED)["Location"] == "/settings/"
    saved = Person.objects.get(pk=person.pk)
    assert {field: getattr(saved, field) for field in CHANGED} == CHANGED
    assert saved.email == person.email


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", ""),
        ("name", "x" * 121),
        ("name", "a\x00b"),
        ("time_zone", "Mars/Olympus"),
        ("time_zone", "../../etc/passwd"),
        ("time_zone", ""),
        ("date_format", "D/M/Y"),
        ("language", "xx"),
    ],
)
def test_a_refused_value_is_told_beside_its_field_and_the_rest_stays_typed(field: str, value: str) -> None:
    person, client = create_person(email=some_email(), name="Alice"), visitor()
    client.force_login(person)
    answer = client.post("/settings/", {**CHANGED, "name": "Typed Name", field: value})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert f'id="id_{field}_error"' in page
    assert Person.objects.get(pk=person.pk).name == "Alice"
    assert field == "name" or "Typed Name" in page
    assert ">Alice</a>" in page or "Alice" not in page  # the header never shows what was refused


def test_every_zone_can_be_chosen_once() -> None:
    grouped = [zones for _label, zones in zone_choices() if isinstance(zones, list)]
    names = [name for zones in grouped for name, _label in zones]
    assert sorted(names) == sorted(time_zones())
    assert {"Europe/Prague", "Asia/Calcutta", "Europe/Kiev", "UTC"} <= set(names)


def test_a_person_is_spoken_to_in_their_language_and_a_stranger_in_their_browsers(settings: Any) -> None:
    settings.COMPLETE_LANGUAGES = ("en", "cs", "de")
    person, client = create_person(email=some_email(), name="Alice", language="cs"), visitor()
    client.force_login(person)
    answer = client.get("/settings/", headers={"accept-language": "de"})
    assert '<html lang="cs">' in answer.content.decode()
    assert answer["Content-Language"] == "cs"
    assert '<html lang="de">' in visitor().get("/accounts/login/", headers={"accept-language": "de"}).content.decode()
    settings.COMPLETE_LANGUAGES = ("en",)  # half a page in each language would be worse than one
    assert '<html lang="en">' in client.get("/settings/").content.decode()


def test_the_settings_page_reads_session_and_person_at_once_and_little_more() -> None:
    person, client = create_person(email=some_email(), name="Alice"), visitor()
    client.force_login(person)
    with CaptureQueriesContext(connection) as queries:
        client.get("/settings/")
    [read] = [query["sql"] for query in queries if "django_session" in query["sql"] or "people_person" in query["sql"]]
    assert "FROM django_session s LEFT JOIN people_person p" in read
    assert len(queries) <= 3  # the skills wished, and the second address


def test_a_zone_the_database_of_zones_has_dropped_falls_back_to_utc() -> None:
    assert Person(time_zone="Gone/Away", date_format="YYYY-MM-DD HH:MM").clock.zone_key == "UTC"
