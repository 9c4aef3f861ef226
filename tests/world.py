"""People, Expertises and meetings in the database, for tests: every call makes its own, with names of their own."""

from __future__ import annotations

import itertools
import os
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import connection

from expertim.credits.ledger import grant
from expertim.expertise.models import Expert, Expertise, RejectReason, Service, Skill
from expertim.foundation import clock
from expertim.meetings import actions
from expertim.meetings.facts import Act, By, Refused
from expertim.meetings.models import Meeting
from expertim.people.models import Person

_count = itertools.count(1)
_where = f"{os.environ.get('PYTEST_XDIST_WORKER', 'alone')}-{os.getpid()}"
PASSWORD = "a long enough phrase"


def unique(word: str) -> str:
    return f"{word}-{_where}-{next(_count)}"


def person(name: str = "charlie", *, credits: int = 0, **fields: Any) -> Person:
    made = Person(email=f"{unique(name)}@example.org", name=name.title(), **fields)
    made.set_unusable_password()
    made.save()
    if credits:
        assert grant(person_id=made.pk, amount=credits, reason="test", by="test", cause=unique("grant"))
    return made


def expertise(**policy: Any) -> Expertise:
    made = Expertise.objects.create(slug=unique("field"), name="Corporate finance", **policy)
    Skill.objects.create(expertise=made, slug="valuation", name={"en": "Valuation", "cs": "Oceňování"})
    RejectReason.objects.get_or_create(code="not-my-field", defaults={"text": {"en": "Outside my field"}})
    return made


@dataclass(frozen=True, kw_only=True)
class World:
    """A user with credits, an expert with one service, in an Expertise of their own."""

    user: Person
    expert: Person
    expertise: Expertise
    service: Service

    @property
    def skill(self) -> str:
        return "valuation"

    def propose(self, *, start: datetime, by: By = By.USER, **changes: Any) -> str:
        """A proposal (P1 or P2) at today's terms; the meeting's public id."""
        asked: dict[str, Any] = {
            "person": self.user.pk if by is By.USER else self.expert.pk,
            "role": by,
            "expertise": self.expertise.slug,
            "other": self.expert.public_id if by is By.USER else self.user.public_id,
            "service": self.service.public_id,
            "skill": self.skill,
            "start": start,
            "price": self.service.price,
            "minutes": self.service.length_minutes,
            "acknowledge_overlap": True,
        }
        return actions.propose(**(asked | changes)).meeting

    def agreed(self, *, start: datetime, **changes: Any) -> str:
        """A meeting that the user proposed and the expert confirmed."""
        meeting = self.propose(start=start, **changes)
        self.act(By.EXPERT, meeting, Act.CONFIRM, acknowledge_overlap=True)
        return meeting

    def act(self, by: By, meeting: str, act: Act, **typed: Any) -> actions.Outcome:
        if act in (Act.REJECT, Act.ALTERNATIVE_REJECT):
            typed.setdefault("reason", "not-my-field")
        if act is Act.CANCEL:
            typed.setdefault("reason", "Something came up")
        who = self.user if by is By.USER else self.expert
        return actions.perform(person=who.pk, meeting=meeting, act=act, **typed)


def world(*, credits: int = 10_000, price: int = 2500, minutes: int = 60, **policy: Any) -> World:
    field = expertise(**policy)
    expert = person("erin")
    place = Expert.objects.create(person=expert, expertise=field, headline="Values companies")
    skill = field.skills.get()
    place.skills.add(skill)
    service = Service.objects.create(
        expert=place, slug="advice", kind="expert-advice", title="Expert advice", length_minutes=minutes, price=price
    )
    service.skills.add(skill)
    return World(user=person("uma", credits=credits), expert=expert, expertise=field, service=service)


def row(meeting: str) -> Meeting:
    return Meeting.objects.get(public_id=meeting)


def wallet(of: Person) -> tuple[int, int]:
    """Available and blocked hundredths."""
    from expertim.credits.models import Wallet

    held = Wallet.objects.get(person=of)
    return held.available, held.blocked


def events(meeting: str) -> list[tuple[str, str]]:
    """The timeline as (event, by)."""
    return list(row(meeting).timeline.order_by("sequence").values_list("event", "by"))


def notices(of: Person) -> list[str]:
    return list(of.notices.order_by("id").values_list("kind", flat=True))


def in_(**distance: float) -> datetime:
    """A whole minute that far from the platform's now."""
    return (clock.now() + timedelta(**distance)).replace(second=0, microsecond=0)


def together(count: int, work: Callable[[int], Any], *, values: bool = False) -> list[Any]:
    """`work(n)` in that many threads at the same instant: "done", the refusal's key, or what it answered."""
    barrier = threading.Barrier(count)

    def one(turn: int) -> Any:
        try:
            barrier.wait(timeout=20)
            answer = work(turn)
            return answer if values else "done"
        except Refused as refusal:
            return refusal.key
        finally:
            connection.close()

    with ThreadPoolExecutor(count) as pool:
        return list(pool.map(one, range(count)))
