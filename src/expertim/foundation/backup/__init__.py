"""The whole database in one file, and back into an empty installation (docs/backup.md says what the file looks like).

Rows only: tables, triggers and rights are made by `expertim migrate`, so a file fits any supported PostgreSQL and
any pair of roles, and nothing but the same version of the schema.
"""

from __future__ import annotations

from expertim.foundation.backup.file import BackupRefused, Manifest, Table, read_backup
from expertim.foundation.backup.restoring import put_back
from expertim.foundation.backup.taking import take

__all__ = ["BackupRefused", "Manifest", "Table", "put_back", "read_backup", "take"]
