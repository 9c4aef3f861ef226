"""F11: a backup taken while people act, put back elsewhere, audited; and every file that must not be put back."""

from __future__ import annotations

import io
import json
import random
import threading
import time
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.core.management import CommandError, call_command
from django.db import OperationalError, connection

from expertim.foundation.backup import BackupRefused, Manifest, read_backup, take
from expertim.meetings.audit import audit
from expertim.meetings.facts import Act, By
from expertim.outbox import pausing
from expertim.outbox.health import health
from expertim.outbox.models import Row
from expertim.site.management.commands.restore import restore
from tests.conftest import Installation, _point_django_at
from tests.lanes.sizes import size, tell
from tests.outbox.making import add
from tests.outbox.post_office import database_alone
from tests.world import in_, row, wallet, world


@contextmanager
def owner_of(at: Installation) -> Iterator[None]:
    """Django as the owner of the tables, as `expertim backup` and `restore` work."""
    _point_django_at(at.owner_url)
    try:
        yield
    finally:
        _point_django_at(at.app)


def taken(at: Installation, path: Path) -> Manifest:
    with owner_of(at):
        return take(path)


def lived() -> Any:
    """A few lives in various states, and one open key."""
    w = world()
    w.propose(start=in_(hours=72), key="once")
    w.act(By.EXPERT, w.propose(start=in_(hours=80)), Act.REJECT)
    late = w.agreed(start=in_(hours=20))
    w.act(By.USER, late, Act.CANCEL, seen_fee=1250)
    return w, w.agreed(start=in_(hours=90))


@pytest.fixture
def empty(installation: Installation, database: Installation) -> Iterator[Installation]:
    """An installation as `expertim migrate` leaves it; Django looks at it meanwhile."""
    with database_alone(installation) as own:
        yield own


@pytest.fixture
def file(installation: Installation, database: Installation, tmp_path: Path) -> Path:
    """A backup of the suite's own installation, in which a few people have lived."""
    lived()
    taken(installation, tmp_path / "kept")
    return tmp_path / "kept"


def test_a_backup_under_load_is_of_one_moment_and_comes_back_whole(
    installation: Installation, database: Installation, tmp_path: Path
) -> None:
    """K6 after each restore; every table has the digest that it was taken with."""
    stop, commits, worlds = threading.Event(), [0], [world(credits=1_000_000) for _ in range(2)]

    def live(w: Any) -> None:
        try:
            while not stop.is_set():
                w.act(By.USER, w.propose(start=in_(hours=100)), Act.WITHDRAW)
                commits[0] += 2
        finally:
            connection.close()

    people = [threading.Thread(target=live, args=[w]) for w in worlds]
    files = [tmp_path / str(n) for n in range(size(2, 20))]
    seconds = []
    _point_django_at(installation.owner_url)  # for those who act as well: their sessions are their threads' own
    for one in people:
        one.start()
    try:
        before = commits[0]
        for path in files:
            began = time.monotonic()
            take(path)
            seconds.append(time.monotonic() - began)
        during = commits[0] - before
    finally:
        stop.set()
        for one in people:
            one.join()
        _point_django_at(installation.app)
    assert during > len(files)
    rows = 0
    for path in files:
        with database_alone(installation) as own, owner_of(own):
            rows = restore(path).rows
            assert audit().discrepancies == []
            again = take(tmp_path / f"{path.name}.again")
        with read_backup(path) as (_archive, manifest):
            assert again.tables == manifest.tables
    tell(
        "F11 restore", backups=len(files), commits_meanwhile=during, rows=rows, longest_backup_s=round(max(seconds), 2)
    )


def test_life_goes_on_after_a_restore(installation: Installation, database: Installation, tmp_path: Path) -> None:
    """New rows, old keys, the guards of the ledger: as if nothing had happened."""
    w, agreed = lived()
    had = wallet(w.user)
    taken(installation, tmp_path / "kept")
    with database_alone(installation) as own:
        with owner_of(own):
            restore(tmp_path / "kept")
        assert (row(agreed).state, wallet(w.user)) == ("agreed", had)
        assert w.propose(start=in_(hours=72), key="once") in {m.public_id for m in w.user.meetings_as_user.all()}
        assert wallet(w.user) == had, "Z1: the key was kept"
        w.agreed(start=in_(hours=120))
        assert wallet(w.user) == (had[0] - 2500, had[1] + 2500)
        with own.owners() as owner, pytest.raises(psycopg.errors.InsufficientPrivilege, match="append-only"):
            owner.execute("UPDATE credits_entry SET amount = amount + 1")
        with own.apps() as app, pytest.raises(psycopg.errors.InsufficientPrivilege):
            app.execute("INSERT INTO credits_wallet (person_id, available, blocked) VALUES (0, 1, 0)")
        assert audit().discrepancies == []


def test_the_workers_rest_after_a_restore_until_they_are_released(file: Path, empty: Installation) -> None:
    with owner_of(empty):
        restore(file)
    add("mail", count=2)
    waiting = Row.objects.filter(status="waiting").count()
    with pytest.raises(CommandError, match="paused since a restore; nothing was done"):
        call_command("work", "--once", stdout=io.StringIO())
    assert Row.objects.filter(status="waiting").count() == waiting
    assert health().paused
    assert not health().ready
    said = io.StringIO()
    call_command("work", "--release", stdout=said)
    assert said.getvalue().startswith("Released. Due to be sent now: ")
    assert pausing.paused_since() is None
    said = io.StringIO()
    call_command("work", "--release", stdout=said)
    assert said.getvalue() == "The worker was not paused.\n"


def test_an_installation_with_anything_in_it_is_refused_and_keeps_it(
    installation: Installation, file: Path, empty: Installation, tmp_path: Path
) -> None:
    world()
    before = taken(empty, tmp_path / "before").tables
    with owner_of(empty), pytest.raises(BackupRefused, match=r"not empty \(rows: .*people_person 2"):
        restore(file)
    assert taken(empty, tmp_path / "after").tables == before
    assert pausing.paused_since() is None


def changed(file: Path, to: Path, **change: Any) -> Path:
    """The same backup with something else in its manifest."""
    with zipfile.ZipFile(file) as old, zipfile.ZipFile(to, "w") as new:
        for name in old.namelist():
            content = old.read(name)
            if name == "manifest.json":
                content = json.dumps(json.loads(content) | change).encode()
            new.writestr(name, content)
    return to


def test_a_file_of_another_schema_format_or_shape_is_refused(file: Path, empty: Installation, tmp_path: Path) -> None:
    with read_backup(file) as (_archive, manifest):
        older = list(manifest.migrations[:-1])
        newer = [*manifest.migrations, "meetings.9999_later"]
    cases = [
        ({"migrations": older}, "another version of the schema.* only here"),
        ({"migrations": newer}, "meetings.9999_later only in the file"),
        ({"format": 99}, "of a format that this version does not know"),
        ({"sequences": {}}, "not as `expertim migrate` makes them"),
        ({"tables": {}}, "not as `expertim migrate` makes them"),
        ({"tables": None}, "damaged, cut short or no backup"),
    ]
    for number, (change, words) in enumerate(cases):
        with owner_of(empty), pytest.raises(BackupRefused, match=words):
            restore(changed(file, tmp_path / str(number), **change))
    nothing_came(empty, tmp_path)


def test_rows_that_somebody_edited_are_refused(file: Path, empty: Installation, tmp_path: Path) -> None:
    """A good ZIP, a good manifest, and a wallet that is richer than when it was taken: the digest tells."""
    name = "tables/credits_wallet.copy"
    with zipfile.ZipFile(file) as old, zipfile.ZipFile(tmp_path / "rich", "w") as new:
        for entry in old.namelist():
            rows = old.read(entry)
            new.writestr(entry, rows.replace(b"\t0\n", b"\t1\n", 1) if entry == name else rows)
    with owner_of(empty), pytest.raises(BackupRefused, match="credits_wallet is not what was written"):
        restore(tmp_path / "rich")
    nothing_came(empty, tmp_path)


def test_a_row_that_breaks_a_rule_of_the_schema_takes_all_others_with_it(
    file: Path, empty: Installation, tmp_path: Path
) -> None:
    """A well-formed file with a meeting too few: foreign keys refuse it, and nothing of it stays."""
    import hashlib

    with zipfile.ZipFile(file) as old:
        manifest = json.loads(old.read("manifest.json"))
        rows = old.read("tables/meetings_meeting.copy").splitlines(keepends=True)[1:]
    table = manifest["tables"]["meetings_meeting"]
    table |= {"rows": len(rows), "sha256": hashlib.sha256(b"".join(rows)).hexdigest()}
    with zipfile.ZipFile(file) as old, zipfile.ZipFile(tmp_path / "bad", "w") as new:
        for name in old.namelist():
            content = {"manifest.json": json.dumps(manifest), "tables/meetings_meeting.copy": b"".join(rows)}.get(name)
            new.writestr(name, content if content is not None else old.read(name))
    with owner_of(empty), pytest.raises(BackupRefused, match=r"The database refused the backup: .*foreign key"):
        restore(tmp_path / "bad")
    nothing_came(empty, tmp_path)


def test_a_damaged_or_cut_file_is_refused_or_says_the_same(file: Path, tmp_path: Path) -> None:
    """Any cut is noticed; a flipped bit is noticed unless it is in what nobody reads, such as a time stamp."""
    whole, seeded, bad = file.read_bytes(), random.Random(11), tmp_path / "bad"
    with read_backup(file) as (_archive, manifest):
        told = manifest
    for cut in [0, 1, 100, len(whole) // 2, len(whole) - 1, *(seeded.randrange(len(whole)) for _ in range(20))]:
        bad.write_bytes(whole[:cut])
        with pytest.raises(BackupRefused), read_backup(bad):
            pass
    refused = 0
    flips = size(150, 5000)
    for _ in range(flips):
        at, bit = seeded.randrange(len(whole)), 1 << seeded.randrange(8)
        bad.write_bytes(whole[:at] + bytes([whole[at] ^ bit]) + whole[at + 1 :])
        try:
            with read_backup(bad) as (_archive, manifest):
                assert manifest == told
        except BackupRefused:
            refused += 1
    assert refused > flips * 0.8
    tell("F11 damage", flipped=flips, refused=refused, harmless=flips - refused)


def test_a_backup_is_its_owners_alone_and_never_overwrites(installation: Installation, file: Path) -> None:
    assert file.stat().st_mode & 0o777 == 0o600
    before = file.read_bytes()
    with pytest.raises(BackupRefused, match="there already"):
        taken(installation, file)
    assert file.read_bytes() == before
    with pytest.raises(BackupRefused, match="cannot be written to"):
        taken(installation, file / "below" / "a" / "file")


def test_a_backup_that_fails_leaves_no_file(installation: Installation, database: Installation, tmp_path: Path) -> None:
    """Somebody holds a table for longer than anybody waits, as a migration may."""
    with installation.owners() as other, owner_of(installation):
        other.execute("LOCK TABLE reviews_review IN ACCESS EXCLUSIVE MODE")
        with connection.cursor() as cursor:
            cursor.execute("SET lock_timeout = '50ms'")
        with pytest.raises(OperationalError, match="lock timeout"):
            take(tmp_path / "none")
    assert list(tmp_path.iterdir()) == []


def test_the_commands_say_what_they_did(installation: Installation, file: Path, empty: Installation) -> None:
    said = io.StringIO()
    with owner_of(empty):
        call_command("restore", str(file), stdout=said)
    words = said.getvalue()
    assert "each table read back and found as it was" in words
    assert "The worker is paused. Due to be sent: " in words
    assert words.rstrip().endswith("no discrepancies")
    said = io.StringIO()
    with owner_of(empty):
        call_command("backup", str(file.with_name("again")), stdout=said)
    assert "keep it as safe as the database" in said.getvalue()
    with pytest.raises(CommandError, match="There is no file"):
        call_command("restore", str(file.with_name("absent")))


def nothing_came(at: Installation, tmp_path: Path) -> None:
    tables = taken(at, tmp_path / "found").tables
    assert {name for name, table in tables.items() if table.rows} <= {"auth_permission", "django_content_type"}
    assert pausing.paused_since() is None
