"""From sightings to times of presence."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from expertim.video.intervals import intervals, together

START = datetime(2027, 3, 16, 9, tzinfo=UTC)


def at(seconds: int) -> datetime:
    return START + timedelta(seconds=seconds)


@pytest.mark.parametrize(
    ("sightings", "found"),
    [
        ([], []),
        ([("joined", 0)], [(0, 0)]),
        ([("joined", 0), ("present", 20), ("left", 30)], [(0, 30)]),
        ([("joined", 0), ("present", 60), ("present", 120)], [(0, 120)]),
        ([("joined", 0), ("present", 61)], [(0, 0), (61, 61)]),
        ([("joined", 0), ("left", 10), ("joined", 15), ("left", 40)], [(0, 10), (15, 40)]),
        ([("left", 10), ("joined", 0)], [(0, 10)]),
        ([("left", 10)], []),
        ([("joined", 0), ("present", 20), ("ended", 200)], [(0, 20)]),
        ([("joined", 0), ("joined", 20), ("left", 30)], [(0, 30)]),
    ],
)
def test_sightings_become_intervals(sightings: list[tuple[str, int]], found: list[tuple[int, int]]) -> None:
    given = [(kind, at(seconds)) for kind, seconds in sightings]
    assert intervals(given) == tuple((at(a), at(b)) for a, b in found)


def test_together_is_where_both_were() -> None:
    one = ((at(0), at(100)), (at(200), at(300)))
    other = ((at(50), at(250)),)
    assert together(one, other) == together(other, one) == timedelta(seconds=100)
    assert together(one, ()) == timedelta(0)
