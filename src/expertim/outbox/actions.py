"""Adding rows from Python; SQL functions of other rooms call `outbox_add` themselves."""

from __future__ import annotations

import json
from typing import Any

from django.db import connection


def add_rows(rows: list[dict[str, Any]]) -> int:
    """Add {kind, key, payload, recipient, reference, generation, due_at, not_after}; answers how many were new.

    Due now unless `due_at` says otherwise. Moments are ISO strings.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT outbox_add(%s::jsonb)", [json.dumps(rows)])
        added: int = cursor.fetchone()[0]
    return added
