"""`make docs` builds every page without a warning, and nothing in them comes from another host."""

from __future__ import annotations

import os
import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.slow
def test_the_docs_build_strictly_and_stand_alone(tmp_path: Path) -> None:
    done = subprocess.run(
        ["make", "-s", "-C", str(ROOT), "docs"],
        env=os.environ | {"DATA_DIR": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    pages = list((tmp_path / "docs").rglob("*.html"))
    sources = list((ROOT / "docs").rglob("*.md"))
    assert {page.relative_to(tmp_path / "docs").with_suffix(".md") for page in pages} >= {
        source.relative_to(ROOT / "docs") for source in sources
    }
    loaded = r'<(?:img|script|iframe)[^>]+src="(?:https?:)?//|<link[^>]+rel="[^"]*(?:stylesheet|icon|preload)[^>]+//'
    assert [page.name for page in pages if re.search(loaded, page.read_text())] == []


def test_the_makefile_stays_short() -> None:
    assert len((ROOT / "Makefile").read_text().splitlines()) < 60
