"""The second address of an account, beside the one that stands on the person."""

from __future__ import annotations

from allauth.account.models import EmailAddress

from expertim.people.models import Person


def second_address(person: Person) -> str:
    """The address beside the main one that has been proved, "" where there is none."""
    found = EmailAddress.objects.filter(user=person, verified=True, primary=False).values_list("email", flat=True)
    return found.order_by("pk").first() or ""
