"""Somebody at a browser: signed in without the ceremony."""

from __future__ import annotations

import re
from typing import Any

from django.test import Client

from expertim.people.models import Person


def client_of(someone: Person) -> Client:
    client = Client()
    client.force_login(someone)
    return client


def text_of(client: Client, address: str, **asked: Any) -> str:
    """A page's HTML, its moments unwrapped; it must be there."""
    answer = client.get(address, asked)
    assert answer.status_code == 200, (address, answer.status_code)
    return re.sub(r'<span class="moment">([^<]*)</span>', r"\1", answer.content.decode())
