"""Bring the database up to date and give the application's role its rights."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.conf import settings
from django.core.management.commands.migrate import Command as DjangosCommand
from django.db import connections
from django.db.backends.base.base import BaseDatabaseWrapper

# Any number that nobody else on this database takes.
LOCK = 0x45585054


class Command(DjangosCommand):
    """Django's own, one at a time, and with our grants afterwards."""

    help = "Brings the database up to date and gives the application's role its rights; safe while others run."

    def handle(self, *args: Any, **options: Any) -> None:
        from expertim.foundation.grants import grant_all

        connection = connections[options["database"]]
        with _alone(connection):
            super().handle(*args, **options)
            if settings.APP_ROLE and not (options["plan"] or options["check_unapplied"]):
                grant_all(connection, settings.APP_ROLE)


@contextmanager
def _alone(connection: BaseDatabaseWrapper) -> Iterator[None]:
    with connection.cursor() as cursor:
        # The limits are meant for requests; an index over a large table may take its time.
        cursor.execute("SET statement_timeout = 0")
        # Asked again and again: a statement that waits holds a snapshot, which CREATE INDEX CONCURRENTLY waits for.
        while not _taken(cursor):
            time.sleep(0.2)
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_unlock(%s)", [LOCK])
            cursor.execute("RESET statement_timeout")


def _taken(cursor: Any) -> bool:
    cursor.execute("SELECT pg_try_advisory_lock(%s)", [LOCK])
    return bool(cursor.fetchone()[0])
