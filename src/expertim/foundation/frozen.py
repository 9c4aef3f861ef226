"""SQL that stands in files beside the code and is put into the database by migrations."""

from __future__ import annotations

from pathlib import Path

from django.db import migrations

_PACKAGE = Path(__file__).resolve().parent.parent


def frozen_sql(room: str, name: str, *, undo: str = migrations.RunSQL.noop) -> migrations.RunSQL:
    """A migration's step that runs `expertim/<room>/sql/<name>`.

    A file that has been released is never edited: a change is a new file with the next number in its name and
    a new migration. `tests/laws/test_frozen_sql.py` holds the digests.
    """
    return migrations.RunSQL((_PACKAGE / room / "sql" / name).read_text(), undo)
