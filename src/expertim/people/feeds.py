"""The secret address of a person's calendar: made, shown once, read without signing in, revoked."""

from __future__ import annotations

import hashlib
import secrets
from datetime import datetime

from expertim.foundation.clock import machine_now
from expertim.people.models import CalendarFeed, Person

_BYTES = 32  # nobody guesses 256 bits, so a plain digest keeps them


def new_feed(*, person: Person) -> str:
    """A new secret for a person's calendar; the former one, if any, is worth nothing from now on."""
    secret = secrets.token_urlsafe(_BYTES)
    CalendarFeed.objects.update_or_create(person=person, defaults={"digest": _digest(secret), "made_at": machine_now()})
    return secret


def revoke_feed(*, person: Person) -> bool:
    """Let the address lead nowhere; False where there was none."""
    return CalendarFeed.objects.filter(person=person).delete()[0] > 0


def feed_made_at(*, person: Person) -> datetime | None:
    """When the address in force was made; None where there is none."""
    return CalendarFeed.objects.filter(person=person).values_list("made_at", flat=True).first()


def reader_of(secret: str) -> Person | None:
    """Whose calendar it is; None for a secret that is not, or no longer, in force."""
    return Person.objects.filter(calendar_feed__digest=_digest(secret), is_active=True).first()


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode(errors="surrogatepass")).hexdigest()
