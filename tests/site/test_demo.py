"""The start page of a demo: who to be, what to try; nowhere but in a movable installation."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client, override_settings

from expertim.people.models import Person
from expertim.site.cast import EXPERT, OPERATOR, USER, cast
from expertim.site.management.commands.demo import welcome
from expertim.site.tours import tours
from tests.conftest import PlatformClock
from tests.site.reading import text_of
from tests.world import person, world

pytestmark = pytest.mark.usefixtures("database")
PASSWORDS = {someone.email: someone.password for someone in cast()}


@pytest.fixture
def leads() -> Iterator[dict[str, Person]]:
    """Jana, Petr and the operator as the catalogue has them, and nobody by those names afterwards."""
    people = {}
    for email in (USER, EXPERT, OPERATOR):
        someone = person(is_staff=email == OPERATOR)
        someone.email = email
        someone.set_password(PASSWORDS[email])
        someone.save()
        people[email] = someone
    yield people
    for someone in people.values():
        Person.objects.filter(pk=someone.pk).update(email=f"was-{someone.pk}@example.org")


def be(client: Client, who: str) -> None:
    client.post("/demo/", {"who": who})


@pytest.mark.parametrize("email", [USER, EXPERT, OPERATOR])
def test_one_press_and_one_is_somebody(leads: dict[str, Person], email: str) -> None:
    client = Client()
    answer = client.post("/demo/", {"who": email})
    assert (answer.status_code, answer["Location"]) == (302, "/")
    assert client.session["_auth_user_id"] == str(leads[email].pk)


def test_being_somebody_else_leaves_the_former_session_behind(leads: dict[str, Person]) -> None:
    client = Client()
    be(client, USER)
    first = client.session.session_key
    be(client, EXPERT)
    assert client.session["_auth_user_id"] == str(leads[EXPERT].pk)
    assert client.session.session_key != first


@pytest.mark.parametrize(
    ("back", "leads_to"), [("/inbox/", "/inbox/"), ("https://evil.example/", "/"), ("//evil.example/", "/"), ("", "/")]
)
def test_a_tour_leads_to_pages_of_ours_only(leads: dict[str, Person], back: str, leads_to: str) -> None:
    assert Client().post("/demo/", {"who": USER, "back": back})["Location"] == leads_to


def test_nobody_outside_of_the_catalogue_can_be_entered(leads: dict[str, Person]) -> None:
    for who in ("", "nobody@example.org", person().email):
        client = Client()
        assert client.post("/demo/", {"who": who}).status_code == 404
        assert "_auth_user_id" not in client.session


def test_nobody_with_a_password_of_their_own_or_shut_out_can_be_entered(leads: dict[str, Person]) -> None:
    leads[USER].set_password("one of my own")
    leads[USER].save()
    Person.objects.filter(pk=leads[EXPERT].pk).update(is_active=False)
    for email in (USER, EXPERT):
        client = Client()
        answer = client.post("/demo/", {"who": email}, follow=True)
        assert "cannot be entered by this button any more" in answer.content.decode()
        assert "_auth_user_id" not in client.session


def test_a_form_from_elsewhere_enters_nobody(leads: dict[str, Person]) -> None:
    client = Client(enforce_csrf_checks=True)
    assert client.post("/demo/", {"who": USER}).status_code == 403
    assert "_auth_user_id" not in client.session


def test_where_the_clock_cannot_be_moved_there_is_no_start_page(leads: dict[str, Person]) -> None:
    with override_settings(MOVABLE_CLOCK=False):
        client = Client()
        assert client.get("/demo/").status_code == 404
        assert client.post("/demo/", {"who": USER}).status_code == 404
        assert "_auth_user_id" not in client.session


def test_the_page_has_people_tours_clock_and_mail(leads: dict[str, Person], clock: PlatformClock) -> None:
    page = text_of(Client(), "/demo/")
    assert re.findall(r"<h2[^>]*>(.*?)</h2>", page) == ["Who to be", "What to try", "The clock", "Mail and help"]
    assert [html.unescape(title) for title in re.findall(r"<h3>(\d\. .*?)</h3>", page)] == [
        "1. Propose a meeting",
        "2. Answer a proposal",
        "3. Move a date",
        "4. Cancel late and see the fee",
        "5. Say how it went",
        "6. Settle a dispute",
    ]
    for by in ("15m", "1h", "1d"):
        assert f'name="by" value="{by}"' in page
    assert 'href="/demo/mail/"' in page
    assert clock.now.strftime("%Y-%m-%d %H:%M") in page


def test_where_nobody_of_the_demo_is_there_one_is_told_how_to_come_in() -> None:
    assert not Person.objects.filter(email=USER).exists()
    page = text_of(Client(), "/demo/")
    assert "Make an account" in page
    assert "What to try" not in page


def test_each_tour_leads_to_a_meeting_that_is_ready_for_it(leads: dict[str, Person], clock: PlatformClock) -> None:
    clock.freeze(datetime(2031, 5, 5, 9, tzinfo=UTC))
    place = world()
    Person.objects.filter(pk=leads[USER].pk).update(email="aside@example.org")
    Person.objects.filter(pk=place.user.pk).update(email=USER)
    people = dict(Person.objects.filter(email__in=PASSWORDS).values_list("email", "pk"))
    try:
        far, near = (
            place.agreed(start=clock.now + timedelta(days=9)),
            place.agreed(start=clock.now + timedelta(hours=9)),
        )
        found = {tour.title: tour.address for tour in tours(people)}
        assert found["Cancel late and see the fee"] == f"/meetings/{near}/cancel/"
        assert found["Move a date"] in {f"/meetings/{one}/reschedule/" for one in (far, near)}
        assert found["Answer a proposal"] == ""
        clock.advance(timedelta(hours=12))
        found = {tour.title: tour.address for tour in tours(people)}
        assert found["Say how it went"] == f"/meetings/{near}/evaluate/"
        assert found["Cancel late and see the fee"] == ""
    finally:
        Person.objects.filter(pk=place.user.pk).update(email=f"was-{place.user.pk}@example.org")


def test_the_front_page_leads_strangers_there_and_nobody_else(leads: dict[str, Person]) -> None:
    assert 'href="/demo/"><strong>' in text_of(Client(), "/")
    client = Client()
    be(client, USER)
    assert 'href="/demo/"><strong>' not in text_of(client, "/")
    with override_settings(MOVABLE_CLOCK=False):
        assert "<strong>Choose who to be" not in text_of(Client(), "/")


def test_the_command_says_where_to_begin(leads: dict[str, Person]) -> None:
    said = welcome()
    assert "/demo/\n" in said
    assert "/demo/mail/" in said
    for email in leads:
        assert email in said
