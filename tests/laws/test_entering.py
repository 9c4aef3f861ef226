"""What signing in asks of the database: at most 20 statements, the limits of attempts and the new session included."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.db import connection

from expertim.people.actions import create_person
from tests.people.visiting import PASSWORD, signed_in, some_email, visitor

MOST = 20


def test_signing_in_takes_at_most_twenty_statements(database: Any) -> None:
    client, email = visitor(), some_email()
    create_person(email=email, name="Alice", password=PASSWORD)
    page = _statements(lambda: client.get("/accounts/login/"))
    asked = _statements(lambda: client.post("/accounts/login/", {"login": email, "password": PASSWORD}))
    assert signed_in(client)
    assert len(page) <= 5, page
    assert len(asked) <= MOST, asked


def _statements(work: Callable[[], Any]) -> list[str]:
    asked: list[str] = []

    def note(execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
        asked.append(sql)
        return execute(sql, params, many, context)

    with connection.execute_wrapper(note):
        work()
    return asked
