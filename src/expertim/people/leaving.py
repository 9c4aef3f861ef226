"""Leaving for good: who somebody was goes, what they did stays in the books of others.

What hangs on a person by CASCADE is theirs alone and goes. What hangs on them by PROTECT belongs to others or to the
books (meetings, movements, words written to somebody) and stays, under the name that all who have left share.
"""

from __future__ import annotations

from collections.abc import Callable

from allauth.account.models import EmailAddress
from django.db import connection, models, transaction

from expertim.foundation.clock import machine_now
from expertim.outbox.actions import forget_recipient
from expertim.people.formats import DATE_FORMATS
from expertim.people.former import FORMER
from expertim.people.models import Person

Reasons = Callable[[int], list[str]]  # by the person's number: in words, why they cannot leave now
Going = Callable[[int], None]  # what else goes, in the same transaction
_reasons: list[Reasons] = []
_going: list[Going] = []


class Held(Exception):
    """This person cannot leave now; `reasons` are in words."""

    def __init__(self, reasons: list[str]) -> None:
        super().__init__(*reasons)
        self.reasons = reasons


def hold_back(reasons: Reasons) -> None:
    """Register what may hold people back; asked anew when they go."""
    _reasons.append(reasons)


def goes_along(going: Going) -> None:
    """Register what a room lets go with its person."""
    _going.append(going)


def reasons_against(person: int) -> list[str]:
    return [words for ask in _reasons for words in ask(person)]


def leave(*, person: int) -> None:
    """Take everything from this person that says who they were; raises Held. Done at once or not at all."""
    with transaction.atomic():
        # Against everything that would refer to them meanwhile: a meeting proposed now waits here, or is seen below.
        gone = Person.objects.select_for_update().get(pk=person)
        if gone.left_at is not None:
            return
        if reasons := reasons_against(person):
            raise Held(reasons)
        addresses = {gone.email, *EmailAddress.objects.filter(user=gone).values_list("email", flat=True)}
        for going in _going:
            going(person)
        for model, name in owned():
            model._default_manager.filter(**{name: gone}).delete()
        with connection.cursor() as cursor:
            cursor.execute("DELETE FROM django_session WHERE person_id = %s", [person])
        forget_recipient(person=person, addresses=sorted(addresses), name=gone.name)
        _without_a_face(gone)


def owned() -> list[tuple[type[models.Model], str]]:
    """Every table with rows that are a person's alone, and the name of the field that says whose."""
    return [
        (link.related_model, link.field.name)
        for link in Person._meta.related_objects
        if link.on_delete is models.CASCADE
    ]


def _without_a_face(gone: Person) -> None:
    gone.groups.clear()
    gone.user_permissions.clear()
    gone.email, gone.name = f"{gone.public_id}@left.invalid", FORMER  # RFC 2606: nobody can ever have this address
    gone.time_zone, gone.date_format, gone.language = "UTC", DATE_FORMATS[0], "en"
    gone.photo, gone.hints_off = "", []
    gone.is_active = gone.is_staff = gone.is_superuser = False
    gone.last_login = None
    gone.left_at = machine_now()
    gone.set_unusable_password()
    gone.save()
