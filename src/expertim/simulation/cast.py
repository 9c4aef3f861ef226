"""The people of a run and what they offer: the same in the database and in the model's world."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from random import Random
from typing import Any

from expertim.credits.ledger import grant
from expertim.expertise.models import Expert, Expertise, RejectReason, Service, Skill
from expertim.people.models import Person
from expertim.simulation.model import world as told

REASONS = ("no-time", "not-my-field")
_ZONES = ("Europe/Prague", "UTC", "America/New_York", "Asia/Kathmandu")
# Fields that differ in what is easily forgotten: odd percentages, nothing at all, a short patience.
_POLICIES: tuple[dict[str, int], ...] = (
    {},
    {"free": 24, "late": 3333, "commission": 1250, "no_show": 7500, "settlement": 72, "bonus": 250},
    {"late": 10_000, "commission": 0, "no_show": 9999, "opens": 30, "closes": 15, "link": 30, "bonus": 0},
)
_USUAL = {
    "free": 48,
    "late": 5000,
    "commission": 2000,
    "no_show": 10_000,
    "opens": 15,
    "closes": 60,
    "reminder": 24,
    "link": 60,
    "evaluation": 24,
    "settlement": 168,
    "bonus": 500,
}
_PRICES = (2500, 2501, 3333, 0, 1, 9999, 12_345, 50)
_MINUTES = (60, 30, 45, 5, 90, 480)


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """A service: its number in the model is its place in the list."""

    number: int
    expert: int
    field: str
    public_id: str
    price: int
    minutes: int


class Cast:
    """People by number, as the model calls them; the first two are operators and never a party."""

    def __init__(self, *, rng: Random, people: int) -> None:
        self.world = told.new_world(reasons=REASONS)
        self.people: list[Person] = []
        self.offers: list[Offer] = []
        self.operators = (0, 1)
        for place, code in enumerate(REASONS):
            RejectReason.objects.create(code=code, text={"en": code}, position=place)
        fields = [self._field(place, policy) for place, policy in enumerate(_POLICIES)]
        for number in range(people + 2):
            self._person(rng, number)
        for number in range(2, 2 + max(3, people // 3)):
            for field in rng.sample(fields, rng.choice((1, 1, 2))):
                self._expert(rng, number, field)

    @property
    def parties(self) -> range:
        return range(2, len(self.people))

    def _person(self, rng: Random, number: int) -> None:
        person = Person(
            email=f"person{number}@example.org",
            name=f"Person {number}",
            time_zone=rng.choice(_ZONES),
            is_staff=number in self.operators,
        )
        person.set_unusable_password()
        person.save()
        self.people.append(person)
        # A quarter is poor: a meeting or two, and then they wait for credits to come back.
        credits = rng.choice((2500, 3333, 4000)) if number % 4 == 3 else 300_000
        grant(person_id=person.pk, amount=credits, reason="opening", by="simulation", cause=f"opening:{number}")
        told.new_person(self.world, number, credits)

    def _field(self, place: int, changed: dict[str, int]) -> Expertise:
        policy = _USUAL | changed
        field = Expertise.objects.create(slug=f"field-{place}", name=f"Field {place}", **_columns(policy))
        for slug in ("first", "second"):
            Skill.objects.create(expertise=field, slug=slug, name=slug)
        self.world["policies"][field.slug] = policy
        return field

    def _expert(self, rng: Random, number: int, field: Expertise) -> None:
        expert = Expert.objects.create(person=self.people[number], expertise=field, headline="Knows a lot")
        skill = field.skills.get(slug="first")
        expert.skills.add(skill)
        for place in range(2):
            service = Service.objects.create(
                expert=expert,
                slug=f"service-{place}",
                kind="expert-advice",
                title="Advice",
                length_minutes=rng.choice(_MINUTES),
                price=rng.choice(_PRICES),
            )
            service.skills.add(skill)
            offer = Offer(
                number=len(self.offers),
                expert=number,
                field=field.slug,
                public_id=service.public_id,
                price=service.price,
                minutes=service.length_minutes,
            )
            self.offers.append(offer)
            self.world["offers"][offer.number] = {
                "expert": number,
                "field": field.slug,
                "skills": {"first"},
                "price": offer.price,
                "minutes": offer.minutes,
            }


def _columns(policy: dict[str, int]) -> dict[str, Any]:
    return {
        "free_cancellation_hours": policy["free"],
        "late_fee_percent": Decimal(policy["late"]) / 100,
        "commission_percent": Decimal(policy["commission"]) / 100,
        "no_show_fee_percent": Decimal(policy["no_show"]) / 100,
        "join_opens_minutes": policy["opens"],
        "join_closes_minutes": policy["closes"],
        "reminder_hours": policy["reminder"],
        "link_minutes": policy["link"],
        "evaluation_reminder_hours": policy["evaluation"],
        "settlement_hours": policy["settlement"],
        "review_bonus": policy["bonus"],
    }
