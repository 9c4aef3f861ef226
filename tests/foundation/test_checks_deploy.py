"""System checks of what surrounds a real installation: proxies, files, the database's roles and its durability."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.checks import run_checks
from django.db import connection

from expertim.foundation import checks


def ids(*, deploy: bool = False) -> list[str]:
    found = [
        message for message in run_checks(include_deployment_checks=deploy) if str(message.id).startswith("expertim")
    ]
    assert all(message.hint for message in found)
    return sorted(str(message.id) for message in found)


@pytest.mark.parametrize(
    ("environment", "url", "found"),
    [
        ({"TRUSTED_PROXIES": "1"}, "https://meet.example.org", []),
        ({}, "https://meet.example.org", ["expertim.W004"]),
        ({"TRUSTED_PROXIES": "1", "RATE_LIMITS": "0"}, "https://meet.example.org", ["expertim.W003"]),
        ({"RATE_LIMITS": "0"}, "http://localhost:8000", []),
    ],
)
def test_limits_on_attempts_count_visitors(
    settings: Any, monkeypatch: pytest.MonkeyPatch, environment: dict[str, str], url: str, found: list[str]
) -> None:
    settings.PUBLIC_URL = url
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    assert [message.id for message in checks.visitors_can_be_told_apart()] == found


@pytest.mark.parametrize(("mode", "found"), [(0o600, []), (0o640, ["expertim.W005"]), (0o604, ["expertim.W005"])])
def test_the_secret_keys_file_is_for_its_owner_only(settings: Any, tmp_path: Any, mode: int, found: list[str]) -> None:
    settings.DATA_DIR = tmp_path
    assert checks.secret_key_is_private() == []
    (tmp_path / "secret_key").write_text("k" * 50)
    (tmp_path / "secret_key").chmod(mode)
    assert [message.id for message in checks.secret_key_is_private()] == found


def test_a_database_of_ones_own_without_an_owner_is_mentioned(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("DATABASE_URL", "DATABASE_OWNER_URL"):
        monkeypatch.delenv(name, raising=False)
    assert checks.owner_has_its_own_address() == []
    monkeypatch.setenv("DATABASE_URL", "postgresql://app@db/expertim")
    assert [message.id for message in checks.owner_has_its_own_address()] == ["expertim.I001"]
    monkeypatch.setenv("DATABASE_OWNER_URL", "postgresql://owner@db/expertim")
    assert checks.owner_has_its_own_address() == []


def test_the_applications_role_of_ours_passes(database: Any) -> None:
    with connection.cursor() as cursor:
        assert checks._rights(cursor) == []


def test_a_role_that_owns_the_tables_is_warned_of(database: Any) -> None:
    with database.owners() as owner, owner.cursor() as cursor:
        assert [message.id for message in checks._rights(cursor)] == ["expertim.W008"]


class Answering:
    """A cursor that answers what a server of somebody else's would."""

    def __init__(self, *rows: tuple[Any, ...]) -> None:
        self.rows = rows

    def execute(self, *_given: Any) -> None: ...

    def fetchone(self) -> tuple[Any, ...]:
        return self.rows[0]

    def fetchall(self) -> list[tuple[Any, ...]]:
        return list(self.rows)


def test_a_superuser_is_warned_of() -> None:
    assert [message.id for message in checks._rights(Answering((True,)))] == ["expertim.W007"]


@pytest.mark.parametrize(
    ("settings_of_the_server", "named"),
    [
        ({"fsync": "on", "full_page_writes": "on", "synchronous_commit": "on"}, []),
        ({"synchronous_commit": "remote_apply"}, []),
        ({"synchronous_commit": "off"}, ["synchronous_commit"]),
        ({"fsync": "off", "full_page_writes": "off"}, ["fsync", "full_page_writes"]),
    ],
)
def test_a_server_that_forgets_is_warned_of(settings_of_the_server: dict[str, str], named: list[str]) -> None:
    found = checks._durability(Answering(*settings_of_the_server.items()))
    assert [str(message.msg).split()[3] for message in found] == named
    assert {message.id for message in found} <= {"expertim.W009"}


def test_the_database_is_asked_only_with_deploy(database: Any) -> None:
    asked: list[str] = []

    def note(execute: Any, sql: str, *given: Any) -> Any:
        asked.append(sql)
        return execute(sql, *given)

    with connection.execute_wrapper(note):
        ids()
        assert asked == []
        ids(deploy=True)
        assert any("pg_settings" in sql for sql in asked)


def test_a_database_that_does_not_answer_is_named_and_nothing_breaks(
    database: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    from django.db import OperationalError

    def refuse(*_given: Any, **_more: Any) -> Any:
        raise OperationalError("connection refused")

    monkeypatch.setattr(connection, "cursor", refuse)
    assert [message.id for message in checks.database_is_fit_for_credits()] == ["expertim.W006"]
