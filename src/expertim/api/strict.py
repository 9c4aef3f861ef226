"""JSON as it may come in: UTF-8, no key twice, no number that is none, not nested without end."""

from __future__ import annotations

import json
from typing import Any

DEEPEST = 20
_LONGEST_NUMBER = 30


class Malformed(ValueError):
    """The body is not the JSON object it should be; the text says what is wrong, in English."""


def object_of(body: bytes) -> dict[str, Any]:
    """The object in a body; an empty body is an empty one. Raises Malformed."""
    if not body.strip():
        return {}
    try:
        read = json.loads(
            body.decode("utf-8"),
            object_pairs_hook=_once,
            parse_constant=_no_number,
            parse_int=_whole,
            parse_float=_fraction,
        )
    except UnicodeDecodeError:
        raise Malformed("The body is not UTF-8.") from None
    except RecursionError:
        raise Malformed("The body is nested too deeply.") from None
    except json.JSONDecodeError as error:
        raise Malformed(f"The body is not JSON: {error.msg} at character {error.pos}.") from None
    if not isinstance(read, dict):
        raise Malformed("The body must be a JSON object.")
    if _depth(read) > DEEPEST:
        raise Malformed("The body is nested too deeply.")
    return read


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, value in pairs:
        if name in found:  # readers disagree on which one counts
            raise Malformed("A key stands twice in the body.")
        found[name] = value
    return found


def _no_number(name: str) -> Any:
    raise Malformed(f"{name} is not a number in JSON.")


def _whole(digits: str) -> int:
    if len(digits) > _LONGEST_NUMBER:
        raise Malformed("A number in the body is too long.")
    return int(digits)


def _fraction(digits: str) -> float:
    if len(digits) > _LONGEST_NUMBER:
        raise Malformed("A number in the body is too long.")
    return float(digits)


def _depth(value: Any) -> int:
    deepest, waiting = 0, [(value, 1)]
    while waiting:
        one, depth = waiting.pop()
        deepest = max(deepest, depth)
        if isinstance(one, dict):
            waiting += [(inner, depth + 1) for inner in one.values()]
        elif isinstance(one, list):
            waiting += [(inner, depth + 1) for inner in one]
    return deepest
