"""A database of many meetings, made at once by its owner; the audit finds nothing wrong with it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import psycopg

_SQL = (Path(__file__).parent / "filling.sql").read_text()
_TERMS = {
    "free_cancellation_hours": 48,
    "late_fee_percent": "50.00",
    "commission_percent": "20.00",
    "no_show_fee_percent": "100.00",
    "join_opens_minutes": 15,
    "join_closes_minutes": 60,
    "reminder_hours": 24,
    "link_minutes": 60,
    "evaluation_reminder_hours": 24,
    "settlement_hours": 168,
    "review_bonus": 0,
}


def fill(owner: str, *, meetings: int, busy: int, experts: int = 200, fate: int | None = None) -> None:
    """Fill an empty, migrated database. The first user gets `busy` of the meetings, the second ten.

    `fate`: one of the twenty in filling.sql for all of them, instead of each in its turn.
    """
    users = max(20, meetings // 50)
    asked: dict[str, Any] = {"meetings": meetings, "busy": busy, "users": users, "experts": experts}
    sql = _SQL if fate is None else _SQL.replace("n % 20 AS how", f"{fate} AS how")
    with psycopg.connect(owner, autocommit=True) as connection:
        with connection.transaction():
            # Plain numbers of our own; the file has several statements, which take no parameters.
            connection.execute(sql.format(terms=json.dumps(_TERMS), **asked))
        connection.execute("VACUUM (ANALYZE)")
