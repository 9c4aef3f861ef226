"""The command's own manners: an empty database is said in words, and a demo's folder stays a demo's."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest


def _run(data_dir, *command, **environment):
    kept = {name: value for name, value in os.environ.items() if name not in ("EXPERTIM_MOVABLE_CLOCK", "DATABASE_URL")}
    return subprocess.run(
        [sys.executable, *command],
        env=kept | {"DATA_DIR": str(data_dir)} | environment,
        capture_output=True,
        text=True,
        timeout=60,
    )


def test_an_empty_database_is_said_in_words(tmp_path):
    answer = _run(tmp_path, "-m", "expertim", "audit")
    assert answer.returncode == 1
    assert "run `expertim migrate` first" in answer.stderr
    assert "Traceback" not in answer.stderr


@pytest.mark.parametrize(
    ("marked", "environment", "movable"),
    [
        (False, {}, "False"),
        (True, {}, "True"),
        (True, {"EXPERTIM_MOVABLE_CLOCK": "0"}, "False"),
        (False, {"EXPERTIM_MOVABLE_CLOCK": "1"}, "True"),
        (False, {"EXPERTIM_MOVABLE_CLOCK": "", "PORT": ""}, "False"),
        (True, {"EXPERTIM_MOVABLE_CLOCK": ""}, "True"),
    ],
)
def test_a_demos_folder_is_a_demos_for_every_command(tmp_path, marked, environment, movable):
    if marked:
        (tmp_path / "demo").touch()
    said = _run(tmp_path, "-c", "from expertim import settings; print(settings.MOVABLE_CLOCK)", **environment)
    assert said.stdout.strip() == movable
