"""What the statements of a page cost the database: each is explained, with the values it was given."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db import connection


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """One statement as PostgreSQL carried it out; buffers in pages of 8 KB, read or found in memory."""

    sql: str
    buffers: int
    ms: float
    words: str


def explained(work: Callable[[], Any]) -> list[Plan]:
    """Do it, and explain every SELECT it has asked afterwards."""
    asked: list[tuple[str, Any]] = []

    def note(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        asked.append((sql, params))
        return execute(sql, params, many, context)

    with connection.execute_wrapper(note):
        work()
    return [_plan(sql, params) for sql, params in asked if sql.lstrip().upper().startswith(("SELECT", "WITH"))]


def _plan(sql: str, params: Any) -> Plan:
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) {sql}", params)
        answer = cursor.fetchone()[0]
    whole = (json.loads(answer) if isinstance(answer, str) else answer)[0]
    plan = whole["Plan"]
    return Plan(
        sql=sql,
        buffers=plan["Shared Hit Blocks"] + plan["Shared Read Blocks"],
        ms=whole["Execution Time"],
        words=json.dumps(whole),
    )
