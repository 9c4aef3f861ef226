"""What is typed about oneself and cannot be: addresses, names, zones, passwords; links of mails, opened too often.

Case by case as catalogued: refused as said, never a 500, and nothing is written.
"""

from __future__ import annotations

import logging
from typing import Any

import pytest
from django.urls import reverse

from expertim.outbox.models import Row
from expertim.people.actions import create_person
from expertim.people.models import Person
from tests.access.scenes import rich
from tests.access.test_bad_input import written
from tests.meetings.visiting import Visitor
from tests.people.visiting import PASSWORD, link_in, mails_to, sign_up_fields, signed_in, some_email, visitor


@pytest.fixture(autouse=True)
def _mail_is_written_to_the_outbox(settings: Any) -> None:
    settings.EMAIL_BACKEND = "expertim.outbox.mail.OutboxBackend"  # Django's test runner swaps it


ADDRESSES = [
    *("a@b\r\nBcc: v@evil.com", '"a b"@example.org', "a" * 300 + "@example.org", "a@b", "a b@example.org"),
    *("@example.org", "a@example.org, b@example.org", "a@example.org\x00", "<a@example.org>", "a@[127.0.0.1"),
]


@pytest.mark.parametrize("email", ADDRESSES)
def test_75_what_is_no_address_makes_no_account_and_sends_nothing(email: str) -> None:
    before, client = written(), visitor()
    assert client.post("/accounts/signup/", sign_up_fields(email)).status_code == 200
    assert client.post("/accounts/login/", {"login": email, "password": PASSWORD}).status_code == 200
    assert written() == before
    client.post("/accounts/password/reset/", {"email": email})
    assert written()[:5] == before[:5]


def test_75_an_address_that_does_not_fit_is_not_cut_off() -> None:
    """308 letters of a good address were once an account of the first 254, and the code went there."""
    long = "b" * 60 + "@" + ".".join(letter * 60 for letter in "cdef") + ".org"
    before = written()
    assert visitor().post("/accounts/signup/", sign_up_fields(long)).status_code == 200
    assert written() == before
    client = visitor()
    client.force_login(create_person(email=some_email(), name="Alice", password=PASSWORD))
    asked = client.post("/accounts/email/", {"email": long, "action_add": ""}, follow=True)
    assert asked.status_code == 200
    assert not Row.objects.filter(payload__to__contains=[long[:254]]).exists()


def test_75_a_reset_goes_to_the_address_that_is_stored() -> None:
    stored = create_person(email=some_email("mike"), name="Mike", password=PASSWORD).email
    look_alike = stored.replace("mike", "mıke")  # a dotless i, which some make an I of, and that an i
    visitor().post("/accounts/password/reset/", {"email": look_alike})
    assert not mails_to(stored)
    visitor().post("/accounts/password/reset/", {"email": stored.upper()})
    assert [mail["to"] for mail in mails_to(stored)] == [[stored]]


def test_who_signs_in_is_logged_and_what_was_typed_is_not(caplog: pytest.LogCaptureFixture) -> None:
    """ASVS 16.3.1, 16.2.5."""
    person, client = create_person(email=some_email(), name="Alice", password=PASSWORD), visitor()
    with caplog.at_level(logging.INFO, logger="expertim.people"):
        client.post("/accounts/login/", {"login": person.email, "password": "not the password"})
        client.post("/accounts/login/", {"login": person.email, "password": PASSWORD})
        client.post("/accounts/logout/")
    said = [
        line.getMessage().partition(" from 10.")[0]
        for line in caplog.records
        if "igned" in line.getMessage() or "Signing" in line.getMessage()
    ]
    assert said == ["Signing in failed", f"Signed in: {person.public_id}", f"Signed out: {person.public_id}"]
    assert person.email not in caplog.text
    assert PASSWORD not in caplog.text


def test_nothing_in_an_address_begins_a_line_of_the_log(caplog: pytest.LogCaptureFixture) -> None:
    """ASVS 16.4.1."""
    for there in ("/x%0aERROR%20forged/", "/x%0d%0aERROR%20forged/", "/meetings/x%0aERROR/"):
        visitor().get(there)
    assert caplog.records
    assert all("\n" not in line.getMessage() and "\r" not in line.getMessage() for line in caplog.records)


NAMES = [
    *("x\nBcc: v@evil.com", "x\r\nBcc: v", "a\x00b", "a\x1bb", "\u202egro.live", "a\u2028b", "\u200b\u2060"),
    *("x" * 201, " "),
]


@pytest.mark.parametrize("name", NAMES)
def test_76_a_name_is_one_line_that_can_be_seen(name: str) -> None:
    w, email, operator = rich(operator=False), some_email(), Visitor(rich(operator=True).user)
    before = written()
    typed = {"name": name, "time_zone": "UTC", "date_format": "DD.MM.YYYY HH:MM", "language": "en"}
    assert Visitor(w.user).post("/settings/", typed).status_code == 422
    assert visitor().post("/accounts/signup/", sign_up_fields(email, name=name)).status_code == 200
    assert operator.post(reverse("operator_skill_new", args=[w.expertise.slug]), {"name_en": name}).status_code == 422
    assert operator.post(reverse("operator_reason_new"), {"text_en": name}).status_code == 422
    assert written() == before


@pytest.mark.parametrize(
    "zone", ["Mars/Base", "../../etc/passwd", "EST5EDT,M3.2.0", "", "Europe/Prague\x00", "UTC" * 99]
)
def test_12_a_zone_is_one_of_the_list(zone: str) -> None:
    user = Visitor(rich(operator=False).user)
    before = written()
    typed = {"name": "Uma", "time_zone": zone, "date_format": "DD.MM.YYYY HH:MM", "language": "en"}
    assert user.post("/settings/", typed).status_code == 422
    assert user.post("/settings/zone/", {"device": zone, "answer": "change"})["Location"] == "/settings/"
    assert written() == before


@pytest.mark.parametrize("password", ["password1", "short", "a\x00long enough phrase", "the address", ""])
def test_79_a_password_that_is_easily_guessed_is_refused(password: str) -> None:
    before, email = written(), some_email("longerthanothers")
    sent = sign_up_fields(email, password1=email if password == "the address" else password)
    assert visitor().post("/accounts/signup/", sent).status_code == 200
    assert written() == before


def test_79_a_password_without_end_is_not_read_and_a_long_one_is_kept_whole() -> None:
    before = written()
    endless = sign_up_fields(some_email(), password1="x" * 1_000_000)
    assert visitor().post("/accounts/signup/", endless).status_code == 413
    assert written() == before
    phrase = "correct horse battery staple, and on, and on: " * 3 + "ends so"
    person = create_person(email=some_email(), name="Alice", password=phrase)
    for sent, inside in ((phrase[:-1], False), (phrase.upper(), False), (phrase, True)):
        client = visitor()
        client.post("/accounts/login/", {"login": person.email, "password": sent})
        assert signed_in(client) is inside


def test_81_a_link_that_a_scanner_opened_five_times_still_works_once() -> None:
    person = create_person(email=some_email(), name="Alice", password=PASSWORD)
    visitor().post("/accounts/password/reset/", {"email": person.email})
    link = "/" + link_in(mails_to(person.email)[-1]).split("/", 3)[3]
    for _n in range(5):
        scanner = visitor()
        assert scanner.get(scanner.get(link)["Location"]).status_code == 200
    client = visitor()
    form = client.get(link)["Location"]
    sent = {"password1": "another phrase, long", "password2": "another phrase, long"}
    assert client.post(form, sent).status_code == 302
    assert "does not work any more" in visitor().get(link).content.decode()
    third = {"password1": "a third phrase, long", "password2": "a third phrase, long"}
    assert client.post(form, third).status_code == 200
    assert Person.objects.get(pk=person.pk).check_password("another phrase, long")
