"""Cancelling everything in a period: shown first, each meeting by itself, and harmless to repeat."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from typing import Any

from django.db import connection
from django.test.utils import CaptureQueriesContext

from expertim.credits.ledger import grant
from expertim.foundation import clock as platform
from expertim.meetings.facts import Act, By
from tests.meetings.visiting import Visitor, hidden_of, text_of, words_of
from tests.world import World, in_, notices, row, unique, wallet, world

PAGE = "/meetings/period/"


def days(visitor: Visitor, first: datetime, last: datetime, **more: str) -> dict[str, str]:
    on = {name: visitor.person.clock.typed(day)[0] for name, day in (("first_on", first), ("last_on", last))}
    return {**on, "reason": "I am ill", "do": "show", **more}


def preview(visitor: Visitor, first: datetime, last: datetime) -> Any:
    return visitor.post(PAGE, days(visitor, first, last))


def ticked(answer: Any) -> list[str]:
    return re.findall(r'name="meeting" id="[^"]+" value="([^"]+)"', text_of(answer))


def go_on(visitor: Visitor, shown: Any, **more: Any) -> Any:
    sent: dict[str, Any] = hidden_of(shown) | {"do": "cancel", "meeting": ticked(shown), **more}
    return visitor.post(PAGE, sent)


def rich(w: World) -> World:
    grant(person_id=w.user.pk, amount=100_000, reason="test", by="test", cause=unique("grant"))
    return w


def test_a_user_sees_what_each_costs_and_calls_all_off(database, clock):
    """C2, C3, C1, A2: one reason, the fee of each as seen"""
    w = rich(world())
    soon = w.agreed(start=in_(hours=30))
    later = w.agreed(start=in_(days=4))
    proposed = w.propose(start=in_(days=3))
    offered = w.propose(start=in_(days=5), by=By.EXPERT)
    beyond = w.agreed(start=in_(days=9))
    user = Visitor(w.user)
    shown = preview(user, in_(days=0), in_(days=6))
    said = words_of(shown)
    assert [value.partition(":")[0] for value in ticked(shown)] == [soon, proposed, later, offered]
    assert "For all of these together you pay 12.50 credits." in said
    assert "Call these meetings off, pay 12.50 credits" in said
    assert row(soon).state == "agreed"
    assert "Choose why those that wait for you are rejected." in words_of(go_on(user, shown))
    assert row(soon).state == "agreed"
    done = go_on(user, shown, reject_reason="not-my-field")
    assert "4 meetings have been called off." in words_of(done)
    assert [row(meeting).state for meeting in (soon, proposed, later, offered, beyond)] == [
        "cancelled", "cancelled", "cancelled", "rejected", "agreed",
    ]  # fmt: skip
    assert row(soon).payment == "reimbursed_cancellation"
    assert wallet(w.user)[1] == 2500  # the one beyond
    assert row(later).timeline.get(event="cancelled").values["reason"] == "I am ill"


def test_an_expert_calls_off_meetings_in_both_roles(database, clock):
    """C4"""
    w, other = world(), world()
    rich(World(user=w.expert, expert=other.expert, expertise=other.expertise, service=other.service))
    mine = w.agreed(start=in_(hours=20))
    theirs = World(user=w.expert, expert=other.expert, expertise=other.expertise, service=other.service).agreed(
        start=in_(days=5)
    )
    expert = Visitor(w.expert)
    shown = preview(expert, in_(days=0), in_(days=6))
    assert "None of this costs you anything." in words_of(shown)
    go_on(expert, shown)
    assert [row(meeting).state for meeting in (mine, theirs)] == ["cancelled", "cancelled"]
    assert wallet(w.user) == (10_000, 0)


def test_sent_twice_it_is_done_once(database, clock):
    """Z1"""
    w = rich(world())
    meetings = [w.agreed(start=in_(hours=30 + hours)) for hours in (0, 2)]
    user = Visitor(w.user)
    shown = preview(user, in_(days=0), in_(days=3))
    first, second = (words_of(go_on(user, shown)) for _turn in range(2))
    assert "2 meetings have been called off." in first
    assert "2 meetings have been called off." in second
    for meeting in meetings:
        assert [event for event, _by in row(meeting).timeline.values_list("event", "by")].count("cancelled") == 1
    assert notices(w.expert).count("meeting_cancellation_by_user") == 2


def test_what_has_changed_since_is_left_as_it_is_and_said(database, clock):
    """C5: the fee's line was crossed for one, another has been called off meanwhile; the third is done."""
    w = rich(world())
    crossed = w.agreed(start=in_(hours=49))
    gone = w.agreed(start=in_(days=4))
    fine = w.agreed(start=in_(days=5))
    user = Visitor(w.user)
    shown = preview(user, in_(days=0), in_(days=6))
    w.act(By.EXPERT, gone, Act.CANCEL)
    platform.advance(timedelta(hours=2))
    said = words_of(go_on(user, shown))
    assert "1 meeting has been called off. 2 stand as they were: see why." in said
    assert "Cancelling now costs 12.50 credits." in said
    assert [row(meeting).state for meeting in (crossed, gone, fine)] == ["agreed", "cancelled", "cancelled"]
    assert row(crossed).payment == "blocked"


def test_only_what_is_ticked_and_ones_own_is_called_off(database, clock):
    w, stranger = rich(world()), rich(world())
    kept, dropped = w.agreed(start=in_(days=3)), w.agreed(start=in_(days=4))
    foreign = stranger.agreed(start=in_(days=3))
    user = Visitor(w.user)
    shown = preview(user, in_(days=0), in_(days=6))
    values = [value for value in ticked(shown) if value.startswith(dropped)]
    odd = [f"{foreign}:cancel:0", f"{kept}:join:0", f"{kept}:cancel:-1", "\0:cancel:0", "x"]
    said = words_of(go_on(user, shown, meeting=values + odd))
    assert "There is no such meeting." in said
    assert [row(meeting).state for meeting in (kept, dropped, foreign)] == ["agreed", "cancelled", "agreed"]
    assert "Choose at least one meeting." in words_of(go_on(user, shown, meeting=[]))


def test_what_is_wrong_is_said_before_anything_is_shown(database, clock):
    w = world()
    user = Visitor(w.user)
    assert user.get(PAGE).status_code == 200
    backwards = preview(user, in_(days=6), in_(days=2))
    assert backwards.status_code == 422
    for reason in ("", " \u200b ", "x" * 3000):
        assert user.post(PAGE, days(user, in_(days=1), in_(days=2)) | {"reason": reason}).status_code == 422
    assert "You have no meetings to come in these days." in words_of(preview(user, in_(days=1), in_(days=2)))


def test_the_preview_costs_no_statement_more_for_more_meetings(database, clock):
    w = rich(world())
    user = Visitor(w.user)
    counts = []
    for hours in (0, 1, 2, 3, 4, 5):
        w.agreed(start=in_(hours=50 + hours))
        with CaptureQueriesContext(connection) as asked:
            preview(user, in_(days=0), in_(days=6))
        counts.append(len(asked))
    assert len(set(counts)) == 1
    assert counts[0] <= 8
