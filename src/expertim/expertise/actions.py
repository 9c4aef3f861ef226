"""What people change about themselves in an Expertise; its policy and lists are the operator's, in the admin."""

from __future__ import annotations

from collections.abc import Iterable

from django.db import transaction

from expertim.expertise.models import Skill, SkillWish


@transaction.atomic
def wish(*, person_id: int, skill_ids: Iterable[int]) -> None:
    """From now on this person wants to develop exactly these skills (B5); unknown ids are left out."""
    wanted = set(Skill.objects.filter(pk__in=set(skill_ids)).values_list("pk", flat=True))
    SkillWish.objects.filter(person_id=person_id).exclude(skill_id__in=wanted).delete()
    SkillWish.objects.bulk_create(
        [SkillWish(person_id=person_id, skill_id=pk) for pk in sorted(wanted)], ignore_conflicts=True
    )
