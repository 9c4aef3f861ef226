"""The address that a calendar answers to: one for each meeting and person, which nobody makes up.

EMAIL_REPLY_ADDRESS has a star where the token goes: reply+*@meet.example.org. The token names what the answer is
about and seals it together with the person; it goes to that person alone, as the organizer of their invitation.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Iterable
from email.utils import parseaddr

from django.conf import settings
from django.utils.crypto import constant_time_compare, salted_hmac

_SALT = "expertim.calendar.reply"
SEAL_LENGTH = 26  # 128 bits in letters and digits of one case: mail servers are careless about the other
_PATTERN = r"[a-z0-9]{1,32}"


def answers_are_read() -> bool:
    """Whether an operator has set up an address for answers."""
    return "*" in settings.EMAIL_REPLY_ADDRESS


def reply_address(*, reference: str, person: int) -> str:
    """The organizer in this person's invitations to `reference`; the site's sender where nobody reads answers."""
    if not answers_are_read():
        return parseaddr(settings.DEFAULT_FROM_EMAIL)[1]
    return str(settings.EMAIL_REPLY_ADDRESS).replace("*", reference + _seal(reference, person))


def tokens_in(addresses: Iterable[str]) -> tuple[tuple[str, str], ...]:
    """(reference, seal) of each of our addresses among these, in their order."""
    if not answers_are_read():
        return ()
    before, after = str(settings.EMAIL_REPLY_ADDRESS).lower().split("*", 1)
    ours = re.compile(rf"{re.escape(before)}({_PATTERN})([a-z2-7]{{{SEAL_LENGTH}}}){re.escape(after)}")
    found = (ours.fullmatch(address.strip().lower()) for address in addresses)
    return tuple((match[1], match[2]) for match in found if match)


def sealed_for(*, reference: str, seal: str, person: int) -> bool:
    """Whether this token was given to that person."""
    return constant_time_compare(seal, _seal(reference, person))


def _seal(reference: str, person: int) -> str:
    digest = salted_hmac(_SALT, f"{reference}:{person}", algorithm="sha256").digest()
    return base64.b32encode(digest[:16]).decode().rstrip("=").lower()
