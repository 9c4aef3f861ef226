"""Reading a person's credits as values: one statement each. Amounts are hundredths."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import QuerySet

from expertim.credits.models import Block, Entry, Wallet
from expertim.credits.moves import Movement

PAGE = 25


@dataclass(frozen=True, slots=True, kw_only=True)
class MovementRow:
    """What entered or left a person's hands (K5); `balance` is available + blocked after it."""

    id: int
    at: datetime
    kind: Movement
    amount: int
    balance: int
    meeting: int | None  # the reference of the posting: a meeting's id
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MovementPage:
    """Movements, newest first; `older` is the number to ask the next page with."""

    rows: tuple[MovementRow, ...]
    older: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class BlockRow:
    """Credits set aside for a meeting; the last three are None while it holds them."""

    id: int
    meeting: int
    amount: int
    at: datetime
    ended_at: datetime | None
    returned: int | None
    deducted: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class BlockPage:
    """Blocks, newest first; `older` is the number to ask the next page with."""

    rows: tuple[BlockRow, ...]
    older: int | None


def wallet(*, person: int) -> tuple[int, int]:
    """What a person has available, and what is blocked."""
    return Wallet.objects.values_list("available", "blocked").get(person=person)


def movements(*, person: int, before: int | None = None, limit: int = PAGE) -> MovementPage:
    """One page of a person's movements, newest first; those before a number."""
    found = Entry.objects.filter(wallet=person).exclude(movement=None).order_by("-id")
    if before is not None:
        found = found.filter(id__lt=before)
    read = found.values_list(
        "id", "posting__at", "movement", "amount", "balance", "posting__reference", "posting__reason"
    )
    rows = [_movement(row) for row in read[: limit + 1]]
    return MovementPage(rows=tuple(rows[:limit]), older=rows[limit - 1].id if len(rows) > limit else None)


def open_blocks(*, person: int, before: int | None = None, limit: int = PAGE) -> BlockPage:
    """One page of the blocks that hold credits of this person now, newest first; those before a number."""
    return _block_page(Block.objects.filter(wallet=person, closed_by=None), before=before, limit=limit)


def blocks(*, person: int, before: int | None = None, limit: int = PAGE) -> BlockPage:
    """One page of all blocks of this person and how each ended, newest first; those before a number."""
    return _block_page(Block.objects.filter(wallet=person), before=before, limit=limit)


def _block_page(found: QuerySet[Block], *, before: int | None, limit: int) -> BlockPage:
    if before is not None:
        found = found.filter(id__lt=before)
    rows = _blocks(found.order_by("-id")[: limit + 1])
    return BlockPage(rows=rows[:limit], older=rows[limit - 1].id if len(rows) > limit else None)


def _movement(row: tuple[Any, ...]) -> MovementRow:
    number, at, kind, amount, balance, meeting, reason = row
    return MovementRow(
        id=number, at=at, kind=Movement(kind), amount=amount, balance=balance, meeting=meeting, reason=reason
    )


def _blocks(found: QuerySet[Block]) -> tuple[BlockRow, ...]:
    rows = found.values_list("id", "reference", "amount", "opened_by__at", "closed_by__at", "returned", "deducted")
    return tuple(
        BlockRow(id=number, meeting=meeting, amount=amount, at=at, ended_at=ended, returned=returned, deducted=deducted)
        for number, meeting, amount, at, ended, returned, deducted in rows
    )
