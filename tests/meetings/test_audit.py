"""K6: what no constraint can forbid in one row, the audit finds between rows: forged as the owner and rolled back."""

from __future__ import annotations

import pytest

from expertim.meetings.audit import CHECKS, audit
from expertim.meetings.facts import Act, By, Said
from tests.world import in_, row, world


@pytest.mark.parametrize("check", ["statements and timeline", "joins and timeline"])
def test_a_line_of_the_timeline_without_what_it_tells_is_named(database, clock, check):
    """E1, J1: a statement, or a Join, that only the timeline knows; the version is forged along with it."""
    event = {"statements and timeline": "progress_recorded", "joins and timeline": "attended"}[check]
    w = world()
    meeting = row(w.propose(start=in_(hours=72)))
    forged = (
        "WITH told AS (INSERT INTO meetings_timelineevent (meeting_id, sequence, at, by, event, values)"
        f" VALUES (%s, 2, now(), 'user', '{event}', '{{}}') RETURNING meeting_id)"
        " UPDATE meetings_meeting SET version = 2 WHERE id IN (SELECT meeting_id FROM told)"
    )
    with database.owners() as owner:
        owner.execute(forged, [meeting.pk])
        assert any(line.startswith(f"{check}: meeting {meeting.public_id}") for line in _seen_by(owner))
        owner.rollback()


def test_an_end_that_the_timeline_does_not_tell_is_named(database, clock):
    """M1, M12: a meeting evaluated twice, and one cancelled only by its timeline."""
    w = world()
    meeting = row(w.propose(start=in_(hours=72)))
    with database.owners() as owner:
        owner.execute(
            "INSERT INTO meetings_timelineevent (meeting_id, sequence, at, by, event, values)"
            " VALUES (%s, 2, now(), 'user', 'cancelled', '{}')",
            [meeting.pk],
        )
        assert any(line.startswith(f"status and timeline: meeting {meeting.public_id}") for line in _seen_by(owner))
        owner.rollback()


def test_a_meeting_that_went_its_way_is_in_order(database, clock):
    """Joined by both, spoken about by both, settled once: nothing of it is named."""
    w = world()
    meeting = w.agreed(start=in_(hours=72))
    clock.freeze(row(meeting).starts_at)
    w.act(By.USER, meeting, Act.JOIN)
    w.act(By.EXPERT, meeting, Act.JOIN)
    clock.freeze(row(meeting).ends_at)
    w.act(By.EXPERT, meeting, Act.EVALUATE, progress=Said.SMOOTH)
    w.act(By.USER, meeting, Act.EVALUATE, progress=Said.SMOOTH, stars=5)
    assert not [line for line in audit().discrepancies if row(meeting).public_id in line]


def _seen_by(owner) -> list[str]:
    """The audit's statements within a transaction that is never committed."""
    return [f"{name}: {line}" for name, check in CHECKS.items() for (line,) in owner.execute(check).fetchall()]
