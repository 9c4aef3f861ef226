"""Every act of the rules table, ready to be done: a meeting in the right state, and what is typed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from expertim.meetings.actions import Outcome, perform, ring_due
from expertim.meetings.facts import Act, By, Progress, Said, State
from expertim.meetings.lifecycle import TABLE
from expertim.meetings.models import Meeting
from expertim.outbox.models import Row
from expertim.people.models import Person
from tests.conftest import PlatformClock
from tests.world import World, events, in_, person, row, wallet, world

Cell = tuple[State | None, By, Act]
CELLS: list[Cell] = [(state, by, act) for state, acts in TABLE.items() for by, act in acts]
# After a rejection only the expert can have offered another date (D3; a user's new date is a new proposal, D2).
NEVER: set[Cell] = {
    (State.REJECTED, By.EXPERT, Act.ALTERNATIVE_CONFIRM),
    (State.REJECTED, By.EXPERT, Act.ALTERNATIVE_REJECT),
    (State.REJECTED, By.USER, Act.ALTERNATIVE_WITHDRAW),
}
_BEGIN = datetime(2027, 3, 1, 9, tzinfo=UTC)
BELLS = ("T1 proposal", "T2 alternative", "T3 reminder", "T4 link", "T5 evaluation", "T6 settlement")


@dataclass(frozen=True, kw_only=True)
class Ready:
    """Something that can be done, as often as one likes, with one key."""

    world: World
    do: Callable[[], Outcome | int | str]


def ready(cell: Cell, clock: PlatformClock, *, operator: Person | None = None) -> Ready:
    """A fresh world in which exactly this act can be done now."""
    state, by, act = cell
    clock.freeze(_BEGIN)
    w = world(credits=1_000_000)
    # An expert suggests meetings only to whom they know (P2).
    w.act(By.USER, w.propose(start=in_(hours=48)), Act.WITHDRAW)
    if act is Act.PROPOSE:
        start = in_(hours=72)
        return Ready(world=w, do=lambda: w.propose(start=start, by=by, key="lane"))
    meeting = _in_state(w, state, by, act)
    typed = _typed(meeting, by, act, clock)
    if act is Act.SETTLE:
        who = operator or person("olga", is_staff=True)
        return Ready(
            world=w, do=lambda: perform(person=who.pk, meeting=meeting, act=act, operator=True, key="lane", **typed)
        )
    return Ready(world=w, do=lambda: w.act(by, meeting, act, key="lane", **typed))


def bell(name: str, clock: PlatformClock) -> Ready:
    """A fresh world with one meeting for which this bell, and no other, is due now."""
    clock.freeze(_BEGIN)
    w = world(credits=1_000_000)
    meeting = w.propose(start=in_(hours=72)) if name.startswith("T1") else w.agreed(start=in_(hours=72))
    if name.startswith("T2"):
        w.act(By.EXPERT, meeting, Act.RESCHEDULE, start=in_(hours=60))
    m, hour = row(meeting), timedelta(hours=1)
    moments = {"T1": m.starts_at, "T2": m.starts_at - 12 * hour, "T3": m.starts_at - 24 * hour}
    moments |= {"T4": m.starts_at - hour, "T5": m.ends_at + 24 * hour, "T6": m.ends_at + 168 * hour}
    for earlier in ("T3", "T4", "T5"):
        if moments[earlier] < moments[name[:2]]:
            clock.freeze(moments[earlier])
            ring_due(person=w.user.pk)
    clock.freeze(moments[name[:2]])
    return Ready(world=w, do=lambda: ring_due(person=w.user.pk))


def seen(w: World) -> dict[str, Any]:
    """All that these two, and their meetings, are in the database, without ids."""
    from expertim.credits.models import Block, Entry
    from expertim.meetings.models import Request
    from expertim.reviews.models import Review

    parties = {w.user.pk: "user", w.expert.pk: "expert"}
    meetings = list(Meeting.objects.filter(user=w.user).order_by("id"))
    fields = ("state", "payment", "progress", "generation", "approved_by", "alternative_by", "alternative_at")
    fields += ("starts_at", "in_force_at", "rung", "alarm_at", "version")
    about = Row.objects.filter(reference__in=[m.pk for m in meetings]).order_by("id")
    return {
        "meetings": [{name: getattr(m, name) for name in fields} for m in meetings],
        "events": [events(m.public_id) for m in meetings],
        "statements": [
            list(m.statements.order_by("party").values_list("party", "progress", "stars")) for m in meetings
        ],
        "joined": [list(m.attendance.order_by("party").values_list("party", "generation")) for m in meetings],
        "wallets": (wallet(w.user), wallet(w.expert)),
        "entries": [
            (parties[wallet_id], *told)
            for wallet_id, *told in Entry.objects.filter(wallet_id__in=parties)
            .order_by("id")
            .values_list("wallet_id", "movement", "account", "amount", "balance")
        ],
        "blocks": list(
            Block.objects.filter(wallet_id=w.user.pk).order_by("id").values_list("amount", "returned", "deducted")
        ),
        "reviews": list(Review.objects.filter(user=w.user).values_list("text", flat=True)),
        "notices": [list(who.notices.order_by("id").values_list("kind", flat=True)) for who in (w.user, w.expert)],
        "outbox": sorted((r.kind, r.payload.get("kind", ""), parties.get(r.recipient, ""), r.status) for r in about),
        "keys": Request.objects.filter(person_id__in=parties, key="lane").count(),
    }


def _in_state(w: World, state: State | None, by: By, act: Act) -> str:
    first = by if act is Act.WITHDRAW else _other(by)
    if state is State.AWAITING:
        return w.propose(start=in_(hours=72), by=first)
    meeting = w.propose(start=in_(hours=72))
    w.act(By.EXPERT, meeting, Act.REJECT if state is State.REJECTED else Act.CONFIRM)
    if act in (Act.ALTERNATIVE_CONFIRM, Act.ALTERNATIVE_REJECT, Act.ALTERNATIVE_WITHDRAW):
        author = by if act is Act.ALTERNATIVE_WITHDRAW else _other(by)
        w.act(author, meeting, Act.RESCHEDULE, start=in_(hours=96))
    return meeting


def _other(by: By) -> By:
    return By.EXPERT if by is By.USER else By.USER


def _typed(meeting: str, by: By, act: Act, clock: PlatformClock) -> dict[str, Any]:
    m = row(meeting)
    if act is Act.RESCHEDULE:
        return {"start": in_(hours=120)}
    if act in (Act.ALTERNATIVE_CONFIRM, Act.ALTERNATIVE_REJECT, Act.ALTERNATIVE_WITHDRAW):
        return {"seen_start": m.alternative_at}
    if act is Act.CANCEL:
        clock.freeze(m.starts_at - timedelta(hours=47))
        return {"seen_fee": 1250} if by is By.USER else {}
    if act is Act.JOIN:
        clock.freeze(m.starts_at)
    if act is Act.EVALUATE:
        clock.freeze(m.ends_at)
        said = {"stars": 5, "review": "Good."} if by is By.USER else {}
        return {"progress": Said.SMOOTH, **said}
    if act is Act.SETTLE:
        clock.freeze(m.ends_at)
        for who in (m.user_id, m.expert_id):
            perform(person=who, meeting=meeting, act=Act.EVALUATE, progress=Said.OTHER_FAULT)
        return {"outcome": Progress.WENT_SMOOTHLY, "fee": 2500, "note": "Heard both."}
    return {}
