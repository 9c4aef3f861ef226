"""Django's cache over one UNLOGGED table: each operation is one statement, atomic between processes.

allauth's rate limits live in it; a cache in the memory of one process would multiply them by the processes, and
Django's DatabaseCache neither counts atomically nor is cheap. Expiry follows the machine's clock.

allauth counts an attempt by add(lock), get, set, delete(lock), and signing in counts five times. A key that ends as its
locks do is taken together with the value it guards, and left together with writing it: two trips instead of four.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.core.cache.backends.base import DEFAULT_TIMEOUT, BaseCache
from django.db import connection

_ALIVE = "(expires_at IS NULL OR expires_at > clock_timestamp())"
_EXPIRES = "clock_timestamp() + %s * interval '1 second'"  # NULL, that is never, for a timeout of None


_LOCK = ":lock"


@dataclass(slots=True, kw_only=True)
class _Taken:
    """A lock that this thread holds, and what stood under the key it guards, until that is asked for."""

    lock: str
    guarded: str
    found: str | None
    asked: bool = False
    left: bool = False


class TableCache(BaseCache):
    """Values are what JSON can hold; anything else is refused with a TypeError.

    Use it outside transactions: inside one, a write holds its key's lock until the commit.
    """

    def __init__(self, _location: str, params: dict[str, Any]) -> None:
        super().__init__(params)
        self._here = threading.local()

    def get(self, key: Any, default: Any = None, version: int | None = None) -> Any:
        found = self.get_many([key], version=version)
        return found.get(key, default)

    def get_many(self, keys: Iterable[Any], version: int | None = None) -> dict[Any, Any]:
        by_stored = {self.make_and_validate_key(key, version=version): key for key in keys}
        taken = self._taken()
        if taken and not taken.asked and list(by_stored) == [taken.guarded]:
            taken.asked = True
            return {} if taken.found is None else {by_stored[taken.guarded]: json.loads(taken.found)}
        rows = _rows(
            f"SELECT key, value::text FROM foundation_cache WHERE key = ANY(%s) AND {_ALIVE}",
            [list(by_stored)],
        )
        return {by_stored[key]: json.loads(value) for key, value in rows}

    def set(self, key: Any, value: Any, timeout: float | None = DEFAULT_TIMEOUT, version: int | None = None) -> None:
        stored, taken = self.make_and_validate_key(key, version=version), self._taken()
        written = (
            f"INSERT INTO foundation_cache VALUES (%s, %s::jsonb, {_EXPIRES})"
            " ON CONFLICT (key) DO UPDATE SET value = excluded.value, expires_at = excluded.expires_at"
        )
        values = [stored, json.dumps(value), self._seconds(timeout)]
        if taken and not taken.left and stored == taken.guarded:
            _rows(f"WITH gone AS (DELETE FROM foundation_cache WHERE key = %s) {written}", [taken.lock, *values])
            taken.left = True
        else:
            _rows(written, values)

    def add(self, key: Any, value: Any, timeout: float | None = DEFAULT_TIMEOUT, version: int | None = None) -> bool:
        """True for the one caller that put the value there; an expired value counts as absent."""
        stored = self.make_and_validate_key(key, version=version)
        if stored.endswith(_LOCK) and self._seconds(timeout) is not None:
            guarded = stored.removesuffix(_LOCK)
            [(taken, found)] = _rows(
                "SELECT * FROM foundation_cache_take(%s, %s, %s)", [stored, guarded, self._seconds(timeout)]
            )
            if taken:
                self._here.taken = _Taken(lock=stored, guarded=guarded, found=found)
            return bool(taken)
        rows = _rows(
            f"INSERT INTO foundation_cache VALUES (%s, %s::jsonb, {_EXPIRES})"
            " ON CONFLICT (key) DO UPDATE SET value = excluded.value, expires_at = excluded.expires_at"
            " WHERE foundation_cache.expires_at <= clock_timestamp() RETURNING 1",
            [stored, json.dumps(value), self._seconds(timeout)],
        )
        return bool(rows)

    def incr(self, key: Any, delta: int = 1, version: int | None = None) -> int:
        rows = _rows(
            "UPDATE foundation_cache SET value = to_jsonb((value #>> '{}')::bigint + %s)"
            f" WHERE key = %s AND {_ALIVE} RETURNING value::text",
            [delta, self.make_and_validate_key(key, version=version)],
        )
        if not rows:
            raise ValueError(f"Key {key!r} not found")
        return int(rows[0][0])

    def touch(self, key: Any, timeout: float | None = DEFAULT_TIMEOUT, version: int | None = None) -> bool:
        rows = _rows(
            f"UPDATE foundation_cache SET expires_at = {_EXPIRES} WHERE key = %s AND {_ALIVE} RETURNING 1",
            [self._seconds(timeout), self.make_and_validate_key(key, version=version)],
        )
        return bool(rows)

    def delete(self, key: Any, version: int | None = None) -> bool:
        taken = self._taken()
        if taken and taken.lock == self.make_and_validate_key(key, version=version):
            self._here.taken = None
            if taken.left:
                return True
        rows = _rows(
            f"DELETE FROM foundation_cache WHERE key = %s RETURNING {_ALIVE}",
            [self.make_and_validate_key(key, version=version)],
        )
        return bool(rows and rows[0][0])

    def has_key(self, key: Any, version: int | None = None) -> bool:
        return bool(self.get_many([key], version=version))

    def clear(self) -> None:
        _rows("DELETE FROM foundation_cache RETURNING 1", [])

    def _taken(self) -> _Taken | None:
        return getattr(self._here, "taken", None)

    def _seconds(self, timeout: Any) -> float | None:
        chosen = self.default_timeout if timeout is DEFAULT_TIMEOUT else timeout
        return None if chosen is None else float(chosen)


def sweep(limit: int) -> int:
    """Drop at most `limit` expired values; answers how many."""
    rows = _rows(
        "DELETE FROM foundation_cache WHERE key IN (SELECT key FROM foundation_cache"
        " WHERE expires_at <= clock_timestamp() LIMIT %s FOR UPDATE SKIP LOCKED) RETURNING 1",
        [limit],
    )
    return len(rows)


def _rows(sql: str, values: list[Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return cursor.fetchall() if cursor.description else []
