"""The cache over one table: Django's contract as far as we use it, and its atomicity."""

from __future__ import annotations

import secrets
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.core.cache import cache
from django.db import connection
from django.test.utils import CaptureQueriesContext

from expertim.foundation.cache import sweep

pytestmark = pytest.mark.usefixtures("database")


@pytest.fixture
def key() -> str:
    return secrets.token_hex(8)


@pytest.mark.parametrize("value", [1, "ř", None, True, [1.5, 2], {"a": [None]}])
def test_what_was_set_is_there(key: str, value: object) -> None:
    cache.set(key, value, 60)
    assert cache.get(key, "missing") == value
    assert key in cache


def test_what_is_no_json_is_refused(key: str) -> None:
    with pytest.raises(TypeError):
        cache.set(key, object())


def test_expired_values_are_absent_everywhere(key: str) -> None:
    cache.set(key, 1, 0)
    assert cache.get(key) is None
    assert key not in cache
    assert cache.touch(key) is False
    with pytest.raises(ValueError, match="not found"):
        cache.incr(key)
    assert cache.add(key, 2) is True
    assert cache.get(key) == 2


def test_add_leaves_what_is_there(key: str) -> None:
    assert cache.add(key, 1, None) is True
    assert cache.add(key, 2, None) is False
    assert cache.get(key) == 1


def test_touch_and_delete_tell_whether_it_was_there(key: str) -> None:
    assert cache.touch(key, 60) is False
    assert cache.delete(key) is False
    cache.set(key, 1)
    assert cache.touch(key, 60) is True
    assert cache.delete(key) is True
    assert cache.get(key) is None


def test_many_at_once(key: str) -> None:
    cache.set_many({f"{key}1": 1, f"{key}2": 2})
    with CaptureQueriesContext(connection) as queries:
        assert cache.get_many([f"{key}1", f"{key}2", f"{key}3"]) == {f"{key}1": 1, f"{key}2": 2}
    assert len(queries) == 1


def test_counting_at_once_loses_nothing(key: str) -> None:
    cache.set(key, 0, 60)

    def count(_n: int) -> None:
        for _ in range(50):
            cache.incr(key)
        connection.close()

    with ThreadPoolExecutor(6) as pool:
        list(pool.map(count, range(6)))
    assert cache.get(key) == 300


def test_adding_at_once_has_one_winner(key: str) -> None:
    cache.set(key, "old", 0)

    def add(n: int) -> bool:
        won = cache.add(key, n, 60)
        connection.close()
        return won

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(add, range(8))) == 1


def test_the_sweep_drops_expired_values_only(key: str) -> None:
    cache.set(f"{key}old", 1, 0)
    cache.set(key, 1, None)
    assert sweep(10_000) >= 1
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM foundation_cache WHERE key LIKE %s", [f"%{key}%"])
        assert cursor.fetchone() == (1,)


def test_a_lock_is_taken_with_what_it_guards_and_left_with_writing_it(key: str) -> None:
    """As allauth counts an attempt: two statements instead of four, and the lock is free afterwards."""
    cache.set(key, [1], 60)
    with CaptureQueriesContext(connection) as asked:
        assert cache.add(f"{key}:lock", True, 10)
        assert cache.get(key, []) == [1]
        cache.set(key, [2, 1], 60)
        cache.delete(f"{key}:lock")
    assert len(asked) == 2
    assert cache.get(key) == [2, 1]
    assert cache.add(f"{key}:lock", True, 10)
    assert not cache.add(f"{key}:lock", True, 10)
    assert cache.delete(f"{key}:lock") is True
    assert cache.add(f"{key}:lock", True, 10)
    cache.delete(f"{key}:lock")


def test_no_attempt_is_lost_among_many_that_count_under_a_lock(key: str) -> None:
    def count(_turn: int) -> None:
        try:
            while not cache.add(f"{key}:lock", True, 10):
                pass
            cache.set(key, [*cache.get(key, []), 1], 60)
            cache.delete(f"{key}:lock")
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(count, range(40)))
    assert len(cache.get(key)) == 40
