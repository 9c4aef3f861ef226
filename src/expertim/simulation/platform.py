"""The video platform of a run, outside of us: it makes rooms, or is away, hangs, answers late, or not at all."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator

from django.db import connection

from expertim.outbox.claims import MOST_DEATHS
from expertim.simulation.eyes import Eyes
from expertim.simulation.faults import Fault
from expertim.simulation.judge import Broken, Judge
from expertim.simulation.scheduler import SECOND, Scheduler
from expertim.video.port import (
    Entry,
    Guest,
    MeetingSpec,
    OutcomeUnknown,
    Problem,
    RawAnswer,
    RawRequest,
    RemoteRef,
    Seen,
    Unavailable,
)

KEY = "simulated"
ORIGIN = "https://video.example.org"
_WAITS = {"hangs": 20 * SECOND, "late": 25 * SECOND, "very late": 100 * SECOND}  # the last: its worker was asleep


class Platform:
    """It knows a room by our meeting's name; what it holds is looked at in the end."""

    key = KEY
    origins = (ORIGIN,)

    def __init__(
        self, *, scheduler: Scheduler, judge: Judge, eyes: Eyes, fault_for: Callable[[int, int], Fault | None]
    ) -> None:
        self._scheduler = scheduler
        self._judge = judge
        self._eyes = eyes
        self._fault_for = fault_for
        self._calls: Counter[int] = Counter()
        self.rooms: dict[str, int] = {}  # meeting: which of its dates
        self.happened: Counter[str] = Counter()

    # -------- as the port has it

    def ensure(self, spec: MeetingSpec, ref: RemoteRef | None) -> RemoteRef:
        self._called(spec, "made", lambda: self.rooms.__setitem__(spec.key, spec.revision))
        return RemoteRef(remote_id=spec.key)

    def cancel(self, spec: MeetingSpec, ref: RemoteRef | None) -> None:
        self._called(spec, "cancelled", lambda: self.rooms.pop(spec.key, None))

    def enter(self, spec: MeetingSpec, ref: RemoteRef | None, guest: Guest) -> Entry:
        self._called(spec, "entered", lambda: None)
        if spec.key not in self.rooms:
            raise Unavailable("there is no such room yet")
        return Entry(kind="redirect", url=f"{ORIGIN}/{spec.key}/{guest.party}")

    def receive(self, request: RawRequest) -> tuple[RawAnswer, list[Seen]]:
        return RawAnswer(status=404), []

    def pull(self, spec: MeetingSpec, ref: RemoteRef | None) -> list[Seen]:
        return []

    def check(self, *, live: bool = False) -> list[Problem]:
        return []

    # -------- what becomes of a call

    def _called(self, spec: MeetingSpec, what: str, effect: Callable[[], object]) -> None:
        if connection.in_atomic_block:
            raise Broken("a platform was called within a transaction", [spec.key])
        meeting = self._eyes.number_of(spec.key)
        fault = self._fault_for(meeting, self._calls[meeting])
        self._calls[meeting] += 1
        kind = fault.what if fault else ""
        if kind in _WAITS and self._scheduler.depth > 1:
            kind = ""
        if kind in _WAITS and what == "entered":  # nobody else's time passes within a request
            kind = "hangs"
        self._judge.note("room", what, meeting, kind or "well")
        if kind:
            self.happened[f"platform {kind}"] += 1
            self._judge.seen[f"platform {kind}"] += 1
            self._judge.mark("fault")
        if kind == "away":
            raise Unavailable("nobody answers")
        if kind in _WAITS and what != "entered":
            self._scheduler.others_go_on(_WAITS[kind])
        if kind == "hangs":
            raise OutcomeUnknown("timed out, and nothing had happened")
        effect()
        self._judge.seen[f"room {what}"] += 1
        if kind == "answer lost":
            raise OutcomeUnknown("timed out, and it had happened")

    # -------- in the end

    def unlike(self) -> Iterator[str]:
        """Rooms are those of the agreed meetings that are held here, for their date; none else is live."""
        wanted = dict(
            self._eyes.rows(
                "SELECT m.public_id, m.generation FROM meetings_meeting m JOIN video_room r ON r.reference = m.id"
                " WHERE m.state = 'agreed' AND r.platform = %s",
                KEY,
            )
        )
        live = self.rooms
        given_up = {
            name
            for (name,) in self._eyes.rows(
                "SELECT payload ->> 'meeting' FROM outbox_row WHERE kind = 'room' AND status = 'dead' AND deaths >= %s",
                MOST_DEATHS,  # three workers have died over it; the operators have been told that it is missing
            )
        }
        for name in sorted(wanted.keys() | live.keys()):
            if wanted.get(name) != live.get(name) and name not in given_up:
                number = self._eyes.number_of(name)
                yield f"meeting {number}: the platform has a room for date {live.get(name)}, not {wanted.get(name)}"
