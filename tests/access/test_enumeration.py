"""Who has an account cannot be found out: not by words, not by status, not by the work that is done (A7).

Work is counted, not timed: how many passwords are hashed and how many statements are sent decide how long an answer
takes, and counts do not depend on how busy the machine is. A wide bound on the time stands beside them.
"""

from __future__ import annotations

import re
import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from django.contrib.auth.hashers import Argon2PasswordHasher
from django.core.cache import cache
from django.db import connection
from django.test.utils import CaptureQueriesContext

from expertim.people.actions import create_person
from expertim.people.models import Person
from tests.people.visiting import PASSWORD, mails_to, sign_up_fields, some_email, visitor

pytestmark = pytest.mark.usefixtures("clock")  # which each page of a demo shows
PAIRS = 5
WIDE = 0.5  # seconds between the medians
# A few short statements more or less are lost in the noise of any network; a mail sent at once would not be.
MOST_STATEMENTS = {"log in": 2, "code": 8, "reset": 8, "sign up": 12}


@pytest.fixture(autouse=True)
def _mail_is_written_to_the_outbox(settings: Any) -> None:
    settings.EMAIL_BACKEND = "expertim.outbox.mail.OutboxBackend"  # Django's test runner swaps it


@pytest.fixture
def hashed(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """A line for each password that is hashed, by the real hasher."""
    done: list[str] = []
    encode, verify = Argon2PasswordHasher.encode, Argon2PasswordHasher.verify

    def encoding(self: Any, *given: Any) -> str:
        done.append("encode")
        return encode(self, *given)

    def verifying(self: Any, *given: Any) -> bool:
        done.append("verify")
        return verify(self, *given)

    monkeypatch.setattr(Argon2PasswordHasher, "encode", encoding)
    monkeypatch.setattr(Argon2PasswordHasher, "verify", verifying)
    return done


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """What somebody outside can see of an answer, and what it took."""

    status: int
    leads_to: str
    page: str
    headers: frozenset[str]
    hashes: int
    statements: int
    seconds: float


def ask(address: str, fields: dict[str, str], email: str, hashed: list[str]) -> Seen:
    client = visitor()
    hashed.clear()
    with CaptureQueriesContext(connection) as taken:
        begun = time.perf_counter()
        answer = client.post(address, fields)
        seconds = time.perf_counter() - begun
    page = re.sub(r'(csrfmiddlewaretoken" value=)"\w+"', r"\1", answer.content.decode()).replace(email, "")
    return Seen(
        status=answer.status_code,
        leads_to=answer.get("Location", ""),
        page=page,
        headers=frozenset(name for name in answer.headers if name != "Content-Length"),
        hashes=len(hashed),
        statements=len(taken),
        seconds=seconds,
    )


def known() -> str:
    email: str = create_person(email=some_email(), name="Alice", password=PASSWORD).email
    return email


FORMS: dict[str, Callable[[str], tuple[str, dict[str, str]]]] = {
    "log in": lambda email: ("/accounts/login/", {"login": email, "password": "not the password"}),
    "code": lambda email: ("/accounts/login/code/", {"email": email}),
    "reset": lambda email: ("/accounts/password/reset/", {"email": email}),
    "sign up": lambda email: ("/accounts/signup/", sign_up_fields(email, password1="quite another secret")),
}
HASHES = {"log in": 1, "code": 0, "reset": 0, "sign up": 1}


@pytest.mark.parametrize("form", FORMS)
def test_74_known_and_unknown_addresses_are_answered_alike(form: str, hashed: list[str]) -> None:
    pairs = []
    for _n in range(PAIRS):
        cache.clear()
        emails = (known(), some_email())
        pairs.append(tuple(ask(*FORMS[form](email), email, hashed) for email in emails))
    for theirs, nobodys in pairs:
        assert (theirs.status, theirs.leads_to, theirs.headers) == (nobodys.status, nobodys.leads_to, nobodys.headers)
        assert theirs.page == nobodys.page
        assert abs(theirs.statements - nobodys.statements) <= MOST_STATEMENTS[form]
        assert (theirs.hashes, nobodys.hashes) == (HASHES[form], HASHES[form])
    medians = [statistics.median(pair[side].seconds for pair in pairs) for side in (0, 1)]
    assert abs(medians[0] - medians[1]) < WIDE


@pytest.mark.parametrize("sort", ["switched off", "without a password"])
def test_74_nor_is_an_account_that_nobody_can_enter_told_apart(sort: str, hashed: list[str]) -> None:
    email, unknown = known(), some_email()
    if sort == "switched off":
        Person.objects.filter(email=email).update(is_active=False)
    else:
        person = Person.objects.get(email=email)
        person.set_unusable_password()
        person.save()
    theirs, nobodys = (ask(*FORMS["log in"](asked), asked, hashed) for asked in (email, unknown))
    assert (theirs.status, theirs.page, theirs.hashes) == (nobodys.status, nobodys.page, nobodys.hashes)


def test_both_get_a_mail_and_only_the_mail_tells() -> None:
    theirs, nobodys = known(), some_email()
    for email in (theirs, nobodys):
        visitor().post("/accounts/password/reset/", {"email": email})
        assert len(mails_to(email)) == 1
    assert mails_to(theirs)[0]["subject"] != mails_to(nobodys)[0]["subject"]
