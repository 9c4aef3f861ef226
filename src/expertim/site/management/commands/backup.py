"""`expertim backup FILE`: the whole database into one new file, while everything runs."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError

from expertim.foundation import clock
from expertim.foundation.backup import BackupRefused, take


class Command(BaseCommand):
    help = "Write the whole database, as it is at one moment, into one new file. Everything may go on meanwhile."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path)

    def handle(self, *_args: Any, file: Path, **_options: Any) -> None:
        began = clock.monotonic()
        try:
            manifest = take(file)
        except DatabaseError as error:
            words = str(error).strip().split("\n", 1)[0]
            raise CommandError(f"The database did not give its rows: {words}. Nothing is left of {file}.") from error
        except OSError as error:
            raise CommandError(
                f"{file} could not be written: {error.strerror or error}. Nothing is left of it."
            ) from error
        except BackupRefused as refused:
            raise CommandError(str(refused)) from refused
        seconds = clock.monotonic() - began
        self.stdout.write(
            f"{file}: {manifest.rows} rows of {len(manifest.tables)} tables, {file.stat().st_size} bytes, "
            f"{seconds:.1f} s. It holds addresses, password digests and messages: keep it as safe as the database."
        )
