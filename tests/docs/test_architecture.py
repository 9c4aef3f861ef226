"""The one drawing of the rooms shows the rooms there are, in the layers that import-linter holds."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest
from django.conf import settings

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs" / "architecture.md").read_text()


def drawn() -> list[set[str]]:
    """The boxes of the drawing from top to bottom; rooms in one box are strangers."""
    drawing = PAGE.split("```")[1]
    return [set(box.replace(" ", "").split("|")) for box in re.findall(r"^│ ([a-z |]+?) *│", drawing, re.MULTILINE)]


def test_the_drawing_has_the_layers_of_import_linter() -> None:
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]
    layers = next(c["layers"] for c in contracts if c["type"] == "layers" and "containers" not in c)
    held = [{room.strip().removeprefix("expertim.") for room in layer.split("|")} for layer in layers]
    assert drawn() == held


def test_the_drawing_has_every_room_and_no_other() -> None:
    packages = {path.parent.name for path in (ROOT / "src" / "expertim").glob("*/__init__.py")}
    rooms = {app.removeprefix("expertim.") for app in settings.INSTALLED_APPS if app.startswith("expertim.")}
    assert set.union(*drawn()) == packages == rooms


def test_an_arrow_leads_from_each_box_to_the_next() -> None:
    drawing = PAGE.split("```")[1]
    assert drawing.count("╰────────────────┬") == len(drawn())
    assert drawing.count("╭────────────────▼") == len(drawn())


DOCUMENTS = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")])


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_links_between_our_pages_lead_somewhere(document: Path) -> None:
    links = re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", document.read_text())
    assert [link for link in links if not (document.parent / link).exists()] == []


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_files_that_our_pages_name_are_there(document: Path) -> None:
    """`meetings/rules/`, `src/expertim/cli.py`, `tests/laws/…`: from the root, the package or its rooms."""
    named = re.findall(r"`((?:[a-z_0-9]+/)+(?:[a-z_0-9]+\.(?:py|sql|yaml|html|md|txt))?)`", document.read_text())
    places = [ROOT, ROOT / "src" / "expertim", document.parent]
    assert [name for name in named if not any((place / name).exists() for place in places) and name != "var/"] == []
