"""Tokens for programs: made on a page or at the machine, shown once, kept as a digest, revoked."""

from __future__ import annotations

import re
from datetime import timedelta
from io import StringIO
from typing import Any

import psycopg
import pytest
from django.core.management import CommandError, call_command
from django.test import Client

from expertim.foundation.clock import machine_now
from expertim.people.models import ApiToken, Person
from expertim.people.tokens import PREFIX, bearer_of, new_token, revoke_token, tokens_of
from tests.people.visiting import PASSWORD, visitor
from tests.world import person

pytestmark = pytest.mark.usefixtures("database")


def with_password() -> tuple[Person, Client]:
    """Somebody who is signed in and has just typed the password again."""
    someone = person("paula")
    someone.set_password(PASSWORD)
    someone.save()
    client = visitor()
    client.force_login(someone)
    assert client.post("/accounts/reauthenticate/", {"password": PASSWORD}).status_code == 302
    return someone, client


def test_a_token_is_shown_once_and_kept_as_a_digest() -> None:
    someone, client = with_password()
    answer = client.post("/settings/tokens/", {"name": "my script", "scope": "write", "days": "30"})
    page = answer.content.decode()
    secret = re.search(rf'value="({PREFIX}[\w-]+)"', page)
    assert secret is not None
    assert "no-store" in answer["Cache-Control"]
    kept = ApiToken.objects.get(person=someone)
    assert secret[1] not in (kept.digest, kept.name)
    assert len(kept.digest) == 64
    assert secret[1] not in client.get("/settings/tokens/").content.decode()
    bearer = bearer_of(secret[1])
    assert bearer is not None
    assert (bearer.person.pk, bearer.may_act) == (someone.pk, True)
    assert kept.expires_at is not None
    assert timedelta(days=29) < kept.expires_at - machine_now() <= timedelta(days=30)


def test_a_revoked_token_opens_nothing() -> None:
    someone, client = with_password()
    secret = new_token(person=someone, name="old", scope=ApiToken.Scope.READ)
    number = ApiToken.objects.get(person=someone).pk
    assert client.post("/settings/tokens/", {"revoke": str(number)}).status_code == 302
    assert bearer_of(secret) is None
    assert tokens_of(someone) == ()


@pytest.mark.parametrize("number", ["", "x", "-1", "9" * 30, "٣"])
def test_nonsense_revokes_nothing(number: str) -> None:
    someone, client = with_password()
    new_token(person=someone, name="kept")
    assert client.post("/settings/tokens/", {"revoke": number}).status_code == 302
    assert len(tokens_of(someone)) == 1


def test_nobody_revokes_the_token_of_another() -> None:
    owner = person()
    new_token(person=owner, name="mine")
    assert not revoke_token(person=person(), number=ApiToken.objects.get(person=owner).pk)
    assert len(tokens_of(owner)) == 1


def test_the_page_asks_for_the_password_again_before_it_shows_anything() -> None:
    someone, _elsewhere = with_password()
    client = Client()
    client.force_login(someone)
    answer = client.get("/settings/tokens/")
    assert (answer.status_code, answer["Location"].partition("?")[0]) == (302, "/accounts/reauthenticate/")


def test_a_token_without_a_name_is_not_made() -> None:
    someone, client = with_password()
    assert client.post("/settings/tokens/", {"name": " ", "scope": "read", "days": "30"}).status_code == 422
    assert client.post("/settings/tokens/", {"name": "x", "scope": "admin", "days": "30"}).status_code == 422
    assert tokens_of(someone) == ()


def test_an_expired_token_opens_nothing_nor_one_of_somebody_switched_off() -> None:
    someone = person()
    expired, secret = (new_token(person=someone, name=name, days=1) for name in ("a", "b"))
    ApiToken.objects.filter(name="a", person=someone).update(expires_at=machine_now())
    assert bearer_of(expired) is None
    assert bearer_of(secret) is not None
    Person.objects.filter(pk=someone.pk).update(is_active=False)
    assert bearer_of(secret) is None


def test_its_last_use_is_written_once_an_hour() -> None:
    someone = person()
    secret = new_token(person=someone, name="busy")
    bearer_of(secret)
    first = tokens_of(someone)[0].last_used_at
    bearer_of(secret)
    assert tokens_of(someone)[0].last_used_at == first is not None
    ApiToken.objects.filter(person=someone).update(last_used_at=machine_now() - timedelta(hours=2))
    bearer_of(secret)
    assert tokens_of(someone)[0].last_used_at >= first


def test_the_database_knows_two_scopes(database: Any) -> None:
    someone = person()
    with database.owners() as owner, pytest.raises(psycopg.errors.CheckViolation):
        owner.execute(
            "INSERT INTO people_apitoken (person_id, name, digest, scope, made_at) VALUES (%s, 'x', %s, 'all', now())",
            [someone.pk, "0" * 64],
        )


def test_the_command_prints_the_token_and_nothing_else() -> None:
    someone = person()
    out = StringIO()
    call_command("token", someone.email.upper(), "--name", "script", stdout=out)
    bearer = bearer_of(out.getvalue().strip())
    assert bearer is not None
    assert (bearer.person.pk, bearer.may_act) == (someone.pk, True)
    call_command("token", someone.email, "--name", "reader", "--read-only", "--days", "3", stdout=(out := StringIO()))
    reader = bearer_of(out.getvalue().strip())
    assert reader is not None
    assert not reader.may_act


@pytest.mark.parametrize(
    "given", [["nobody@example.org", "--name", "x"], ["", "--name", "x"], ["{email}", "--name", " "]]
)
def test_the_command_refuses_what_cannot_be(given: list[str]) -> None:
    someone = person()
    with pytest.raises(CommandError):
        call_command("token", *(part.format(email=someone.email) for part in given), stdout=StringIO())


def test_strangers_secrets_open_nothing() -> None:
    for secret in ("", "x", PREFIX, "\ud800", "x\0y", "é" * 1000):
        assert bearer_of(secret) is None
