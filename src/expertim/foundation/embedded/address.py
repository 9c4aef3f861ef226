"""Paths that can be used: by the server, whose user may not enter the folders above, and as a socket's address."""

from __future__ import annotations

import hashlib
import os
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

# A Unix socket's address holds 108 bytes on Linux, the closing zero included, and 104 on macOS.
LONGEST = 103
SOCKET = ".s.PGSQL.5432"


@contextmanager
def reachable(path: Path) -> Iterator[tuple[str, tuple[int, ...]]]:
    """A name for this path that another user can follow, and the descriptors the child must be given for it.

    The way through /proc leads straight to what we opened: no folder above has to be opened to others, and no
    character of the path meets the shell that pg_ctl uses.
    """
    if not sys.platform.startswith("linux"):
        yield str(path), ()
        return
    descriptor = os.open(path, os.O_RDONLY)
    try:
        yield f"/proc/self/fd/{descriptor}", (descriptor,)
    finally:
        os.close(descriptor)


def short_folder(folder: Path) -> Path:
    """The folder itself, or a link to it in the temporary folder where a socket's path would grow too long."""
    # libpq takes a comma for a list of hosts
    if len(os.fsencode(folder / SOCKET)) <= LONGEST and "," not in str(folder):
        return folder
    private = _private_folder(folder)
    private.mkdir(mode=0o700, exist_ok=True)
    owner = private.lstat()
    if private.is_symlink() or owner.st_uid != os.geteuid() or owner.st_mode & 0o077:
        raise PermissionError(0, "the folder for a short socket address was made by somebody else", str(private))
    link = private / "s"
    with suppress(FileExistsError):
        link.symlink_to(folder)
    return link


def drop_short_folder(folder: Path) -> None:
    """Take the link away, if there is one."""
    private = _private_folder(folder)
    with suppress(OSError):
        (private / "s").unlink()
        private.rmdir()


def _private_folder(folder: Path) -> Path:
    key = hashlib.sha256(os.fsencode(folder)).hexdigest()[:12]
    return Path(tempfile.gettempdir(), f"expertim-{os.geteuid()}-{key}")
