"""How long a lane runs: a short one belongs to the suite, a long one to `make prove`; and the figures it prints."""

from __future__ import annotations

import json
import os
from typing import TypeVar

from tests.conftest import DATA

T = TypeVar("T")
LONG = os.environ.get("EXPERTIM_PROVE") == "1"
FIGURES = DATA / "lanes.jsonl"


def size(short: T, long: T) -> T:
    return long if LONG else short


def tell(lane: str, **figures: object) -> None:
    """Keep the figures of a lane for the summary at the end of the run."""
    with FIGURES.open("a") as file:
        file.write(json.dumps({"lane": lane, **figures}) + "\n")
