"""When an expert is free, their own meetings counted: what the pages of proposing and finding offer.

Busy are agreed meetings in either role and what calendars elsewhere say. What only waits for an answer is nobody's
yet: such a start is offered, and said to be asked for.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import connection

from expertim.expertise import times
from expertim.expertise.free_times import Interval, free_starts, overlapping
from expertim.expertise.times import HORIZON, Kept

LOOK_AHEAD = timedelta(weeks=26)
_NEXT_WITHIN = timedelta(weeks=8)  # a list of experts looks no further
assert LOOK_AHEAD < HORIZON


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """What one person has: agreed, what waits, and the starts that count against a day's limit."""

    agreed: tuple[Interval, ...] = ()
    waiting: tuple[Interval, ...] = ()
    held: tuple[datetime, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class FreeStart:
    """A start on offer, and what else there is then; the reader's own meetings are theirs to know, nobody else's."""

    start: datetime
    asked_for: bool  # somebody's proposal or alternative date waits for the expert then
    mine_agreed: bool
    mine_waiting: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Free:
    """One expert's free times as one reader sees them."""

    kept: Kept
    length_minutes: int
    theirs: Taken
    mine: Taken  # of the reader, beside what is theirs; nothing where the expert reads
    agreed: tuple[Interval, ...] = ()  # the reader's own, in either case

    @property
    def now(self) -> datetime:
        return self.kept.now

    @property
    def until(self) -> datetime:
        return self.now + LOOK_AHEAD

    def first(self) -> datetime | None:
        return next(self._starts(self.now, self.until), None)

    def between(self, begins: datetime, ends: datetime) -> tuple[FreeStart, ...]:
        """The starts of some days, soonest first."""
        return tuple(self._marked(start) for start in self._starts(max(begins, self.now), min(ends, self.until)))

    def went(self, start: datetime) -> bool:
        """Whether a start of the list is free no more; a meeting that the reader has then is named by O1 instead."""
        own = (start, start + timedelta(minutes=self.length_minutes))
        if start <= self.now or overlapping(own, self.agreed):
            return False
        return next(self._starts(start, start + timedelta(minutes=1)), None) != start

    def _starts(self, begins: datetime, ends: datetime) -> Iterator[datetime]:
        return _starts(self.kept, self.theirs, self.length_minutes, begins, ends)

    def _marked(self, start: datetime) -> FreeStart:
        mine = (start, start + timedelta(minutes=self.length_minutes))
        return FreeStart(
            start=start,
            asked_for=overlapping(mine, self.theirs.waiting),
            mine_agreed=overlapping(mine, self.mine.agreed),
            mine_waiting=overlapping(mine, self.mine.waiting),
        )


def free_for(*, reader: int, expert: int, expertise: str, minutes: int, but: int = 0) -> Free | None:
    """The free times of an expert (person's id) in an Expertise (slug): two statements; None where no hours are kept.

    `but` is a meeting that is to be moved: its own time is free for it. An expert who pauses keeps hours all the same.
    """
    kept = times.kept_by(person=expert, expertise=expertise)
    if kept is None or not (kept.hours.kept or kept.paused):
        return None
    found = taken(people=[reader, expert], until=kept.now + HORIZON, but=but)
    return Free(
        kept=kept,
        length_minutes=minutes,
        theirs=found[expert],
        mine=found[reader] if reader != expert else Taken(),
        agreed=found[reader].agreed,
    )


def next_free(*, expert_ids: Sequence[int]) -> dict[int, datetime]:
    """By expert (ids of expertise.Expert) the next free start for the shortest service: two statements for all.

    Absent: who keeps no hours, pauses, offers nothing, or is free at no time within eight weeks.
    """
    kept = [one for one in times.kept_by_experts(expert_ids) if one.hours.kept and not one.paused]
    if not kept:
        return {}
    found = taken(people=[one.person for one in kept], until=kept[0].now + _NEXT_WITHIN)
    made: dict[int, datetime] = {}
    for one in kept:
        if one.shortest_minutes is None:
            continue
        starts = _starts(one, found[one.person], one.shortest_minutes, one.now, one.now + _NEXT_WITHIN)
        if (start := next(starts, None)) is not None:
            made[one.expert] = start
    return made


def taken(*, people: Sequence[int], until: datetime, but: int = 0) -> dict[int, Taken]:
    """What each of these persons has from now on, in either role: one statement."""
    one_role = """SELECT m.*, {expert} AS as_expert FROM meetings_meeting m WHERE m.{role}_id = asked.person
           AND m.starts_at > clock.now - interval '480 minutes' AND m.starts_at < %(until)s"""
    statement = f"""SELECT asked.person, m.starts_at, m.ends_at, m.alternative_at, m.state, m.length_minutes,
               m.as_expert
          FROM (SELECT platform_now() AS now OFFSET 0) clock, unnest(%(people)s::bigint[]) AS asked(person),
               LATERAL ({one_role.format(role="user", expert="false")} UNION ALL
                        {one_role.format(role="expert", expert="true")}) m
         WHERE m.id <> %(but)s AND (m.state IN ('agreed', 'awaiting_approval') OR m.alternative_at IS NOT NULL)"""
    found: dict[int, Taken] = {person: Taken() for person in people}
    with connection.cursor() as cursor:
        cursor.execute(statement, {"people": sorted(set(people)), "until": until, "but": but})
        rows = cursor.fetchall()
    agreed: dict[int, list[Interval]] = {person: [] for person in people}
    waiting: dict[int, list[Interval]] = {person: [] for person in people}
    held: dict[int, list[datetime]] = {person: [] for person in people}
    for person, starts_at, ends_at, alternative_at, state, minutes, as_expert in rows:
        if state == "agreed":
            agreed[person].append((starts_at, ends_at))
            if as_expert:
                held[person].append(starts_at)
        elif state == "awaiting_approval":
            waiting[person].append((starts_at, ends_at))
        if alternative_at is not None:
            waiting[person].append((alternative_at, alternative_at + timedelta(minutes=minutes)))
    for person in found:
        found[person] = Taken(agreed=tuple(agreed[person]), waiting=tuple(waiting[person]), held=tuple(held[person]))
    return found


def _starts(kept: Kept, theirs: Taken, minutes: int, begins: datetime, ends: datetime) -> Iterator[datetime]:
    return free_starts(
        hours=kept.hours,
        length_minutes=minutes,
        now=kept.now,
        begins=begins,
        ends=ends,
        busy=(*kept.busy, *theirs.agreed),
        held=theirs.held,
    )
