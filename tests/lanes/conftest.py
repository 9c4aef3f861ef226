"""Every test in here is a lane; what the lanes measured is told when all have run."""

from __future__ import annotations

import json
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from tests.lanes.sizes import FIGURES, LONG


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.lane)


def pytest_sessionstart() -> None:
    with suppress(FileNotFoundError):
        FIGURES.unlink()


def pytest_terminal_summary(terminalreporter: Any) -> None:
    if not LONG or not FIGURES.exists():
        return
    terminalreporter.section("lanes")
    for line in FIGURES.read_text().splitlines():
        told = json.loads(line)
        figures = ", ".join(f"{name.replace('_', ' ')} {value}" for name, value in told.items() if name != "lane")
        terminalreporter.write_line(f"{told['lane']}: {figures}")
