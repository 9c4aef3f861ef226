"""A story is played through the real actions; played again, nothing has a second effect."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from expertim.meetings.models import Meeting
from expertim.site.player import CannotGoOn, Player, ring_all
from expertim.site.story import StoryAct, read_story
from tests.world import World, events, row, unique, wallet, world

BASE = datetime(2027, 4, 1, 9, tzinfo=UTC)


@pytest.fixture
def place(clock: Any) -> Iterator[World]:
    clock.freeze(BASE - timedelta(days=10))
    ring_all()  # what other tests have left due
    yield world()
    ring_all()


def story(place: World, *lines: str) -> tuple[StoryAct, ...]:
    """Acts of the place's user (U) and expert (E); the first line proposes."""
    first = (
        f"at: -10d, by: U, act: propose, as: m, expert: E, expertise: {place.expertise.slug}, service: advice,"
        " skill: valuation, start: -6d"
    )
    text = "".join(f"- {{{line}}}\n" for line in (first, *lines))
    named = text.replace("by: U", f"by: {place.user.email}").replace("by: E", f"by: {place.expert.email}")
    return read_story(named.replace("expert: E", f"expert: {place.expert.email}").encode())


def test_acts_happen_at_their_moments_and_time_does_its_part_at_its_own(place: World, clock: Any) -> None:
    player = Player(base=BASE)
    player.play(
        story(
            place,
            "at: -9d, by: E, act: confirm, meeting: m",
            "at: -8d, by: U, act: reschedule, meeting: m, start: -4d",
            "at: -5d, by: E, act: evaluate, meeting: m, progress: smooth",
            "at: -4d, by: U, act: evaluate, meeting: m, progress: smooth, stars: 5, review: Very good.",
        )
    )
    timeline = row(player.meetings["m"]).timeline.order_by("sequence").values_list("at", "event", "by")
    assert list(timeline) == [
        (BASE - timedelta(days=10), "approved", "user"),
        (BASE - timedelta(days=9), "approved", "expert"),
        (BASE - timedelta(days=8), "alternative_selected", "user"),
        (BASE - timedelta(days=8), "approved", "user"),
        (BASE - timedelta(days=6), "alternative_lapsed", "platform"),
        (BASE - timedelta(days=5), "progress_recorded", "expert"),
        (BASE - timedelta(days=4), "progress_recorded", "user"),
        (BASE - timedelta(days=4), "progress_evaluated", "platform"),
    ]
    assert wallet(place.user) == (10_000 - 2500 + 500, 0)
    assert wallet(place.expert) == (2000, 0)


def test_a_late_cancellation_accepts_the_fee_that_is_due(place: World) -> None:
    player = Player(base=BASE)
    player.play(
        story(
            place,
            "at: -9d, by: E, act: confirm, meeting: m",
            "at: -7d, by: U, act: cancel, meeting: m, reason: Ill.",
        )
    )
    assert row(player.meetings["m"]).payment == "reimbursed_cancellation"
    assert wallet(place.user) == (8750, 0)


def test_z1_a_story_that_is_played_again_has_no_second_effect(place: World) -> None:
    acts = story(
        place,
        "at: -9d, by: E, act: confirm, meeting: m",
        "at: -7d, by: U, act: cancel, meeting: m, reason: Ill.",
    )
    first = Player(base=BASE)
    first.play(acts[:2])
    Player(base=BASE, resumed=True).play(acts)
    again = Player(base=BASE, resumed=True)
    again.play(acts)
    assert again.left_out == []
    assert again.meetings == first.meetings
    assert Meeting.objects.filter(user=place.user).count() == 1
    assert Counter(events(first.meetings["m"]))["cancelled", "user"] == 1
    assert wallet(place.user) == (8750, 0)


def test_an_act_that_is_refused_ends_a_fresh_story_and_is_left_out_of_a_resumed_one(place: World) -> None:
    acts = story(
        place,
        "at: -9d, by: E, act: withdraw, meeting: m",
        "at: -8d, by: E, act: confirm, meeting: m",
    )
    with pytest.raises(CannotGoOn, match="line 2: withdraw of m"):
        Player(base=BASE).play(acts)
    resumed = Player(base=BASE, resumed=True)
    resumed.play(acts)
    assert len(resumed.left_out) == 1
    assert row(resumed.meetings["m"]).state == "agreed"


LOOK = """
import json
from collections import Counter
from expertim.meetings.models import Meeting
from expertim.reviews.models import Review
from expertim.site.player import shift
states = Counter(f"{m.state} {m.payment} {m.progress}" for m in Meeting.objects.all())
print(json.dumps({"shift": shift().total_seconds(), "states": states, "reviews": Review.objects.count(),
                  "alternatives": Meeting.objects.filter(alternative_at__isnull=False).count()}))
"""


@pytest.mark.slow
def test_the_demo_shows_every_state_and_a_killed_one_is_brought_to_its_end(tmp_path: Path) -> None:
    inherited = {name: value for name, value in os.environ.items() if not name.startswith(("DATABASE", "EXPERTIM"))}
    environment = {**inherited, "DATA_DIR": str(tmp_path / unique("demo"))}
    command = [sys.executable, "-m", "expertim"]

    def run(*words: str) -> str:
        return subprocess.run(
            [*command, *words], env=environment, capture_output=True, text=True, check=True, timeout=120
        ).stdout

    killed = subprocess.Popen([*command, "demo", "--only-prepare"], env=environment, stdout=subprocess.PIPE, text=True)
    assert killed.stdout is not None
    assert killed.stdout.readline().startswith("Created: 3 Expertises")
    killed.kill()
    killed.wait()
    told = run("demo", "--only-prepare")
    assert told.startswith("The story of this installation was interrupted; it is played to its end now.\n")
    assert "Nothing to change." in told
    assert "Left out" not in told
    found = json.loads(run("shell", "-v", "0", "-c", LOOK))
    assert found["shift"] == 0
    assert found["reviews"] >= 10
    assert found["alternatives"] >= 2
    assert {line.split(" ")[0] for line in found["states"]} == {
        *("awaiting_approval", "agreed", "rejected", "cancelled", "expired")
    }
    assert {line.split(" ")[1] for line in found["states"]} == {
        *("not_blocked", "blocked", "returned", "reimbursed_cancellation", "paid", "free")
    }
    assert {line.split(" ")[2] for line in found["states"]} == {
        *("None", "went_smoothly", "no_show_user", "no_show_expert", "disputed")
    }
    assert "going on where it was" in run("demo", "--only-prepare")
    assert json.loads(run("shell", "-v", "0", "-c", LOOK))["states"] == found["states"]
