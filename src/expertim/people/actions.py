"""Making people and changing their settings."""

from __future__ import annotations

from typing import Any

from allauth.account.models import EmailAddress
from django.db import transaction

from expertim.foundation.clock import machine_now
from expertim.people.models import Person


def create_person(
    *,
    email: str,
    name: str,
    password: str | None = None,
    time_zone: str = "UTC",
    date_format: str = "DD.MM.YYYY HH:MM",
    language: str = "en",
    is_staff: bool = False,
) -> Person:
    """A person who may sign in at once: whoever calls this vouches for the address.

    Without a password the person sets one by the reset link. Raises ValidationError for a value that no form
    would take, IntegrityError for an address that has an account.
    """
    person = Person(
        email=email.strip().lower(),
        name=name,
        time_zone=time_zone,
        date_format=date_format,
        language=language,
        is_staff=is_staff,
    )
    person.set_password(password)
    person.clean_fields()
    with transaction.atomic():
        person.save(force_insert=True)
        vouch_for_address(person)
    return person


def vouch_for_address(person: Person) -> None:
    """Take the person's address as theirs without a code."""
    EmailAddress.objects.update_or_create(user=person, email=person.email, defaults={"verified": True, "primary": True})


def change_settings(*, person: Person, name: str, time_zone: str, date_format: str, language: str) -> None:
    """Write what the person has chosen, and nothing else of the row."""
    person.name, person.time_zone = name, time_zone
    person.date_format, person.language = date_format, language
    person.save(update_fields=["name", "time_zone", "date_format", "language"])


def change_time_zone(*, person: Person, time_zone: str) -> None:
    """Show this person all times for another zone, one of `time_zones()`; no meeting moves by it."""
    person.time_zone = time_zone
    person.save(update_fields=["time_zone"])


def welcome(*, person: Person) -> None:
    """The person has gone on from the page that greets newcomers, and is not led there again."""
    person.welcomed_at = person.welcomed_at or machine_now()
    person.save(update_fields=["welcomed_at"])


def put_hint_away(*, person: Person, hint: str) -> None:
    """Show this first-visit hint no more."""
    person.hints_off = sorted({*person.hints_off, hint})
    person.save(update_fields=["hints_off"])


def amend_person(*, person: Person, **changes: Any) -> None:
    """Write what the operator's file says of a person, and no more; a password comes hashed."""
    for name, value in changes.items():
        setattr(person, name, value)
    person.save(update_fields=list(changes))
