"""A second address: proved by a code, it gets one in; each change is told, and a stranger learns nothing of it."""

from __future__ import annotations

import io
import json
import zipfile
from typing import Any

import psycopg
import pytest
from allauth.account.models import EmailAddress
from django.core.cache import cache
from django.test import Client

from expertim.people import leaving
from expertim.people.actions import create_person
from expertim.people.models import Person
from tests.conftest import Installation
from tests.meetings.visiting import Visitor
from tests.people.visiting import PASSWORD, code_in, link_in, mails_to, sign_up_fields, signed_in, some_email, visitor
from tests.world import in_, together, world

pytestmark = pytest.mark.usefixtures("database")
PAGE = "/accounts/email/"


@pytest.fixture(autouse=True)
def _mail_is_written_to_the_outbox(settings: Any) -> None:
    settings.EMAIL_BACKEND = "expertim.outbox.mail.OutboxBackend"  # Django's test runner swaps it


def somebody(**given: Any) -> tuple[Person, Client]:
    """Who has just shown their password."""
    made = create_person(**{"email": some_email(), "name": "Alice", "password": PASSWORD, **given})
    client = visitor()
    client.post("/accounts/login/", {"login": made.email, "password": PASSWORD})
    client.post("/accounts/reauthenticate/", {"password": PASSWORD})
    return made, client


def added(client: Client, email: str) -> None:
    assert client.post(PAGE, {"email": email, "action_add": ""})["Location"] == "/accounts/confirm-email/"
    client.post("/accounts/confirm-email/", {"code": code_in(mails_to(email)[-1])})


def held(person: Person) -> dict[str, bool]:
    """Each proved address of theirs, and whether it is the main one."""
    return dict(EmailAddress.objects.filter(user=person, verified=True).values_list("email", "primary"))


def by_code(client: Client, email: str) -> Any:
    client.post("/accounts/login/code/", {"email": email})
    return client.post("/accounts/login/code/typed/", {"code": code_in(mails_to(email)[-1])})


def test_a_second_address_counts_once_its_code_is_typed_and_the_main_one_is_told() -> None:
    alice, client = somebody()
    second = some_email("second")
    client.post(PAGE, {"email": second.upper(), "action_add": ""})
    assert held(alice) == {alice.email: True}
    assert f"a code to {second}" in client.get(PAGE).content.decode()
    assert client.post("/accounts/confirm-email/", {"code": "AAAA-AAAA"}).status_code == 200
    assert held(alice) == {alice.email: True}
    confirmed = client.post("/accounts/confirm-email/", {"code": code_in(mails_to(second)[-1])})
    assert confirmed["Location"] == PAGE
    assert held(alice) == {alice.email: True, second: False}
    assert second in mails_to(alice.email)[-1]["body"]
    assert "Whoever reads mail there can sign in" in mails_to(alice.email)[-1]["body"]
    settings = client.get("/settings/").content.decode()
    assert f'{second} <span class="soft">second address, confirmed' in settings


def test_it_gets_one_in_by_password_by_a_code_and_by_a_new_password() -> None:
    alice, client = somebody()
    second = some_email("second")
    added(client, second)
    for address in (alice.email, second):
        by_password, code = visitor(), visitor()
        by_password.post("/accounts/login/", {"login": address, "password": PASSWORD})
        assert by_code(code, address)["Location"] == "/"
        assert (signed_in(by_password), signed_in(code)) == (True, True)
        assert code.session["_auth_user_id"] == str(alice.pk)
    visitor().post("/accounts/password/reset/", {"email": second})
    assert "/reset/key/" in link_in(mails_to(second)[-1])


def test_made_the_main_one_mail_goes_there_and_the_old_one_is_told() -> None:
    alice, client = somebody()
    old, second = alice.email, some_email("second")
    added(client, second)
    client.post(PAGE, {"email": second, "action_primary": ""})
    assert held(alice) == {old: False, second: True}
    assert Person.objects.get(pk=alice.pk).email == second
    told = mails_to(old)[-1]
    assert (told["subject"], second in told["body"]) == ("Your e-mail address has been changed", True)
    before = visitor()
    before.post("/accounts/login/", {"login": old, "password": PASSWORD})
    assert signed_in(before)  # until it is taken away
    client.post(PAGE, {"email": old, "action_remove": ""})
    assert held(alice) == {second: True}
    for address in (old, second):
        assert "no longer belongs to your account" in mails_to(address)[-1]["body"]
    after = visitor()
    after.post("/accounts/login/", {"login": old, "password": PASSWORD})
    assert not signed_in(after)


def test_the_main_one_stays_and_only_what_is_proved_becomes_it() -> None:
    alice, client = somebody()
    old, unproved = alice.email, some_email("unproved")
    client.post(PAGE, {"email": old, "action_remove": ""})
    EmailAddress.objects.create(user=alice, email=unproved)
    client.post(PAGE, {"email": old, "action_remove": ""})
    assert "cannot be removed" in client.get(PAGE).content.decode()
    client.post(PAGE, {"email": unproved, "action_primary": ""})
    assert held(alice) == {old: True}
    assert Person.objects.get(pk=alice.pk).email == old
    third = client.post(PAGE, {"email": some_email("third"), "action_add": ""})
    assert "two addresses at most" in third.content.decode()


def test_somebody_elses_address_tells_nothing_and_is_not_touched() -> None:
    """A stranger sees the same for a taken and for a free address; whoever reads mail there is sent a code."""
    mine, client = somebody()
    theirs, _client = somebody()
    free, taken = some_email("free"), theirs.email
    answers = []
    for email in (free, taken):
        cache.clear()
        answer = client.post(PAGE, {"email": email, "action_add": ""}, follow=True)
        text = answer.content.decode().replace(email, "")
        answers.append(
            (answer.status_code, answer.redirect_chain, text.split("<h1>")[1].split("csrfmiddlewaretoken")[0])
        )
    assert answers[0] == answers[1]
    known = client.post("/accounts/confirm-email/", {"code": code_in(mails_to(taken)[-1])})  # who reads the mail there
    assert "There is an account with this e-mail address already." in known.content.decode()
    for act in ("primary", "remove", "send"):
        client.post(PAGE, {"email": taken, f"action_{act}": ""})
    assert held(mine) == {mine.email: True}
    assert held(theirs) == {taken: True}


def test_an_address_that_somebody_began_to_sign_up_by_is_refused_in_words() -> None:
    """The account that is none keeps the name; nothing breaks and nothing is lost."""
    squatted = some_email("squatted")
    alice, client = somebody()
    visitor().post("/accounts/signup/", sign_up_fields(squatted))
    EmailAddress.objects.create(user=alice, email=squatted, verified=True)
    answer = client.post(PAGE, {"email": squatted, "action_primary": ""}, follow=True)
    assert (answer.status_code, "belongs to another account" in answer.content.decode()) == (200, True)
    assert held(alice) == {alice.email: True, squatted: False}


def test_each_change_asks_for_the_password_again() -> None:
    alice, client = somebody()
    second = some_email("second")
    added(client, second)
    late = visitor()
    late.force_login(alice)
    for act in ("primary", "remove"):
        asked = late.post(PAGE, {"email": second, f"action_{act}": ""})
        assert asked["Location"].startswith("/accounts/reauthenticate/"), act
    assert held(alice) == {alice.email: True, second: False}
    bob, _client = somebody()
    late.force_login(bob)
    assert late.post(PAGE, {"email": some_email(), "action_add": ""})["Location"].startswith(
        "/accounts/reauthenticate/"
    )


def test_what_was_typed_goes_on_once_the_password_is_shown() -> None:
    alice, second = create_person(email=some_email(), name="Alice", password=PASSWORD), some_email("second")
    client = visitor()
    client.post("/accounts/login/", {"login": alice.email, "password": PASSWORD})
    asked = client.post(PAGE, {"email": second, "action_add": ""})
    client.post(asked["Location"], {"password": PASSWORD})
    client.post("/accounts/confirm-email/", {"code": code_in(mails_to(second)[-1])})
    assert held(alice) == {alice.email: True, second: False}


def test_changes_and_codes_are_limited() -> None:
    alice, client = somebody()
    answers = [client.post(PAGE, {"email": "x", "action_remove": ""}).status_code for _ in range(11)]
    assert (answers[:10], answers[10]) == ([302] * 10, 429)
    for turn in range(4):
        answer = visitor().post("/accounts/login/code/", {"email": alice.email})
        assert (answer.status_code == 302) == (turn < 3)
    assert "Too many attempts" in answer.content.decode()
    assert len([mail for mail in mails_to(alice.email) if mail["subject"] == "Your code"]) == 3


def test_two_changes_at_once_leave_one_main_address() -> None:
    alice, client = somebody()
    old, second = alice.email, some_email("second")
    added(client, second)

    def change(turn: int) -> int:
        act = {"email": second, "action_primary": ""} if turn else {"email": second, "action_remove": ""}
        return somebody_like(client).post(PAGE, act).status_code

    assert together(2, change, values=True) == [302, 302]
    now = held(alice)
    assert sum(now.values()) == 1
    [main] = [email for email, primary in now.items() if primary]
    assert Person.objects.get(pk=alice.pk).email == main
    assert main in (old, second)


def somebody_like(client: Client) -> Client:
    """Another window of the same browser."""
    window = visitor()
    window.cookies = client.cookies
    return window


def test_nobody_else_is_shown_it_and_it_goes_with_the_person(clock: Any) -> None:
    place = world()
    meeting = place.propose(start=in_(hours=50))
    second = some_email("second")
    EmailAddress.objects.create(user=place.expert, email=second, verified=True)
    slug, expert = place.expertise.slug, place.expert.public_id
    user = Visitor(place.user)
    for page in ("/", "/meetings/", f"/meetings/{meeting}/", f"/e/{slug}/experts/", f"/e/{slug}/experts/{expert}/"):
        assert second not in user.get(page).content.decode(), page
    assert second not in user.get(f"/people/{expert}/").content.decode()
    alone, client = somebody()
    added(client, some_email("mine"))
    found = zipfile.ZipFile(io.BytesIO(b"".join(client.post("/settings/data/export/").streaming_content)))
    kept = json.loads(found.read("tables/account.emailaddress.json"))
    assert {one["email"] for one in kept} == set(held(alone))
    leaving.leave(person=alone.pk)
    assert not EmailAddress.objects.filter(user=alone).exists()


def test_a_code_is_for_the_proved_owner_alone_and_an_unknown_address_looks_alike() -> None:
    """Who began to sign up by somebody's address knows its password: a code must not prove it for them."""
    begun, unknown = some_email("begun"), some_email("unknown")
    visitor().post("/accounts/signup/", sign_up_fields(begun))
    for email in (begun, unknown):
        client = visitor()
        assert client.post("/accounts/login/code/", {"email": email})["Location"] == "/accounts/login/code/typed/"
        assert mails_to(email)[-1]["subject"] == "There is no account for this address"
        assert "We have sent a mail to" in client.get("/accounts/login/code/typed/").content.decode()
        assert client.post("/accounts/login/code/typed/", {"code": ""}).status_code == 200
        assert not signed_in(client)


def test_three_wrong_codes_end_it_and_a_new_one_can_be_asked_for() -> None:
    alice, _client = somebody()
    client = visitor()
    client.post("/accounts/login/code/", {"email": alice.email})
    right = code_in(mails_to(alice.email)[-1])
    answers = [client.post("/accounts/login/code/typed/", {"code": "AAAA-AAAA"}).status_code for _ in range(3)]
    assert answers == [200, 200, 302]
    client.post("/accounts/login/code/typed/", {"code": right})
    assert not signed_in(client)
    assert by_code(client, alice.email)["Location"] == "/"


def test_a_code_from_the_mail_stands_in_for_the_password_not_for_the_second_factor() -> None:
    from tests.people.test_second_factor import set_up

    alice, client = somebody()
    set_up(client, alice)
    other = visitor()
    assert by_code(other, alice.email)["Location"].startswith("/accounts/proof/")
    assert not signed_in(other)


def test_the_database_keeps_one_main_address_and_one_owner_of_each(database: Installation) -> None:
    (alice, client), (bob, _bobs) = somebody(), somebody()
    added(client, some_email("second"))
    for change in (
        'UPDATE account_emailaddress SET "primary" = true WHERE user_id = %(alice)s',
        'INSERT INTO account_emailaddress (email, verified, "primary", user_id)'
        " SELECT email, true, false, %(bob)s FROM account_emailaddress WHERE user_id = %(alice)s",
    ):
        with pytest.raises(psycopg.errors.UniqueViolation), database.apps() as connection:
            connection.execute(change, {"alice": alice.pk, "bob": bob.pk})
