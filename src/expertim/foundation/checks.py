"""Warnings about settings that are dangerous on a machine that others reach; `docs/checks.md` lists them all.

Those that ask the database run with `check --deploy` only, as the application's role. Not under Django's tag for
database checks: `migrate` runs these as the owner of the tables, for whom every answer would be the wrong one.
"""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Info, Warning, register
from django.db import DatabaseError, connection

from expertim.foundation.grants import protected_tables
from expertim.foundation.variables import read

SHORTEST_KEY = 32
# What an acknowledged commit needs to outlive a power cut.
DURABLE = {
    "fsync": {"on"},
    "full_page_writes": {"on"},
    "synchronous_commit": {"on", "local", "remote_write", "remote_apply"},
}


@register
def secret_key_is_long(**_given: Any) -> list[CheckMessage]:
    """Sessions and reset links are only as strong as the key that signs them."""
    if len(settings.SECRET_KEY) >= SHORTEST_KEY:
        return []
    return [
        Error(
            f"SECRET_KEY has fewer than {SHORTEST_KEY} characters.",
            hint="Unset it: a good one is made and kept in DATA_DIR/secret_key.",
            id="expertim.E001",
        )
    ]


@register
def nothing_for_trials_in_public(**_given: Any) -> list[CheckMessage]:
    """DEBUG and the movable clock stay at home."""
    found: list[CheckMessage] = []
    if settings.DEBUG:
        found.append(
            Warning(
                "DEBUG is on: whoever causes an error sees our code and settings.",
                hint="Unset DEBUG on any machine that others reach.",
                id="expertim.W001",
            )
        )
    if settings.MOVABLE_CLOCK and settings.PUBLIC_URL.startswith("https://"):
        found.append(
            Warning(
                "EXPERTIM_MOVABLE_CLOCK is set at a public address: anybody may move the clock and read all mail.",
                hint="Unset EXPERTIM_MOVABLE_CLOCK wherever credits or people are real.",
                id="expertim.W002",
            )
        )
    return found


@register
def brand_is_there(**_given: Any) -> list[CheckMessage]:
    """A misspelt folder would silently leave our looks in place of the operator's."""
    if settings.BRAND_DIR is None or settings.BRAND_DIR.is_dir():
        return []
    return [
        Warning(
            f"BRAND_DIR names no folder: {settings.BRAND_DIR}.",
            hint="Make it, with brand.css, logo.svg or icon.svg in it, or unset BRAND_DIR; see docs/rebranding.md.",
            id="expertim.W011",
        )
    ]


@register
def visitors_can_be_told_apart(**_given: Any) -> list[CheckMessage]:
    """Limits on attempts are there, and count visitors, not the proxy in front of them."""
    if not settings.PUBLIC_URL.startswith("https://"):
        return []
    if not read("RATE_LIMITS"):
        return [
            Warning(
                "RATE_LIMITS is 0 at a public address: passwords may be guessed as fast as the server answers.",
                hint="Unset RATE_LIMITS.",
                id="expertim.W003",
            )
        ]
    if not read("TRUSTED_PROXIES"):
        return [
            Warning(
                "PUBLIC_URL begins with https://, so a proxy ends TLS, but TRUSTED_PROXIES is 0: "
                "all visitors look like that proxy and share one limit on attempts.",
                hint="Set TRUSTED_PROXIES to the number of proxies that stand in front and set X-Forwarded-For.",
                id="expertim.W004",
            )
        ]
    return []


@register
def secret_key_is_private(**_given: Any) -> list[CheckMessage]:
    """Nobody else on the machine reads the key."""
    path = settings.DATA_DIR / "secret_key"
    if read("SECRET_KEY") or not path.exists() or not path.stat().st_mode & 0o077:
        return []
    return [
        Warning(
            "The file secret_key in DATA_DIR can be read by other users of this machine: they can sign in as anybody.",
            hint=f"chmod 600 {path}; where others may have read it, delete it: a new key signs everybody out.",
            id="expertim.W005",
        )
    ]


@register(deploy=True)
def owner_has_its_own_address(**_given: Any) -> list[CheckMessage]:
    """Migrations need more rights than the application should have."""
    if not read("DATABASE_URL") or read("DATABASE_OWNER_URL"):
        return []
    return [
        Info(
            "DATABASE_OWNER_URL is not set: `migrate` run from here works as the role in DATABASE_URL.",
            hint="Well so where migrations are run elsewhere; else set it to the role that owns the tables.",
            id="expertim.I001",
        )
    ]


@register(deploy=True)
def database_is_fit_for_credits(**_given: Any) -> list[CheckMessage]:
    """The application cannot write the ledger by itself, and what is committed stays."""
    try:
        with connection.cursor() as cursor:
            return [*_rights(cursor), *_durability(cursor)]
    except DatabaseError as error:
        return [
            Warning(
                "The database does not answer: its roles and its durability have not been checked.",
                hint=str(error).strip() or "Start it, or correct DATABASE_URL.",
                id="expertim.W006",
            )
        ]


def _rights(cursor: Any) -> list[CheckMessage]:
    cursor.execute("SELECT rolsuper FROM pg_roles WHERE rolname = current_user")
    if cursor.fetchone()[0]:
        return [
            Warning(
                "The application works as a superuser of the database, whom no right and no trigger can hold back.",
                hint="Put a role without rights of its own into DATABASE_URL and the owner into DATABASE_OWNER_URL; "
                "`migrate` gives the first one what it needs.",
                id="expertim.W007",
            )
        ]
    cursor.execute(
        "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relname = ANY(%s)"
        " AND (pg_has_role(relowner, 'USAGE') OR has_table_privilege(oid, 'INSERT, UPDATE, DELETE, TRUNCATE'))"
        " ORDER BY relname",
        [sorted(protected_tables())],
    )
    if not (open_tables := [row[0] for row in cursor.fetchall()]):
        return []
    return [
        Warning(
            f"The application's role owns or may write what only our SQL functions should: {', '.join(open_tables)}.",
            hint="Let another role own them: its address is DATABASE_OWNER_URL; then run `expertim migrate`.",
            id="expertim.W008",
        )
    ]


def _durability(cursor: Any) -> list[CheckMessage]:
    cursor.execute("SELECT name, setting FROM pg_settings WHERE name = ANY(%s) ORDER BY name", [list(DURABLE)])
    return [
        Warning(
            f"PostgreSQL runs with {name} = {setting}: credits that were moved may be forgotten in a crash.",
            hint=f"Set {name} = on in postgresql.conf, or for this database or role.",
            id="expertim.W009",
        )
        for name, setting in cursor.fetchall()
        if setting not in DURABLE[name]
    ]
