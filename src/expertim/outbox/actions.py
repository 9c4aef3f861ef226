"""Adding rows from Python, and trying again what was given up. SQL functions of other rooms call `outbox_add`."""

from __future__ import annotations

import json
from typing import Any

from django.db import connection


def add_rows(rows: list[dict[str, Any]]) -> int:
    """Add rows; answers how many were new.

    A row is {kind, key, payload, recipient, reference, generation, due_at, not_after, priority}: due now unless
    `due_at` says otherwise, moments as ISO strings, priority 0 before 1.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT outbox_add(%s::jsonb)", [json.dumps(rows)])
        added: int = cursor.fetchone()[0]
    return added


_WORDS = ["body", "html", "calendar", "headers"]  # of a letter that was sent; its subject is emptied


def forget_recipient(*, person: int, addresses: list[str], name: str) -> None:
    """Drop every row to a person, sent or not, and the words of what others were sent that name them."""
    written = json.dumps(name, ensure_ascii=False)[1:-1]
    with connection.cursor() as cursor:
        cursor.execute(
            "DELETE FROM outbox_row WHERE recipient = %(person)s OR payload -> 'to' ?| %(addresses)s::text[]",
            {"person": person, "addresses": addresses},
        )
        cursor.execute(
            'UPDATE outbox_row SET payload = (payload || \'{"subject": ""}\') - %(words)s::text[]'
            " WHERE done_at IS NOT NULL AND strpos(payload::text, %(written)s) > 0",
            {"words": _WORDS, "written": written},
        )


def try_again(*, number: int | None = None) -> int:
    """Let the worker try what was given up: one row, or all of them. Answers how many there were."""
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE outbox_row SET status = 'waiting', attempts = 0, deaths = 0, retry_at = NULL, done_at = NULL"
            " WHERE status = 'dead' AND (%(number)s::bigint IS NULL OR id = %(number)s)",
            {"number": number},
        )
        return int(cursor.rowcount)
