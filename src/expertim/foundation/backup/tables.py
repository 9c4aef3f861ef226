"""What there is to keep, read from PostgreSQL's own catalogue: no list that somebody could forget to extend."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.db import connection
from psycopg import sql

# Not kept: who is signed in (a restore must not revive a session that was ended since) and which workers were alive;
# nor unlogged tables, which say themselves that they may be lost. The schema's version is in the manifest instead,
# and a pause of the workers is each restore's own.
NOT_KEPT = {"django_migrations", "django_session", "outbox_heartbeat", "outbox_pause"}
# Written by `migrate` itself: there although an installation is empty, and replaced by the file's.
MADE_BY_MIGRATE = {"auth_permission", "django_content_type"}

_COLUMNS = """
    SELECT c.relname, array_agg(a.attname::text ORDER BY a.attnum)
      FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
     WHERE c.relkind = 'r' AND c.relpersistence = 'p' AND a.attgenerated = ''
       AND c.relnamespace = 'public'::regnamespace
     GROUP BY c.relname ORDER BY c.relname"""
_KEYS = """
    SELECT c.relname, array_agg(a.attname::text ORDER BY array_position(i.indkey::int2[], a.attnum)),
           array_agg(a.attcollation <> 0 ORDER BY array_position(i.indkey::int2[], a.attnum))
      FROM pg_index i JOIN pg_class c ON c.oid = i.indrelid
      JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = ANY (i.indkey::int2[])
     WHERE i.indisprimary AND c.relnamespace = 'public'::regnamespace GROUP BY c.relname"""

# The same value is the same text whatever the server's, the database's or the role's settings are.
_PLAIN = (
    "SET LOCAL TimeZone = 'UTC'",
    "SET LOCAL DateStyle = 'ISO, YMD'",
    "SET LOCAL IntervalStyle = 'postgres'",
    "SET LOCAL bytea_output = 'hex'",
    "SET LOCAL extra_float_digits = 1",
    # the limits are meant for requests
    "SET LOCAL statement_timeout = 0",
    "SET LOCAL idle_in_transaction_session_timeout = 0",
)


def speak_plainly() -> None:
    """Fix, for this transaction, how values are written, and lift the limits on its length."""
    with connection.cursor() as cursor:
        for statement in _PLAIN:
            cursor.execute(statement)


def kept_tables() -> dict[str, tuple[str, ...]]:
    """Every table that a backup holds, with its columns."""
    return {name: tuple(columns) for name, columns in _rows(_COLUMNS) if name not in NOT_KEPT}


def keys() -> dict[str, list[sql.Composable]]:
    """By table, what orders its rows in the same way on every server: its primary key, texts by their bytes."""
    return {
        table: [
            sql.SQL('{} COLLATE "C"' if text else "{}").format(sql.Identifier(name))
            for name, text in zip(names, texts, strict=True)
        ]
        for table, names, texts in _rows(_KEYS)
    }


def copied_out(table: str, columns: tuple[str, ...], order: list[sql.Composable]) -> Iterator[Any]:
    """A table's rows as COPY text, in pieces."""
    statement = sql.SQL("COPY (SELECT {} FROM {} ORDER BY {}) TO STDOUT").format(
        sql.SQL(", ").join(map(sql.Identifier, columns)), sql.Identifier(table), sql.SQL(", ").join(order)
    )
    # Django hands COPY through to psycopg, whose errors would come out bare.
    with connection.wrap_database_errors, connection.cursor() as cursor, cursor.copy(statement) as rows:
        yield from rows


def migrations_done() -> tuple[str, ...]:
    """The schema's version: every migration that was applied, of ours and of what we build on."""
    return tuple(row[0] for row in _rows("SELECT DISTINCT app || '.' || name FROM django_migrations ORDER BY 1"))


def sequences() -> dict[str, int]:
    """What each sequence gives next. Sequences stand outside transactions: read after the tables, never behind them."""
    names = [row[0] for row in _rows("SELECT relname FROM pg_class WHERE relkind = 'S' AND " + _OURS + " ORDER BY 1")]
    following = {}
    for name in names:
        [(last, called)] = _rows(sql.SQL("SELECT last_value, is_called FROM {}").format(sql.Identifier(name)))
        following[name] = last + 1 if called else last
    return following


_OURS = "relnamespace = 'public'::regnamespace"


def _rows(statement: Any) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(statement)
        return list(cursor.fetchall())
