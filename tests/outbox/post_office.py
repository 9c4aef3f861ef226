"""A real mail server on loopback whose manners a test can spoil, and a database for one worker alone."""

from __future__ import annotations

import asyncio
import email
import os
import socket
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from email.message import Message
from typing import Any

import psycopg
from aiosmtpd.controller import Controller
from psycopg import conninfo, sql

from tests.conftest import WORKER, Installation, _point_django_at


class PostOffice:
    """Says what it is told to say; keeps what it has taken, also where it then loses its "250"."""

    def __init__(self) -> None:
        self.mails: list[Message] = []
        self.at_recipient = ""  # an answer instead of 250
        self.at_data = ""
        self.hang_seconds = 0.0  # after the text, before the answer
        self.lose_answer = 0  # so many times: take the mail and hang up without a word

    async def handle_RCPT(  # aiosmtpd's name
        self, _server: Any, _session: Any, envelope: Any, address: str, _options: Any
    ) -> str:
        if self.at_recipient and address.startswith("refused"):
            return self.at_recipient
        envelope.rcpt_tos.append(address)
        return "250 fine"

    async def handle_DATA(self, server: Any, _session: Any, envelope: Any) -> str:
        if self.at_data:
            return self.at_data
        if self.hang_seconds:
            await asyncio.sleep(self.hang_seconds)
            return "451 slept"
        self.mails.append(email.message_from_bytes(envelope.content))
        if self.lose_answer:
            self.lose_answer -= 1
            server.transport.close()
        return "250 taken"

    @property
    def ids(self) -> Counter[str]:
        """How often each Message-ID was taken."""
        return Counter(str(mail["Message-ID"]) for mail in self.mails)


@contextmanager
def post_office() -> Iterator[tuple[PostOffice, str]]:
    """An open one, and its EMAIL_URL."""
    office = PostOffice()
    with socket.socket() as probe:  # the controller knocks at the number it was given, so it cannot be 0
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    controller = Controller(office, hostname="127.0.0.1", port=port)
    controller.start()
    try:
        yield office, f"smtp://127.0.0.1:{port}"
    finally:
        controller.stop(no_assert=True)


@contextmanager
def database_alone(installation: Installation) -> Iterator[Installation]:
    """An empty database that nobody else's rows are due in; Django looks at it meanwhile."""
    name = f"expertim_test_{WORKER}_post"
    with psycopg.connect(installation.owner_url, autocommit=True) as server:
        [template] = server.execute(
            "SELECT datname FROM pg_database WHERE datname LIKE 'expertim_template_%'"
        ).fetchone()  # type: ignore[misc]
        _drop(server, name)
        server.execute(sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(sql.Identifier(name), sql.Identifier(template)))
        alone = Installation(
            app=conninfo.make_conninfo(installation.app, dbname=name),
            owner=conninfo.make_conninfo(installation.owner_url, dbname=name),
        )
        try:
            _point_django_at(alone.app)
            yield alone
        finally:
            _point_django_at(installation.app)
            alone.owner.close()
            _drop(server, name)


def _drop(server: psycopg.Connection[Any], name: str) -> None:
    """A vacuum that the server has begun by itself may not be ended by us: wait for it."""
    for _ in range(10):
        try:
            server.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))
            return
        except psycopg.errors.InsufficientPrivilege:
            time.sleep(0.5)


def work(at: Installation, *, email_url: str, crash_at: str = "", once: bool = True) -> int:
    """A real `expertim work` on that database; its exit code, negative where a signal ended it."""
    environment = os.environ | {
        "DATABASE_URL": at.app,
        "DATABASE_OWNER_URL": at.owner_url,
        "EMAIL_URL": email_url,
        "EXPERTIM_MOVABLE_CLOCK": "1",
        "CRASH_AT": crash_at,
    }
    command = [sys.executable, "-m", "expertim", "work", *(["--once"] if once else [])]
    return subprocess.run(command, env=environment, capture_output=True, timeout=120, check=False).returncode
