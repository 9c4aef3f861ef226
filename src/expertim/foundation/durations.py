"""Lengths of time as people type them: 15m, 1h30m, 25h, 2d. Pure."""

from __future__ import annotations

import re
from datetime import timedelta

SHORTEST_MINUTES, LONGEST_MINUTES = 5, 480  # of a service, and of a meeting (P2)

_WRITTEN = re.compile(r"(?:([0-9]{1,5})d)?(?:([0-9]{1,6})h)?(?:([0-9]{1,8})m)?", re.ASCII)


def parse_duration(text: str) -> timedelta:
    """Days, hours and minutes in that order, each optional. Raises ValueError for anything else."""
    found = _WRITTEN.fullmatch(text)
    if found is None or not text:
        raise ValueError(f"not a length of time: {text!r}")
    days, hours, minutes = (int(part or 0) for part in found.groups())
    return timedelta(days=days, hours=hours, minutes=minutes)
