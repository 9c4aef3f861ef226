"""Words of this place are no password (ASVS 6.1.2, 6.2.11); a code is good for ten minutes (6.5.5)."""

from __future__ import annotations

import time
from typing import Any

import pytest
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError

from tests.people.visiting import code_in, mails_to, sign_up_fields, signed_in, some_email, visitor


@pytest.fixture
def elsewhere(settings: Any) -> None:
    settings.SITE_NAME, settings.PUBLIC_URL = "Ask Hradec", "https://meet.hradec.example"


@pytest.mark.usefixtures("elsewhere")
@pytest.mark.parametrize(
    "password", ["expertim", "Expertim-2026!", "hradec2026", "MeetHradec1", "passwordexpert", "my-credits-1"]
)
def test_a_password_that_is_little_more_than_a_word_of_this_place_is_refused(password: str) -> None:
    with pytest.raises(ValidationError):
        validate_password(password)


@pytest.mark.usefixtures("elsewhere")
@pytest.mark.parametrize("password", ["correct horse battery", "my expert likes fresh trout", "quietly over Hradec"])
def test_a_phrase_around_such_a_word_is_taken(password: str) -> None:
    validate_password(password)


@pytest.mark.usefixtures("database")
def test_a_code_is_good_for_ten_minutes(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.EMAIL_BACKEND = "expertim.outbox.mail.OutboxBackend"  # Django's test runner swaps it
    now = time.time
    for minutes, good in ((9.5, True), (10.5, False)):
        client, email = visitor(), some_email()
        client.post("/accounts/signup/", sign_up_fields(email))
        code = code_in(mails_to(email)[-1])
        with monkeypatch.context() as later:
            later.setattr(time, "time", lambda minutes=minutes: now() + minutes * 60)
            client.post("/accounts/confirm-email/", {"code": code})
        assert signed_in(client) is good, minutes
