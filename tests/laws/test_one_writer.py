"""One writer of meetings and credits, one door for time and chance."""

from __future__ import annotations

import ast
import hashlib
import re
from pathlib import Path

import pytest
from django.apps import apps

from expertim.foundation.grants import protected_tables

SOURCE = Path(__file__).resolve().parents[2] / "src" / "expertim"
PYTHON = sorted(path for path in SOURCE.rglob("*.py") if "/migrations/" not in str(path))
PURE = (
    "meetings/facts.py",
    "meetings/lifecycle.py",
    "meetings/typed.py",
    *sorted(str(path.relative_to(SOURCE)) for path in SOURCE.glob("meetings/rules/*.py")),
    "credits/moves.py",
    "foundation/amounts.py",
    "foundation/durations.py",
    "foundation/texts.py",
)

# The platform's clock, the machine's clock and chance come through their ports; these modules are the ports, or are
# about the machine's own business (processes, leases), which reads no rule.
MAY_READ_THE_MACHINE = {
    "foundation/clock.py",
    "foundation/ids.py",
}


def _calls(path: Path) -> list[tuple[int, str]]:
    found = []
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Call):
            found.append((node.lineno, ast.unparse(node.func)))
    return found


def _name(path: Path) -> str:
    return str(path.relative_to(SOURCE))


@pytest.mark.parametrize("path", PYTHON, ids=_name)
def test_nobody_reads_the_time_but_the_clock(path):
    """House: time is an argument of the rules; it enters through the platform's clock alone."""
    if _name(path) in MAY_READ_THE_MACHINE:
        return
    forbidden = re.compile(r"(datetime|date)\.(now|utcnow|today)|timezone\.now|time\.time|uuid\d?\.uuid\d")
    assert not [call for call in _calls(path) if forbidden.fullmatch(call[1])]


@pytest.mark.parametrize("path", PYTHON, ids=_name)
def test_nobody_writes_a_meeting_or_an_entry_but_the_sql_functions(path):
    """House: `meetings_write` and `credits_post` are the only writers, called from actions and ledger alone."""
    text = path.read_text()
    callers = {
        "meetings_write": {"meetings/actions.py"},
        "credits_post": set(),
        "credits_grant": {"credits/ledger.py"},
    }
    for function, allowed in callers.items():
        called = re.search(rf"['\"]{function}['\"]|SELECT {function}\(", text)
        assert not called or _name(path) in allowed
    tables = "|".join(sorted(protected_tables()))
    assert not re.search(rf"(INSERT INTO|UPDATE|DELETE FROM|TRUNCATE)\s+({tables})\b", text)
    models = {
        model.__name__
        for room in apps.get_app_configs()
        if getattr(room, "protected_tables", False)
        for model in room.get_models()
    }
    writes = re.compile(
        rf"({'|'.join(models)})\.objects\.(create|get_or_create|update_or_create|bulk_create|bulk_update|update|delete)"
    )
    assert not [call for call in _calls(path) if writes.fullmatch(call[1])]


@pytest.mark.parametrize("name", PURE)
def test_pure_modules_import_the_standard_library_and_each_other(name):
    """House: the rules know no Django, no clock, no database."""
    for node in ast.walk(ast.parse((SOURCE / name).read_text())):
        modules = []
        if isinstance(node, ast.ImportFrom):
            modules = [node.module or ""]
        elif isinstance(node, ast.Import):
            modules = [alias.name for alias in node.names]
        for module in modules:
            ours = module.startswith("expertim.")
            assert not ours or module.removeprefix("expertim.").replace(".", "/") + ".py" in PURE
            assert module.split(".")[0] not in {"django", "psycopg", "time", "random", "os"}


def test_every_protected_table_is_read_only_for_the_application(database):
    """House: SELECT and nothing else, on every table of the ledger and the meetings."""
    with database.apps() as connection:
        for table in sorted(protected_tables()):
            rights = connection.execute(
                "SELECT string_agg(right_, ',' ORDER BY right_) FROM unnest(%s::text[]) right_"
                " WHERE has_table_privilege(%s, right_)",
                [["SELECT", "INSERT", "UPDATE", "DELETE", "TRUNCATE"], table],
            ).fetchone()[0]
            assert (table, rights) == (table, "SELECT")


def test_the_application_owns_nothing_and_is_no_superuser(database):
    with database.apps() as connection:
        assert connection.execute("SELECT rolsuper FROM pg_roles WHERE rolname = current_user").fetchone() == (False,)
        assert connection.execute(
            "SELECT count(*) FROM pg_tables WHERE schemaname = 'public' AND tableowner = current_user"
        ).fetchone() == (0,)


def test_released_sql_is_never_edited():
    """A frozen file is changed by the next number, not in place: installations have run the old one."""
    released = (Path(__file__).parent / "frozen_sql.txt").read_text().split("\n")
    known = dict(reversed(line.split()) for line in released if line.strip())
    for path in sorted(SOURCE.glob("*/sql/*.sql")):
        digest = hashlib.sha256(path.read_bytes()).hexdigest()[:16]
        assert known.get(_name(path)) == digest, f"{_name(path)}: release it as a new file (digest {digest})"
