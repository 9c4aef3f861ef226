"""Random lives: the core against a second telling of the rules, and against its own timeline.

`HYPOTHESIS_PROFILE=campaign` looks much longer, at new lives each time.
"""

from __future__ import annotations

import os

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from expertim.meetings.facts import (
    PARTIES,
    By,
    Progress,
    State,
)
from expertim.meetings.lifecycle import next_bell
from tests.make import DAY, LONG_BEFORE, START
from tests.meetings.folding import fold
from tests.meetings.lives import Step, World, policies, steps

CAMPAIGN = os.environ.get("HYPOTHESIS_PROFILE") == "campaign"
LIVES = settings(
    max_examples=20_000 if CAMPAIGN else 400,
    derandomize=not CAMPAIGN,
    deadline=None,
    database=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)


def check_timeline(world: World) -> None:
    now = world.core.now
    if now.state is None:
        return
    told = fold(world.entries, free=world.core.price == 0)
    assert (told.state, told.payment, told.progress) == (now.state, now.payment, now.progress)
    assert (told.start, told.approved_by, told.alternative) == (now.start, now.approved_by, now.alternative)
    moments = [entry.at for entry in world.entries]
    assert moments == sorted(moments)


lives = {
    "price": st.sampled_from([2500, 2501, 2500, 1, 0, 333, 9_999_999]),
    "minutes": st.sampled_from([60, 5, 480]),
    "credits": st.sampled_from([20_000_000, 20_000_000, 10_000, 2500, 0]),
    "policy": policies,
    "story": st.lists(steps, min_size=10, max_size=25),
}


def play(world: World, story: list[Step]) -> None:
    for step in story:
        world.move_clock(step)
        world.ring()
        world.compare()
        world.ask(step)
        world.ring()
        world.compare()
        world.check_money_follows_state()
        world.check_nothing_is_left_behind()
        check_timeline(world)


@LIVES
@given(**lives)
def test_random_lives_go_as_the_rules_say(
    price: int, minutes: int, credits: int, policy: dict[str, int], story: list[Step]
) -> None:
    """P1-D6, J1, E1, E2, X1, S1-S6, T1-T6, O1, C5, Z2, V1, K1, K3, K4 against the model, step by step."""
    play(World(price=price, minutes=minutes, credits=credits, policy=policy), story)


@LIVES
@given(by=st.sampled_from(PARTIES), wait=st.sampled_from(["none", "doors", "end", "end"]), **lives)
def test_every_agreed_life_comes_to_rest_with_no_credits_blocked_but_in_a_dispute(
    by: By, wait: str, price: int, minutes: int, credits: int, policy: dict[str, int], story: list[Step]
) -> None:
    """T1, T2, T6, K3: given time, each block ends; begun from an agreed meeting, so that lives get far."""
    world = World(price=price, minutes=minutes, credits=max(credits, price), policy=policy)
    world.agree(by)
    world.clock = {"none": LONG_BEFORE, "doors": START, "end": world.core.end}[wait]
    play(world, story)
    world.clock += 400 * DAY
    world.ring()
    world.compare()
    check_timeline(world)
    assert next_bell(world.core) is None
    now = world.core.now
    assert now.alternative is None
    assert now.state is not State.AWAITING
    assert (None in world.blocks) == (now.progress is Progress.DISPUTED and price > 0)
