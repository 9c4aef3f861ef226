"""What a page in the room sends and gets: one statement a poll, bounded in size and in pace."""

from __future__ import annotations

import json
import re
import threading
from typing import Any

from django.conf import settings
from django.db import connection

from expertim.foundation import clock
from expertim.video.builtin.seats import Held
from expertim.video.builtin.turn import ice_servers

MOST_MESSAGES = 50
LONGEST_NOTE = 2000
_LONGEST_PAYLOAD = 65_536
_SESSION = re.compile(r"[0-9a-f]{32}")
# A page asks at most 2.5 times a second; a seat that asks more often for long is not one of ours.
_A_SECOND, _AT_ONCE = 5.0, 30.0
_MOST_SEATS = 10_000


class Unreadable(ValueError):
    """What came is not what our page sends."""


class TooFast(Exception):
    """One seat asks more often than any page of ours does."""


class _Pace:
    """A bucket for each seat, in this process only: it guards the database, and must not cost a trip to it."""

    def __init__(self) -> None:
        self._left: dict[tuple[int, str], tuple[float, float]] = {}
        self._lock = threading.Lock()

    def spend(self, seat: tuple[int, str]) -> bool:
        now, most = clock.monotonic(), _AT_ONCE * settings.RATE_LIMITS
        with self._lock:
            if len(self._left) > _MOST_SEATS:
                self._left.clear()
            left, at = self._left.get(seat, (most, now))
            left = min(most, left + (now - at) * _A_SECOND * settings.RATE_LIMITS)
            self._left[seat] = (left - 1 if left >= 1 else left, now)
        return left >= 1


_pace = _Pace()


def exchange(*, held: Held, asked: dict[str, Any]) -> dict[str, Any]:
    """One poll. Raises Unreadable, and TooFast; what the answers mean stands in sql/video_exchange_1.sql."""
    if settings.RATE_LIMITS and not _pace.spend((held.reference, held.party)):
        raise TooFast
    wanted = {
        "reference": held.reference,
        "generation": held.generation,
        "party": held.party,
        "turn": held.turn,
        "session": _session(asked.get("session")),
        "since": _number(asked.get("since", 0), most=2**53),
        "sent": _sent(asked.get("sent", [])),
        **{name: asked.get(name) is True for name in ("enter", "look", "leave")},
    }
    with connection.cursor() as cursor:
        cursor.execute("SELECT video_exchange(%s::jsonb)::text", [json.dumps(wanted)])
        answer: dict[str, Any] = json.loads(cursor.fetchone()[0])
    if asked.get("ice") is True and "rest" in answer:
        answer["ice"] = ice_servers(seat=f"{held.reference}-{held.party}", seconds=int(answer["rest"]))
    return answer


def _sent(given: Any) -> list[dict[str, Any]]:
    if not isinstance(given, list) or len(given) > MOST_MESSAGES:
        raise Unreadable("too many messages, or none")
    return [_message(one) for one in given]


def _message(one: Any) -> dict[str, Any]:
    if not isinstance(one, dict) or not isinstance(one.get("payload"), dict):
        raise Unreadable("not a message")
    payload, target = one["payload"], one.get("target", "")
    try:
        size = len(json.dumps(payload, ensure_ascii=False).encode())
    except UnicodeEncodeError:
        raise Unreadable("half a character") from None
    if size > _LONGEST_PAYLOAD or not _storable(payload):
        raise Unreadable("too long, or not storable")
    if target == "":
        note = payload.get("note")
        if set(payload) != {"note"} or not isinstance(note, str) or not 0 < len(note) <= LONGEST_NOTE:
            raise Unreadable("not a note")
    else:
        _session(target)
    return {"number": _number(one.get("number"), most=2**31 - 1), "target": target, "payload": payload}


def _storable(value: Any) -> bool:
    """No NUL anywhere: PostgreSQL takes none, also not escaped."""
    if isinstance(value, dict):
        return all(_storable(part) for pair in value.items() for part in pair)
    if isinstance(value, list):
        return all(_storable(part) for part in value)
    return not isinstance(value, str) or "\0" not in value


def _session(given: Any) -> str:
    if not isinstance(given, str) or not _SESSION.fullmatch(given):
        raise Unreadable("not a page's name")
    return given


def _number(given: Any, *, most: int) -> int:
    if not isinstance(given, int) or isinstance(given, bool) or not 0 <= given <= most:
        raise Unreadable("not a number")
    return given
