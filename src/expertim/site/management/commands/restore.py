"""`expertim restore FILE`: a backup into an empty installation, then an audit; the worker stays paused."""

from __future__ import annotations

import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError, connection, transaction

from expertim.foundation import clock
from expertim.foundation.backup import BackupRefused, Manifest, put_back, read_backup
from expertim.meetings.audit import audit
from expertim.outbox import pausing
from expertim.outbox.worker import RELEASE, sent_kinds


class Command(BaseCommand):
    help = "Put a backup into an empty installation, audit it, and leave the worker paused."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path)

    def handle(self, *_args: Any, file: Path, **_options: Any) -> None:
        began = clock.monotonic()
        try:
            manifest = restore(file)
        except BackupRefused as refused:
            raise CommandError(str(refused)) from refused
        with connection.cursor() as cursor:
            cursor.execute("SET statement_timeout = 0")
            cursor.execute("ANALYZE")  # the planner knows nothing of what was laid down at once
            cursor.execute("RESET statement_timeout")
        seconds = clock.monotonic() - began
        self.stdout.write(
            f"{manifest.rows} rows of {len(manifest.tables)} tables, taken {manifest.taken_at} by Expertim "
            f"{manifest.version}: restored in {seconds:.1f} s, each table read back and found as it was."
        )
        waits = pausing.waiting(kinds=sent_kinds())
        self.stdout.write(
            f"The worker is paused. Due to be sent: {waits.to_send}; too late by now: {waits.too_late}. {RELEASE}"
        )
        self._audit()

    def _audit(self) -> None:
        began = clock.monotonic()
        report = audit()
        for name, figure in report.figures.items():
            self.stdout.write(f"{name}: {figure}")
        for discrepancy in report.discrepancies:
            self.stderr.write(discrepancy)
        seconds = clock.monotonic() - began
        self.stdout.write(f"audited in {seconds:.1f} s: {len(report.discrepancies) or 'no'} discrepancies")
        if report.discrepancies:
            sys.exit(1)


def restore(file: Path) -> Manifest:
    """All of it or nothing, and the pause with it. Raises BackupRefused."""
    with read_backup(file) as (archive, manifest):
        try:
            with transaction.atomic(durable=True):
                put_back(archive, manifest)
                pausing.pause()
        except DatabaseError as error:
            state = getattr(error.__cause__, "sqlstate", None)
            if state == "42P01":
                raise BackupRefused("The database is empty: run `expertim migrate` first, then this again.") from error
            words = str(error).strip().split("\n", 1)[0]
            if state == "42501":
                words += ": a restore works as the owner of the tables, DATABASE_OWNER_URL"
            raise BackupRefused(f"The database refused the backup: {words}. Nothing was changed.") from error
    return manifest
