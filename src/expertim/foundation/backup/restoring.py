"""Putting a backup into an empty installation: one transaction, so that anything that fails leaves it empty."""

from __future__ import annotations

import zipfile
from collections.abc import Iterable
from typing import Any

from django.db import connection
from psycopg import sql

from expertim.foundation.backup import tables
from expertim.foundation.backup.file import BackupRefused, Manifest, Table, Tally, pieces


def put_back(archive: zipfile.ZipFile, manifest: Manifest) -> None:
    """Fill an empty installation of the same schema; to be called within the owner's transaction, by `read_backup`.

    Our triggers rest meanwhile: they guard each step of a life, and here whole lives are laid down at once. What they
    guard is proven otherwise: each table is read back and has the digest it was taken with, foreign keys and checks
    hold as ever, and an audit follows. Raises BackupRefused.
    """
    assert connection.in_atomic_block
    _same_schema(manifest)
    tables.speak_plainly()
    # Nobody is let in until the end, so that empty means empty, and no worker sees rows without the pause.
    _run("LOCK TABLE {} IN ACCESS EXCLUSIVE MODE", manifest.tables)
    _empty(manifest)
    guarded = _guarded()
    for name in guarded:
        _run("ALTER TABLE {} DISABLE TRIGGER USER", [name])
    for name in tables.MADE_BY_MIGRATE:
        _run("DELETE FROM {}", [name])
    order = tables.keys()
    for name, table in manifest.tables.items():
        _filled(archive, name, table)
        _read_back(name, table, order[name])
    for name, following in manifest.sequences.items():
        # Unlike setval() this is undone with the transaction.
        _run("ALTER SEQUENCE {} RESTART WITH " + str(int(following)), [name])
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")  # foreign keys now, not after the triggers are back
    for name in guarded:
        _run("ALTER TABLE {} ENABLE TRIGGER USER", [name])
    if _guarded() != guarded:
        raise BackupRefused("The triggers of this database are not as `expertim migrate` makes them.")


def _same_schema(manifest: Manifest) -> None:
    here, there = set(tables.migrations_done()), set(manifest.migrations)
    if here != there:
        differ = [f"{name} only in the file" for name in sorted(there - here)]
        differ += [f"{name} only here" for name in sorted(here - there)]
        raise BackupRefused(
            f"The backup is of another version of the schema: it was taken by Expertim {manifest.version} "
            f"({'; '.join(differ)}). Restore it with that version into an empty installation, then install this one "
            "and run `expertim migrate`. Nothing was changed."
        )
    if {name: table.columns for name, table in manifest.tables.items()} != tables.kept_tables():
        raise BackupRefused("The tables of this database are not as `expertim migrate` makes them.")
    if set(manifest.sequences) != set(tables.sequences()):
        raise BackupRefused("The sequences of this database are not as `expertim migrate` makes them.")


def _empty(manifest: Manifest) -> None:
    held = []
    with connection.cursor() as cursor:
        for name in sorted(set(manifest.tables) - tables.MADE_BY_MIGRATE):
            cursor.execute(sql.SQL("SELECT count(*) FROM {}").format(sql.Identifier(name)))
            if count := cursor.fetchone()[0]:
                held.append(f"{name} {count}")
    if held:
        raise BackupRefused(
            f"This installation is not empty (rows: {', '.join(held)}). A backup is restored into an empty one only: "
            "a new DATA_DIR or a new database, then `expertim migrate`, then this again. Nothing was changed."
        )


def _guarded() -> list[str]:
    """The tables whose triggers of ours are awake, all of them."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT c.relname FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid"
            " WHERE NOT t.tgisinternal AND c.relnamespace = 'public'::regnamespace"
            " GROUP BY c.relname HAVING bool_and(t.tgenabled = 'O') ORDER BY c.relname"
        )
        return [row[0] for row in cursor.fetchall()]


def _filled(archive: zipfile.ZipFile, name: str, table: Table) -> None:
    statement = sql.SQL("COPY {} ({}) FROM STDIN").format(
        sql.Identifier(name), sql.SQL(", ").join(map(sql.Identifier, table.columns))
    )
    with connection.wrap_database_errors, connection.cursor() as cursor, cursor.copy(statement) as rows:
        for piece in pieces(archive, name):
            rows.write(piece)


def _read_back(name: str, table: Table, order: list[Any]) -> None:
    tally = Tally()
    for piece in tables.copied_out(name, table.columns, order):
        tally.add(piece)
    if (tally.rows, tally.sha256) != (table.rows, table.sha256):
        raise BackupRefused(f"{name} did not come back as it was taken. Nothing was changed.")


def _run(statement: str, names: Iterable[str]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(sql.SQL(statement).format(sql.SQL(", ").join(map(sql.Identifier, names))))
