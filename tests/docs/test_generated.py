"""The generated pages of the docs say what the code does."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from django.core.checks import run_checks

from expertim.meetings.facts import Act, By, State
from expertim.meetings.lifecycle import TABLE

DOCS = Path(__file__).resolve().parents[2] / "docs"
sys.path.insert(0, str(DOCS))

import generate  # noqa: E402  # it stands beside the pages it writes
import lifecycle_page  # noqa: E402


@pytest.mark.parametrize("name", ["settings.md", "checks.md", "lifecycle.md", "kinds.md"])
def test_a_generated_page_is_up_to_date(name: str) -> None:
    assert (DOCS / name).read_text() == generate.pages()[name], "run: .venv/bin/python docs/generate.py"


def test_every_cell_of_the_table_has_its_rule() -> None:
    cells = {(state, party, act) for state, row in TABLE.items() for party, act in row}
    rules = lifecycle_page.rule_ids()
    assert set(rules) == cells
    assert rules[State.AGREED, By.USER, Act.CANCEL] == "C2, C3"
    assert rules[State.REJECTED, By.EXPERT, Act.ALTERNATIVE_CONFIRM] == "D4"


def test_every_check_that_can_speak_is_on_the_page() -> None:
    said = {str(message.id) for message in run_checks() if str(message.id).startswith("expertim")}
    page = (DOCS / "checks.md").read_text()
    assert all(f"`{check}`" in page for check in said)
    rows = [line.split("|")[1].strip() for line in page.splitlines() if line.startswith("| `")]
    assert len(rows) == len(set(rows)), "an id stands for one finding"
