"""What people do: the table "Who may do what, when", row by row (P1-X1)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from expertim.simulation.model.time import pass_time
from expertim.simulation.model.world import (
    HOUR,
    MINUTE,
    OTHER,
    SETTLED,
    Life,
    Name,
    No,
    World,
    afford,
    block,
    dispute,
    end_block,
    end_of,
    event,
    finish,
    first_words,
    invalid,
    need,
    overlaps,
    share,
    tell,
)

Typed = dict[str, Any]


def perform(world: World, life: Life, *, by: str, person: Name, act: str, at: int, typed: Typed) -> None:
    """Do what is due, then the act, or raise No; what time has done stays done."""
    if life["state"] is not None:
        pass_time(world, life, at)
    need(act == "propose" or life["state"] is not None)
    if typed.get("seen_version") not in (None, len(life["timeline"])):
        raise No("changed_meanwhile")
    ACTS[act](world, life, by, person, at, typed)
    if life["state"] == "agreed":
        pass_time(world, life, at)  # agreed within the hour before the start: the link is due at once (T4)


# ---------------------------------------------------------------- the rows


def future(life: Life, at: int) -> bool:
    return bool(at < life["start"])


def warn(world: World, life: Life, person: Name, start: int, typed: Typed) -> None:
    """O1: a warning, not a wall."""
    in_the_way = overlaps(world, life, person, start)
    if in_the_way and not typed.get("acknowledge_overlap"):
        raise No("overlap", meetings=in_the_way)


def seen(typed: Typed, start: int) -> None:
    """C5."""
    if typed.get("seen_start") not in (None, start):
        raise No("terms_changed", start=start)


def listed(world: World, typed: Typed) -> None:
    if typed["reason"] not in world["reasons"]:
        raise invalid("reason", "not_offered")


def propose(world: World, life: Life, by: str, person: Name, at: int, typed: Typed) -> None:
    """P1, P2."""
    need(life["state"] is None and by in OTHER)
    if not life.get("offered", True):
        raise No("invalid", errors=())  # naming the field is the product's affair
    if by == "user" and at < (world["paused"].get(life["expert"]) or at):
        raise invalid("expert", "paused")
    if typed["start"] <= at:
        raise invalid("start", "past")
    if by == "user" and (typed["price"], typed["minutes"]) != (life["price"], life["minutes"]):
        raise No("terms_changed", price=life["price"], minutes=life["minutes"])
    warn(world, life, person, typed["start"], typed)
    if by == "user":
        afford(world, life)
    life |= {"state": "awaiting_approval", "start": typed["start"], "approved": {by}}
    life["payment"] = "not_blocked" if life["price"] else "free"
    if by == "user":
        block(world, life)
    event(life, "approved", by, at)
    tell(life, "meeting_proposed", OTHER[by])


def unanswered(life: Life, by: str, at: int) -> None:
    need(life["state"] == "awaiting_approval" and future(life, at) and by in OTHER and by not in life["approved"])


def confirm(world: World, life: Life, by: str, person: Name, at: int, typed: Typed) -> None:
    """A1."""
    unanswered(life, by, at)
    seen(typed, life["start"])
    warn(world, life, person, life["start"], typed)
    if by == "user":
        block(world, life)
    life |= {"state": "agreed", "approved": {"user", "expert"}, "in_force": at}
    event(life, "approved", by, at)
    tell(life, "meeting_agreed", "user", "expert")
    life["rooms"].append("create")


def reject(world: World, life: Life, by: str, person: Name, at: int, typed: Typed) -> None:
    """A2."""
    unanswered(life, by, at)
    listed(world, typed)
    life["state"] = "rejected"
    end_block(world, life, 0, "returned")
    event(life, "rejected", by, at)
    tell(life, "meeting_rejected", OTHER[by])


def withdraw(world: World, life: Life, by: str, person: Name, at: int, typed: Typed) -> None:
    """C1."""
    need(life["state"] == "awaiting_approval" and future(life, at) and by in life["approved"])
    life["state"] = "cancelled"
    end_block(world, life, 0, "returned")
    event(life, "cancelled", by, at)
    tell(life, "meeting_withdrawn", OTHER[by])


def cancelling_fee(life: Life, at: int) -> int:
    """C2, C3: free while at least 48 h remain."""
    if life["start"] - at >= life["policy"]["free"] * HOUR:
        return 0
    return share(life["price"], life["policy"]["late"])


def cancel(world: World, life: Life, by: str, person: Name, at: int, typed: Typed) -> None:
    """C2, C3, C4."""
    need(life["state"] == "agreed" and future(life, at) and by in OTHER)
    fee = cancelling_fee(life, at) if by == "user" else 0
    if by == "user" and typed.get("seen_fee") is None:
        raise invalid("fee", "required")
    if typed.get("seen_fee") not in (None, fee):
        raise No("fee_changed", fee=fee)
    life |= {"state": "cancelled", "alternative": None}
    end_block(world, life, fee, "reimbursed_cancellation")
    event(life, "cancelled", by, at)
    if fee:
        event(life, "reimbursed", "platform", at)
        tell(life, "credits_moved", "user")  # nobody's credits move untold, and who cancels is told nothing else
    if by == "expert":
        tell(life, "meeting_cancelled_by_expert", "user")
    else:
        tell(life, "meeting_cancellation_by_user" if fee else "meeting_canceled_by_user", "expert")
    life["rooms"].append("cancel")


def reschedule(world: World, life: Life, by: str, person: Name, at: int, typed: Typed) -> None:
    """D1, D2, D3."""
    was = life["state"]
    need(was in ("agreed", "rejected") and by in OTHER and future(life, at) and life["alternative"] is None)
    if typed["start"] <= at:
        raise invalid("start", "past")
    if was == "agreed" and typed["start"] == life["start"]:
        raise invalid("start", "unchanged")
    warn(world, life, person, typed["start"], typed)
    if was == "rejected" and by == "user":
        block(world, life)
        life |= {"state": "awaiting_approval", "start": typed["start"], "approved": {by}, "dates": life["dates"] + 1}
    else:
        life["alternative"] = (typed["start"], by)
    event(life, "alternative_selected", by, at)
    event(life, "approved", by, at)
    tell(life, f"rescheduling_{was}_by_{by}", OTHER[by])


def open_alternative(life: Life, at: int) -> tuple[int, str]:
    need(life["alternative"] is not None)
    start, author = life["alternative"]
    need(future(life, at) and at < start)
    return start, author


def alternative_confirm(world: World, life: Life, by: str, person: Name, at: int, typed: Typed) -> None:
    """D4."""
    start, author = open_alternative(life, at)
    need(by == OTHER[author])
    seen(typed, start)
    warn(world, life, person, start, typed)
    if life["state"] == "rejected":
        block(world, life)
    life["rooms"].append("create" if life["state"] == "rejected" else "edit")
    life |= {"state": "agreed", "start": start, "alternative": None, "approved": {"user", "expert"}}
    life |= {"in_force": at, "done": set(), "joined": {}, "dates": life["dates"] + 1}
    event(life, "alternative_approved", by, at)
    tell(life, "alternative_confirmed", author)


def alternative_reject(world: World, life: Life, by: str, person: Name, at: int, typed: Typed) -> None:
    """D5."""
    start, author = open_alternative(life, at)
    need(by == OTHER[author])
    listed(world, typed)
    seen(typed, start)
    life["alternative"] = None
    event(life, "alternative_rejected", by, at)
    tell(life, "alternative_rejected", author)


def alternative_withdraw(world: World, life: Life, by: str, person: Name, at: int, typed: Typed) -> None:
    """D6."""
    start, author = open_alternative(life, at)
    need(by == author)
    seen(typed, start)
    life["alternative"] = None
    event(life, "alternative_cancelled", by, at)
    tell(life, "alternative_withdrawn", OTHER[by])


def join(world: World, life: Life, by: str, person: Name, at: int, typed: Typed) -> None:
    """J1: logged, the first time per party and date with an event."""
    need(life["state"] == "agreed" and by in OTHER)
    opens = life["start"] - life["policy"]["opens"] * MINUTE
    need(opens <= at < end_of(life) + life["policy"]["closes"] * MINUTE)
    if by not in life["joined"]:
        life["joined"][by] = at
        event(life, "attended", by, at)


def visible(text: str) -> str:
    """A text of blanks and of signs without width is no text."""
    return text.replace("\u200b", "").strip()


def evaluate(world: World, life: Life, by: str, person: Name, at: int, typed: Typed) -> None:
    """E1, E2, and S1-S4."""
    need(life["state"] == "agreed" and at >= end_of(life) and by in OTHER and by not in life["said"])
    said, stars, words = typed["progress"], typed.get("stars"), visible(typed.get("review", ""))
    if by == "expert" and (stars is not None or words):
        raise invalid("stars" if stars is not None else "review", "not_yours")
    if by == "user" and said == "smooth" and stars is None:
        raise invalid("stars", "required")
    life["said"][by] = said
    event(life, "progress_recorded", by, at)
    if words:
        first_words(world, life)
    if life["progress"] in SETTLED:
        return  # too late to move credits, still heard
    rows = {
        ("user", "smooth"): "went_smoothly",
        ("user", "not_held_my_fault"): "no_show_user",
        ("expert", "not_held_my_fault"): "no_show_expert",
    }
    if (by, said) in rows:
        finish(world, life, rows[by, said], at)
    elif len(life["said"]) == 2 and life["progress"] is None:
        dispute(life, at)


def settle(world: World, life: Life, by: str, person: Name, at: int, typed: Typed) -> None:
    """X1."""
    need(by == "operator" and life["progress"] == "disputed" and person not in (life["user"], life["expert"]))
    if not 0 <= typed["fee"] <= life["price"]:
        raise invalid("fee", "out_of_range")
    life["progress"] = typed["outcome"]
    end_block(world, life, typed["fee"], "paid")
    event(life, "progress_evaluated", "operator", at)
    tell(life, "dispute_settled", "user", "expert")


ACTS: dict[str, Callable[[World, Life, str, Name, int, Typed], None]] = {
    "propose": propose,
    "confirm": confirm,
    "reject": reject,
    "withdraw": withdraw,
    "cancel": cancel,
    "reschedule": reschedule,
    "alternative_confirm": alternative_confirm,
    "alternative_reject": alternative_reject,
    "alternative_withdraw": alternative_withdraw,
    "join": join,
    "evaluate": evaluate,
    "settle": settle,
}
