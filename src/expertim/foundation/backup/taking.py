"""Taking a backup while everything runs: one snapshot of all tables."""

from __future__ import annotations

import zipfile
from importlib.metadata import version
from pathlib import Path
from typing import IO, Any

from django.db import connection, transaction

from expertim.foundation import clock
from expertim.foundation.backup import tables
from expertim.foundation.backup.file import FORMAT, Manifest, Table, Tally, as_json, entry_name, new_file

__all__ = ["FORMAT", "take"]


def take(path: Path) -> Manifest:
    """Write the whole database, as it is at one moment, to a new file of mode 0600.

    Nobody is held up and nobody's later commits are in it. Raises BackupRefused.
    """
    with new_file(path) as file, transaction.atomic(durable=True):
        with connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
        tables.speak_plainly()
        return _written(file)


def _written(file: IO[bytes]) -> Manifest:
    order, kept = tables.keys(), {}
    # The first statement that reads decides the moment; it is the one that tells the schema's version.
    migrations = tables.migrations_done()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, columns in tables.kept_tables().items():
            with archive.open(_entry(entry_name(name)), "w", force_zip64=True) as stream:
                kept[name] = _copied(stream, name, columns, order[name])
        manifest = Manifest(
            taken_at=clock.machine_now().isoformat(timespec="seconds"),
            version=version("expertim"),
            server=str(getattr(connection, "pg_version", "")),
            migrations=migrations,
            tables=kept,
            sequences=tables.sequences(),
        )
        archive.writestr(_entry("manifest.json"), as_json(manifest))
    return manifest


def _copied(stream: IO[bytes], name: str, columns: tuple[str, ...], order: list[Any]) -> Table:
    tally = Tally()
    for piece in tables.copied_out(name, columns, order):
        tally.add(piece)
        stream.write(piece)
    return Table(columns=columns, rows=tally.rows, sha256=tally.sha256)


def _entry(name: str) -> zipfile.ZipInfo:
    entry = zipfile.ZipInfo(name)
    entry.compress_type = zipfile.ZIP_DEFLATED
    entry.external_attr = 0o600 << 16  # for those who unpack it by hand
    return entry
