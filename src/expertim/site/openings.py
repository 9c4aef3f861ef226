"""Opening grants: the credits that a catalogue file gives a person, once."""

from __future__ import annotations

from collections.abc import Mapping

from expertim.credits.models import Entry
from expertim.meetings.moved import grant

_CAUSE = "opening:"


def opening_grants() -> Mapping[int, int]:
    """What was granted, in hundredths, by the person's id."""
    entries = Entry.objects.filter(posting__cause__startswith=_CAUSE, wallet__isnull=False)
    return dict(entries.values_list("wallet_id", "amount"))


def grant_opening(person_id: int, amount: int) -> bool:
    """Grant it unless this person has had one; False where they have."""
    return grant(
        person_id=person_id,
        amount=amount,
        reason="Opening credits",
        by="catalogue",
        cause=f"{_CAUSE}{person_id}",
        mail=False,  # whom an operator has just entered may not know of us yet; the inbox says it when they come
    )
