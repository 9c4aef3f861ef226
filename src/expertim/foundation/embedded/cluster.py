"""One PostgreSQL server: made once, started and stopped with the programs of its wheel."""

from __future__ import annotations

import json
import os
import secrets
import shlex
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from contextlib import suppress
from pathlib import Path
from urllib.parse import quote

import psycopg
from psycopg import sql

from expertim.foundation.embedded.account import account_for, open_private, programs, wheel
from expertim.foundation.embedded.address import SOCKET, drop_short_folder, reachable, short_folder

MAJOR_VERSION = "18"
SUPERUSER = "postgres"
DATABASE = "expertim"
LOG_LIMIT_BYTES = 5_000_000
START_SECONDS = 60

SETTINGS = {
    "listen_addresses": "",
    # Relative to the server's folder: no limit on the length of a path, nothing outside of it to clean up.
    "unix_socket_directories": ".",
    "unix_socket_permissions": "0700",
    "port": "5432",
    "max_connections": "100",
    "shared_buffers": "128MB",
    "synchronous_commit": "on",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "jit": "off",
}
UNSAFE_SETTINGS = {"fsync": "off", "full_page_writes": "off"}


class EmbeddedError(Exception):
    """The embedded server cannot be had; says why, in words for the operator."""


class Cluster:
    """The server in `data_dir/postgres`. Callers see to it that only one of them is here at a time."""

    def __init__(self, data_dir: Path) -> None:
        self.data_dir = data_dir
        self.folder = data_dir / "postgres"
        self.account = account_for(folder=self.folder, data_dir=data_dir)

    def run(self, *, fsync: bool) -> None:
        """Have it running, with its roles and its database."""
        if not self.folder.exists():
            self._make()
        version = (self.folder / "PG_VERSION").read_text().strip()
        if version != MAJOR_VERSION:
            raise EmbeddedError(
                f"{self.folder} was made by PostgreSQL {version}, and this release brings PostgreSQL {MAJOR_VERSION}. "
                "Dump it with the release that made it, and load it into a new DATA_DIR."
            )
        if not self._answers():
            self._start(fsync=fsync)
            self._provide_roles()

    def stop(self) -> None:
        """Stop it, connections or not; silent where it is down already."""
        drop_short_folder(self.folder)
        if not (self.folder / "postmaster.pid").exists():
            return
        stopped = self._call("pg_ctl", "stop", "-m", "fast", "-w", "-t", str(START_SECONDS))
        if stopped.returncode != 0 and self._pid():
            sys.stderr.write(f"The embedded PostgreSQL did not stop: {stopped.stdout.strip()}\n")

    def url(self, role: str, *, database: str = DATABASE) -> str:
        """Address for libpq, with the role's password."""
        password = self._passwords()[role]
        return f"postgresql://{role}:{password}@/{database}?host={quote(str(short_folder(self.folder)), safe='')}"

    # -- making it -------------------------------------------------------------------------------------------------

    def _make(self) -> None:
        # Made under another name: whoever is killed half way leaves nothing that looks finished. A new name each
        # time: the programs of the one that was killed may still be writing.
        for left in self.data_dir.glob("postgres.new-*"):
            shutil.rmtree(left, ignore_errors=True)
        draft = Path(tempfile.mkdtemp(prefix="postgres.new-", dir=self.data_dir))
        if self.account:
            os.chown(draft, self.account.uid, self.account.gid)
        with tempfile.NamedTemporaryFile("w") as words:
            words.write(self._passwords()[SUPERUSER] + "\n")
            words.flush()
            if self.account:
                os.chown(words.name, self.account.uid, self.account.gid)
            with reachable(Path(words.name)) as (path, descriptors):
                made = self._call(
                    "initdb",
                    f"--username={SUPERUSER}",
                    f"--pwfile={path}",
                    "--auth=scram-sha-256",
                    "--encoding=UTF8",
                    # ICU is not in the wheel, and C alone leaves the case of Č, Ř, Ž as it is.
                    "--locale-provider=builtin",
                    "--builtin-locale=C.UTF-8",
                    "--locale=C",
                    folder=draft,
                    keep=descriptors,
                )
        if made.returncode != 0:
            raise EmbeddedError(f"The embedded PostgreSQL could not be made: {made.stdout.strip()}")
        draft.rename(self.folder)

    def _provide_roles(self) -> None:
        """Repeatable, so that a first start may be cut off anywhere."""
        with psycopg.connect(self.url(SUPERUSER, database="postgres"), autocommit=True) as connection:
            known = {row[0] for row in connection.execute("SELECT rolname FROM pg_roles")}
            # The owner may create databases: tests clone theirs from a template.
            for role, rights in (("expertim_owner", "CREATEDB"), ("expertim_app", "NOCREATEDB")):
                if role not in known:
                    statement = sql.SQL("CREATE ROLE {} LOGIN NOSUPERUSER " + rights + " PASSWORD {}")
                    connection.execute(statement.format(sql.Identifier(role), self._passwords()[role]))
            if not connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE]).fetchone():
                connection.execute(f"CREATE DATABASE {DATABASE} OWNER expertim_owner")
            connection.execute(f"REVOKE ALL ON DATABASE {DATABASE} FROM PUBLIC")
            connection.execute(f"GRANT CONNECT, TEMPORARY ON DATABASE {DATABASE} TO expertim_app")

    def _passwords(self) -> dict[str, str]:
        """Made once, before the server is, and kept in the data folder for its owner's eyes only."""
        path = self.data_dir / "postgres.passwords"
        with os.fdopen(open_private(path), "r+") as file:
            if kept := file.read():
                return dict(json.loads(kept))
            made = {role: secrets.token_urlsafe(24) for role in (SUPERUSER, "expertim_owner", "expertim_app")}
            file.write(json.dumps(made))
            return made

    # -- starting and stopping it ----------------------------------------------------------------------------------

    def _start(self, *, fsync: bool) -> None:
        self._wait_for_the_last_one()
        log = self.folder / "server.log"
        if log.exists() and log.stat().st_size > LOG_LIMIT_BYTES:
            log.replace(log.with_suffix(".old"))
        settings = SETTINGS | ({} if fsync else UNSAFE_SETTINGS)
        options = " ".join(f"-c {shlex.quote(f'{name}={value}')}" for name, value in settings.items())
        command = ["start", "-w", "-t", str(START_SECONDS), "-o", options]
        # More than once after a kill -9: the old server's children take a moment to notice.
        for patience in (1.0, 3.0, None) if self._noted_pid() else (None,):
            started = self._call("pg_ctl", *command, log=True)
            if started.returncode == 0:
                return
            if patience is None:
                said = log.read_text(errors="replace")[-2000:] if log.exists() else started.stdout
                raise EmbeddedError(f"The embedded PostgreSQL did not start:\n{said.strip()}")
            time.sleep(patience)

    def _wait_for_the_last_one(self) -> None:
        """A server that is going down, or a note of one that is long gone."""
        deadline = time.monotonic() + START_SECONDS
        while self._pid():
            if time.monotonic() > deadline:
                raise EmbeddedError(f"An old server, process {self._pid()}, neither answers nor ends.")
            time.sleep(0.1)
        # PostgreSQL itself judges a note whose process is gone, and knows about children left behind. But it takes
        # a zombie, or a stranger who was given the number since, for a server that still runs.
        noted = self._noted_pid()
        if noted and Path(f"/proc/{noted}").exists():
            (self.folder / "postmaster.pid").unlink()

    def _answers(self) -> bool:
        """Whether somebody listens; holds across containers too, where the noted process cannot be seen."""
        with socket.socket(socket.AF_UNIX) as probe:
            try:
                probe.connect(str(short_folder(self.folder) / SOCKET))
            except OSError:
                return False
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline:
            try:
                psycopg.connect(self.url(SUPERUSER, database="postgres"), connect_timeout=5).close()
            except psycopg.OperationalError as error:
                # 57P03: it listens, yet is still recovering, or already going down
                if "starting up" not in str(error) and "not yet accepting" not in str(error):
                    return False
                time.sleep(0.1)
            else:
                return True
        return False

    def _noted_pid(self) -> int | None:
        try:
            return int((self.folder / "postmaster.pid").read_text().split("\n", 1)[0])
        except (FileNotFoundError, ValueError):
            return None

    def _pid(self) -> int | None:
        """The process of our server, if it lives."""
        noted = self._noted_pid()
        if noted is None:
            return None
        try:
            stat = Path(f"/proc/{noted}/stat").read_text()
        except OSError:
            return None
        name, _, rest = stat.partition("(")[2].rpartition(")")
        if name != "postgres" or rest.split()[0] == "Z":
            return None
        # Not allowed to look (root of a container): then it counts as ours, which is the careful answer.
        with suppress(PermissionError):
            try:
                if not os.path.samefile(f"/proc/{noted}/cwd", self.folder):
                    return None
            except FileNotFoundError:
                return None
        return noted

    def _call(
        self, program: str, *arguments: str, folder: Path | None = None, keep: tuple[int, ...] = (), log: bool = False
    ) -> subprocess.CompletedProcess[str]:
        """Run a program of the server's on its folder, in a session of its own: Ctrl-C is not for it."""
        with reachable(folder or self.folder) as (path, descriptors):
            command = [str(programs(self.account, packages=wheel()) / program), f"--pgdata={path}", *arguments]
            if log:
                command.append(f"--log={path}/server.log")
            return subprocess.run(
                command,
                cwd="/",
                env=_environment(),
                stdin=subprocess.DEVNULL,
                # pg_ctl's server keeps these open, so that a pipe would never end.
                stdout=subprocess.DEVNULL if log else subprocess.PIPE,
                stderr=subprocess.STDOUT,
                text=True,
                start_new_session=True,
                umask=0o077,
                pass_fds=(*descriptors, *keep),
                check=False,
                **(self.account.as_arguments() if self.account else {}),
            )


def _environment() -> dict[str, str]:
    # PGDATA, PGPORT, PGOPTIONS … of the operator's shell are meant for another server.
    kept = {name: value for name, value in os.environ.items() if name in ("PATH", "TMPDIR", "HOME")}
    return kept | {"LC_ALL": "C", "TZ": "UTC"}
