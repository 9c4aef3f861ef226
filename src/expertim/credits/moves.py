"""What can happen to credits, as values, and the balanced legs each of them becomes. Pure.

A wallet holds a person's *available* and *blocked* credits; `commission`, `bonus` and `issuance` are the
platform's accounts. Every posting's legs sum to zero (K1). A movement (K5) is always exactly one leg.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any, TypeAlias

from expertim.foundation.amounts import share_of


class Account(StrEnum):
    AVAILABLE = "available"
    BLOCKED = "blocked"
    COMMISSION = "commission"
    BONUS = "bonus"
    ISSUANCE = "issuance"


WALLET_ACCOUNTS = frozenset({Account.AVAILABLE, Account.BLOCKED})


class Movement(StrEnum):
    """What a person sees under My account, by the rules' names."""

    DEDUCTION = "deduction"  # Deduction of credits for services
    PAYMENT = "payment"  # Payment of credits for services
    BONUS = "bonus"  # Bonus credits for verbal evaluation
    GRANT = "grant"  # Credits granted


class Kind(StrEnum):
    """What a posting is for."""

    BLOCK = "block"
    CLOSE = "close"
    BONUS = "bonus"
    GRANT = "grant"


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """Set `amount` of the user's credits aside."""

    amount: int

    @property
    def to_user(self) -> int:
        """What it adds to the user's available credits."""
        return -self.amount


@dataclass(frozen=True, slots=True, kw_only=True)
class Close:
    """End the block: `fee` is deducted, the rest of `amount` returned; the expert gets the fee less commission."""

    amount: int
    fee: int
    commission: int

    def __post_init__(self) -> None:
        if not 0 <= self.commission <= self.fee <= self.amount:
            raise ValueError(f"a block of {self.amount} cannot be closed with {self.fee} and {self.commission}")

    @property
    def to_user(self) -> int:
        """What it adds to the user's available credits."""
        return self.amount - self.fee


@dataclass(frozen=True, slots=True, kw_only=True)
class Bonus:
    """Credits from the platform to the user for a first review."""

    amount: int

    @property
    def to_user(self) -> int:
        """What it adds to the user's available credits."""
        return self.amount


Move: TypeAlias = Block | Close | Bonus


def close(*, amount: int, fee: int, commission_percent: Decimal) -> Close:
    """Close a block with this fee; the commission is rounded half up, the rest of the fee is the expert's (K4)."""
    return Close(amount=amount, fee=fee, commission=share_of(fee, commission_percent))


def posting(move: Move, *, user: int, expert: int, cause: str, reference: int | None, at: datetime) -> dict[str, Any]:
    """The posting a move becomes, in the shape that `credits_post` takes."""
    if isinstance(move, Block):
        legs = [
            _leg(Account.AVAILABLE, user, -move.amount),
            _leg(Account.BLOCKED, user, move.amount),
        ]
        return _posting(Kind.BLOCK, cause, reference, at, legs) | {"opens": {"wallet": user, "amount": move.amount}}
    if isinstance(move, Bonus):
        legs = [
            _leg(Account.BONUS, None, -move.amount),
            _leg(Account.AVAILABLE, user, move.amount, Movement.BONUS),
        ]
        return _posting(Kind.BONUS, cause, reference, at, legs)
    returned, paid = move.amount - move.fee, move.fee - move.commission
    legs = [
        _leg(Account.BLOCKED, user, -move.fee, Movement.DEDUCTION),
        _leg(Account.BLOCKED, user, -returned),
        _leg(Account.AVAILABLE, user, returned),
        _leg(Account.AVAILABLE, expert, paid, Movement.PAYMENT),
        _leg(Account.COMMISSION, None, move.commission),
    ]
    ends = {"returned": returned, "deducted": move.fee, "paid": paid, "commission": move.commission}
    return _posting(Kind.CLOSE, cause, reference, at, legs) | {"closes": ends}


def grant_posting(*, person: int, amount: int, cause: str, reason: str, by: str, at: datetime | None) -> dict[str, Any]:
    """Credits from the platform to a person; `at` None means the platform's time when it is posted."""
    legs = [
        _leg(Account.ISSUANCE, None, -amount),
        _leg(Account.AVAILABLE, person, amount, Movement.GRANT),
    ]
    return _posting(Kind.GRANT, cause, None, at, legs) | {"reason": reason, "by": by}


def _leg(account: Account, wallet: int | None, amount: int, movement: Movement | None = None) -> dict[str, Any]:
    return {"account": account, "wallet": wallet, "amount": amount, "movement": movement}


def _posting(
    kind: Kind, cause: str, reference: int | None, at: datetime | None, legs: list[dict[str, Any]]
) -> dict[str, Any]:
    return {
        "kind": kind,
        "cause": cause,
        "reference": reference,
        "at": at.isoformat() if at else None,
        "legs": [leg for leg in legs if leg["amount"]],
    }
