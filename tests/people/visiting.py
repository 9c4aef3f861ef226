"""Somebody at a browser of their own: an address nobody else uses, so that limits count for them alone."""

from __future__ import annotations

import re
import secrets
from typing import Any

from django.test import Client

from expertim.outbox.models import Row
from expertim.people.models import Person

PASSWORD = "correct horse battery"


def visitor(**headers: Any) -> Client:
    """A client with its own network address."""
    a, b, c = (secrets.randbelow(254) + 1 for _ in range(3))
    return Client(REMOTE_ADDR=f"10.{a}.{b}.{c}", **headers)


def some_email(who: str = "alice") -> str:
    return f"{who}.{secrets.token_hex(6)}@example.org"


def mails_to(email: str) -> list[dict[str, Any]]:
    """What has been written to an address, oldest first."""
    return [row.payload for row in Row.objects.filter(kind="mail", payload__to__contains=[email]).order_by("id")]


def sign_up_fields(email: str, **given: str) -> dict[str, str]:
    return {
        "email": email,
        "name": "Alice Novák",
        "password1": PASSWORD,
        "time_zone": "Europe/Prague",
        "date_format": "DD.MM.YYYY HH:MM",
        "language": "en",
        **given,
    }


def code_in(mail: dict[str, Any]) -> str:
    found = re.search(r"^ {4}(\S+)$", mail["body"], re.MULTILINE)
    assert found, mail["body"]
    return found[1]


def link_in(mail: dict[str, Any]) -> str:
    found = re.search(r"https?://\S+/reset/key/\S+", mail["body"])
    assert found, mail["body"]
    return found[0]


def sign_up(client: Client, *, email: str, **given: str) -> Person:
    """Through the pages, with the code from the mail."""
    client.post("/accounts/signup/", sign_up_fields(email, **given))
    client.post("/accounts/confirm-email/", {"code": code_in(mails_to(email)[-1])})
    return Person.objects.get(email=email)


def signed_in(client: Client) -> bool:
    return "_auth_user_id" in client.session
