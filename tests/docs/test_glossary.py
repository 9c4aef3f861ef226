"""Every name that the glossary gives an idea in the code is there."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from expertim.api import asking, problems
from expertim.api import models as api
from expertim.chat import models as chat
from expertim.credits import ledger, moves
from expertim.credits import models as credits
from expertim.expertise import models as expertise
from expertim.foundation import clock
from expertim.meetings import actions, facts, lifecycle
from expertim.meetings import models as meetings
from expertim.notifications import models as notifications
from expertim.outbox import models as outbox
from expertim.outbox import worker
from expertim.people import models as people
from expertim.video import models as video

PAGE = Path(__file__).resolve().parents[2] / "docs" / "glossary.md"
ROOMS = {
    "credits": credits,
    "expertise": expertise,
    "meetings": meetings,
    "notifications": notifications,
    "outbox": outbox,
    "people": people,
    "video": video,
    "api": api,
    "chat": chat,
}
MODULES = {
    "actions": actions,
    "facts": facts,
    "ledger": ledger,
    "lifecycle": lifecycle,
    "moves": moves,
    "clock": clock,
    "worker": worker,
    "asking": asking,
    "problems": problems,
}
# A bare class stands for itself wherever it is; the core's words before the tables of the same name.
PLACES: list[Any] = [facts, moves, meetings, credits, expertise, people]


def names() -> list[str]:
    rows = [line for line in PAGE.read_text().splitlines() if line.startswith("| ") and not line.startswith("| ---")]
    return [name for row in rows for name in re.findall(r"`([\w.]+)(?:\(\))?`", row.split("|")[3])]


def found(name: str) -> bool:
    """`facts.Act`, `credits.models.Block`, `outbox.worker.add_pass`, `By.USER`, `Meeting.alarm_at`, `Block.paid`."""
    parts = [part for part in name.split(".") if part not in ("models", "foundation")]
    if parts[0] in ROOMS and len(parts) > 1 and parts[1] not in MODULES:
        places: list[Any] = [ROOMS[parts.pop(0)]]
    elif parts[0] in ROOMS:
        places, parts = [MODULES[parts[1]]], parts[2:]
    elif parts[0] in MODULES:
        places = [MODULES[parts.pop(0)]]
    else:
        places = PLACES
    return any(_has(place, parts) for place in places)


def _has(place: Any, parts: list[str]) -> bool:
    for part in parts:
        if not hasattr(place, part):
            return part in getattr(place, "__dataclass_fields__", {})
        place = getattr(place, part)
    return True


@pytest.mark.parametrize("name", sorted({*names()} - {"platform_now"}))
def test_a_name_of_the_glossary_is_in_the_code(name: str) -> None:
    assert found(name)


@pytest.mark.parametrize("name", ["facts.Nobody", "By.NOBODY", "Meeting.nothing", "credits.models.Purse"])
def test_a_name_that_is_not_there_would_be_noticed(name: str) -> None:
    assert not found(name)


def test_every_word_is_there_once() -> None:
    words = [line.split("|")[1].strip() for line in PAGE.read_text().splitlines() if re.match(r"\| (?!word|---)", line)]
    assert len(words) == len(set(words)) > 50
