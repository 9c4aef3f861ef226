"""Signing in by other services: against a server that speaks OpenID Connect, and by the trial of a demo."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from allauth.account.models import EmailAddress
from allauth.socialaccount.models import SocialAccount, SocialToken
from django.core.checks import run_checks
from django.test import Client

from expertim.people.actions import create_person
from expertim.people.models import Person
from tests.people.identity_server import CLIENT, SECRET, IdentityServer, identity_server
from tests.people.test_second_factor import PROOF, log_in, prove, set_up
from tests.people.visiting import PASSWORD, code_in, mails_to, signed_in, some_email, visitor

pytestmark = pytest.mark.usefixtures("database")

ABOUT = {"name": "Greta Google", "time_zone": "Europe/Prague", "date_format": "DD.MM.YYYY HH:MM", "language": "en"}


@pytest.fixture(autouse=True)
def _mail_is_written_to_the_outbox(settings: Any) -> None:
    settings.EMAIL_BACKEND = "expertim.outbox.mail.OutboxBackend"  # Django's test runner swaps it


@pytest.fixture
def google(settings: Any) -> Iterator[IdentityServer]:
    with identity_server() as server:
        settings.SOCIALACCOUNT_PROVIDERS = server.settings()
        server.claims = {"sub": secrets.token_hex(8), "name": "Greta Google"}
        yield server


def come(client: Client, *, process: str = "login", name: str = "google") -> Any:
    """Press the button, go there, come back as the browser would."""
    answer = client.post(f"/accounts/by/{name}/", {"process": process})
    assert answer.status_code == 302, answer.content
    sent = parse_qs(urlsplit(answer["Location"]).query)
    return client.get(f"/accounts/by/{name}/callback/", {"code": "a-code", "state": sent["state"][0]})


def test_a_new_person_signs_up_by_a_service_that_has_proved_the_address(google: IdentityServer) -> None:
    client, email = visitor(), some_email("greta")
    google.claims |= {"email": email, "email_verified": True}
    assert come(client)["Location"] == "/accounts/services/signup/"
    page = client.get("/accounts/services/signup/").content.decode()
    assert f'value="{email}"' in page
    assert 'value="Greta Google"' in page
    client.post("/accounts/services/signup/", {**ABOUT, "email": email})
    assert signed_in(client)
    person = Person.objects.get(email=email)
    assert (person.name, person.time_zone) == ("Greta Google", "Europe/Prague")
    assert not person.has_usable_password()
    assert EmailAddress.objects.get(user=person).verified
    assert not SocialToken.objects.filter(account__user=person).exists()

    again = visitor()
    come(again)
    assert again.session["_auth_user_id"] == str(person.pk)
    [_first, second] = google.asked
    assert (second["client_id"], second["client_secret"]) == (CLIENT, SECRET)
    assert second["redirect_uri"].endswith("/accounts/by/google/callback/")
    assert second["code_verifier"]  # RFC 7636


@pytest.mark.parametrize("claimed", [False, "false", "", None, 0, "yes"])
def test_an_address_the_service_has_not_proved_is_proved_by_a_code(google: IdentityServer, claimed: object) -> None:
    client, email = visitor(), some_email("greta")
    google.claims |= {"email": email, "email_verified": claimed}
    come(client)
    answer = client.post("/accounts/services/signup/", {**ABOUT, "email": email})
    assert answer["Location"] == "/accounts/confirm-email/"
    assert not signed_in(client)
    client.post("/accounts/confirm-email/", {"code": code_in(mails_to(email)[-1])})
    assert signed_in(client)


def test_another_address_than_the_proved_one_is_proved_by_a_code(google: IdentityServer) -> None:
    client, told, typed = visitor(), some_email("told"), some_email("typed")
    google.claims |= {"email": told, "email_verified": True}
    come(client)
    assert (
        client.post("/accounts/services/signup/", {**ABOUT, "email": typed})["Location"] == "/accounts/confirm-email/"
    )
    assert not signed_in(client)


def test_nobody_gets_into_an_account_by_its_address_alone(google: IdentityServer) -> None:
    """Who has an account signs in to it first, then connects; whoever runs a service could else be anybody."""
    owner, client = create_person(email=some_email(), name="Alice", password=PASSWORD), visitor()
    google.claims |= {"email": owner.email, "email_verified": True}
    come(client)
    answer = client.post("/accounts/services/signup/", {**ABOUT, "email": owner.email})
    assert answer["Location"] == "/accounts/confirm-email/"  # as for any address (case 74)
    assert not signed_in(client)
    assert not SocialAccount.objects.filter(user=owner).exists()
    assert mails_to(owner.email)[-1]["subject"] == "You have an account already"

    log_in(client := visitor(), owner)
    prove(client)
    assert come(client, process="connect")["Location"] == "/settings/security/services/"
    assert mails_to(owner.email)[-1]["subject"] == "A way to sign in was added"
    come(again := visitor())
    assert again.session["_auth_user_id"] == str(owner.pk)


def test_a_service_is_connected_to_one_person_only_and_behind_the_password(google: IdentityServer) -> None:
    """ASVS 7.5.1."""
    first, second = (create_person(email=some_email(), name="Alice", password=PASSWORD) for _ in range(2))
    log_in(one := visitor(), first)
    assert come(one, process="connect")["Location"].startswith("/accounts/reauthenticate/")
    assert not SocialAccount.objects.filter(user=first).exists()
    assert one.post("/accounts/reauthenticate/", {"password": PASSWORD}).status_code == 302
    assert SocialAccount.objects.filter(user=first).exists()
    log_in(other := visitor(), second)
    prove(other)
    come(other, process="connect")
    assert not SocialAccount.objects.filter(user=second).exists()
    assert "connected to another person here" in other.get("/settings/security/services/").content.decode()


def test_a_service_is_disconnected_unless_it_is_the_only_way_in(google: IdentityServer, settings: Any) -> None:
    owner, client = create_person(email=some_email(), name="Alice", password=PASSWORD), visitor()
    log_in(client, owner)
    prove(client)
    come(client, process="connect")
    number = SocialAccount.objects.get(user=owner).pk
    Person.objects.filter(pk=owner.pk).update(password="!")
    client.force_login(Person.objects.get(pk=owner.pk))
    page = client.post("/settings/security/services/", {"account": number}).content.decode()
    assert "This is your only way in." in page
    owner.save(update_fields=["password"])
    client = visitor()
    log_in(client, owner)
    prove(client)
    settings.SOCIALACCOUNT_PROVIDERS = {}  # also one that is no longer offered
    client.post("/settings/security/services/", {"account": number})
    assert not SocialAccount.objects.filter(user=owner).exists()


def test_the_second_factor_is_asked_for_behind_a_service_too(google: IdentityServer) -> None:
    owner, client = create_person(email=some_email(), name="Alice", password=PASSWORD), visitor()
    set_up(client, owner)
    come(client, process="connect")
    answer = come(again := visitor())
    assert answer["Location"] == PROOF
    assert not signed_in(again)


def test_a_closed_account_is_not_opened_by_a_service(google: IdentityServer) -> None:
    owner, client = create_person(email=some_email(), name="Alice", password=PASSWORD), visitor()
    log_in(client, owner)
    prove(client)
    come(client, process="connect")
    Person.objects.filter(pk=owner.pk).update(is_active=False)
    assert come(again := visitor())["Location"] == "/accounts/inactive/"
    assert not signed_in(again)


def test_a_service_that_fails_or_a_person_who_turns_back_changes_nothing(google: IdentityServer) -> None:
    client = visitor()
    sent = parse_qs(urlsplit(client.post("/accounts/by/google/")["Location"]).query)
    state = sent["state"][0]
    answer = client.get("/accounts/by/google/callback/", {"error": "access_denied", "state": state})
    assert answer["Location"] == "/accounts/services/cancelled/"
    for forged in ({"code": "x", "state": "made-up"}, {"code": "x"}, {}, {"error": "server_error"}):
        answer = client.get("/accounts/by/google/callback/", forged)
        assert (answer.status_code, "did not answer as it should" in answer.content.decode()) == (401, True), forged
    google.broken = True
    answer = client.post("/accounts/by/google/")
    assert answer.status_code == 401
    assert not signed_in(client)


def test_a_button_stands_where_there_are_keys_and_its_form_may_lead_there(google: IdentityServer) -> None:
    for address in ("/accounts/login/", "/accounts/signup/"):
        answer = visitor().get(address)
        assert "Go on with Google" in answer.content.decode()
        assert "LinkedIn" not in answer.content.decode()
        assert f"form-action 'self' {google.url};" in answer["Content-Security-Policy"]
    assert "form-action 'self';" in visitor().get("/accounts/password/reset/")["Content-Security-Policy"]
    for other in ("linkedin", "openid_connect", "dummy"):
        assert visitor().post(f"/accounts/by/{other}/").status_code == 404


def test_half_a_pair_of_keys_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LINKEDIN_CLIENT_ID", "only this")
    assert "expertim.E040" in [found.id for found in run_checks()]


def test_the_trial_of_a_demo_signs_somebody_up(settings: Any) -> None:
    client, email = visitor(), some_email("trial")
    assert "a service for trying" in client.get("/accounts/login/").content.decode()
    there = client.post("/accounts/trial/")["Location"]
    assert "<h1>A service for trying</h1>" in client.get(there).content.decode()
    number = secrets.randbelow(10**6) + 1
    told = {"id": number, "email": email, "email_verified": "on", "first_name": "Tina", "last_name": "Trial"}
    assert client.post(there, told)["Location"] == "/accounts/services/signup/"
    assert 'value="Tina Trial"' in client.get("/accounts/services/signup/").content.decode()
    client.post("/accounts/services/signup/", {**ABOUT, "email": email})
    assert signed_in(client)
    there = visitor().post("/accounts/trial/")["Location"]
    assert client.post(there, {"action": "cancel"})["Location"] == "/accounts/services/cancelled/"
