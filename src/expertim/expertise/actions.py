"""What people change about themselves in an Expertise, and what operators change in its policy and lists."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django.db import transaction

from expertim.expertise.catalogue.rows import Text
from expertim.expertise.models import Expert, Expertise, Favourite, RejectReason, Service, Skill, SkillHeld, SkillWish


@transaction.atomic
def wish(*, person_id: int, skill_ids: Iterable[int]) -> None:
    """From now on this person wants to develop exactly these skills (B5); unknown ids are left out."""
    _choose(SkillWish, person_id, skill_ids)


@transaction.atomic
def hold(*, person_id: int, skill_ids: Iterable[int]) -> None:
    """From now on this person says of exactly these skills that they have them at senior or expert level."""
    _choose(SkillHeld, person_id, skill_ids)


def _choose(model: type[SkillWish] | type[SkillHeld], person: int, skills: Iterable[int]) -> None:
    chosen = set(Skill.objects.filter(pk__in=set(skills)).values_list("pk", flat=True))
    rows: Any = model._default_manager  # the two tables have the same columns
    rows.filter(person_id=person).exclude(skill_id__in=chosen).delete()
    rows.bulk_create([model(person_id=person, skill_id=pk) for pk in sorted(chosen)], ignore_conflicts=True)


@transaction.atomic
def keep_favourite(*, person: int, expertise: str, expert: str, wanted: bool) -> str | None:
    """Make a listed expert (person's public id) a favourite, or no longer one; their name, None where there is none."""
    listed = Expert.objects.filter(expertise__slug=expertise, active=True, person__is_active=True)
    found = listed.filter(person__public_id=expert).select_related("person").first()
    if found is None:
        return None
    if wanted:
        Favourite.objects.get_or_create(person_id=person, expert=found)
    else:
        Favourite.objects.filter(person_id=person, expert=found).delete()
    return found.person.name


class Overtaken(Exception):
    """Somebody else has changed the same meanwhile; nothing has been written."""


@transaction.atomic
def amend(*, expertise: int, seen: Mapping[str, Any], changes: Mapping[str, Any]) -> None:
    """Change policy or texts of an Expertise; meetings already proposed keep their terms.

    `seen` are the values its changer started from. Raises Overtaken where one of them is no longer so.
    """
    row = Expertise.objects.select_for_update(no_key=True).get(pk=expertise)
    if any(getattr(row, name) != value for name, value in seen.items()):
        raise Overtaken
    for name, value in changes.items():
        setattr(row, name, value)
    row.save(update_fields=list(changes))


def name_skill(*, skill: int, name: Text) -> None:
    Skill.objects.filter(pk=skill).update(name=name)


@transaction.atomic
def add_skill(*, expertise: int, slug: str, name: Text) -> bool:
    """A new skill at the end of the list; False where the slug is taken."""
    _hold(expertise)
    there = Skill.objects.filter(expertise=expertise)
    _skill, made = there.get_or_create(
        slug=slug, defaults={"expertise_id": expertise, "name": name, "position": _after(there)}
    )
    return made


@transaction.atomic
def lift_skill(*, expertise: int, skill: int) -> None:
    """One place up in the list."""
    _hold(expertise)
    _lift(list(Skill.objects.filter(expertise=expertise)), skill)


def word_reason(*, reason: int, text: Text) -> None:
    RejectReason.objects.filter(pk=reason).update(text=text)


def offer_reason(*, reason: int, active: bool) -> None:
    """Offer a reason for rejecting, or withdraw it; timelines keep its words."""
    RejectReason.objects.filter(pk=reason).update(active=active)


@transaction.atomic
def add_reason(*, code: str, text: Text) -> bool:
    """A new reason at the end of the list; False where the code is taken."""
    there = RejectReason.objects.all()
    _reason, made = there.get_or_create(code=code, defaults={"text": text, "position": _after(there)})
    return made


@transaction.atomic
def lift_reason(*, reason: int) -> None:
    """One place up in the list."""
    _lift(list(RejectReason.objects.select_for_update()), reason)


def open_to_visitors(*, person: int, expertise: str, public: bool) -> bool:
    """Let visitors without an account see one's page in an Expertise, or no longer; False where one is no expert."""
    mine = Expert.objects.filter(person_id=person, expertise__slug=expertise, active=True)
    return bool(mine.update(public=public))


def forget_expert(person: int) -> None:
    """Take somebody who leaves off every list, with their words; what was agreed with them keeps its own."""
    Service.objects.filter(expert__person=person).update(active=False)
    SkillHeld.objects.filter(person=person).delete()
    for place in Expert.objects.filter(person=person):
        place.skills.clear()
        place.weekly_hours.all().delete()
        place.day_hours.all().delete()
        place.favourite_of.all().delete()
    Expert.objects.filter(person=person).update(active=False, headline="", introduction="")


def list_expert(*, expertise: int, expert: int, active: bool) -> bool:
    """List an expert, or take them off the list; False where there is none of that number."""
    return bool(Expert.objects.filter(pk=expert, expertise=expertise).update(active=active))


def offer_service(*, expertise: int, service: str, active: bool) -> bool:
    """Offer a service (by public id), or withdraw it; False where there is none."""
    return bool(Service.objects.filter(public_id=service, expert__expertise=expertise).update(active=active))


def _hold(expertise: int) -> None:
    Expertise.objects.select_for_update(no_key=True).get(pk=expertise)  # two operators at one list wait for each other


def _after(rows: Any) -> int:
    last = rows.order_by("position").last()
    return last.position + 1 if last else 0


def _lift(rows: list[Any], number: int) -> None:
    place = next((at for at, row in enumerate(rows) if row.pk == number), 0)
    if place:
        rows[place - 1], rows[place] = rows[place], rows[place - 1]
    for at, row in enumerate(rows):
        if row.position != at:
            row.position = at
            row.save(update_fields=["position"])
