"""What a run has to have seen to count: the floors below which it has proved nothing."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from expertim.simulation.model.time import due, of_use, settles_at
from expertim.simulation.model.world import HOUR, MINUTE, Life, World, end_of
from expertim.simulation.scheduler import SECOND

# What even some dozens of meetings must contain.
COMMON = (
    "proposed by a user",
    "proposed by an expert",
    "confirmed by an expert",
    "rejected",
    "withdrawn",
    "cancelled late",
    "expired",
    "joined",
    "settled by the user's word",
    "alternative confirmed",
    "first words",
    "refused: insufficient_credits",
    "refused: overlap",
    "refused: terms_changed",
    "refused: not_possible_now",
    "refused: not_found",
    "refused: invalid",
    "same request twice",
    "both in one instant",
    "page done",
    "mail sent",
    "proposal by page done",
    "program done",
    "program refused",
    "program repeats itself",
    "link opened",
    "webhook taken",
    "room made",
    "chat begun: 200",
    "chat said: done",
    "chat letter at the wire",
    "refused: an expert's pause",
    "reply: done",
    "period looked at",
    "called off in a period",
)
# What takes a thousand or two to be seen often.
RARE = (
    "confirmed by a user",
    "cancelled free of charge",
    "cancelled by the expert",
    "cancelled while an alternative was open",
    "alternative rejected",
    "alternative taken back",
    "blocked anew after a rejection",
    "moved across a change of clocks",
    "link due at once",
    "spoken after the settlement",
    "lapsed",
    "settled by the expert's word",
    "settled by time: nobody spoke, none or both had joined",
    "settled by time: nobody spoke, one had joined",
    "settled by time: one spoke",
    "spoken in the tick of the settlement",
    "disputed",
    "settled by an operator",
    "later words, no bonus",
    "refused: fee_changed",
    "refused: idempotency_key_reused",
    "page refused",
    "time done by a reader",
    "mail withdrawn",
    "refused: changed_meanwhile",
    "proposal by page refused",
    "link done",
    "link refused",
    "room cancelled",
    "room entered",
    "receiver dead",
    "chat begun: 403",
    "chat begun: 404",
    "chat said: blocked",
    "chat said: unsaid",
    "chat said: nobody to write to",
    "chat blocked: done",
    "chat reported: done",
    "chat report settled: done",
    "chat letter withdrawn",
    "proposed on the strength of a chat",
    "pause ended: done",
    "reply: nothing to do",
    "reply taken back: done",
    "period, one refused meanwhile",
)
# Once in a run is all there can be.
ONCE = ("receiver gone", "receiver switched off")
# And where faults are in the profile.
COMMON_FAULTS = (
    "outcome unknown: nothing had happened",
    "mail sent twice",
    "worker was away",
    "webhook taken twice",
    "platform answer lost",
)
RARE_FAULTS = (
    "outcome unknown: it had happened",
    "crash between sending and saying so",
    "lease taken over",
    "reminder dropped as too late",
    "clock stepped back",
    "lapsed while no worker was there",
    "beside, outcome unknown: it had happened",
    "beside, outcome unknown: nothing had happened",
    "platform away",
    "platform hangs",
    "platform late",
    "platform very late",
    "receiver answer lost",
    "receiver fails",
    "receiver hangs",
    "receiver slow",
)
CHANGES = (1_806_195_600, 1_824_944_400, 1_837_645_200, 1_856_394_000)  # of clocks in Europe: 2027 and 2028, seconds


def acts_seen(
    act: str, *, before: Life | None, life: Life, world: World, at: int, typed: dict[str, Any]
) -> Iterator[str]:
    """The names of what one act was an example of; `before` is its meeting as it was, shallowly."""
    last = [each[0] for each in life["timeline"][-3:]]
    by = life["timeline"][-1][1] if act != "join" else "user"
    if act == "propose":
        yield f"proposed by {'a user' if typed['role'] == 'user' else 'an expert'}"
        two = {life["user"], life["expert"]}
        if typed["role"] == "expert" and sum({o["user"], o["expert"]} == two for o in world["lives"].values()) == 1:
            yield "proposed on the strength of a chat"
    if act == "confirm":
        yield f"confirmed by {'a user' if life['timeline'][-1][1] == 'user' else 'an expert'}"
    if act == "reject":
        yield "rejected"
    if act == "withdraw":
        yield "withdrawn"
    if act == "cancel" and before is not None:
        if before["alternative"] and life["alternative"] is None:
            yield "cancelled while an alternative was open"
        if "reimbursed" in last:
            yield "cancelled late"
        else:
            yield "cancelled by the expert" if by == "expert" else "cancelled free of charge"
    if act.startswith("alternative_") and before is not None:
        yield {"confirm": "alternative confirmed", "reject": "alternative rejected"}.get(
            act.removeprefix("alternative_"), "alternative taken back"
        )
    if len(life["blocks"]) > 1 and before is not None and before["payment"] != "blocked" == life["payment"]:
        yield "blocked anew after a rejection"
    if before is not None and before["start"] and _across_a_change(before["start"], life["start"]):
        yield "moved across a change of clocks"
    if act in ("confirm", "alternative_confirm") and life["start"] - at < life["policy"]["link"] * MINUTE:
        yield "link due at once"
    if act == "join":
        yield "joined"
    if act == "evaluate":
        yield from _spoken(before, life, last, typed)
        if abs(at - settles_at(life)) <= SECOND:
            yield "spoken in the tick of the settlement"
    if act == "settle":
        yield "settled by an operator"


def _spoken(before: Life | None, life: Life, last: list[str], typed: dict[str, Any]) -> Iterator[str]:
    speaker = "user" if typed.get("stars") is not None or "review" in typed else "expert"
    if "progress_evaluated" in last[-1:]:
        yield f"settled by the {speaker}'s word"
    if last[-1:] == ["progress_disputed"]:
        yield "disputed"
    if before is not None and before["progress"] not in (None, "disputed"):
        yield "spoken after the settlement"


def time_seen(life: Life, at: int) -> Iterator[str]:
    """What time is about to do to a meeting, and how late."""
    for moment, what in due(life):
        if moment > at:
            continue
        if what == "T1":
            yield "expired"
        if what == "T2":
            yield "lapsed"
            if at - moment > HOUR // 2:
                yield "lapsed while no worker was there"
        if what == "T6":
            came = [by for by, when in life["joined"].items() if when < end_of(life)]
            joined = "one had joined" if len(came) == 1 else "none or both had joined"
            yield "settled by time: one spoke" if life["said"] else f"settled by time: nobody spoke, {joined}"
        if what == "T3" and not of_use(life, "meeting_reminder", at):
            yield "reminder dropped as too late"
        if at - moment > HOUR // 2:
            yield "worker was away"


def _across_a_change(one: int, other: int) -> bool:
    first, second = sorted((one // 1_000_000, other // 1_000_000))
    return any(first < change <= second for change in CHANGES)


def missing(seen: dict[str, int], *, floor: int, faults: bool, rare: bool = True) -> list[str]:
    """Which events have been seen too rarely."""
    wanted = COMMON + (COMMON_FAULTS if faults else ())
    if rare:
        wanted += RARE + (RARE_FAULTS if faults else ())
    rare_ones = [name for name in ONCE if rare and not seen.get(name)]
    return [
        f"“{name}” was seen {seen.get(name, 0)} times"
        for name in [*(name for name in wanted if seen.get(name, 0) < floor), *rare_ones]
    ]
