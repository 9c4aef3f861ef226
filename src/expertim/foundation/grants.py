"""What the application's database role may do: everything on ordinary tables, only read on protected ones."""

from __future__ import annotations

from typing import Any

from django.apps import apps
from django.db import connection as default_connection
from psycopg import sql

_APPEND_FORWARD = {"platform_clock"}  # moved forwards by a trigger's leave, never emptied


def protected_tables() -> set[str]:
    """Tables of the rooms that say `protected_tables = True`: the ledger and the meetings."""
    return {
        model._meta.db_table
        for room in apps.get_app_configs()
        if getattr(room, "protected_tables", False)
        for model in room.get_models(include_auto_created=True)
    }


def grant_all(connection: Any = default_connection, app_role: str = "") -> None:
    """Give the application's role its rights; runs after every migration, as the owner of the tables."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_user")
        if not app_role or cursor.fetchone()[0] == app_role:
            return
        role = sql.Identifier(app_role)
        cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY tablename")
        tables = [row[0] for row in cursor.fetchall()]
        read_only = protected_tables()
        for table in tables:
            rights = "SELECT, INSERT, UPDATE, DELETE"
            if table in read_only:
                rights = "SELECT"
            elif table in _APPEND_FORWARD:
                rights = "SELECT, INSERT, UPDATE"
            name = sql.Identifier(table)
            cursor.execute(sql.SQL("REVOKE ALL ON {} FROM {}").format(name, role))
            cursor.execute(sql.SQL("GRANT {} ON {} TO {}").format(sql.SQL(rights), name, role))
        cursor.execute(sql.SQL("GRANT USAGE ON SCHEMA public TO {}").format(role))
        cursor.execute(sql.SQL("GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO {}").format(role))
        cursor.execute(sql.SQL("GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA public TO {}").format(role))
