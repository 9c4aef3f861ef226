"""The ledger's way in for Python: grants. Meetings post through their own writer, in the same SQL function."""

from __future__ import annotations

import json

from django.db import connection, transaction

from expertim.credits.moves import grant_posting

LARGEST_GRANT = 100_000_000  # a million credits: a slip of the keyboard, not a gift


class GrantRefused(ValueError):
    """The grant cannot be made; the text says why."""


def grant(*, person_id: int, amount: int, reason: str, by: str, cause: str) -> bool:
    """Give `amount` hundredths from the platform to a person; False where this cause was posted before (L11).

    Raises GrantRefused for an amount that is not positive or too large, or without a reason and an author.
    """
    if not 0 < amount <= LARGEST_GRANT:
        raise GrantRefused("A grant is more than 0 and at most 1,000,000 credits.")
    if not reason.strip() or not by.strip():
        raise GrantRefused("A grant needs a reason and an author.")
    asked = grant_posting(person=person_id, amount=amount, cause=cause, reason=reason.strip(), by=by, at=None)
    with transaction.atomic(), connection.cursor() as cursor:
        # the wallet's lock first: of two grants under one cause the second then sees the first
        cursor.execute("SELECT credits_grant(%s::jsonb)", [json.dumps(asked)])
        return bool(cursor.fetchone()[0])
