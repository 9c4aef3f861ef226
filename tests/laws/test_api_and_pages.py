"""The same life by API and by page leaves the same timeline, the same credits, the same notices."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest

from expertim.meetings.facts import By
from expertim.meetings.models import TimelineEvent
from tests.api.asking import Program
from tests.meetings.visiting import Visitor, act
from tests.world import World, in_, notices, row, wallet, world


class ByPage:
    """A party at the pages."""

    def __init__(self, w: World, by: By) -> None:
        self.w, self.me = w, Visitor(w.user if by is By.USER else w.expert)

    def propose(self, start: datetime) -> str:
        address = f"/e/{self.w.expertise.slug}/experts/{self.w.expert.public_id}/propose/"
        fields = {"service": self.w.service.public_id, "skill": self.w.skill, "message": "Hello"}
        answer = self.me.fill(f"{address}?service={self.w.service.public_id}", **fields, **self.me.on(start))
        assert answer.status_code == 303
        return str(answer["Location"].split("/")[2])

    def does(self, meeting: str, name: str, **typed: Any) -> None:
        start = typed.pop("start", None)
        fields = typed | (self.me.on(start) if start else {})
        assert self.me.fill(act(meeting, name), **fields).status_code in (302, 303), (name, typed)


class ByApi:
    """The same through a program."""

    def __init__(self, w: World, by: By) -> None:
        self.w, self.me = w, Program(w.user if by is By.USER else w.expert)

    def propose(self, start: datetime) -> str:
        w = self.w
        offer = {"expertise": w.expertise.slug, "expert": w.expert.public_id, "service": w.service.public_id}
        got = self.me.post(
            "/meetings", **offer, skill=w.skill, start=start.isoformat(), price="25.00", minutes=60, message="Hello"
        )
        assert got.status == 201
        return str(got.json["id"])

    def does(self, meeting: str, name: str, **typed: Any) -> None:
        if name == "cancel" and self.me.person == self.w.user:
            typed["fee"] = self.me.get(f"/meetings/{meeting}").json["cancellation"]["fee"]
        if "start" in typed:
            typed["start"] = typed["start"].isoformat()
        if "stars" in typed:
            typed["stars"] = int(typed["stars"])
        got = self.me.post(f"/meetings/{meeting}/{name.replace('alternative-', 'alternative/')}", **typed)
        assert got.status == 200, (name, got.json)


def moved_and_held(user: Any, expert: Any, clock: Any) -> str:
    meeting: str = user.propose(in_(hours=72))
    expert.does(meeting, "confirm")
    user.does(meeting, "reschedule", start=in_(hours=90), message="Later?")
    expert.does(meeting, "alternative-reject", reason="not-my-field", message="No")
    expert.does(meeting, "reschedule", start=in_(hours=80))
    user.does(meeting, "alternative-confirm")
    clock.freeze(row(meeting).starts_at)
    user.does(meeting, "join")
    expert.does(meeting, "join")
    clock.advance(timedelta(hours=2))
    expert.does(meeting, "evaluate", progress="smooth")
    user.does(meeting, "evaluate", progress="smooth", stars="5", review="Clear.")
    return meeting


def rejected_and_proposed_again(user: Any, expert: Any, clock: Any) -> str:
    meeting: str = user.propose(in_(hours=72))
    expert.does(meeting, "reject", reason="not-my-field")
    expert.does(meeting, "reschedule", start=in_(hours=90))
    expert.does(meeting, "alternative-withdraw")
    user.does(meeting, "reschedule", start=in_(hours=100))
    user.does(meeting, "withdraw")
    return meeting


def cancelled_late(user: Any, expert: Any, clock: Any) -> str:
    meeting: str = user.propose(in_(hours=30))
    expert.does(meeting, "confirm")
    user.does(meeting, "cancel", reason="I have fallen ill")
    return meeting


def contested(user: Any, expert: Any, clock: Any) -> str:
    meeting: str = user.propose(in_(hours=1))
    expert.does(meeting, "confirm")
    clock.advance(timedelta(hours=3))
    user.does(meeting, "evaluate", progress="not_held_other_fault")
    expert.does(meeting, "evaluate", progress="not_held_other_fault")
    return meeting


LIVES: list[Callable[[Any, Any, Any], str]] = [moved_and_held, rejected_and_proposed_again, cancelled_late, contested]


@pytest.mark.parametrize("life", LIVES, ids=lambda life: life.__name__)
def test_a_life_by_api_is_the_same_as_by_page(clock: Any, life: Callable[[Any, Any, Any], str]) -> None:
    begin = clock.now
    left = []
    for way in (ByPage, ByApi):
        clock.freeze(begin)
        w = world()
        meeting = life(way(w, By.USER), way(w, By.EXPERT), clock)
        lines = TimelineEvent.objects.filter(meeting__public_id=meeting).order_by("sequence")
        stands = row(meeting)
        left.append(
            (
                list(lines.values_list("event", "by", "at", "values")),
                (stands.state, stands.payment, stands.progress, stands.starts_at, stands.version),
                (wallet(w.user), wallet(w.expert)),
                (notices(w.user), notices(w.expert)),
            )
        )
    assert left[0] == left[1]
