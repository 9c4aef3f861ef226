"""The database as a catalogue file: loading what was dumped changes nothing."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import yaml

from expertim.expertise.catalogue.rows import Text
from expertim.expertise.catalogue.values import LANGUAGES
from expertim.expertise.models import PERCENTS, POLICY, Expert, Expertise, RejectReason, Service, SkillWish
from expertim.foundation.amounts import amount_text
from expertim.people.models import Person


def dump_catalogue(*, openings: Mapping[int, int]) -> str:
    """The file. `openings`: by person's id the hundredths of the opening grant. Passwords are never in it."""
    expertises = Expertise.objects.prefetch_related("skills")
    experts = (
        Expert.objects.filter(person__left_at=None)
        .select_related("person", "expertise")
        .prefetch_related("skills", "services__skills")
    )
    wishes: dict[int, list[str]] = {}
    for wish in SkillWish.objects.select_related("skill__expertise").order_by("id"):
        wishes.setdefault(wish.person_id, []).append(f"{wish.skill.expertise.slug}/{wish.skill.slug}")
    document = {
        "expertises": [_expertise(row) for row in expertises],
        "reject_reasons": [
            {"code": row.code, "text": _text(row.text), **_inactive(row.active)} for row in RejectReason.objects.all()
        ],
        "people": [
            _person(row, opening=openings.get(row.pk), wishes=wishes.get(row.pk, []))
            for row in Person.objects.filter(left_at=None).order_by("id")
        ],
        "experts": [_expert(row) for row in experts.order_by("id")],
    }
    written: str = yaml.dump(document, Dumper=_Plain, sort_keys=False, allow_unicode=True, width=110)
    return written


class _Plain(yaml.SafeDumper):
    """Without anchors: the same text in two places is written twice."""

    def ignore_aliases(self, data: object) -> bool:
        return True


def _text(text: Text) -> Text:
    """Languages in our order: the database keeps them in its own."""
    return {code: text[code] for code in LANGUAGES if code in text} if isinstance(text, dict) else text


def _inactive(active: bool) -> dict[str, bool]:
    return {} if active else {"active": False}


def _percent(value: Decimal) -> int | str:
    return int(value) if value == value.to_integral_value() else f"{value:.2f}"


def _policy(row: Expertise) -> dict[str, Any]:
    return {
        name: _percent(getattr(row, name))
        if name in PERCENTS
        else amount_text(row.review_bonus)
        if name == "review_bonus"
        else getattr(row, name)
        for name in POLICY
    }


def _expertise(row: Expertise) -> dict[str, Any]:
    return {
        "slug": row.slug,
        "name": _text(row.name),
        **({"introduction": _text(row.introduction)} if row.introduction else {}),
        "policy": _policy(row),
        "skills": [{"slug": skill.slug, "name": _text(skill.name)} for skill in row.skills.all()],
    }


def _person(row: Person, *, opening: int | None, wishes: list[str]) -> dict[str, Any]:
    return {
        "email": row.email,
        "name": row.name,
        "time_zone": row.time_zone,
        "date_format": row.date_format,
        "language": row.language,
        **({"credits": amount_text(opening)} if opening else {}),
        "operator": row.is_staff,
        **_inactive(row.is_active),
        **({"wishes": wishes} if wishes else {}),
    }


def _expert(row: Expert) -> dict[str, Any]:
    return {
        "person": row.person.email,
        "expertise": row.expertise.slug,
        **({"headline": _text(row.headline)} if row.headline else {}),
        **({"introduction": _text(row.introduction)} if row.introduction else {}),
        "skills": [skill.slug for skill in row.skills.all()],
        **_inactive(row.active),
        "services": [_service(service) for service in row.services.all()],
    }


def _service(row: Service) -> dict[str, Any]:
    return {
        "slug": row.slug,
        "kind": row.kind,
        "title": _text(row.title),
        "minutes": row.length_minutes,
        "price": amount_text(row.price),
        "skills": [skill.slug for skill in row.skills.all()],
        **_inactive(row.active),
    }
