"""What a page offers is what `perform` accepts, in every state and for both parties."""

from __future__ import annotations

from datetime import timedelta

import pytest

from expertim.meetings import queries
from expertim.meetings.facts import Act, By, Refused, Said
from tests.world import in_, row, world

ACTS = [act for act in Act if act not in (Act.PROPOSE, Act.SETTLE)]


def _awaiting_by_user(w, clock):
    return w.propose(start=in_(hours=72))


def _awaiting_by_expert(w, clock):
    w.act(By.USER, w.propose(start=in_(hours=100)), Act.WITHDRAW)
    return w.propose(start=in_(hours=72), by=By.EXPERT)


def _agreed(w, clock):
    return w.agreed(start=in_(hours=72))


def _alternative_by_user(w, clock):
    meeting = _agreed(w, clock)
    w.act(By.USER, meeting, Act.RESCHEDULE, start=in_(hours=90), acknowledge_overlap=True)
    return meeting


def _rejected(w, clock):
    meeting = w.propose(start=in_(hours=72))
    w.act(By.EXPERT, meeting, Act.REJECT)
    return meeting


def _rejected_with_alternative(w, clock):
    meeting = _rejected(w, clock)
    w.act(By.EXPERT, meeting, Act.RESCHEDULE, start=in_(hours=90), acknowledge_overlap=True)
    return meeting


def _doors_open(w, clock):
    meeting = w.agreed(start=in_(hours=1))
    clock.freeze(row(meeting).starts_at - timedelta(minutes=15))
    return meeting


def _ended(w, clock):
    meeting = w.agreed(start=in_(hours=1))
    clock.freeze(row(meeting).ends_at)
    return meeting


def _settled(w, clock):
    meeting = _ended(w, clock)
    w.act(By.USER, meeting, Act.EVALUATE, progress=Said.SMOOTH, stars=5)
    clock.advance(timedelta(hours=1))
    return meeting


def _cancelled(w, clock):
    meeting = _agreed(w, clock)
    w.act(By.EXPERT, meeting, Act.CANCEL)
    return meeting


def _due_to_expire(w, clock):
    meeting = w.propose(start=in_(hours=1))
    clock.freeze(row(meeting).starts_at)
    return meeting


STATES = [
    _awaiting_by_user,
    _awaiting_by_expert,
    _agreed,
    _alternative_by_user,
    _rejected,
    _rejected_with_alternative,
    _doors_open,
    _ended,
    _settled,
    _cancelled,
    _due_to_expire,
]


def _typed(act, view):
    """What an honest sender of that act would type, having seen the page."""
    typed = {"acknowledge_overlap": True}
    if act is Act.CANCEL:
        typed["seen_fee"] = view.cancelling.fee if view.cancelling else 0
    if act is Act.RESCHEDULE:
        typed["start"] = in_(hours=200)
    if act is Act.EVALUATE:
        typed["progress"] = Said.MY_FAULT
    return typed


@pytest.mark.parametrize("state", STATES, ids=lambda state: state.__name__.strip("_"))
@pytest.mark.parametrize("by", [By.USER, By.EXPERT])
def test_what_is_offered_is_what_is_accepted(database, clock, state, by):
    from expertim.meetings.actions import ring_due

    accepted, w = set(), world(credits=10**6)
    for act in ACTS:
        meeting = state(w, clock)
        reader = w.user if by is By.USER else w.expert
        while ring_due(person=reader.pk):  # what the page's reader has done before it is read (T0)
            pass
        view = queries.meeting_for(person=reader.pk, meeting=meeting)
        assert view is not None
        offered = {action.act for action in view.actions}
        try:
            w.act(by, meeting, act, **_typed(act, view))
            accepted.add(act)
        except Refused as refusal:
            assert refusal.key == "not_possible_now"  # noqa: PT017 - the key matters, not only that it is refused
            assert {possible.act for possible in refusal.facts["possible"]} == offered  # noqa: PT017 - as above
    assert accepted == offered
