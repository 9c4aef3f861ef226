"""The page of commands names every one of ours, and nothing that is not there."""

from __future__ import annotations

import re
from pathlib import Path

from django.core.management import get_commands

from expertim.cli import _command_files

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs" / "commands.md").read_text()


def test_every_command_of_ours_is_on_the_page() -> None:
    ours = {file.stem for file in _command_files("expertim")}
    named = set(re.findall(r"`expertim ([a-z]+)", PAGE))
    assert ours <= named <= set(get_commands())


def test_every_target_of_the_makefile_is_on_the_page() -> None:
    targets = set(re.findall(r"^([a-z][a-z-]*):.*## ", (ROOT / "Makefile").read_text(), re.MULTILINE))
    assert targets == set(re.findall(r"`make ([a-z-]+)`", PAGE))


def test_the_readme_names_only_what_is_there() -> None:
    readme = (ROOT / "README.md").read_text()
    targets = re.findall(r"(?:^|`)make ([a-z-]+)", readme, re.MULTILINE)
    assert {"demo", "test"} <= set(targets)
    assert all(f"`make {target}`" in PAGE for target in targets)
    assert set(re.findall(r"\bexpertim ([a-z]+)\b", readme)) <= set(get_commands())


def test_the_demo_log_ins_of_the_readme_are_the_catalogues() -> None:
    readme = (ROOT / "README.md").read_text()
    catalogue = (ROOT / "src/expertim/site/demo/catalogue.yaml").read_text()
    named = re.findall(r"`(\w+@example\.org)`", readme)
    assert len(named) >= 3
    for email in named:
        entry = catalogue[catalogue.index(f"email: {email}") :].split("- {", 1)[0]
        assert "password: expertim-demo" in entry
