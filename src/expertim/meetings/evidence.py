"""Who was there when, for the operator who settles a dispute: drawn, and as a table. It decides nothing by itself.

Grades of evidence: Join pressed (ours, the only one that S5 and S6 know); seen in the room by the platform; both in it
at the same time for so many minutes.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.utils.translation import gettext as _

from expertim.foundation.numbers import lasting_minutes, minutes_words
from expertim.meetings.facts import PARTIES, By
from expertim.meetings.queries import MeetingView
from expertim.people.formats import Clock
from expertim.video.intervals import Interval, intervals, merged, together
from expertim.video.platforms import BUILTIN
from expertim.video.rooms import presences

WIDTH = 360  # of the drawing, in its own units: at a phone's width one of them is a pixel
_NARROWEST = 2  # what was short must still be seen
# Platforms are asked each minute, and say so when somebody leaves; our own page is heard from every 20 s.
_ASKED: dict[str, Any] = {"gap": timedelta(seconds=150), "tells_leaving": True}


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    x: int
    width: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One person: what was pressed, when they were seen, and both as marks and bars of the drawing."""

    name: str
    pressed: tuple[str, ...]
    seen: tuple[str, ...]
    minutes: str
    marks: tuple[int, ...]
    bars: tuple[Bar, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    rows: tuple[Row, ...]
    meeting: Bar  # from the start to the end
    ticks: tuple[tuple[int, str], ...]
    together: str
    summary: str  # of the drawing, for whoever does not see it
    source: str
    width: int = WIDTH


def evidence_of(view: MeetingView, *, joins: Iterable[tuple[By, datetime]], clock: Clock) -> Evidence:
    """For the date in force; `joins` are its Joins (queries.attendance). One statement."""
    found = presences(reference=view.id, generation=view.situation.now.generation)
    pressed = tuple(joins)
    names = {By.USER: view.user.name, By.EXPERT: view.expert.name}
    seen = {party: times_of(party, found) for party in PARTIES}
    scale = _Scale(view)
    rows = tuple(
        Row(
            name=names[party],
            pressed=tuple(clock.time(at) for who, at in pressed if who is party),
            seen=tuple(_span(one, clock) for one in seen[party]),
            minutes=_minutes(sum((end - begin for begin, end in seen[party]), timedelta(0))),
            marks=tuple(scale.x(at) for who, at in pressed if who is party),
            bars=tuple(scale.bar(one) for one in seen[party]),
        )
        for party in PARTIES
    )
    words = _together(together(seen[By.USER], seen[By.EXPERT]))
    moments = (view.situation.start, view.situation.end)
    return Evidence(
        rows=rows,
        meeting=scale.bar((view.situation.start, view.situation.end)),
        ticks=tuple((scale.x(moment), clock.time(moment)) for moment in moments),
        together=words,
        summary=" ".join([*(_row_words(row) for row in rows), words]),
        source=", ".join(sorted({source for *_one, source in found})),
    )


def times_of(party: By, found: Iterable[tuple[str, str, datetime, str]]) -> tuple[Interval, ...]:
    """When somebody was seen by anybody: by a platform, and by ours where the meeting fell back into it."""
    given = tuple(found)
    spans = [
        intervals(
            ((kind, at) for who, kind, at, by in given if by == source and (who == party or kind == "ended")),
            **({} if source == BUILTIN else _ASKED),
        )
        for source in {source for *_rest, source in given}
    ]
    return merged(span for some in spans for span in some)


class _Scale:
    """From moments to places: the whole time in which the door was open."""

    def __init__(self, view: MeetingView) -> None:
        self._opens, self._closes = view.join_window

    def x(self, moment: datetime) -> int:
        share = (moment - self._opens) / (self._closes - self._opens)
        return round(min(1.0, max(0.0, share)) * WIDTH)

    def bar(self, one: Interval) -> Bar:
        begin, end = (self.x(moment) for moment in one)
        width = max(_NARROWEST, end - begin)
        return Bar(x=min(begin, WIDTH - width), width=width)


def _span(one: Interval, clock: Clock) -> str:
    return _("{begin}–{end}").format(begin=clock.time(one[0]), end=clock.time(one[1]))


def _minutes(length: timedelta) -> str:
    minutes = round(length.total_seconds() / 60)
    return minutes_words(minutes)


def _together(length: timedelta) -> str:
    if not length:
        return _("They were never seen in the room at the same time.")
    return _("Both were in the room at the same time for {minutes}.").format(
        minutes=lasting_minutes(round(length.total_seconds() / 60))
    )


def _row_words(row: Row) -> str:
    if not row.seen:
        return _("{name} was not seen in the room.").format(name=row.name)
    return _("{name} was in the room: {times}.").format(name=row.name, times=", ".join(row.seen))
