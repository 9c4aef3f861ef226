"""Calling everything off in a period: which meetings, by which act, at what cost; each is a command of its own.

Nothing is promised for all together: what has changed since the preview is refused for its meeting and said there,
and the others go on. The keys make a repeat of the whole harmless (Z1: the scope of each is its meeting and act).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection

from expertim.meetings import actions
from expertim.meetings.facts import PARTIES, Act, Refused
from expertim.meetings.queries import MeetingView, by_public_ids

MOST = 100  # at once
# How a meeting is called off, the first that is possible: C2-C4, C1, A2.
WAYS = (Act.CANCEL, Act.WITHDRAW, Act.REJECT)


@dataclass(frozen=True, slots=True, kw_only=True)
class CallingOff:
    """One meeting of the period and the act that calls it off, with the fee as shown (C5)."""

    view: MeetingView
    act: Act
    fee: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """One meeting as it was agreed to on the preview."""

    meeting: str
    act: Act
    fee: int


@dataclass(frozen=True, slots=True, kw_only=True)
class CalledOff:
    """What became of one: done, or why not; `view` as it stands now, None where there is no such meeting."""

    asked: Asked
    view: MeetingView | None
    refused: Refused | None


def to_call_off(*, person: int, begins: datetime, ends: datetime) -> tuple[tuple[CallingOff, ...], bool]:
    """A person's meetings to come that begin in [begins, ends), soonest first, and whether there are more."""
    with connection.cursor() as cursor:
        cursor.execute(
            """SELECT public_id FROM (
                 SELECT public_id, starts_at, id, state FROM meetings_meeting
                  WHERE user_id = %(person)s AND starts_at >= %(begins)s AND starts_at < %(ends)s
                 UNION ALL
                 SELECT public_id, starts_at, id, state FROM meetings_meeting
                  WHERE expert_id = %(person)s AND starts_at >= %(begins)s AND starts_at < %(ends)s) m
                WHERE state IN ('agreed', 'awaiting_approval') AND starts_at > platform_now()
                ORDER BY starts_at, id LIMIT %(most)s""",
            {"person": person, "begins": begins, "ends": ends, "most": MOST + 1},
        )
        found = tuple(row[0] for row in cursor.fetchall())
    views = by_public_ids(person=person, meetings=found[:MOST])
    ways = ((view, _way(view)) for view in views)
    return tuple(
        CallingOff(view=view, act=act, fee=view.cancelling.fee if act is Act.CANCEL and view.cancelling else 0)
        for view, act in ways
        if act is not None
    ), len(found) > MOST


def call_off(
    *, person: int, asked: Sequence[Asked], reason: str, reject_reason: str, key: str
) -> tuple[CalledOff, ...]:
    """Do them one after another; a refusal of one stops none of the others."""
    refusals = {one.meeting: _done(person, one, reason, reject_reason, key) for one in asked[:MOST]}
    views = {view.public_id: view for view in by_public_ids(person=person, meetings=tuple(refusals))}
    return tuple(
        CalledOff(asked=one, view=views.get(one.meeting), refused=refusals[one.meeting]) for one in asked[:MOST]
    )


def _way(view: MeetingView) -> Act | None:
    possible = {action.act for action in view.actions} if view.my_role in PARTIES else set()
    return next((act for act in WAYS if act in possible), None)


def _done(person: int, one: Asked, reason: str, reject_reason: str, key: str) -> Refused | None:
    typed: dict[str, Any] = {}
    if one.act is Act.CANCEL:
        typed = {"reason": reason, "seen_fee": one.fee}
    elif one.act is Act.REJECT:
        typed = {"reason": reject_reason, "message": reason}
    try:
        actions.perform(person=person, meeting=one.meeting, act=one.act, key=key, **typed)
    except Refused as refused:
        return refused
    return None
