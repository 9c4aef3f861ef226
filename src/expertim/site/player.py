"""Plays a story through the real actions, moving the platform's clock to each act's moment on the way."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.db import connection
from django.db.models import Min
from django.utils.translation import gettext as _

from expertim.expertise.models import Service
from expertim.foundation import clock
from expertim.meetings import actions
from expertim.meetings.facts import Act, By, Progress, Refused, Said
from expertim.meetings.models import Meeting
from expertim.outbox.stopping import Stop
from expertim.outbox.worker import Worker
from expertim.people.models import Person
from expertim.site.story import StoryAct


class CannotGoOn(Exception):
    """An act of the story was refused; the text names its line."""


@dataclass(slots=True, kw_only=True)
class Player:
    """One playing of a story that counts from `base`.

    Every act carries a key of its own (Z1): played again, it takes no second effect. So a story that was
    interrupted is simply played from its beginning.
    """

    base: datetime
    resumed: bool = False  # then an act whose moment has slipped away is left out, not an error
    played: int = 0
    left_out: list[str] = field(default_factory=list)
    meetings: dict[str, str] = field(default_factory=dict)  # label -> public id
    _people: dict[str, tuple[int, str]] = field(default_factory=dict)

    def play(self, story: Iterable[StoryAct], *, tell: Callable[[int], None] = lambda count: None) -> None:
        """All acts in turn, and at each moment what time does by itself. Raises CannotGoOn."""
        self._people = {
            email: (pk, public) for pk, public, email in Person.objects.values_list("id", "public_id", "email")
        }
        for number, act in enumerate(story):
            self._reach(self.base + act.at)
            try:
                self._do(act, key=f"story:{number}")
            except (Refused, KeyError, Service.DoesNotExist) as error:
                if not self.resumed:
                    raise CannotGoOn(_at_line(act, error)) from error
                self.left_out.append(_at_line(act, error))
            self.played += 1
            post_all()
            tell(self.played)

    def _reach(self, moment: datetime) -> None:
        """Move the clock to a moment, stopping at whatever is due on the way: things happen at their own time."""
        while (due := next_alarm()) is not None and due <= moment:
            _move_forward(due)
            if not ring_all():
                break  # a meeting that cannot be rung; the audit will name it
        _move_forward(moment)

    def _do(self, act: StoryAct, *, key: str) -> None:
        """The one place that knows how the actions are called."""
        person, _public = self._people[act.by]
        if act.act is Act.PROPOSE:
            self.meetings[act.meeting] = self._propose(act, person=person, key=key)
            return
        meeting, typed = self.meetings[act.meeting], self._typed(act)
        if act.act is Act.CANCEL:
            self._cancel(person=person, meeting=meeting, key=key, **typed)
            return
        operator = act.act is Act.SETTLE
        actions.perform(person=person, meeting=meeting, act=act.act, key=key, operator=operator, **typed)

    def _propose(self, act: StoryAct, *, person: int, key: str) -> str:
        typed = act.typed
        role = By.USER if "expert" in typed else By.EXPERT
        expert = typed.get("expert", act.by)
        service = Service.objects.get(
            slug=typed["service"], expert__person__email=expert, expert__expertise__slug=typed["expertise"]
        )
        outcome = actions.propose(
            person=person,
            role=role,
            expertise=typed["expertise"],
            other=self._people[typed["expert" if role is By.USER else "user"]][1],
            service=service.public_id,
            skill=typed["skill"],
            start=self.base + typed["start"],
            price=typed.get("price", service.price),
            minutes=typed.get("minutes", service.length_minutes),
            message=typed.get("message", ""),
            acknowledge_overlap=True,
            key=key,
        )
        return outcome.meeting

    def _typed(self, act: StoryAct) -> dict[str, Any]:
        """What was typed, in the actions' own words."""
        typed = dict(act.typed)
        if "start" in typed:
            typed["start"] = self.base + typed["start"]
        if "progress" in typed:
            typed["progress"] = Said(typed["progress"])
        if "outcome" in typed:
            typed["outcome"] = Progress(typed["outcome"])
        if act.act in (Act.CONFIRM, Act.RESCHEDULE, Act.ALTERNATIVE_CONFIRM):
            typed["acknowledge_overlap"] = True
        return typed

    def _cancel(self, *, person: int, meeting: str, key: str, reason: str) -> None:
        """Cancelling names the fee that was seen (C5): ask for nothing, and accept what is due."""
        ask: dict[str, Any] = {"person": person, "meeting": meeting, "act": Act.CANCEL, "key": key, "reason": reason}
        try:
            actions.perform(**ask, seen_fee=0)
        except Refused as refused:
            if refused.key == "idempotency_key_reused":
                return  # done before, for a fee
            if refused.key != "fee_changed":
                raise
            actions.perform(**ask, seen_fee=refused.facts["fee"])


def catch_up() -> None:
    """Bring a clock that began in the past up to the machine's time, and let happen what is due on the way."""
    while (behind := -shift()) > timedelta(0):
        due = next_alarm()
        until = behind if due is None else max(due - clock.now(), timedelta(0))
        clock.advance(min(until, behind))
        if not ring_all() and until < behind:
            clock.advance(-shift())  # a meeting that cannot be rung; the audit will name it


def shift() -> timedelta:
    """How far the platform's clock is ahead of the machine's; negative while it catches up."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT coalesce((SELECT shift FROM platform_clock WHERE id = 1), interval '0')")
        answer: timedelta = cursor.fetchone()[0]
    return answer


def clock_has_begun() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT EXISTS (SELECT FROM platform_clock)")
        return bool(cursor.fetchone()[0])


def next_alarm() -> datetime | None:
    """When time next does something to a meeting."""
    alarm: datetime | None = Meeting.objects.aggregate(next=Min("alarm_at"))["next"]
    return alarm


def ring_all() -> int:
    """Let happen what is due by now; answers to how many meetings."""
    count = 0
    while (rung := actions.ring_due(limit=100)) > 0:
        count += rung
    post_all()
    return count


def post_all() -> None:
    """Let the mail out that is due by now, else a story's proposals would all be stale when a worker first comes."""
    Worker(stop=Stop()).once()


def _move_forward(moment: datetime) -> None:
    if moment > clock.now():
        clock.move_to(moment)


def _at_line(act: StoryAct, error: Exception) -> str:
    why = f"{error.key} {error.facts}" if isinstance(error, Refused) else f"{type(error).__name__} {error}"
    return _("story, line {line}: {act} of {meeting} by {by}: {why}").format(
        line=act.line, act=act.act.value, meeting=act.meeting, by=act.by, why=why
    )
