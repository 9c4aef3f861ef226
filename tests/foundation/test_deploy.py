"""An installation as it is meant to be run gives no warning at all."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

PRODUCTION = {
    "PUBLIC_URL": "https://meet.example.org",
    "TRUSTED_PROXIES": "1",
    "EMAIL_URL": "smtp+tls://user:secret@mail.example.org:587",
    "EMAIL_FROM": "Meetings <meetings@example.org>",
    "TURN_URL": "turn:turn.example.org:3478",
    "TURN_SECRET": "k" * 40,
}
OF_TESTS = (
    *("EXPERTIM_TEST_DATA", "EXPERTIM_MOVABLE_CLOCK", "DATABASE_URL", "DATABASE_OWNER_URL", "DEBUG", "RATE_LIMITS"),
    *("DJANGO_ALLOW_ASYNC_UNSAFE", "DJANGO_SETTINGS_MODULE"),
)


def expertim(data: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """A command in a data folder of its own, as an operator calls it."""
    environment = {name: value for name, value in os.environ.items() if name not in OF_TESTS}
    environment |= PRODUCTION | {"DATA_DIR": str(data)}
    command = [sys.executable, "-m", "expertim", *words]
    return subprocess.run(command, env=environment, capture_output=True, text=True, timeout=240)


_LEGAL_TEXTS = """
from expertim.people.models import Person
from expertim.people.models_terms import TermsText
from expertim.people.terms import publish
olga = Person.objects.create_user("olga@example.org", name="Olga", is_staff=True)
for kind in TermsText.Kind:
    publish(kind=kind, text="Written.", by=olga, seen=0)
"""


@pytest.mark.slow
def test_a_sound_installation_is_deployed_without_a_warning(tmp_path: Path) -> None:
    assert expertim(tmp_path, "migrate", "--verbosity", "0").returncode == 0
    written = expertim(tmp_path, "shell", "--verbosity", "0", "-c", _LEGAL_TEXTS)
    assert written.returncode == 0, written.stderr
    checked = expertim(tmp_path, "check", "--deploy", "--fail-level", "WARNING")
    assert checked.returncode == 0, checked.stderr
    assert "no issues" in checked.stdout
