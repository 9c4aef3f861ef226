"""`expertim mail test ADDRESS`: what the mail server says, said."""

from __future__ import annotations

import io
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from tests.outbox.post_office import post_office


def test_a_mail_is_taken_and_that_is_said(settings: Any) -> None:
    with post_office() as (office, url):
        settings.EMAIL_URL = url
        said = io.StringIO()
        call_command("mail", "test", "a@example.org", stdout=said)
    assert "has taken a mail" in said.getvalue()
    [mail] = office.mails
    assert mail["To"] == "a@example.org"
    assert mail["Subject"] == f"Mail from {settings.SITE_NAME} arrives"


def test_a_refusal_is_said_in_the_server_s_words(settings: Any) -> None:
    with post_office() as (office, url):
        settings.EMAIL_URL = url
        office.at_recipient = "550 nobody here"
        with pytest.raises(CommandError, match="nobody here"):
            call_command("mail", "test", "refused@example.org")


@pytest.mark.parametrize(
    ("url", "address", "why"),
    [
        ("", "a@example.org", "EMAIL_URL is not set"),
        ("smtp://127.0.0.1:1", "a@example.org", "did not take it"),
        ("smtp://127.0.0.1:1", "nobody", "not an e-mail address"),
    ],
)
def test_what_cannot_be_tried_is_said(settings: Any, url: str, address: str, why: str) -> None:
    settings.EMAIL_URL = url
    with pytest.raises(CommandError, match=why):
        call_command("mail", "test", address)
