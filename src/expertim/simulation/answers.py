"""Whether the product's answer is the model's: what was refused and why, and what a program was told of its meeting."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from expertim.simulation.asks import Answer, Ask
from expertim.simulation.model.world import MINUTE, SETTLED, Life, end_of
from expertim.simulation.programs import hundredths, of_moment

_COMPARED = ("missing", "fee", "price", "minutes", "start", "meetings")
_STATUS = {"not_found": 404, "changed_meanwhile": 412, "invalid": 422}  # all else that is refused is 409


def unlike_meeting(body: dict[str, Any], life: Life, role: str, *, act: str | None) -> list[str]:
    """In what an answer is not what the rules say of the meeting to one of its parties."""
    if act == "join":
        opens = life["start"] - life["policy"]["opens"] * MINUTE
        should: dict[str, Any] = {"opens_at": opens, "closes_at": end_of(life) + life["policy"]["closes"] * MINUTE}
        has = {name: of_moment(body[name]) for name in should}
    else:
        open_to_both = life["progress"] in (*SETTLED, "disputed")
        other = life["alternative"]
        should = {
            **{name: life[name] for name in ("payment", "progress", "minutes", "start", "price")},
            "status": life["state"],
            "my_role": role,
            "approved_by": sorted(life["approved"]),
            "alternative": other,
            "said": {by: life["said"].get(by) if by == role or open_to_both else None for by in ("user", "expert")},
        }
        has = {name: body[name] for name in should} | {
            "start": of_moment(body["start"]),
            "price": hundredths(body["price"]),
            "alternative": body["alternative"]
            and (of_moment(body["alternative"]["start"]), body["alternative"]["author"]),
        }
    return [f"{name} is {has[name]}, should be {value}" for name, value in should.items() if has[name] != value]


class Answers:
    """Remembers what programs were told, by their keys: the same again is to be told the same."""

    def __init__(self) -> None:
        self._told: dict[tuple[int, str, int, str], dict[str, Any]] = {}

    def unlike(self, ask: Ask, got: Answer, told: Answer, *, life: Life | None) -> Iterator[str]:
        """In what they differ; `life` is the meeting as the act has left it."""
        # No program is told that it repeats itself, nor at a door which version it has come to.
        repeated = told.repeated and ask.door == "actions"
        version = None if (ask.door, ask.act) == ("program", "join") else told.version
        for name, has, should in (
            ("the answer", got.key, told.key),
            ("repeated", got.repeated, repeated),
            ("version", got.version, version),
            *((name, got.facts.get(name), told.facts.get(name)) for name in _COMPARED),
        ):
            if has != should:
                yield f"{name} is {has}, should be {should}"
        fields = [each[0] for each in told.facts.get("errors", ())]
        if fields and fields != [each[0] for each in got.facts.get("errors", ())]:
            yield f"the wrong fields are {got.facts.get('errors')}, should be {fields}"
        if ask.door == "program":
            yield from self._unlike_of_a_program(ask, got, told, life)

    def _unlike_of_a_program(self, ask: Ask, got: Answer, told: Answer, life: Life | None) -> Iterator[str]:
        done = 201 if ask.act == "propose" else 200
        should = _STATUS.get(told.key, 409) if told.key else done
        if got.status != should:
            yield f"the status is {got.status}, should be {should}"
        if told.key == "not_possible_now" and life is not None and got.facts.get("status") != life["state"]:
            yield f"it says that the meeting is {got.facts.get('status')}, not {life['state']}"
        if told.key is not None or life is None:
            return
        place = ask.person, ask.act, ask.meeting, ask.key or ""
        if not told.repeated:
            role = "user" if ask.person == life["user"] else "expert"
            yield from unlike_meeting(got.body, life, role, act=ask.act)
            self._told[place] = got.body
        elif got.body != self._told.get(place, got.body):
            yield f"another answer to the same key: {got.body}"
