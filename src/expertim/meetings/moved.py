"""Credits that move without a notice of their own telling so: a grant, a bonus, a late canceller's fee.

Credits and notifications are strangers; this room knows both, so what tells of a movement is written here, in the
transaction that moves the credits.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
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


def untold_rows(
    postings: Sequence[Row], *, told: Mapping[int, bool], key: str, reference: int, at: datetime
) -> list[Row]:
    """Nobody's credits move untold: a notice for each movement of these postings (credits/moves.py) to somebody whom no
    other notice of the same decision tells, `told` by person's id. No other one tells of a bonus.
    """
    moved = ((leg["wallet"], leg["movement"], leg["amount"]) for posting in postings for leg in posting["legs"])
    return [
        moved_row(
            person=person,
            movement=Movement(movement),
            amount=amount,
            key=f"{key}:{movement}",
            reference=reference,
            at=at,
        )
        for person, movement, amount in moved
        if movement and (movement == Movement.BONUS or not told[person])
    ]


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
