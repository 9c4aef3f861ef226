"""Outbox rows of a kind that only one test knows, and the rows as they stand."""

from __future__ import annotations

import secrets
from typing import Any

from expertim.outbox.actions import add_rows
from expertim.outbox.models import Row


def some_kind() -> str:
    return f"test.{secrets.token_hex(6)}"


def add(kind: str, *, count: int = 1, **given: Any) -> list[Row]:
    """Rows due now, with their number as payload."""
    keys = [f"{kind}:{n}" for n in range(count)]
    add_rows([{"kind": kind, "key": key, "payload": {"n": n}, **given} for n, key in enumerate(keys)])
    return list(Row.objects.filter(kind=kind).order_by("id"))


def states(kind: str) -> list[str]:
    return list(Row.objects.filter(kind=kind).order_by("id").values_list("status", flat=True))
