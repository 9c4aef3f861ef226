"""One transaction in two trips: BEGIN travels with what is asked first, COMMIT with what is asked last.

What is asked is sent beside the statement, never within its text: what people write stands in no log of the server's.
Nothing is prepared: psycopg deallocates all statements after a rollback of its own, and planning the call of a function
is cheap.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any

import psycopg
from django.db import connection
from psycopg.generators import execute, fetch_many
from psycopg.pq import ExecStatus, TransactionStatus
from psycopg.pq.abc import PGresult


class Exchange:
    """One transaction's calls of our SQL functions, JSON both ways; raises what the database raises, as Django does."""

    def __init__(self) -> None:
        self._begun = False

    def call(self, function: str, asked: Any) -> Any:
        """What a function answers."""
        words = [f"SELECT {function}(%s::jsonb)"]
        if not self._begun:
            words.insert(0, "BEGIN")
        self._begun = True
        return self._watched(words, asked)

    def last(self, function: str, asked: Any) -> None:
        """The last call; the transaction ends with it."""
        self._watched([f"SELECT {function}(%s::jsonb)", "COMMIT"], asked)

    def _watched(self, words: list[str], asked: Any) -> Any:
        def run(_sql: str, params: Any, _many: bool, _context: Any) -> str:
            with connection.wrap_database_errors:
                return _sent(words, params[0])

        watched: Callable[..., str] = run
        for wrapper in reversed(connection.execute_wrappers):  # as a cursor of Django's does
            watched = partial(wrapper, watched)
        context = {"connection": connection, "cursor": None}
        answer = watched("; ".join(words), [json.dumps(asked)], False, context)
        return json.loads(answer) if answer else None  # a function without an answer answers an empty text


@contextmanager
def exchanged() -> Iterator[Exchange]:
    """A transaction of its own on this thread's connection, never within another; left without `last`, it is undone."""
    if connection.in_atomic_block:
        raise RuntimeError("a command is a transaction of its own")
    connection.close_if_health_check_failed()
    connection.ensure_connection()
    line = connection.connection
    try:
        yield Exchange()
    finally:
        if not line.closed and line.pgconn.transaction_status != TransactionStatus.IDLE:
            with connection.wrap_database_errors:
                _answered(line, ["ROLLBACK"], b"")  # psycopg's own would deallocate what it has prepared


def _sent(words: list[str], asked: str) -> str:
    """One trip: all the words at once, the call's answer."""
    line = connection.connection
    with line.lock:
        answers = _answered(line, words, asked.encode())
    for answer in answers:
        if answer.status == ExecStatus.FATAL_ERROR:
            raise psycopg.errors.error_from_result(answer, line.info.encoding)
    return next((answer.get_value(0, 0) or b"").decode() for answer in answers if answer.ntuples)


def _answered(line: psycopg.Connection[Any], words: list[str], asked: bytes) -> list[PGresult]:
    pgconn = line.pgconn
    try:
        pgconn.enter_pipeline_mode()
        for word in words:
            given = [asked] if "%s" in word else None
            pgconn.send_query_params(word.replace("%s", "$1").encode(), given)
        pgconn.pipeline_sync()
        first = line.wait(execute(pgconn))
        answers = [*first, *(line.wait(fetch_many(pgconn))[0] for _ in words[1:])]
        line.wait(fetch_many(pgconn))  # of the synchronisation
        pgconn.exit_pipeline_mode()
    except BaseException:
        line.close()  # nobody knows what is still on its way
        raise
    return answers
