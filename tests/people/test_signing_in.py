"""Signing up, in and out, and a new password, as somebody at a browser meets them."""

from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from urllib.parse import urlsplit

import pytest
from allauth.account.adapter import DefaultAccountAdapter
from django.core.exceptions import ValidationError
from django.db import connection
from django.utils import translation

from expertim.people.actions import create_person
from expertim.people.models import Person
from tests.people.visiting import (
    PASSWORD,
    code_in,
    link_in,
    mails_to,
    sign_up,
    sign_up_fields,
    signed_in,
    some_email,
    visitor,
)

pytestmark = pytest.mark.usefixtures("database")


@pytest.fixture(autouse=True)
def _mail_is_written_to_the_outbox(settings: Any) -> None:
    settings.EMAIL_BACKEND = "expertim.outbox.mail.OutboxBackend"  # Django's test runner swaps it


def person_who_may_sign_in(**given: Any) -> Person:
    return create_person(**{"email": some_email(), "name": "Alice", "password": PASSWORD, **given})


def without_tokens(page: bytes) -> str:
    return re.sub(r'name="csrfmiddlewaretoken" value="\w+"', "", page.decode())


def test_sign_up_leads_by_the_code_from_the_mail_to_being_signed_in() -> None:
    client, email = visitor(), some_email()
    answer = client.post("/accounts/signup/", sign_up_fields(email, time_zone="America/New_York"))
    assert answer["Location"] == "/accounts/confirm-email/"
    assert not signed_in(client)
    [mail] = mails_to(email)
    assert mail["subject"] == "Your code"
    client.post("/accounts/confirm-email/", {"code": code_in(mail)})
    assert signed_in(client)
    person = Person.objects.get(email=email)
    assert (person.name, person.time_zone) == ("Alice Novák", "America/New_York")
    assert person.check_password(PASSWORD)


def test_sign_up_offers_the_device_zone_and_asks_for_one_without_script() -> None:
    client, email = visitor(), some_email()
    page = client.get("/accounts/signup/").content.decode()
    assert 'data-device-zone=""' in page
    assert "people/zone.js" in page
    answer = client.post("/accounts/signup/", sign_up_fields(email, time_zone=""))
    assert answer.status_code == 200
    text = answer.content.decode()
    assert "Choose the time zone you live in." in text
    assert "Alice Novák" in text  # what was typed is kept
    assert not Person.objects.filter(email=email).exists()


def test_an_address_is_one_account_however_it_is_written() -> None:
    email = some_email()
    sign_up(visitor(), email=email)
    second = visitor()
    answer = second.post("/accounts/signup/", sign_up_fields(email.upper(), name="Mallory"))
    assert answer["Location"] == "/accounts/confirm-email/"  # as if it were new
    assert mails_to(email)[-1]["subject"] == "You have an account already"
    assert Person.objects.get(email__iexact=email).name == "Alice Novák"
    client = visitor()
    client.post("/accounts/login/", {"login": email.upper(), "password": PASSWORD})
    assert signed_in(client)


def test_two_sign_ups_of_one_address_at_once_make_one_account() -> None:
    email = some_email()

    def one(_n: int) -> int:
        try:
            return visitor().post("/accounts/signup/", sign_up_fields(email)).status_code
        finally:
            connection.close()

    with ThreadPoolExecutor(3) as pool:
        assert set(pool.map(one, range(3))) == {302}
    assert Person.objects.filter(email=email).count() == 1


def test_a_wrong_code_is_refused_and_the_right_one_still_works() -> None:
    client, email = visitor(), some_email()
    client.post("/accounts/signup/", sign_up_fields(email))
    assert client.post("/accounts/confirm-email/", {"code": "AAAA-AAAA"}).status_code == 200
    assert not signed_in(client)
    client.post("/accounts/confirm-email/", {"code": code_in(mails_to(email)[-1])})
    assert signed_in(client)


def test_wrong_password_and_unknown_address_look_alike(clock: Any) -> None:
    known, unknown = person_who_may_sign_in().email, some_email()
    pages = []
    for email in (known, unknown):
        answer = visitor().post("/accounts/login/", {"login": email, "password": "not the password"})
        assert answer.status_code == 200
        pages.append(without_tokens(answer.content).replace(email, ""))
    assert pages[0] == pages[1]


def test_asking_for_a_link_looks_alike_for_known_and_unknown_addresses() -> None:
    known, unknown = person_who_may_sign_in().email, some_email()
    answers = [visitor().post("/accounts/password/reset/", {"email": email}) for email in (known, unknown)]
    assert {answer["Location"] for answer in answers} == {"/accounts/password/reset/done/"}
    assert mails_to(unknown)[-1]["subject"] == "There is no account for this address"


def test_logging_out_takes_a_post() -> None:
    client = visitor()
    client.force_login(person_who_may_sign_in())
    assert client.get("/accounts/logout/").status_code == 200
    assert signed_in(client)
    assert client.post("/accounts/logout/").status_code == 302
    assert not signed_in(client)


def test_reset_by_the_link_sets_the_new_password_once_and_ends_other_sessions(settings: Any) -> None:
    person = person_who_may_sign_in()
    elsewhere = visitor()
    elsewhere.post("/accounts/login/", {"login": person.email, "password": PASSWORD})
    client = visitor()
    client.post("/accounts/password/reset/", {"email": person.email}, headers={"host": "localhost"})
    link = urlsplit(link_in(mails_to(person.email)[-1]))
    assert f"{link.scheme}://{link.netloc}" == settings.PUBLIC_URL
    form = client.get(link.path)
    assert form["Location"].endswith("-set-password/")
    assert client.get(form["Location"]).status_code == 200
    client.post(form["Location"], {"password1": "another long secret", "password2": "another long secret"})
    assert Person.objects.get(pk=person.pk).check_password("another long secret")
    assert "does not work any more" in visitor().get(link.path).content.decode()
    assert elsewhere.get("/settings/").status_code == 302
    assert mails_to(person.email)[-1]["subject"] == "Your password has been changed"


def test_failing_often_is_refused_even_with_the_right_password() -> None:
    person = person_who_may_sign_in()
    client = visitor()
    for _ in range(5):
        client.post("/accounts/login/", {"login": person.email, "password": "wrong"})
    answer = client.post("/accounts/login/", {"login": person.email, "password": PASSWORD})
    assert "Too many attempts." in answer.content.decode()
    assert not signed_in(client)


def test_signing_up_again_before_the_code_goes_on_for_whoever_knows_the_password() -> None:
    email = some_email()
    visitor().post("/accounts/signup/", sign_up_fields(email))
    stranger = visitor()
    stranger.post("/accounts/signup/", sign_up_fields(email, password1="quite another secret"))
    assert mails_to(email)[-1]["subject"] == "You have an account already"
    again = visitor()
    assert again.post("/accounts/signup/", sign_up_fields(email))["Location"] == "/accounts/confirm-email/"
    code = {"code": code_in(mails_to(email)[-1])}
    stranger.post("/accounts/confirm-email/", code)
    assert not signed_in(stranger)
    again.post("/accounts/confirm-email/", code)
    assert signed_in(again)
    assert Person.objects.filter(email=email).count() == 1


def test_a_closed_account_is_told_so() -> None:
    person = person_who_may_sign_in()
    Person.objects.filter(pk=person.pk).update(is_active=False)
    client = visitor()
    answer = client.post("/accounts/login/", {"login": person.email, "password": PASSWORD})
    assert not signed_in(client)
    assert answer["Location"] == "/accounts/inactive/"


def test_mail_is_in_the_readers_language_not_the_askers(monkeypatch: pytest.MonkeyPatch, settings: Any) -> None:
    settings.COMPLETE_LANGUAGES = ("en", "cs", "de")
    person = person_who_may_sign_in(language="cs")
    spoken: list[str | None] = []
    monkeypatch.setattr(DefaultAccountAdapter, "send_mail", lambda *_given: spoken.append(translation.get_language()))
    visitor().post("/accounts/password/reset/", {"email": person.email}, headers={"accept-language": "de"})
    assert spoken == ["cs"]


def test_admin_signs_in_through_the_same_page_and_lets_operators_only_in() -> None:
    client = visitor()
    assert client.get("/admin/login/?next=/admin/")["Location"] == "/accounts/login/?next=%2Fadmin%2F"
    client.force_login(person_who_may_sign_in())
    assert client.get("/admin/login/").status_code == 403
    superuser = Person.objects.create_superuser(some_email("root"), PASSWORD, name="Root")
    staff = visitor()
    staff.post("/accounts/login/", {"login": superuser.email, "password": PASSWORD})
    assert staff.get("/admin/").status_code == 200


def test_a_created_person_signs_in_without_a_code() -> None:
    email = some_email("Bob")
    person = create_person(email=f" {email.upper()} ", name="Bob", password=PASSWORD)
    assert person.email == email.lower()
    client = visitor()
    client.post("/accounts/login/", {"login": email, "password": PASSWORD})
    assert signed_in(client)


@pytest.mark.parametrize(
    "wrong", [{"time_zone": "Mars/Olympus"}, {"date_format": "D"}, {"language": "xx"}, {"email": "x"}, {"name": ""}]
)
def test_nobody_is_created_with_a_value_no_form_takes(wrong: dict[str, str]) -> None:
    with pytest.raises(ValidationError):
        person_who_may_sign_in(**wrong)
