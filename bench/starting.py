"""Starting: the CPU that short commands take, how soon `serve` answers, what its processes and the worker weigh.

python bench/starting.py prints JSON. PostgreSQL runs before anything is timed: only what is ours counts.
"""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
DATA = Path(os.environ.get("DATA_DIR", "var")).absolute() / "bench"
TURNS = 3


def main() -> None:
    from bench.using import children_of, cpu_of, proportional
    from expertim.foundation import embedded

    folder = DATA / "starting"
    urls = embedded.ensure(folder)
    environment = os.environ | {"DATA_DIR": str(folder), "DATABASE_URL": urls.owner, "PORT": str(_free_port())}
    environment |= {"WEB_WORKERS": "2"}
    _used(["migrate", "--verbosity", "0"], environment)
    bare = min(_cpu([sys.executable, "-c", "import django"], environment) for _ in range(TURNS))
    figures: dict[str, float] = {"python and django, cpu s": bare}
    for words in (["--help"], ["clock"]):
        figures[f"expertim {words[0]}, cpu s"] = min(_used(words, environment) for _ in range(TURNS))
    began = time.monotonic()
    server = subprocess.Popen([sys.executable, "-m", "expertim", "serve"], env=environment, stderr=subprocess.DEVNULL)
    worker = subprocess.Popen([sys.executable, "-m", "expertim", "work"], env=environment, stderr=subprocess.DEVNULL)
    try:
        figures["serve answers after, s"] = _answering(int(environment["PORT"])) - began
        figures["serve answers after, cpu s"] = cpu_of(server.pid)
        for _turn in range(20):
            _answering(int(environment["PORT"]))
        time.sleep(2)  # the worker has looked at everything once
        web = [proportional(pid) for pid in children_of(server.pid)]
        figures["web process, MB"] = max(web) if web else proportional(server.pid)
        figures["web parent, MB"] = proportional(server.pid)
        figures["worker, MB"] = proportional(worker.pid)
    finally:
        for process in (server, worker):
            process.send_signal(signal.SIGTERM)
            process.wait(30)
    print(json.dumps(figures))


def _used(words: list[str], environment: dict[str, str]) -> float:
    return _cpu([sys.executable, "-m", "expertim", *words], environment)


def _cpu(command: list[str], environment: dict[str, str]) -> float:
    """Seconds of CPU of a command and what it has waited for."""
    process = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    _pid, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if status:
        raise SystemExit(f"{command} ended with {process.returncode}")
    return used.ru_utime + used.ru_stime


def _answering(port: int) -> float:
    """When the page of signing in has been answered."""
    for _turn in range(3000):
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/accounts/login/", timeout=5) as answer:
                if answer.status == 200:
                    return time.monotonic()
        except OSError:
            time.sleep(0.02)
    raise SystemExit("The server does not answer.")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


if __name__ == "__main__":
    main()
