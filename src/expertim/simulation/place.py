"""A database of its own for a run: cloned from a migrated template, thrown away afterwards, its clocks in our hand.

Nothing of an installation is touched. The platform's clock is frozen as tests do it; the machine's, which leases and
back-off read as `clock_timestamp()`, is a function of the same name in a schema that comes first on the search path.
"""

from __future__ import annotations

import hashlib
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
from django.conf import settings
from django.core.management import call_command
from django.db import connection
from psycopg import conninfo, sql

from expertim.foundation import embedded
from expertim.foundation.grants import grant_all
from expertim.settings import PACKAGE, _database

_MACHINE = """
CREATE SCHEMA machine;
CREATE TABLE machine.moment (at timestamptz NOT NULL);
INSERT INTO machine.moment VALUES (clock_timestamp());
CREATE FUNCTION machine.clock_timestamp() RETURNS timestamptz LANGUAGE sql VOLATILE AS
    'SELECT at FROM machine.moment';
CREATE FUNCTION machine.us(moment timestamptz) RETURNS bigint LANGUAGE sql IMMUTABLE AS
    'SELECT (extract(epoch FROM moment) * 1000000)::bigint';
CREATE FUNCTION machine.set_clocks(platform bigint, machines bigint) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    moment timestamptz := timestamptz 'epoch' + platform * interval '1 microsecond';
BEGIN
    IF (SELECT frozen_at FROM public.platform_clock) > moment THEN
        DELETE FROM public.platform_clock;  -- a step back: the owner's privilege
    END IF;
    INSERT INTO public.platform_clock (id, frozen_at) VALUES (1, moment)
        ON CONFLICT (id) DO UPDATE SET frozen_at = moment;
    UPDATE machine.moment SET at = timestamptz 'epoch' + machines * interval '1 microsecond';
END $$;
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where a run takes place: the addresses of its database for the application and for the owner."""

    app: str
    owner: str


@contextmanager
def servers(folder: Path) -> Iterator[Place]:
    """The server that is given, or one of our own in that folder that need not survive a power cut."""
    owner = os.environ.get("DATABASE_OWNER_URL")
    if owner:
        yield Place(app=os.environ["DATABASE_URL"], owner=owner)
        return
    urls = embedded.ensure(folder, fsync=False)
    yield Place(app=urls.app, owner=urls.owner)


@contextmanager
def database_of_its_own(server: Place, *, template: str | None = None) -> Iterator[Place]:
    """A fresh database, Django pointed at it; dropped at the end, and Django pointed back."""
    template = template or _template(server)
    name = f"expertim_simulation_{os.getpid()}"
    before = dict(connection.settings_dict)
    with psycopg.connect(server.owner, autocommit=True) as maker:
        _drop(maker, name)
        maker.execute(sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(sql.Identifier(name), sql.Identifier(template)))
        place = Place(
            app=conninfo.make_conninfo(server.app, dbname=name),
            owner=conninfo.make_conninfo(server.owner, dbname=name),
        )
        try:
            _with_a_clock(place, name)
            point_at(place.app)
            yield place
        finally:
            connection.close()
            connection.settings_dict.clear()
            connection.settings_dict.update(before)
            settings.DATABASES["default"].update(before)
            _drop(maker, name)


def _with_a_clock(place: Place, name: str) -> None:
    role = sql.Identifier(str(conninfo.conninfo_to_dict(place.app)["user"]))
    with psycopg.connect(place.owner, autocommit=True) as owner:
        owner.execute(_MACHINE)
        owner.execute(sql.SQL("GRANT USAGE ON SCHEMA machine TO {}").format(role))
        owner.execute(sql.SQL("GRANT SELECT ON machine.moment TO {}").format(role))
        owner.execute(
            sql.SQL("ALTER DATABASE {} SET search_path = machine, pg_catalog, public").format(sql.Identifier(name))
        )
        for setting in ("synchronous_commit", "jit"):  # no power cut is simulated, and no statement is long
            owner.execute(sql.SQL("ALTER DATABASE {} SET {} = off").format(sql.Identifier(name), sql.SQL(setting)))


def _drop(maker: psycopg.Connection[Any], name: str) -> None:
    """A vacuum that the server has begun by itself may not be ended by us: wait for it."""
    for turn in range(20):
        try:
            maker.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))
            return
        except psycopg.errors.InsufficientPrivilege:
            if turn == 19:
                raise
            time.sleep(0.5)


def _template(server: Place) -> str:
    """The migrated template, named after what migrations are made of, so that it is built once per schema."""
    digest = hashlib.sha256()
    for path in sorted([*PACKAGE.glob("*/migrations/*.py"), *PACKAGE.glob("*/sql/*.sql")]):
        digest.update(path.read_bytes())
    name = f"expertim_simulated_{digest.hexdigest()[:12]}"
    with psycopg.connect(server.owner, autocommit=True) as maker:
        if maker.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone():
            return name
        draft = f"{name}_{os.getpid()}"
        _drop(maker, draft)
        maker.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(draft)))
        point_at(conninfo.make_conninfo(server.owner, dbname=draft))
        call_command("migrate", verbosity=0)
        grant_all(connection, str(conninfo.conninfo_to_dict(server.app)["user"]))
        connection.close()
        try:
            maker.execute(sql.SQL("ALTER DATABASE {} RENAME TO {}").format(sql.Identifier(draft), sql.Identifier(name)))
        except psycopg.errors.DuplicateDatabase:  # another run has been quicker
            _drop(maker, draft)
    return name


def point_at(url: str) -> None:
    """Let Django's connection lead to another database."""
    connection.close()
    described = _database(url)
    connection.settings_dict.update(described)
    settings.DATABASES["default"].update(described)
