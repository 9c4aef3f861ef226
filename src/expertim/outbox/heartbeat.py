"""Signs of life of the workers, by the database machine's clock."""

from __future__ import annotations

import os
import secrets
import socket
from datetime import datetime

from django.db import connection

EVERY_SECONDS = 5


def new_name() -> str:
    """A name for one run of one worker."""
    return f"{socket.gethostname()[:60]}:{os.getpid()}:{secrets.token_hex(3)}"


def beat(worker: str) -> datetime:
    """Alive; forgets the runs that ended, or fell silent, more than a day ago. Answers the machine's time."""
    with connection.cursor() as cursor:
        cursor.execute(
            "WITH old AS (DELETE FROM outbox_heartbeat WHERE beat_at < clock_timestamp() - interval '1 day')"
            " INSERT INTO outbox_heartbeat (worker, started_at, beat_at)"
            " VALUES (%s, clock_timestamp(), clock_timestamp())"
            " ON CONFLICT (worker) DO UPDATE SET beat_at = excluded.beat_at RETURNING beat_at",
            [worker],
        )
        at: datetime = cursor.fetchone()[0]
    return at


def stopped(worker: str) -> None:
    """The worker ended as it was asked to."""
    with connection.cursor() as cursor:
        cursor.execute("UPDATE outbox_heartbeat SET stopped_at = clock_timestamp() WHERE worker = %s", [worker])
