"""Credits that move without a notice of their own telling so: a grant, a bonus, a late canceller's fee.

Credits and notifications are strangers; this room knows both, so what tells of a movement is written here, in the
transaction that moves the credits.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction

from expertim.credits import ledger
from expertim.credits.moves import Movement
from expertim.notifications.actions import tell
from expertim.notifications.kinds import kind_of

Row = dict[str, Any]
CREDITS_MOVED = "credits_moved"


def grant(*, person_id: int, amount: int, reason: str, by: str, cause: str, mail: bool = True) -> bool:
    """Grant credits (hundredths) and tell the person, by mail too unless `mail` is false; both or neither.

    False where this cause was posted before: nobody is told twice. Raises credits.ledger.GrantRefused.
    """
    with transaction.atomic():
        if not ledger.grant(person_id=person_id, amount=amount, reason=reason, by=by, cause=cause):
            return False
        row = moved_row(person=person_id, movement=Movement.GRANT, amount=amount, key=cause, reason=reason.strip())
        tell([row if mail else row | {"mail": False, "push": False}])
    return True


def movements_in(postings: Sequence[Row], *, wallet: int) -> Iterator[tuple[Movement, int]]:
    """What these postings (credits/moves.py) move in one person's hands: each movement with its amount."""
    for posting in postings:
        for leg in posting["legs"]:
            if leg["wallet"] == wallet and leg["movement"]:
                yield Movement(leg["movement"]), leg["amount"]


def moved_row(
    *,
    person: int,
    movement: Movement,
    amount: int,
    key: str,
    reference: int | None = None,
    at: datetime | None = None,
    reason: str = "",
) -> Row:
    """For `notifications_add`; `at` None means the platform's time."""
    kind = kind_of(CREDITS_MOVED)
    assert kind is not None
    return {
        "recipient": person,
        "kind": CREDITS_MOVED,
        "key": key,
        "reference": reference,
        "at": at.isoformat() if at else None,
        "values": {"movement": movement, "amount": amount, "reason": reason},
        **kind.asked(),
    }
