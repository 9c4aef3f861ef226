"""Commands as processes: signals, ports, parents that are killed."""

import os
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from .holding import eventually, nothing_left, processes_in

pytestmark = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="looks into /proc")

SLOW_SITE = """
import time
from django.http import HttpResponse
from django.urls import path
from expertim.settings import *
MIDDLEWARE = ["allauth.account.middleware.AccountMiddleware"]  # allauth insists; it asks the database nothing
SILENCED_SYSTEM_CHECKS = [*SILENCED_SYSTEM_CHECKS, "admin.E408", "admin.E409", "admin.E410"]  # it has no admin
ROOT_URLCONF = __name__
def slow(request):
    time.sleep(1.5)
    return HttpResponse("finished")
urlpatterns = [path("", slow)]
"""

PARENT = """
import sys
from expertim.foundation.children import Children
with Children(timeout=5) as children:
    for _ in range(2):
        children.start([sys.executable, "-c", sys.argv[1]])
    print(" ".join(str(child.pid) for child in children._running), flush=True)
    code = children.wait()
sys.exit(code)
"""


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def surroundings(data_dir: Path, **more: str) -> dict[str, str]:
    """An environment in which the command has to bring its own database."""
    own = ("DATABASE_URL", "DATABASE_OWNER_URL", "EXPERTIM_EMBEDDED", "EXPERTIM_APP_ROLE")
    return {name: value for name, value in os.environ.items() if name not in own} | {
        "DATA_DIR": str(data_dir),
        "WEB_WORKERS": "1",
        **more,
    }


def listening(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


@contextmanager
def expertim(
    *arguments: str, environment: dict[str, str], wrap: tuple[str, ...] = ()
) -> Iterator[subprocess.Popen[str]]:
    """A running command, in a process group of its own."""
    process = subprocess.Popen(
        [*wrap, sys.executable, "-m", "expertim", *arguments],
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )
    try:
        yield process
    finally:
        if process.poll() is None:
            process.kill()
        process.wait()


@contextmanager
def serving(data_dir: Path, **more: str) -> Iterator[tuple[subprocess.Popen[str], int]]:
    """A web server that answers, and its port."""
    port = int(more.get("PORT") or free_port())
    wrap = ("sh", "-c", 'trap "" INT; exec "$@"', "sh")  # as after `setsid make demo &`
    with expertim("serve", environment=surroundings(data_dir, **{**more, "PORT": str(port)}), wrap=wrap) as process:
        assert eventually(lambda: listening(port) or process.poll() is not None, seconds=20)
        assert process.poll() is None, process.communicate()[0]
        yield process, port


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_each_polite_signal_stops_the_server_its_workers_and_its_database(tmp_path, number):
    with serving(tmp_path) as (process, port):
        process.send_signal(number)
        said, _ = process.communicate(timeout=30)
        assert process.returncode == 0, said
    assert not listening(port)
    assert nothing_left(tmp_path)


def test_ctrl_c_reaches_the_workers_too_and_still_ends_with_0(tmp_path):
    with serving(tmp_path) as (process, port):
        time.sleep(2.0)  # until the worker has loaded the site and listens to signals itself
        os.killpg(process.pid, signal.SIGINT)
        said, _ = process.communicate(timeout=10)
        assert process.returncode == 0, said
    assert not listening(port)
    assert nothing_left(tmp_path)


def test_a_killed_server_leaves_no_worker_with_the_port_and_the_next_one_cleans_up(tmp_path):
    with serving(tmp_path) as (process, port):
        process.kill()
        process.wait()
        assert eventually(lambda: not listening(port), seconds=5)
    assert processes_in(tmp_path / "postgres")  # nobody was left to stop it …
    with serving(tmp_path, PORT=str(port)) as (process, _):
        process.terminate()
        process.wait(30)
    assert nothing_left(tmp_path)  # … until the next one out


@pytest.mark.slow
def test_two_copies_side_by_side_and_a_taken_port_is_named(tmp_path):
    with serving(tmp_path / "one") as (first, port), serving(tmp_path / "two") as (second, other):
        assert listening(port)
        assert listening(other)
        with expertim("serve", environment=surroundings(tmp_path / "one", PORT=str(port))) as refused:
            said, _ = refused.communicate(timeout=20)
        assert refused.returncode == 1
        assert str(port) in said
        assert "PORT" in said
        for process in (first, second):
            process.terminate()
            process.wait(30)
    assert nothing_left(tmp_path / "one")
    assert nothing_left(tmp_path / "two")


@pytest.mark.slow
def test_sigterm_lets_a_request_in_hand_finish(tmp_path):
    (tmp_path / "slow_site.py").write_text(SLOW_SITE)
    answers = []

    def ask(port: int) -> None:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/", timeout=20) as response:
            answers.append(response.read())

    more = {"DJANGO_SETTINGS_MODULE": "slow_site", "PYTHONPATH": str(tmp_path)}
    with serving(tmp_path / "var", **more) as (process, port):
        asking = threading.Thread(target=ask, args=[port])
        asking.start()
        # granian listens before its worker has loaded the site: give the request time to get there
        time.sleep(2.0)
        process.terminate()
        asking.join(20)
        assert process.wait(30) == 0
    assert answers == [b"finished"]


def test_a_sigterm_during_a_command_stops_the_database_with_it(tmp_path):
    for delay in (0.3, 0.8):
        with expertim("migrate", environment=surroundings(tmp_path)) as process:
            try:
                process.wait(delay)
            except subprocess.TimeoutExpired:
                process.terminate()
                assert process.wait(30) in (0, 128 + signal.SIGTERM, -signal.SIGTERM)
        assert eventually(lambda: not processes_in(tmp_path / "postgres") if (tmp_path / "postgres").exists() else True)


def test_help_and_unknown_commands_start_no_database(tmp_path):
    for arguments, code, part in (
        (["--help"], 0, "serve"),
        ([], 0, "serve"),
        (["serve", "--help"], 0, "usage"),
        (["sevre"], 1, "Unknown command"),
    ):
        with expertim(*arguments, environment=surroundings(tmp_path)) as process:
            said, _ = process.communicate(timeout=20)
        assert (process.returncode, part in said) == (code, True), said
    assert not (tmp_path / "postgres").exists()


def test_our_own_commands_are_listed_before_djangos(tmp_path):
    with expertim("--help", environment=surroundings(tmp_path)) as process:
        said, _ = process.communicate(timeout=20)
    assert said.index("  serve ") < said.index("collectstatic")


@pytest.mark.slow
def test_two_migrations_at_once_wait_for_each_other(tmp_path):
    with (
        expertim("migrate", environment=surroundings(tmp_path)) as one,
        expertim("migrate", environment=surroundings(tmp_path)) as two,
    ):
        said = [process.communicate(timeout=120)[0] for process in (one, two)]
        assert [one.returncode, two.returncode] == [0, 0], said
    assert sum("No migrations to apply" in text for text in said) == 1
    assert nothing_left(tmp_path)


def alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


@contextmanager
def parent_of(code: str) -> Iterator[tuple[subprocess.Popen[str], list[int]]]:
    process = subprocess.Popen([sys.executable, "-c", PARENT, code], stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    try:
        yield process, [int(pid) for pid in process.stdout.readline().split()]
    finally:
        process.kill()
        process.communicate()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_children_stop_with_their_parent_on_a_polite_signal(number):
    with parent_of("import time; time.sleep(60)") as (process, children):
        process.send_signal(number)
        assert process.wait(10) == 0
        assert [alive(pid) for pid in children] == [False, False]


def test_children_die_with_a_killed_parent():
    with parent_of("import time; time.sleep(60)") as (process, children):
        process.kill()
        process.wait()
        assert eventually(lambda: not any(alive(pid) for pid in children), seconds=5)


def test_children_that_refuse_are_killed():
    stubborn = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); time.sleep(60)"
    with parent_of(stubborn) as (process, children):
        time.sleep(0.5)
        process.terminate()
        assert process.wait(15) == 0
        assert [alive(pid) for pid in children] == [False, False]


def test_where_one_child_ends_all_end_with_its_code():
    first_to_come = "import os, sys, time; time.sleep(0.5 if os.getpid() % 2 else 0.6); sys.exit(7)"
    with parent_of(first_to_come) as (process, children):
        assert process.wait(10) == 7
        assert [alive(pid) for pid in children] == [False, False]
