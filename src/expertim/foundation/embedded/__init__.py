"""The embedded PostgreSQL: whoever needs it first starts it, the last one out stops it.

Every command holds a shared lock on a file in the data folder for as long as it lives. The kernel lets go of it even
after a kill -9, so who may stop the server is never a matter of stale notes. Starting and stopping take a second,
exclusive lock, one after the other. Its messages stay outside gettext: they come before Django's settings are read.
"""

from __future__ import annotations

import atexit
import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from expertim.foundation.embedded.account import open_private
from expertim.foundation.embedded.cluster import Cluster, EmbeddedError

__all__ = ["EmbeddedError", "Urls", "ensure", "leave"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Urls:
    """Addresses of one database, for the application's role and for the owner of its tables."""

    app: str
    owner: str


@dataclass(frozen=True, slots=True, kw_only=True)
class _Share:
    urls: Urls
    lock: int  # file descriptor of the shared lock
    holder: int  # pid: a forked child inherits the descriptor, yet must not let go of it
    cluster: Cluster


_shares: dict[Path, _Share] = {}


def ensure(data_dir: Path, *, fsync: bool = True) -> Urls:
    """Start the server of this data folder or join it; held until `leave` or the end of the process.

    `fsync=False` is for throwaway test servers. Raises EmbeddedError, in words for the operator.
    """
    data_dir = data_dir.absolute()
    held = _shares.get(data_dir)
    if held is not None and held.holder == os.getpid():
        return held.urls
    try:
        data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
        with _turn(data_dir):
            lock = open_private(data_dir / "postgres.users")
            fcntl.flock(lock, fcntl.LOCK_SH)
            cluster = Cluster(data_dir)
            try:
                cluster.run(fsync=fsync)
            except BaseException:
                # Also on Ctrl-C: a server that is half up would otherwise stay behind with nobody to stop it.
                _stop_if_last(lock, cluster)
                raise
    except PermissionError as error:
        raise EmbeddedError(f"{error.filename}: not allowed; the data folder belongs to another user.") from error
    urls = Urls(app=cluster.url("expertim_app"), owner=cluster.url("expertim_owner"))
    _shares[data_dir] = _Share(urls=urls, lock=lock, holder=os.getpid(), cluster=cluster)
    return urls


@atexit.register
def leave() -> None:
    """Let go of every server this process holds; where it was the last one, the server stops."""
    while _shares:
        data_dir, share = _shares.popitem()
        if share.holder != os.getpid() or not data_dir.exists():
            continue
        with _turn(data_dir):
            _stop_if_last(share.lock, share.cluster)


def _stop_if_last(lock: int, cluster: Cluster) -> None:
    with suppress(BlockingIOError):
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        cluster.stop()
    # Unlocked in words, not by closing: forked children share the description and would keep it alive.
    fcntl.flock(lock, fcntl.LOCK_UN)
    os.close(lock)


@contextmanager
def _turn(data_dir: Path) -> Iterator[None]:
    """One at a time may start, join or stop."""
    turn = open_private(data_dir / "postgres.turn")
    try:
        fcntl.flock(turn, fcntl.LOCK_EX)
        yield
    finally:
        fcntl.flock(turn, fcntl.LOCK_UN)
        os.close(turn)
