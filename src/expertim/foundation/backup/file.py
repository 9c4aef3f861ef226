"""The file: a ZIP of one `tables/NAME.copy` per table and, last, a `manifest.json` with counts and digests."""

from __future__ import annotations

import hashlib
import json
import os
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import IO, Any

FORMAT = 1
PIECE_BYTES = 1 << 20
# What zipfile, zlib, json and the reading of a manifest raise for bytes that are not what was written.
_NOT_OURS = (
    zipfile.BadZipFile,
    zlib.error,
    EOFError,
    LookupError,
    ValueError,
    TypeError,
    AttributeError,
    NotImplementedError,
    RuntimeError,
)


class BackupRefused(Exception):
    """In words for the operator; nothing has changed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """One table as it lies in the file: PostgreSQL's COPY text of these columns, a line a row, and its SHA-256."""

    columns: tuple[str, ...]
    rows: int
    sha256: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """What a backup holds. `migrations` is the schema's version; `sequences` what each gives next."""

    taken_at: str
    version: str
    server: str
    migrations: tuple[str, ...]
    tables: dict[str, Table]
    sequences: dict[str, int]

    @property
    def rows(self) -> int:
        return sum(table.rows for table in self.tables.values())


def entry_name(table: str) -> str:
    return f"tables/{table}.copy"


def as_json(manifest: Manifest) -> bytes:
    return json.dumps({"format": FORMAT, **asdict(manifest)}, indent=1).encode()


@contextmanager
def new_file(path: Path) -> Iterator[IO[bytes]]:
    """A file that appears under its name only when it is whole and on the disk, for its owner's eyes only.

    Raises BackupRefused where there is one of that name: a backup is never overwritten.
    """
    draft = path.with_name(f".{path.name}.{os.getpid()}.part")
    if path.exists():
        raise BackupRefused(f"{path} is there already; a backup is never overwritten.")
    try:
        descriptor = os.open(draft, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600)
    except OSError as error:
        raise BackupRefused(f"{path.parent} cannot be written to: {error.strerror}.") from error
    try:
        with os.fdopen(descriptor, "w+b") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        draft.rename(path)
    finally:
        with suppress(FileNotFoundError):
            draft.unlink()


@contextmanager
def read_backup(path: Path) -> Iterator[tuple[zipfile.ZipFile, Manifest]]:
    """The file, open and proven whole: every table has the rows and the digest that the manifest says.

    Raises BackupRefused for what is missing, damaged, cut short or no backup of ours.
    """
    archive, manifest = _proven(path)
    with archive:
        yield archive, manifest


def _proven(path: Path) -> tuple[zipfile.ZipFile, Manifest]:
    try:
        archive = zipfile.ZipFile(path)
        try:
            manifest = _manifest(archive)
            for name, table in manifest.tables.items():
                _prove(archive, name, table)
        except BaseException:
            archive.close()
            raise
    except FileNotFoundError as error:
        raise BackupRefused(f"There is no file {path}.") from error
    except OSError as error:
        raise BackupRefused(f"{path} cannot be read: {error.strerror or error}.") from error
    except _NOT_OURS as error:
        raise BackupRefused(
            f"{path} is damaged, cut short or no backup of Expertim ({error}). Nothing was changed; take another file."
        ) from error
    return archive, manifest


def pieces(archive: zipfile.ZipFile, table: str) -> Iterator[bytes]:
    with archive.open(entry_name(table)) as stream:
        while piece := stream.read(PIECE_BYTES):
            yield piece


class Tally:
    """Rows and digest of COPY text that passes by."""

    def __init__(self) -> None:
        self.rows = 0
        self._digest = hashlib.sha256()

    def add(self, piece: Any) -> None:
        self._digest.update(piece)
        self.rows += bytes(piece).count(b"\n")  # a line feed within a value is written as a backslash and an n

    @property
    def sha256(self) -> str:
        return self._digest.hexdigest()


def _manifest(archive: zipfile.ZipFile) -> Manifest:
    read: dict[str, Any] = json.loads(archive.read("manifest.json"))
    if read.pop("format") != FORMAT:
        raise BackupRefused("The file is of a format that this version does not know; restore it with a newer one.")
    tables = {
        str(name): Table(columns=tuple(map(str, table["columns"])), rows=int(table["rows"]), sha256=table["sha256"])
        for name, table in read["tables"].items()
    }
    return Manifest(**(read | {"migrations": tuple(read["migrations"]), "tables": tables}))


def _prove(archive: zipfile.ZipFile, name: str, table: Table) -> None:
    tally = Tally()
    for piece in pieces(archive, name):
        tally.add(piece)
    if (tally.rows, tally.sha256) != (table.rows, table.sha256):
        raise ValueError(f"{name} is not what was written")
