"""What experts say of themselves in an Expertise and what they offer there, kept by themselves.

A meeting keeps the terms it was proposed with: nothing here touches one.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass

from django.db import transaction
from django.utils.text import slugify

from expertim.expertise.actions import Overtaken
from expertim.expertise.catalogue.rows import Text
from expertim.expertise.models import Expert, Service, Skill
from expertim.expertise.rows import ServiceRow
from expertim.expertise.times import held_place
from expertim.foundation.words import in_language

MOST_SERVICES = 50  # of one expert in one Expertise, withdrawn ones included


class TooMany(Exception):
    """There are as many services as one may have."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """All that a service says; price in hundredths, skills by number."""

    kind: str
    title: Text
    minutes: int
    price: int
    skills: frozenset[int]


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnService:
    """A service as its expert sees it; `number` is the row's, `id` stands in addresses."""

    id: str
    number: int
    terms: Terms
    skill_names: tuple[str, ...]
    offered: bool

    @property
    def title(self) -> str:
        return in_language(self.terms.title)

    @property
    def row(self) -> ServiceRow:
        """As others are shown it."""
        terms = self.terms
        return ServiceRow(
            id=self.id, kind=terms.kind, title=self.title, minutes=terms.minutes, price=terms.price, skills=()
        )

    @property
    def seen(self) -> str:
        """What a page that shows it sends back: the same as long as nothing of it has changed."""
        return seen_of(self.terms)


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnPlace:
    """An Expertise in which a person is an expert: their words, the skills they name, their services, offered first."""

    expertise: str
    number: int  # of the Expertise
    name: str
    headline: Text
    introduction: Text
    skills: frozenset[int]
    skill_names: tuple[str, ...]
    choices: tuple[tuple[int, str], ...]  # every skill of the Expertise
    services: tuple[OwnService, ...]

    def service(self, public_id: str) -> OwnService | None:
        return next((service for service in self.services if service.id == public_id), None)


def own_places(person: int) -> tuple[OwnPlace, ...]:
    """Every Expertise in which a person is listed: five statements, however many services there are."""
    mine = Expert.objects.filter(person=person, active=True).select_related("expertise")
    rows = mine.order_by("expertise__position", "expertise__id")
    return tuple(_place(row) for row in rows.prefetch_related("skills", "services__skills", "expertise__skills").all())


def seen_of(terms: Terms) -> str:
    said = [terms.kind, terms.title, terms.minutes, terms.price, sorted(terms.skills)]
    return hashlib.sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()[:16]


@transaction.atomic
def add_service(*, person: int, expertise: str, key: str, terms: Terms) -> bool:
    """Offer one more from now on; False where the person is no expert there. Raises TooMany.

    `key` is made when the page is shown: a second click adds nothing more.
    """
    place = held_place(person, expertise)
    if place is None:
        return False
    there = Service.objects.filter(expert=place)
    slug = f"{slugify(in_language(terms.title))[:40] or 'service'}-{key[:16].lower()}"
    if there.filter(slug=slug).exists():
        return True
    if there.count() >= MOST_SERVICES:
        raise TooMany
    last = there.order_by("position").last()
    added = Service(expert=place, slug=slug, position=last.position + 1 if last else 0)
    _write(added, terms, place.expertise_id)
    return True


@transaction.atomic
def change_service(*, person: int, expertise: str, service: str, seen: str, terms: Terms) -> bool:
    """From now on it is proposed at these terms; False where it is not theirs. Raises Overtaken.

    `seen` is what the changer started from, as `OwnService.seen` has it.
    """
    place = held_place(person, expertise)
    row = Service.objects.filter(expert=place, public_id=service).prefetch_related("skills").first() if place else None
    if place is None or row is None:
        return False
    if seen_of(_terms(row)) != seen:
        raise Overtaken
    _write(row, terms, place.expertise_id)
    return True


def put_on_offer(*, person: int, expertise: str, service: str, offered: bool) -> bool:
    """Offer a service again, or withdraw it; False where it is not theirs."""
    mine = Service.objects.filter(expert__person=person, expert__expertise__slug=expertise, expert__active=True)
    return bool(mine.filter(public_id=service).update(active=offered))


@transaction.atomic
def introduce(*, person: int, expertise: str, headline: Text, introduction: Text, skills: Iterable[int]) -> bool:
    """What stands on the expert's page there, and the skills they name; False where they are no expert."""
    place = held_place(person, expertise)
    if place is None:
        return False
    place.headline, place.introduction = headline, introduction
    place.save(update_fields=["headline", "introduction"])
    place.skills.set(Skill.objects.filter(expertise=place.expertise_id, pk__in=set(skills)))
    return True


def _write(row: Service, terms: Terms, expertise: int) -> None:
    row.kind, row.title = terms.kind, terms.title
    row.length_minutes, row.price = terms.minutes, terms.price
    row.save()
    row.skills.set(Skill.objects.filter(expertise=expertise, pk__in=terms.skills))


def _place(row: Expert) -> OwnPlace:
    named = list(row.skills.all())
    return OwnPlace(
        expertise=row.expertise.slug,
        number=row.expertise_id,
        name=in_language(row.expertise.name),
        headline=row.headline,
        introduction=row.introduction,
        skills=frozenset(skill.pk for skill in named),
        skill_names=tuple(str(skill) for skill in named),
        choices=tuple((skill.pk, str(skill)) for skill in row.expertise.skills.all()),
        services=tuple(sorted(map(_service, row.services.all()), key=lambda service: not service.offered)),
    )


def _service(row: Service) -> OwnService:
    return OwnService(
        id=row.public_id,
        number=row.pk,
        terms=_terms(row),
        skill_names=tuple(str(skill) for skill in row.skills.all()),
        offered=row.active,
    )


def _terms(row: Service) -> Terms:
    return Terms(
        kind=row.kind,
        title=row.title,
        minutes=row.length_minutes,
        price=row.price,
        skills=frozenset(skill.pk for skill in row.skills.all()),
    )
