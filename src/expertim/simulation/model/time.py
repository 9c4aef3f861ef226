"""What time does by itself (T0-T6, S5, S6), and until when telling somebody is of use."""

from __future__ import annotations

import copy

from expertim.simulation.model.world import (
    HOUR,
    MINUTE,
    OTHER,
    Life,
    Name,
    World,
    dispute,
    end_block,
    end_of,
    event,
    finish,
    lives_of,
    tell,
)


def due(life: Life) -> list[tuple[int, str]]:
    """T1-T6: what time has yet to do, with its moment."""
    policy, state = life["policy"], life["state"]
    found = []
    if state == "awaiting_approval":
        found.append((life["start"], "T1"))
    if life["alternative"] is not None:
        found.append((min(life["start"], life["alternative"][0]), "T2"))
    if state == "agreed":
        remind = life["start"] - policy["reminder"] * HOUR
        if remind >= life["in_force"]:  # agreed exactly then: sent
            found.append((remind, "T3"))
        link = life["start"] - policy["link"] * MINUTE
        found.append((link if link > life["in_force"] else life["in_force"], "T4"))
        if len(life["said"]) < 2:
            found.append((end_of(life) + policy["evaluation"] * HOUR, "T5"))
        if life["progress"] is None:
            found.append((settles_at(life), "T6"))
    return sorted(each for each in found if each[1] not in life["done"])


def pass_time(world: World, life: Life, at: int) -> bool:
    """T0: all that is due by `at`, in its order; `at` is also when somebody came. True where there was anything."""
    anything = False
    while (waiting := due(life)) and waiting[0][0] <= at:
        moment, what = waiting[0]
        TIME[what](world, life, moment, at)
        anything = True
    return anything


def come_by(world: World, person: Name, at: int) -> bool:
    """T0: somebody reads: their own meetings are as the clock has them. True where there was anything to do."""
    rung = [pass_time(world, life, at) for life in lives_of(world, person)]  # all of them, not up to the first
    return any(rung)


def settles_at(life: Life) -> int:
    return end_of(life) + int(life["policy"]["settlement"]) * HOUR


def of_use(life: Life, kind: str, at: int) -> bool:
    """After an outage: what is older than this is dropped, never sent late in a heap."""
    if kind == "meeting_reminder":
        return bool(life["start"] - at > life["policy"]["link"] * MINUTE)
    if kind == "meeting_link":
        return at < end_of(life)
    if kind == "evaluation_reminder":
        return at < settles_at(life)
    return True


def expire(world: World, life: Life, moment: int, at: int) -> None:
    life["state"] = "expired"
    end_block(world, life, 0, "returned")
    event(life, "expired", "platform", moment)
    tell(life, "meeting_expired", "user", "expert")


def lapse(world: World, life: Life, moment: int, at: int) -> None:
    life["alternative"] = None
    event(life, "alternative_lapsed", "platform", moment)
    tell(life, "alternative_lapsed", "user", "expert")


def remind(world: World, life: Life, moment: int, at: int) -> None:
    life["done"].add("T3")
    if of_use(life, "meeting_reminder", at):
        tell(life, "meeting_reminder", "user", "expert")


def link(world: World, life: Life, moment: int, at: int) -> None:
    life["done"].add("T4")
    if of_use(life, "meeting_link", at):
        tell(life, "meeting_link", "user", "expert")


def ask_evaluation(world: World, life: Life, moment: int, at: int) -> None:
    life["done"].add("T5")
    if of_use(life, "evaluation_reminder", at):
        tell(life, "evaluation_reminder", *(by for by in OTHER if by not in life["said"]))


def settle_by_time(world: World, life: Life, moment: int, at: int) -> None:
    """S5, S6: the log counts a Join pressed for the date in force and before its end."""
    came = {by for by, when in life["joined"].items() if when < end_of(life)}
    if not life["said"]:
        if came == {"user"}:
            finish(world, life, "no_show_expert", moment)
        elif came == {"expert"}:
            finish(world, life, "no_show_user", moment)
        else:
            finish(world, life, "went_smoothly", moment)
        return
    ((speaker, said),) = life["said"].items()
    if said == "not_held_other_fault" and came == {speaker}:
        finish(world, life, "no_show_expert" if speaker == "user" else "no_show_user", moment)
    elif said == "smooth" and speaker == "expert" and came != {"user"}:
        finish(world, life, "went_smoothly", moment)
    else:
        dispute(life, moment)


TIME = {
    "T1": expire,
    "T2": lapse,
    "T3": remind,
    "T4": link,
    "T5": ask_evaluation,
    "T6": settle_by_time,
}


def peek(world: World, life: Life, at: int) -> Life:
    """That life as somebody who reads now would find it, without anything having been done."""
    there = {
        "wallets": {who: dict(world["wallets"][who]) for who in (life["user"], life["expert"])},
        "commission": 0,
        "bonus": 0,
    }
    seen = copy.deepcopy(life)
    pass_time(there, seen, at)
    return seen
