"""Every meeting in every state, made once a file."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from expertim.outbox.models import Row
from tests import conftest
from tests.access.scenes import NOW, Scene, scene


@pytest.fixture(scope="module")
def place(installation: conftest.Installation) -> Iterator[Scene]:
    """Every meeting in every state, made once; the clock stands still."""
    made = scene(installation)
    mail = {"kind": "mail", "payload": {"to": [], "subject": "S", "body": "B"}, "status": "done", "due_at": NOW}
    Row.objects.get_or_create(key="a mail to be looked at", defaults=mail)
    yield made
    conftest.PlatformClock(installation).release()


@pytest.fixture(autouse=True)
def _committing(database: conftest.Installation) -> None:
    """As all tests here: for real."""
