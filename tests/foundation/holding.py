"""Real processes that hold an embedded server, and a look at what they leave behind."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

HOLDER = """
import sys
from pathlib import Path
from expertim.foundation import embedded
try:
    urls = embedded.ensure(Path(sys.argv[1]), fsync=False)
except embedded.EmbeddedError as error:
    raise SystemExit(str(error))
print(urls.app, flush=True)
print(urls.owner, flush=True)
sys.stdin.readline()
embedded.leave()
"""


def start_holder(data_dir: Path, *, python: str = sys.executable, **arguments: object) -> subprocess.Popen[str]:
    """A process that holds the server of this folder until its input ends."""
    return subprocess.Popen(  # type: ignore[call-overload,no-any-return]  # `user` among the arguments
        [python, "-c", HOLDER, str(data_dir)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        **arguments,
    )


def urls_of(holder: subprocess.Popen[str]) -> tuple[str, str]:
    """The addresses it was given, for the application and for the owner."""
    assert holder.stdout is not None
    app, owner = holder.stdout.readline().strip(), holder.stdout.readline().strip()
    assert owner, holder.communicate(timeout=5)[1]
    return app, owner


def let_go(holder: subprocess.Popen[str]) -> None:
    """Have it leave politely."""
    _, errors = holder.communicate("\n", timeout=30)
    assert holder.returncode == 0, errors


@contextmanager
def holding(data_dir: Path, **arguments: object) -> Iterator[tuple[str, str]]:
    """The addresses, while one holder is there."""
    holder = start_holder(data_dir, **arguments)
    try:
        yield urls_of(holder)
        let_go(holder)
    finally:
        if holder.poll() is None:
            holder.kill()
            holder.wait()


def processes_in(folder: Path) -> list[int]:
    """Processes whose working directory this is: a server's, all of them."""
    found = []
    for entry in Path("/proc").iterdir():
        try:
            if entry.name.isdigit() and os.path.samefile(entry / "cwd", folder):
                found.append(int(entry.name))
        except OSError:
            continue
    return found


def nothing_left(data_dir: Path) -> bool:
    """No process of the server, no socket, no note of it."""
    left = [name for name in os.listdir(data_dir / "postgres") if "PGSQL" in name or name == "postmaster.pid"]
    return not left and eventually(lambda: not processes_in(data_dir / "postgres"))


def eventually(condition, *, seconds: float = 10.0) -> bool:  # type: ignore[no-untyped-def]
    """Whether it comes true in time."""
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.05)
    return True
