"""What there is: people with wallets, offers, meetings; and what happens to credits (K1-K5)."""

from __future__ import annotations

from collections.abc import Hashable, Iterable
from typing import Any

MINUTE = 60 * 1_000_000
HOUR = 60 * MINUTE
OTHER = {"user": "expert", "expert": "user"}
SETTLED = ("went_smoothly", "no_show_user", "no_show_expert")

World = dict[str, Any]
Life = dict[str, Any]
Name = Hashable


class No(Exception):
    """Refused: the key, and what the wording needs."""

    def __init__(self, key: str, **facts: Any) -> None:
        super().__init__(key, facts)
        self.key = key
        self.facts = facts


def invalid(field: str, problem: str) -> No:
    return No("invalid", errors=((field, problem),))


def need(condition: bool) -> None:
    if not condition:
        raise No("not_possible_now")


def new_world(*, reasons: Iterable[str] = ()) -> World:
    return {
        "wallets": {},  # whose: available and blocked
        "commission": 0,  # what the platform has earned
        "bonus": 0,  # and given for first reviews, negative
        "reasons": set(reasons),
        "offers": {},  # service: expert, field, skills, price, minutes
        "policies": {},  # field: policy values
        "lives": {},  # meeting: its life
        "wrote": set(),  # user and expert: has written about them (V1)
        "keys": {},  # person, scope, key: content and answer (Z1)
        "chats": {},  # the two: what was said between them
        "welcome": set(),  # experts to whom anybody may begin to write
        "paused": {},  # expert: until when they take no proposals from users
        "replies": {},  # user and expert: when the expert has replied
        "told_of_replies": [],
    }


def new_person(world: World, name: Name, credits: int) -> None:
    world["wallets"][name] = {"available": credits, "blocked": 0}


def new_life(*, user: Name, expert: Name, price: int, minutes: int, policy: dict[str, int]) -> Life:
    return {
        "user": user,
        "expert": expert,
        "price": price,
        "minutes": minutes,
        "policy": policy,  # frozen: changing the Expertise's never alters it
        "state": None,
        "payment": "not_blocked",
        "progress": None,
        "start": None,
        "approved": set(),
        "alternative": None,  # start and author
        "said": {},
        "joined": {},  # party: first moment, for the date in force
        "in_force": None,
        "dates": 1,  # how many dates it has had
        "done": set(),  # reminders of the date in force
        "blocks": [],  # how each block ended: None while it is open
        "timeline": [],  # event, by, at
        "notices": [],  # kind, to
        "rooms": [],
    }


def end_of(life: Life) -> int:
    return int(life["start"] + life["minutes"] * MINUTE)


def event(life: Life, name: str, by: str, at: int) -> None:
    life["timeline"].append((name, by, at))


def tell(life: Life, kind: str, *to: str) -> None:
    life["notices"] += [(kind, party) for party in to]


def share(amount: int, percent: int) -> int:
    """K4: a share, rounded half up."""
    return (2 * amount * percent + 10_000) // 20_000


# ---------------------------------------------------------------- credits


def afford(world: World, life: Life) -> None:
    """Z2: refused with the amount missing."""
    missing = life["price"] - world["wallets"][life["user"]]["available"]
    if missing > 0:
        raise No("insufficient_credits", missing=missing)


def block(world: World, life: Life) -> None:
    if life["price"] == 0:
        return
    afford(world, life)
    wallet = world["wallets"][life["user"]]
    wallet["available"] -= life["price"]
    wallet["blocked"] += life["price"]
    life["blocks"].append(None)
    life["payment"] = "blocked"


def end_block(world: World, life: Life, fee: int, payment: str) -> None:
    """K3: each block ends once; the fee is deducted, the rest returned, the expert paid less commission."""
    if life["payment"] != "blocked":
        return
    assert life["blocks"][-1] is None
    commission = share(fee, life["policy"]["commission"])
    life["blocks"][-1] = (life["price"] - fee, fee)
    wallet = world["wallets"][life["user"]]
    wallet["blocked"] -= life["price"]
    wallet["available"] += life["price"] - fee
    world["wallets"][life["expert"]]["available"] += fee - commission
    world["commission"] += commission
    life["payment"] = payment if fee else "returned"


def first_words(world: World, life: Life) -> None:
    """V1: the first text of that user about that expert earns the bonus once."""
    if (life["user"], life["expert"]) in world["wrote"]:
        return
    world["wrote"].add((life["user"], life["expert"]))
    world["wallets"][life["user"]]["available"] += life["policy"]["bonus"]
    world["bonus"] -= life["policy"]["bonus"]
    if life["policy"]["bonus"]:
        tell(life, "credits_moved", "user")


# ---------------------------------------------------------------- settling


def finish(world: World, life: Life, progress: str, at: int) -> None:
    """S1-S3."""
    fee = {
        "went_smoothly": life["price"],
        "no_show_user": share(life["price"], life["policy"]["no_show"]),
        "no_show_expert": 0,
    }[progress]
    life["progress"] = progress
    end_block(world, life, fee, "paid")
    event(life, "progress_evaluated", "platform", at)
    tell(life, "meeting_settled", "user", "expert")


def dispute(life: Life, at: int) -> None:
    """S4."""
    life["progress"] = "disputed"
    event(life, "progress_disputed", "platform", at)
    tell(life, "meeting_disputed", "user", "expert", "operator")


# ---------------------------------------------------------------- people


def lives_of(world: World, person: Name) -> list[Life]:
    return [life for life in world["lives"].values() if person in (life["user"], life["expert"])]


def overlaps(world: World, life: Life, person: Name, start: int) -> set[Name]:
    """O1: the person's other Agreed meetings at that time, in either role; touching ends do not overlap.

    They have to be named; in which order, the rule does not say.
    """
    end = start + life["minutes"] * MINUTE
    return {
        name
        for name, other in world["lives"].items()
        if other is not life and person in (other["user"], other["expert"]) and other["state"] == "agreed"
        if other["start"] < end and end_of(other) > start
    }


def between(one: Name, another: Name) -> tuple[Name, ...]:
    """The two, whoever is named first."""
    return tuple(sorted((one, another), key=str))


def know_each_other(world: World, one: Name, another: Name) -> bool:
    """P2: words between the two, or any meeting ever proposed between them, in any role."""
    met = any({life["user"], life["expert"]} == {one, another} for life in world["lives"].values())
    return met or between(one, another) in world["chats"]
