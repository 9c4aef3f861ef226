"""A person's profile: read, changed, and how complete it is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from expertim.people.models import Billing, Person, Profile


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """All that a person has told about themselves; blank where they have told nothing."""

    person: Person
    profile: Profile
    billing: Billing


def told_by(person: int) -> Told:
    """Of the person of this number, who must be there, in one statement."""
    row = Person.objects.select_related("profile", "billing").get(pk=person)
    return _told(row)


def told_by_public_id(public_id: str) -> Told | None:
    """The same by public id; None where there is nobody, or nobody any more."""
    if "\x00" in public_id:
        return None
    row = Person.objects.select_related("profile", "billing").filter(public_id=public_id, is_active=True).first()
    return _told(row) if row else None


def _told(row: Person) -> Told:
    return Told(
        person=row,
        profile=getattr(row, "profile", None) or Profile(person=row),
        billing=getattr(row, "billing", None) or Billing(person=row),
    )


def change_profile(*, person: Person, model: type[Profile] | type[Billing], changes: Mapping[str, Any]) -> None:
    """Write what the person has typed into one group, and nothing else of the row."""
    model._default_manager.update_or_create(person=person, defaults=dict(changes))
