"""The second factor: an app and its codes, recovery codes, and what an operator without one reaches."""

from __future__ import annotations

import re
import time
from html import unescape
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal import auth
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse

from expertim.people import second_factor
from expertim.people.actions import create_person
from expertim.people.models import Person
from tests.people.visiting import PASSWORD, mails_to, signed_in, some_email, visitor

pytestmark = pytest.mark.usefixtures("database")


@pytest.fixture(autouse=True)
def _mail_is_written_to_the_outbox(settings: Any) -> None:
    settings.EMAIL_BACKEND = "expertim.outbox.mail.OutboxBackend"  # Django's test runner swaps it


APP = "/settings/security/app/"
PROOF = "/accounts/proof/"


def somebody(**given: Any) -> Person:
    return create_person(email=some_email(), name="Alice", password=PASSWORD, **given)


def log_in(client: Client, person: Person) -> Any:
    return client.post("/accounts/login/", {"login": person.email, "password": PASSWORD})


def prove(client: Client) -> None:
    assert client.post("/accounts/reauthenticate/", {"password": PASSWORD}).status_code == 302


def code(secret: str, *, periods: int = 0) -> str:
    """What an app that follows RFC 6238 shows so many periods from now."""
    return auth.format_hotp_value(auth.hotp_value(secret, int(time.time()) // 30 + periods))


def set_up(client: Client, person: Person) -> str:
    """Through the pages; answers the secret that the app has read. Its present code is taken with that."""
    log_in(client, person)
    prove(client)
    page = client.get(APP).content.decode()
    secret = re.search(r'id="secret"[^>]*value="(\w+)"', page)
    assert secret, page
    answer = client.post(APP, {"code": code(secret[1])})
    assert answer["Location"] == "/settings/security/codes/"
    return secret[1]


def recovery_codes(client: Client) -> list[str]:
    return re.findall(r'<li class="code">(\d{8})</li>', client.get("/settings/security/codes/").content.decode())


def test_an_app_is_set_up_and_asked_for_from_then_on() -> None:
    person, client = somebody(), visitor()
    secret = set_up(client, person)
    assert len(recovery_codes(client)) == 10
    assert mails_to(person.email)[-1]["subject"] == "An app was set up for your account"

    elsewhere = visitor()
    answer = log_in(elsewhere, person)
    assert (answer.status_code, answer["Location"]) == (302, PROOF)
    assert not signed_in(elsewhere)
    page = elsewhere.get(PROOF).content.decode()
    assert "<h1>One more proof</h1>" in page
    assert elsewhere.get("/settings/").status_code == 302
    elsewhere.post(PROOF, {"code": code(secret, periods=1)})
    assert signed_in(elsewhere)


def test_a_code_works_once_also_in_the_periods_beside_its_own() -> None:
    """Case 80, RFC 6238 §5.2; ASVS 6.5.1."""
    left = 30 - time.time() % 30
    time.sleep(left if left < 8 else 0)  # all of it within one period: the next one has another code
    person = somebody()
    secret = set_up(visitor(), person)
    first, second = visitor(), visitor()
    log_in(first, person)
    log_in(second, person)
    first.post(PROOF, {"code": code(secret)})  # the one that set it up
    assert not signed_in(first)
    shown = code(secret, periods=1)
    first.post(PROOF, {"code": shown})
    assert signed_in(first)
    answer = second.post(PROOF, {"code": f"{shown[:3]} {shown[3:]}"})
    assert not signed_in(second)
    assert "has been used already" in answer.content.decode()


def test_too_many_wrong_codes_are_refused_with_429_and_so_is_the_right_one_then() -> None:
    """Case 80: well before the eleventh."""
    person = somebody()
    secret = set_up(visitor(), person)
    client = visitor()
    log_in(client, person)
    answers = [client.post(PROOF, {"code": f"00000{digit}"}).status_code for digit in range(8)]
    assert answers == [200] * 5 + [429] * 3
    assert client.post(PROOF, {"code": code(secret, periods=1)}).status_code == 429
    assert not signed_in(client)


def test_a_recovery_code_stands_in_once() -> None:
    person, client = somebody(), visitor()
    set_up(client, person)
    spare = recovery_codes(client)[3]
    first, second = visitor(), visitor()
    for one in (first, second):
        log_in(one, person)
        one.post(PROOF, {"code": spare})
    assert (signed_in(first), signed_in(second)) == (True, False)
    assert spare not in recovery_codes(client)
    assert len(recovery_codes(client)) == 9


def test_new_recovery_codes_make_those_of_before_worthless() -> None:
    person, client = somebody(), visitor()
    set_up(client, person)
    before = recovery_codes(client)
    assert client.post("/settings/security/codes/new/").status_code == 302
    assert not set(before) & set(recovery_codes(client))
    assert client.get("/settings/security/codes/file/")["Content-Type"].startswith("text/plain")
    assert mails_to(person.email)[-1]["subject"] == "New recovery codes"


def test_nothing_of_it_is_changed_without_the_password_once_more() -> None:
    """ASVS 7.5.1."""
    person, client = somebody(), visitor()
    client.force_login(person)
    for address in (APP, "/settings/security/codes/new/", "/settings/security/passkeys/add/"):
        for answer in (client.get(address), client.post(address, {"code": "123456"})):
            assert answer["Location"].startswith("/accounts/reauthenticate/"), address
    set_up(visitor(), person)
    client.force_login(person)
    assert client.get("/settings/security/codes/")["Location"].startswith("/accounts/reauthenticate/")
    assert client.post(f"{APP}remove/")["Location"].startswith("/accounts/reauthenticate/")


def test_an_app_is_removed_and_its_recovery_codes_with_it() -> None:
    person, client = somebody(), visitor()
    set_up(client, person)
    assert client.get(f"{APP}remove/").status_code == 200
    assert client.post(f"{APP}remove/")["Location"] == "/settings/security/"
    assert not Authenticator.objects.filter(user=person).exists()
    assert mails_to(person.email)[-1]["subject"] == "The app was removed from your account"
    log_in(again := visitor(), person)
    assert signed_in(again)


def test_who_sets_a_factor_up_or_removes_it_is_signed_out_elsewhere() -> None:
    """ASVS 7.4.3."""
    person, client, left = somebody(), visitor(), visitor()
    log_in(left, person)
    set_up(client, person)
    assert left.get("/settings/").status_code == 302
    assert client.get("/settings/").status_code == 200


def test_secrets_are_kept_encrypted_and_with_another_key_no_code_fits(settings: Any) -> None:
    """ASVS 6.5.2, 11.3.2; another key must not be a way round the second factor."""
    person, client = somebody(), visitor()
    secret = set_up(client, person)
    codes = recovery_codes(client)
    kept = {one.type: one.data for one in Authenticator.objects.filter(user=person)}
    assert secret not in str(kept)
    assert second_factor.MFAAdapter().decrypt(kept["totp"]["secret"]) == secret
    settings.FACTOR_KEY = "another" * 8
    log_in(other := visitor(), person)
    for typed in (code(secret, periods=1), codes[0], code("", periods=0)):
        other.post(PROOF, {"code": typed})
    assert not signed_in(other)


def test_a_passkey_that_is_none_opens_nothing() -> None:
    client = visitor()
    for sent in ("", "{}", "[]", "null", "x", '{"response": {"userHandle": "MQ"}}', '{"response": null}'):
        answer = client.post("/accounts/passkey/", {"credential": sent})
        assert answer["Location"] == "/accounts/login/", sent
    assert not signed_in(client)


# ------------------------------------------------------------------ operators


@pytest.fixture
def needed(settings: Any) -> None:
    """As in an installation whose clock is not movable."""
    settings.OPERATORS_NEED_SECOND_FACTOR = True


@pytest.mark.usefixtures("needed")
def test_an_operator_without_a_second_factor_reaches_nothing_but_its_set_up() -> None:
    """A9, ASVS 6.3.3."""
    operator, client = somebody(is_staff=True), visitor()
    log_in(client, operator)
    for address in ("/operator/", "/operator/people/", "/operator/disputes/", "/admin/", "/admin/people/person/"):
        for answer in (client.get(address), client.post(address)):
            assert answer.status_code == 302
            assert answer["Location"].startswith("/settings/security/?next=")
    page = client.get("/settings/security/").content.decode()
    assert "The operator&#x27;s pages open once" in page or "The operator's pages open once" in unescape(page)
    set_up(client, operator)
    assert client.get("/operator/").status_code == 200
    assert client.get("/admin/").status_code == 200


@pytest.mark.usefixtures("needed")
def test_an_operator_without_a_second_factor_reads_nobodys_meeting(settings: Any) -> None:
    operator = somebody(is_staff=True)
    operator.held_back = True
    assert not operator.is_operator
    operator.held_back = False
    assert operator.is_operator


@pytest.mark.usefixtures("needed")
def test_an_operator_who_removes_the_last_factor_is_out_at_once() -> None:
    operator, client = somebody(is_staff=True), visitor()
    set_up(client, operator)
    assert client.get("/operator/").status_code == 200
    client.post(f"{APP}remove/")
    assert client.get("/operator/").status_code == 302


@pytest.mark.usefixtures("needed")
def test_a_recovery_code_opens_the_operators_pages_too() -> None:
    operator, client = somebody(is_staff=True), visitor()
    set_up(client, operator)
    spare = recovery_codes(client)[0]
    log_in(again := visitor(), operator)
    again.post(PROOF, {"code": spare})
    assert again.get("/operator/").status_code == 200


@pytest.mark.usefixtures("needed")
def test_nobody_else_is_asked_for_one() -> None:
    client = visitor()
    log_in(client, somebody())
    assert client.get("/settings/").status_code == 200
    assert client.get("/operator/").status_code == 404


def test_where_the_clock_is_movable_a_password_is_enough() -> None:
    """The demo's log-ins work as they are written down."""
    client = visitor()
    log_in(client, somebody(is_staff=True))
    assert client.get("/operator/").status_code == 200


def test_all_lost_is_mended_at_the_machine_s_own_prompt(capsys: pytest.CaptureFixture[str]) -> None:
    """ASVS 6.4.4: by whoever runs the place and has made sure who asks."""
    person, client = somebody(), visitor()
    set_up(client, person)
    call_command("factor", person.email)
    assert "totp since" in capsys.readouterr().out
    call_command("factor", person.email, "--remove")
    assert client.get("/settings/").status_code == 302
    log_in(again := visitor(), person)
    assert signed_in(again)
    call_command("factor", person.email)
    assert "None." in capsys.readouterr().out
    with pytest.raises(CommandError, match="Nobody here"):
        call_command("factor", "nobody@example.org")


# ------------------------------------------------------------------ where one is signed in


def test_ones_sessions_are_listed_with_their_devices_and_ended_one_by_one_or_all() -> None:
    """ASVS 7.5.2."""
    firefox = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0"
    person, here, there, third = somebody(), visitor(), visitor(HTTP_USER_AGENT=firefox), visitor()
    stranger = visitor()
    for client in (here, there, third):
        log_in(client, person)
    log_in(stranger, somebody())
    page = here.get("/settings/security/").content.decode()
    assert "Firefox on Windows" in page
    names = re.findall(r'name="session" value="([0-9a-f]{32})"', page)
    assert len(names) == 2
    assert not any(client.session.session_key in page for client in (here, there, third))

    assert here.post("/settings/security/sessions/", {"session": names[0]})["Location"].startswith(
        "/accounts/reauthenticate/"
    )
    prove(here)
    stolen = re.findall(r'value="([0-9a-f]{32})"', page)[0]
    prove(stranger)
    stranger.post("/settings/security/sessions/", {"session": stolen})
    assert sum(client.get("/settings/").status_code == 200 for client in (here, there, third)) == 3
    here.post("/settings/security/sessions/", {"session": names[0]})
    assert [client.get("/settings/").status_code for client in (there, third)].count(302) == 1
    here.post("/settings/security/sessions/", {"session": "others"})
    assert [client.get("/settings/").status_code for client in (here, there, third)] == [200, 302, 302]
    assert stranger.get("/settings/").status_code == 200
    page = here.post("/settings/security/sessions/", {"session": "others"}, follow=True).content.decode()
    assert "There was nothing to end" in page


@pytest.mark.parametrize(
    ("browser", "words"),
    [
        (
            "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0 Safari/537.36",
            "Chrome on Linux",
        ),
        (
            "Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) AppleWebKit/605 Version/19 Safari/604.1",
            "Safari on iPhone",
        ),
        ("Mozilla/5.0 (Linux; Android 16) Chrome/140.0 Mobile Safari/537.36 EdgA/140.0", "Edge on Android"),
        ("curl/8", "A device that does not say what it is"),
        ("", "A device that does not say what it is"),
    ],
)
def test_a_device_is_named_in_words(browser: str, words: str) -> None:
    from expertim.people.devices import device

    assert device(browser) == words


def test_the_page_of_security_is_linked_from_the_settings() -> None:
    client = visitor()
    client.force_login(somebody())
    assert reverse("mfa_index") in client.get("/settings/").content.decode()
