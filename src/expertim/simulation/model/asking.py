"""How an act is asked for: who may ask, the key (Z1), and that time comes first (T0)."""

from __future__ import annotations

import copy
from typing import Any

from expertim.simulation.model.acts import Typed, perform
from expertim.simulation.model.time import come_by
from expertim.simulation.model.world import MINUTE, Life, Name, No, World, know_each_other, new_life

_TEXTS = {"cancel": "reason", "reject": "reason", "alternative_reject": "reason", "settle": "note"}


def ask(
    world: World,
    *,
    person: Name,
    act: str,
    meeting: Name,
    at: int,
    typed: Typed,
    key: str | None = None,
    operator: bool = False,
    trail: list[World] | None = None,
) -> dict[str, Any]:
    """Judge one request, do it, and answer {repeated, meeting, version}; raises No.

    `meeting` is its name, or the name that a proposal would give it. `trail` gathers the world as it stood wherever
    something had been kept: a fault may have ended the request at any of these points, and nowhere else.
    """

    def kept() -> None:
        if trail is not None:
            trail.append(snapshot(world, person, meeting))

    kept()
    shape(act, typed)
    life = begun(world, person, meeting, typed) if act == "propose" else world["lives"].get(meeting)
    if life is None or not (operator or person in (life["user"], life["expert"])):
        raise No("not_found")
    by = "operator" if operator else "user" if person == life["user"] else "expert"
    place = (person, "propose" if act == "propose" else (meeting, act), key)
    content = (sorted((name, str(value)) for name, value in typed.items() if name != "seen_version"), operator)
    if key is not None and place in world["keys"]:
        before, answer = world["keys"][place]
        if before != content:
            raise No("idempotency_key_reused")
        return {**answer, "repeated": True}
    try:
        perform(world, life, by=by, person=person, act=act, at=at, typed=typed)
    except No as no:
        kept()
        if no.key != "insufficient_credits" or not come_by(world, person, at):
            raise
        kept()  # T0: what time should have given back by now counts
        perform(world, life, by=by, person=person, act=act, at=at, typed=typed)
    if act == "propose":
        world["lives"][meeting] = life
    answer = {"repeated": False, "meeting": meeting, "version": len(life["timeline"])}
    if key is not None:
        world["keys"][place] = (content, answer)
    kept()
    return answer


def possible(world: World, person: Name, act: str, meeting: Name, at: int) -> bool:
    """Whether they have that act now, were nothing wrong with what they type; proposing is always one."""
    if act == "propose":
        return True
    there = snapshot(world, person, meeting)
    life = there["lives"][meeting]
    sound = {
        "reason": min(world["reasons"]),
        "start": (at // MINUTE + 100_000) * MINUTE,
        "progress": "smooth",
        "stars": 5 if person == life["user"] else None,
    }
    try:
        ask(there, person=person, act=act, meeting=meeting, at=at, typed=sound)
    except No as no:
        return no.key != "not_possible_now"
    return True


def snapshot(world: World, person: Name, meeting: Name) -> World:
    """The world as it stands, safe from whatever that person does next with that meeting."""
    touched = {name for name, life in world["lives"].items() if person in (life["user"], life["expert"])} | {meeting}
    return {
        **world,
        "wallets": {name: dict(wallet) for name, wallet in world["wallets"].items()},
        "lives": {name: copy.deepcopy(life) if name in touched else life for name, life in world["lives"].items()},
        "wrote": set(world["wrote"]),
        "keys": dict(world["keys"]),
    }


def shape(act: str, typed: Typed) -> None:
    """What is refused before anything is looked at."""
    field = _TEXTS.get(act)
    errors = [(field, "required")] if field and not typed.get(field, "").strip() else []
    if act in ("propose", "reschedule") and typed["start"] % MINUTE:
        errors.append(("start", "whole_minutes"))
    if act == "evaluate" and typed.get("progress") is None:
        errors.append(("progress", "required"))
    if typed.get("stars") not in (None, 1, 2, 3, 4, 5):
        errors.append(("stars", "out_of_range"))
    if errors:
        raise No("invalid", errors=tuple(errors))
    if act == "propose" and typed["role"] == "expert":
        if not 5 <= typed["minutes"] <= 480:
            errors.append(("minutes", "out_of_range"))
        if not 0 <= typed["price"] <= 9_999_999:
            errors.append(("price", "out_of_range"))
        if errors:
            raise No("invalid", errors=tuple(errors))


def begun(world: World, person: Name, meeting: Name, typed: Typed) -> Life | None:
    """A proposal's meeting: P1 at the service's price and length, P2 at those that the expert has typed."""
    by_user, other = typed["role"] == "user", typed["other"]
    if not by_user and other != person and not know_each_other(world, person, other):
        return None
    user, expert = (person, other) if by_user else (other, person)
    offer = world["offers"].get(typed["service"])
    own = offer is not None and offer["expert"] == expert and offer["field"] == typed["field"]
    terms = offer if by_user and own else typed
    life = new_life(
        user=user,
        expert=expert,
        price=terms["price"],
        minutes=terms["minutes"],
        policy=dict(world["policies"][typed["field"]]),
    )
    life["offered"] = own and typed["skill"] in offer["skills"] and user != expert
    return life
