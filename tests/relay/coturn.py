"""A coturn of our own: on this machine, with credentials that expire, as docs/turnserver.conf has it."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from expertim.foundation.children import die_with_parent

SECRET = "a secret of the trial"
PORT = 34780


class Relay:
    """A running turnserver; it can be made deaf for a while, as a cable is cut."""

    def __init__(self, child: subprocess.Popen[bytes], log: Path) -> None:
        self._child, self._log = child, log

    def cut(self) -> None:
        self._child.send_signal(signal.SIGSTOP)

    def mend(self) -> None:
        self._child.send_signal(signal.SIGCONT)

    def said(self) -> str:
        return self._log.read_text()


@contextmanager
def relay(folder: Path, *, addresses: Sequence[str] = ("127.0.0.1",)) -> Iterator[Relay]:
    """turn:ADDRESS:34780 for each of these until the end of the block."""
    assert shutil.which("turnserver"), "coturn is not installed: apt-get install coturn"
    log = folder / "coturn.log"
    parent = os.getpid()
    command = [
        "turnserver", "-n", "--use-auth-secret", f"--static-auth-secret={SECRET}", "--realm=trial", "--fingerprint",
        *(f"--listening-ip={address}" for address in addresses), f"--relay-ip={addresses[0]}",
        f"--listening-port={PORT}", "--min-port=35000", "--max-port=35100", "--no-tls", "--no-dtls", "--no-cli",
        "--allow-loopback-peers", "--log-file=stdout", f"--pidfile={folder}/coturn.pid", f"--userdb={folder}/coturn.db",
    ]  # fmt: skip
    with log.open("w") as out:
        child = subprocess.Popen(
            command,
            stdout=out,
            stderr=subprocess.STDOUT,
            preexec_fn=lambda: die_with_parent(parent=parent),
            process_group=0,
        )
    running = Relay(child, log)
    try:
        yield running
    finally:
        running.mend()
        child.terminate()
        child.wait(20)
