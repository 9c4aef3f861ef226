"""A real installation for the stories: its own data folder and database, a port, a web server and a worker."""

from __future__ import annotations

import os
import re
import socket
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import datetime
from pathlib import Path
from string import Template

import psycopg
from psycopg import conninfo, sql

from expertim.foundation.children import die_with_parent
from expertim.notifications.push import vapid
from tests.foundation.holding import eventually, holding

PASSWORD = "a long enough phrase"
_CAST = Template((Path(__file__).parent / "cast.yaml").read_text())
# What the web server and the worker must never have to say while people do ordinary things.
_TROUBLE = re.compile(r"^Traceback|\b(?:ERROR|CRITICAL)\b", re.MULTILINE)


class Place:
    """The installation as whoever runs it sees it: a folder, an address, and the `expertim` command."""

    def __init__(self, folder: Path, *, database: dict[str, str]) -> None:
        port = database.get("PORT") or free_port()
        self.folder, self.url = folder, f"http://127.0.0.1:{port}"
        self._environment = _without_ours() | {
            **database,
            "DATA_DIR": str(folder),
            "PORT": str(port),
            "EXPERTIM_MOVABLE_CLOCK": "1",
            "WEB_WORKERS": "1",
            "WEB_PUSH_KEY": vapid.new_key(),
        }

    def run(self, *arguments: str, given: str = "") -> str:
        """What a command of the installation prints; it has to succeed."""
        done = subprocess.run(
            [sys.executable, "-m", "expertim", *arguments],
            env=self._environment,
            input=given,
            capture_output=True,
            text=True,
            check=False,
            timeout=180,
        )
        assert done.returncode == 0, f"expertim {' '.join(arguments)}: {done.stdout}{done.stderr}"
        return done.stdout

    def cast(self, story: str, *, field: str, price: str = "25.00") -> None:
        """Jana, Petr, Charlie and Olga the operator, for one story, in an Expertise of that name."""
        people = _CAST.substitute(story=story, field=field, price=price, password=PASSWORD)
        self.run("catalogue", "load", "-", given=people)

    def set_clock(self, moment: datetime) -> None:
        self.run("clock", "set", moment.isoformat())

    @contextmanager
    def open(self) -> Iterator[None]:
        """Web server and worker, until the end of the block, however it ends."""
        with ExitStack() as running:
            for command in ("serve", "work"):
                running.enter_context(self._running(command))
            assert eventually(self._answers, seconds=30), self.said("serve")
            yield
        for command in ("serve", "work"):
            assert not _TROUBLE.search(self.said(command)), self.said(command)

    @contextmanager
    def _running(self, command: str) -> Iterator[None]:
        parent = os.getpid()
        with (self.folder / f"{command}.log").open("w") as log:
            child = subprocess.Popen(
                [sys.executable, "-m", "expertim", command],
                env=self._environment,
                stdout=log,
                stderr=subprocess.STDOUT,
                preexec_fn=lambda: die_with_parent(parent=parent),
                process_group=0,
            )
        try:
            yield
        finally:
            child.terminate()
            try:
                code = child.wait(30)
            except subprocess.TimeoutExpired:
                child.kill()
                child.wait()
                raise
        assert code == 0, self.said(command)

    def _answers(self) -> bool:
        try:
            with urllib.request.urlopen(f"{self.url}/healthz", timeout=5):
                return True
        except (urllib.error.URLError, OSError):
            return False

    def said(self, command: str) -> str:
        return (self.folder / f"{command}.log").read_text()


@contextmanager
def opened(
    folder: Path, *, name: str = "story", first: Callable[[Place], object] = lambda place: None, **settings: str
) -> Iterator[Place]:
    """A place with these settings that people can visit, once `first` has been done to it; nothing of it is left."""
    with _database(folder, name=name) as database:
        place = Place(folder, database=database | settings)
        place.run("migrate", "--verbosity", "0")
        first(place)
        with place.open():
            yield place


@contextmanager
def _database(folder: Path, *, name: str) -> Iterator[dict[str, str]]:
    """A database of its own on the server that is given; else the embedded one, kept up between commands."""
    given = os.environ.get("DATABASE_URL", "")
    if not given:
        with holding(folder):
            yield {}
        return
    owner = os.environ.get("DATABASE_OWNER_URL") or given
    name = f"expertim_{name}_{os.environ.get('PYTEST_XDIST_WORKER', 'alone')}"
    drop = sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name))
    with psycopg.connect(owner, autocommit=True) as server:
        server.execute(drop)
        server.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
    try:
        yield {
            "DATABASE_URL": conninfo.make_conninfo(given, dbname=name),
            "DATABASE_OWNER_URL": conninfo.make_conninfo(owner, dbname=name),
        }
    finally:
        with psycopg.connect(owner, autocommit=True) as server:
            server.execute(drop)


def _without_ours() -> dict[str, str]:
    """The environment without what names the suite's own installation."""
    own = ("DATABASE_URL", "DATABASE_OWNER_URL", "EXPERTIM_EMBEDDED", "EXPERTIM_APP_ROLE", "PUBLIC_URL", "HOST")
    return {name: value for name, value in os.environ.items() if name not in own}


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
