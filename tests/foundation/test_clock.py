"""The platform's clock: forwards only, only where it may be moved, and `expertim clock`."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError, connection

from expertim.foundation import clock as port
from expertim.foundation.durations import parse_duration

HOUR = timedelta(hours=1)


@pytest.fixture
def unset(database: Any) -> Iterator[Any]:
    """A clock that nobody has moved yet; afterwards too."""
    database.owner.execute("DELETE FROM platform_clock")
    yield database
    database.owner.execute("DELETE FROM platform_clock")


def said(*words: str) -> str:
    out = StringIO()
    call_command("clock", *words, stdout=out)
    return out.getvalue().strip()


def test_an_unmoved_clock_is_the_machines(unset: Any) -> None:
    assert abs(port.now() - port.machine_now()) < timedelta(seconds=5)


def test_the_clock_moves_forwards_and_ticks_on(unset: Any) -> None:
    before = port.now()
    assert port.advance(25 * HOUR) - before >= 25 * HOUR
    later = port.now()
    assert timedelta(0) <= port.now() - later < timedelta(seconds=5)


def test_the_clock_is_set_to_a_later_moment_and_ticks_on(unset: Any) -> None:
    target = port.machine_now() + 90 * HOUR
    assert timedelta(0) <= port.move_to(target) - target < timedelta(seconds=5)


def test_the_clock_never_goes_back(unset: Any) -> None:
    with pytest.raises(port.ClockRefused, match="forwards only"):
        port.advance(-timedelta(microseconds=1))
    with pytest.raises(port.ClockRefused, match="has passed"):
        port.move_to(port.now() - HOUR)
    port.advance(HOUR)
    with pytest.raises(IntegrityError), connection.cursor() as cursor:
        cursor.execute("UPDATE platform_clock SET shift = interval '0'")


def test_only_a_fresh_clock_begins_in_the_past_and_only_once(unset: Any) -> None:
    start = port.machine_now() - 720 * HOUR
    port.begin_at(start)
    assert timedelta(0) <= port.now() - start < timedelta(seconds=5)
    with pytest.raises(port.ClockRefused, match="started already"):
        port.begin_at(start - HOUR)


@pytest.mark.parametrize(
    "move",
    [
        lambda: port.advance(HOUR),
        lambda: port.move_to(port.now() + HOUR),
        lambda: port.begin_at(port.now() - HOUR),
    ],
)
def test_where_the_clock_may_not_be_moved_every_way_is_refused(move: Any, unset: Any, settings: Any) -> None:
    settings.MOVABLE_CLOCK = False
    with pytest.raises(port.ClockRefused, match="EXPERTIM_MOVABLE_CLOCK"):
        move()
    assert abs(port.now() - port.machine_now()) < timedelta(seconds=5)


@pytest.mark.parametrize(
    ("text", "length"),
    [
        ("15m", timedelta(minutes=15)),
        ("25h", timedelta(hours=25)),
        ("1h30m", timedelta(minutes=90)),
        ("2d", timedelta(days=2)),
        ("1d2h3m", timedelta(days=1, hours=2, minutes=3)),
        ("0m", timedelta(0)),
    ],
)
def test_a_length_of_time_is_read(text: str, length: timedelta) -> None:
    assert parse_duration(text) == length


@pytest.mark.parametrize("text", ["", "1", "h", "1.5h", "1m1h", "1h 30m", "-1h", "+1h", "1w", "1H", "١h", "999999d"])
def test_anything_else_is_no_length_of_time(text: str) -> None:
    with pytest.raises(ValueError, match="not a length"):
        parse_duration(text)


def test_the_command_prints_the_platforms_time_in_utc(clock: Any) -> None:
    clock.freeze(datetime(2027, 3, 27, 23, 30, tzinfo=UTC))
    assert said() == "2027-03-27T23:30:00Z"
    assert said("advance", "1h15m") == "2027-03-28T00:45:00Z"
    assert said("set", "2027-03-28T02:00+01:00") == "2027-03-28T01:00:00Z"


@pytest.mark.parametrize(
    ("words", "why"),
    [
        (("advance", "soon"), "not a length of time"),
        (("advance", "-1h"), "forwards only"),
        (("advance", "99999d"), None),
        (("advance", "99999999m"), None),
        (("advance", "9999999h"), "not a length of time"),
        (("set", "2027-02-28T00:00Z"), "has passed"),
        (("set", "2027-03-28T00:30"), "does not say its offset"),
        (("set", "tomorrow"), "not a moment"),
        (("set", "9999-12-31T23:59Z"), "beyond the year 9000"),
        (("set", "0001-01-01T00:00+14:00"), "beyond the year 9000"),
        (("set",), "Say"),
        (("advance",), "Say"),
        (("back", "1h"), "Say"),
        (("advance", "1h", "2h"), "Say"),
    ],
)
def test_the_command_refuses_in_words(clock: Any, words: tuple[str, ...], why: str | None) -> None:
    before = clock.now
    if why is None:
        said(*words)
        return
    with pytest.raises(CommandError, match=why):
        said(*words)
    assert clock.now == before


def test_the_command_refuses_where_the_clock_may_not_be_moved(clock: Any, settings: Any) -> None:
    settings.MOVABLE_CLOCK = False
    with pytest.raises(CommandError, match="cannot be moved"):
        said("advance", "1h")
    assert said() == "2027-03-01T09:00:00Z"


def test_the_time_is_told_without_loading_django(database, clock):
    """A command that is asked in passing answers in under 0.3 s of CPU; Django alone takes seconds."""
    asked = (
        "import sys; from expertim.cli import main; code = main(['clock']);"
        " sys.exit(code or ('django' in sys.modules) * 3)"
    )
    done = subprocess.run(
        [sys.executable, "-c", asked],
        env={**os.environ, "DATABASE_URL": database.app},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stdout) == (0, "2027-03-01T09:00:00Z\n"), done.stderr
