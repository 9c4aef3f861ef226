"""What meets a newcomer: one question after signing up, and hints that are put away for good."""

from __future__ import annotations

from typing import Any

import pytest

from expertim.people.models import Person
from tests.meetings.visiting import Visitor, text_of, words_of
from tests.people.visiting import sign_up, some_email, visitor
from tests.world import expertise, person

pytestmark = pytest.mark.usefixtures("database")


def test_a_newcomer_is_greeted_once_and_led_where_they_choose(settings: Any) -> None:
    settings.EMAIL_BACKEND = "expertim.outbox.mail.OutboxBackend"  # Django's test runner swaps it
    client, field = visitor(), expertise()
    newcomer = sign_up(client, email=some_email())
    assert newcomer.welcomed_at is None
    assert client.get("/")["Location"] == "/welcome/"
    assert "Prague" in words_of(client.get("/welcome/"))
    assert client.post("/welcome/", {"expertise": field.slug})["Location"] == f"/e/{field.slug}/"
    assert client.get("/").status_code == 200
    first = Person.objects.get(pk=newcomer.pk).welcomed_at
    client.post("/welcome/", {"to": "profile"})
    assert Person.objects.get(pk=newcomer.pk).welcomed_at == first


@pytest.mark.parametrize(
    ("sent", "where"), [({"to": "profile"}, "/settings/profile/"), ({}, "/"), ({"expertise": "a\x00b"}, "/")]
)
def test_whoever_chooses_nothing_may_look_around(sent: dict[str, str], where: str) -> None:
    assert Visitor(person("alice")).post("/welcome/", sent)["Location"] == where


def test_people_who_were_here_before_are_not_greeted() -> None:
    assert Visitor(person("alice")).get("/").status_code == 200


@pytest.mark.parametrize("page", ["/meetings/", "/account/"])
def test_a_hint_is_put_away_for_good_and_the_others_stay(page: str) -> None:
    reader = Visitor(person("alice"))
    assert "hint-box" in text_of(reader.get(page))
    hint = page.strip("/")
    answer = reader.post("/settings/hints/", {"hint": hint, "back": page})
    assert answer["Location"] == page
    assert "hint-box" not in text_of(reader.get(page))
    assert Person.objects.get(pk=reader.person.pk).hints_off == [hint]
    reader.post("/settings/hints/", {"hint": "x" * 200, "back": "//evil.example"})
    assert Person.objects.get(pk=reader.person.pk).hints_off == [hint]
