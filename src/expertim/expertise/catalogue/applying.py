"""Rows of a catalogue file are put into the database: what is new is made, what differs is changed, in one go."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import cache
from typing import Any, TypeVar

from django.contrib.auth.hashers import check_password, make_password
from django.db import connection, models, transaction

from expertim.expertise.catalogue.rows import (
    Catalogue,
    ExpertEntry,
    ExpertiseEntry,
    Known,
    PersonEntry,
    ReasonEntry,
    ServiceEntry,
)
from expertim.expertise.models import Expert, Expertise, RejectReason, Service, Skill, SkillWish
from expertim.people import actions as people
from expertim.people.models import Person

Row = TypeVar("Row", bound=models.Model)
Grant = Callable[[int, int], bool]  # person's id, hundredths -> False when it was granted before

_LOCK = 0x65787065_6361  # any number that nobody else uses: two loads wait for each other


@dataclass(slots=True)
class Outcome:
    """How many of what a load made and changed; the kinds in the order of the file."""

    created: Counter[str] = field(default_factory=Counter)
    changed: Counter[str] = field(default_factory=Counter)

    @property
    def kinds(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys([*self.created, *self.changed]))


def known() -> Known:
    """What files may refer to without defining it."""
    skills: dict[str, set[str]] = {slug: set() for slug in Expertise.objects.values_list("slug", flat=True)}
    for expertise, slug in Skill.objects.values_list("expertise__slug", "slug"):
        skills[expertise].add(slug)
    return Known(
        people=frozenset(Person.objects.values_list("email", flat=True)),
        skills={expertise: frozenset(slugs) for expertise, slugs in skills.items()},
    )


@transaction.atomic
def apply_catalogue(catalogue: Catalogue, *, grant: Grant) -> Outcome:
    """All of the catalogue or nothing. What it does not name stays as it is."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])
    load = _Load()
    for expertise in catalogue.expertises:
        load.expertise(expertise)
    for reason in catalogue.reject_reasons:
        load.reason(reason)
    load.remember()
    for person in catalogue.people:
        load.person(person, grant=grant)
    for expert in catalogue.experts:
        load.expert(expert)
    return load.outcome


class _Load:
    def __init__(self) -> None:
        self.outcome = Outcome()
        # Hashing is slow on purpose. A file with passwords is a demo's, where all people may have the same one:
        # it is hashed once, and their equal hashes tell nothing that the file does not.
        self._hashes, self._fits = cache(make_password), cache(check_password)
        self.expertises = {row.slug: row for row in Expertise.objects.prefetch_related("skills")}
        self.reasons = {row.code: row for row in RejectReason.objects.all()}
        self.people = {row.email: row for row in Person.objects.all()}
        self.experts = {
            (row.person_id, row.expertise_id): row
            for row in Expert.objects.prefetch_related("skills", "services__skills")
        }

    def remember(self) -> None:
        """The skills by Expertise and slug, once all of the file's are there."""
        self.skills = {(row.expertise.slug, row.slug): row for row in Skill.objects.select_related("expertise")}

    def expertise(self, entry: ExpertiseEntry) -> None:
        said = {"name": entry.name, "introduction": entry.introduction, **entry.policy}
        row = self.expertises.get(entry.slug)
        if row is None:
            row = self._create("expertise", Expertise(slug=entry.slug, position=len(self.expertises)), said)
            self.expertises[entry.slug] = row
        else:
            self._change("expertise", row, said)
        there = {skill.slug: skill for skill in row.skills.all()}
        for number, skill in enumerate(entry.skills, start=len(there)):
            if skill.slug in there:
                self._change("skill", there[skill.slug], {"name": skill.name})
            else:
                self._create("skill", Skill(expertise=row, slug=skill.slug, position=number), {"name": skill.name})

    def reason(self, entry: ReasonEntry) -> None:
        said = {"text": entry.text, "active": entry.active}
        if row := self.reasons.get(entry.code):
            self._change("reason", row, said)
        else:
            made = RejectReason(code=entry.code, position=len(self.reasons))
            self.reasons[entry.code] = self._create("reason", made, said)

    def person(self, entry: PersonEntry, *, grant: Grant) -> None:
        said = {
            "name": entry.name,
            "time_zone": entry.time_zone,
            "date_format": entry.date_format,
            "language": entry.language,
            "is_staff": entry.operator,
            "is_active": entry.active,
        }
        row = self.people.get(entry.email)
        if row is None:
            row = self._new_person(entry)
        else:
            self._change_person(row, said, password=entry.password)
        if entry.wishes is not None:
            self._wishes(row, entry.wishes)
        if entry.credits and grant(row.pk, entry.credits):
            self.outcome.created["grant"] += 1

    def _new_person(self, entry: PersonEntry) -> Person:
        row: Person = people.create_person(
            email=entry.email,
            name=entry.name,
            time_zone=entry.time_zone or "UTC",
            date_format=entry.date_format or str(Person._meta.get_field("date_format").get_default()),
            language=entry.language or "en",
            is_staff=bool(entry.operator),
        )
        self.people[entry.email] = row
        self.outcome.created["person"] += 1
        later: dict[str, Any] = {} if entry.active is not False else {"is_active": False}
        if entry.password is not None:
            later["password"] = self._hashes(entry.password)
        if later:
            people.amend_person(person=row, **later)
        return row

    def _change_person(self, row: Person, said: dict[str, Any], *, password: str | None) -> None:
        changes = _differing(row, said)
        if password is not None and not self._fits(password, row.password):
            changes["password"] = self._hashes(password)
        if changes:
            people.amend_person(person=row, **changes)
            self.outcome.changed["person"] += 1

    def _wishes(self, person: Person, wishes: Iterable[tuple[str, str]]) -> None:
        wanted = {self.skills[wish].pk for wish in wishes}
        there = set(SkillWish.objects.filter(person=person).values_list("skill_id", flat=True))
        if there - wanted:
            SkillWish.objects.filter(person=person, skill_id__in=there - wanted).delete()
        SkillWish.objects.bulk_create(SkillWish(person=person, skill_id=pk) for pk in sorted(wanted - there))
        if wanted - there:
            self.outcome.created["wish"] += len(wanted - there)
        if there - wanted:
            self.outcome.changed["wish"] += len(there - wanted)

    def expert(self, entry: ExpertEntry) -> None:
        person, expertise = self.people[entry.person], self.expertises[entry.expertise]
        said = {"headline": entry.headline, "introduction": entry.introduction, "active": entry.active}
        row = self.experts.get((person.pk, expertise.pk))
        if row is None:
            row = self._create("expert", Expert(person=person, expertise=expertise), said)
            row.skills.set(self._of(entry.expertise, entry.skills or ()))
        else:
            skills = None if entry.skills is None else self._of(entry.expertise, entry.skills)
            self._change("expert", row, said, skills=skills)
        there = {service.slug: service for service in row.services.all()}
        for number, service in enumerate(entry.services, start=len(there)):
            self._service(row, service, there=there.get(service.slug), position=number, expertise=entry.expertise)

    def _service(
        self, expert: Expert, entry: ServiceEntry, *, there: Service | None, position: int, expertise: str
    ) -> None:
        said = {
            "kind": entry.kind,
            "title": entry.title,
            "length_minutes": entry.minutes,
            "price": entry.price,
            "active": entry.active,
        }
        skills = self._of(expertise, entry.skills)
        if there is None:
            made = Service(expert=expert, slug=entry.slug, position=position)
            self._create("service", made, said).skills.set(skills)
        else:
            self._change("service", there, said, skills=skills)

    def _of(self, expertise: str, slugs: Iterable[str]) -> list[Skill]:
        return [self.skills[expertise, slug] for slug in slugs]

    def _create(self, kind: str, row: Row, said: dict[str, Any]) -> Row:
        for name, value in said.items():
            if value is not None:
                setattr(row, name, value)
        row.save(force_insert=True)
        self.outcome.created[kind] += 1
        return row

    def _change(self, kind: str, row: models.Model, said: dict[str, Any], *, skills: list[Skill] | None = None) -> None:
        """Only what differs is written, and counted as one change of the row."""
        differs = _differing(row, said)
        for name, value in differs.items():
            setattr(row, name, value)
        if differs:
            row.save(update_fields=list(differs))
        moved = False
        if skills is not None and isinstance(row, Expert | Service):
            moved = {skill.pk for skill in row.skills.all()} != {skill.pk for skill in skills}
            if moved:
                row.skills.set(skills)
        if differs or moved:
            self.outcome.changed[kind] += 1


def _differing(row: models.Model, said: dict[str, Any]) -> dict[str, Any]:
    """What the file says and the row does not; None is silence."""
    return {name: value for name, value in said.items() if value is not None and getattr(row, name) != value}
