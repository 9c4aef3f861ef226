"""The only writer of meetings: lock, gather the facts, let the core decide, write, commit.

Nothing outside happens in here; what must happen outside is a row that the same transaction writes.
"""

from __future__ import annotations

import hashlib
import json
import logging
import random
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from functools import wraps
from typing import Any, ParamSpec, TypeVar

from django.db import OperationalError, connection

from expertim.foundation.exchange import Exchange, exchanged
from expertim.foundation.ids import public_id
from expertim.meetings.facts import Act, By, Command, Decision, Payment, Refused, Situation, Standing, Terms
from expertim.meetings.lifecycle import DATE_GIVEN, decide, following, possible, ring
from expertim.meetings.queries import due_meetings
from expertim.meetings.rows import Row, Writing, moment, situation_of, stood_row, terms_of, terms_row
from expertim.meetings.typed import checked, checked_key, checked_offer

log = logging.getLogger(__name__)

P = ParamSpec("P")
T = TypeVar("T")

_TRY_AGAIN = {"40001", "40P01", "55P03"}  # serialization, deadlock, lock timeout
_TRIES = 4
_ROUND = 200
_MOST_ROUNDS = 50  # of catching up for one page: a bell that nobody can ring must not hold its reader for ever


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What a request did; the same again for the same key."""

    meeting: str
    act: Act
    values: Row
    stood: Row  # what the act left behind, for `queries.meeting_for`: the same answer to every repeat
    repeated: bool = False


def propose(
    *,
    person: int,
    role: By,
    expertise: str,
    other: str,
    service: str,
    skill: str,
    start: Any,
    price: int,
    minutes: int,
    message: str = "",
    acknowledge_overlap: bool = False,
    key: str | None = None,
    scope: str = "",
) -> Outcome:
    """Propose a meeting: P1 as a user (price and minutes as seen), P2 as an expert (price and minutes as typed).

    `person` is the sender's id, `other` and `service` public ids, `skill` and `expertise` slugs, `price` hundredths.
    Raises Refused; nothing has changed then.
    """
    typed = checked(Act.PROPOSE, {"start": start, "message": message})
    if role is By.EXPERT:
        checked_offer(minutes=minutes, price=price)
    said = typed["message"], acknowledge_overlap
    ask = _ask(
        person=person,
        key=key,
        scope=scope or "propose",
        content=[role, expertise, other, service, skill, typed["start"], price, minutes, *said],
        role=role,
        expertise=expertise,
        other=other,
        service=service,
        skill=skill,
        start=typed["start"].isoformat(),
        price=price,
        minutes=minutes,
    )
    command = {
        **typed,
        "seen_price": price,
        "seen_minutes": minutes,
        "acknowledge_overlap": acknowledge_overlap,
    }
    return _with_what_is_due(person, lambda: _proposed(ask, role, command))


def perform(
    *,
    person: int,
    meeting: str,
    act: Act,
    key: str | None = None,
    scope: str = "",
    operator: bool = False,
    seen_version: int | None = None,
    **typed: Any,
) -> Outcome:
    """Do one act of the rules table to a meeting (public id), as one of its parties or as an operator.

    `typed` are the fields of facts.Command. With `seen_version`, nothing may have happened to the meeting since: else
    it is refused as "changed_meanwhile". What time has done meanwhile is written first, even if the act is then
    refused (T0). Raises Refused("not_found") for what is not there or not this person's, else Refused with the rule's
    key; `state` and `possible` then say what there is.
    """
    command = checked(act, typed)
    ask = _ask(
        person=person,
        key=key,
        scope=scope or f"{meeting}:{act}",
        content=[meeting, act, operator, sorted(command.items())],
        operator=operator,
        meeting=meeting,
        date=DATE_GIVEN.get(act),
        start=command["start"].isoformat() if command.get("start") else None,
        reason=command.get("reason") if act in (Act.REJECT, Act.ALTERNATIVE_REJECT) else None,
    )
    return _with_what_is_due(person, lambda: _performed(ask, act, command, seen_version))


def ring_due(*, limit: int = 100, person: int | None = None) -> int:
    """Do what time has done to meetings (T1-T6): the next `limit` due ones, or one person's (T0). Answers how many.

    A batch that fails is repeated one by one, so that one bad meeting delays nobody.
    """
    try:
        return _rung(limit, person, None)
    except OperationalError:
        raise
    except Exception:
        log.exception("A batch of due meetings failed; repeating them one by one")
        return sum(_rung_alone(meeting) for meeting in due_meetings(limit=limit, person=person))


def catch_up(*, person: int | None = None) -> bool:
    """T0 for an operator, who reads the meetings of others: all that is due, or one person's, has been done after it.

    True where there was anything to do: what has been read before is stale then.
    """
    if not due_meetings(limit=1, person=person):
        return False
    for _round in range(_MOST_ROUNDS):
        if not ring_due(limit=_ROUND, person=person):
            break
    return True


def forget_requests(*, limit: int = 1000) -> int:
    """Drop request keys that nobody repeats any more (Z1: kept at least 24 h, with us 30 days). Answers how many."""
    return int(_call("meetings_forget_requests", {"limit": limit}))


def _with_what_is_due(person: int, work: Callable[[], Outcome]) -> Outcome:
    """T0 for credits: what time should have given back by now counts, although its meeting has not been rung yet."""
    try:
        return work()
    except Refused as refusal:
        if refusal.key != "insufficient_credits" or not ring_due(person=person):
            raise
    return work()


def _rung_alone(meeting: int) -> int:
    try:
        return _rung(1, None, meeting)
    except OperationalError:
        raise
    except Exception:
        log.exception("Meeting %s cannot be rung", meeting)
        return 0


def _retried(work: Callable[P, T]) -> Callable[P, T]:
    """Repeat the whole work where the database asks for it; anything it had begun has been rolled back."""

    @wraps(work)
    def repeated(*args: P.args, **kwargs: P.kwargs) -> T:
        for turn in range(1, _TRIES + 1):
            try:
                return work(*args, **kwargs)
            except OperationalError as error:
                if getattr(error.__cause__, "sqlstate", None) not in _TRY_AGAIN or turn == _TRIES:
                    raise
                time.sleep(random.uniform(0, 0.05 * turn))
        raise AssertionError("unreachable")

    return repeated


@_retried
def _proposed(ask: Row, role: By, typed: Row) -> Outcome:
    with exchanged() as exchange:
        found = exchange.call("meetings_read_new", ask)
        if (outcome := _known(found, Act.PROPOSE)) is not None:
            return outcome
        user, expert = (ask["person"], found["other"])[:: 1 if role is By.USER else -1]
        at = _at(found)
        situation = Situation(
            now=Standing(state=None, payment=Payment.NOT_BLOCKED, start=typed["start"]),
            price=found["price"] or 0,
            length_minutes=found["minutes"] or 0,
            terms=terms_of(found["terms"]) if found["expertise"] else Terms(),
            available=found["available"] or 0,
            overlaps=tuple(found["overlaps"]),
            waiting=tuple(found["waiting"]),
            not_offered=found["not_offered"],
            paused_until=moment(found["paused_until"]),
        )
        decision = decide(situation=situation, command=Command(act=Act.PROPOSE, by=role, at=at, **typed))
        row: Row = {
            "id": found["id"],
            "public_id": public_id(),
            "expertise_id": found["expertise"],
            "user_id": user,
            "expert_id": expert,
            "service_id": found["service"],
            "skill_id": found["skill"],
            "service_kind": found["service_kind"],
            "service_title": found["service_title"],
            "skill_name": found["skill_name"],
            "terms": terms_row(situation.terms),
            "price": situation.price,
            "length_minutes": situation.length_minutes,
            "proposed_at": at.isoformat(),
            "version": 0,
        }
        writing = Writing()
        writing.add(row=row, situation=situation, decision=decision, person=ask["person"], by=role)
        situation = following(situation, decision)
        writing.change(row=row, situation=situation, proposed=True)
        return _written(exchange, writing, ask, row, Act.PROPOSE, situation, at)


@_retried
def _performed(ask: Row, act: Act, typed: Row, seen_version: int | None = None) -> Outcome:
    with exchanged() as exchange:
        found = exchange.call("meetings_read", ask)
        if (outcome := _known(found, act)) is not None:
            return outcome
        row, by, at = found["situation"], By(found["by"]), _at(found)
        read = situation_of(
            row,
            overlaps=tuple(found.get("overlaps", ())),
            waiting=tuple(found.get("waiting", ())),
            reason_listed=ask["reason"] is None or found["reason_text"] is not None,
            by_a_party=ask["person"] in (row["user_id"], row["expert_id"]),
        )
        writing = Writing()
        situation = _ring_all(writing, row, read, at)
        try:
            if seen_version not in (None, row["version"]):
                raise Refused("changed_meanwhile")
            decision = decide(situation=situation, command=Command(act=act, by=by, at=at, **typed))
        except Refused as refusal:
            refused = _explained(refusal, situation, by, at)
        else:
            writing.add(
                row=row,
                situation=situation,
                decision=_worded(decision, found.get("reason_text")),
                person=ask["person"],
                by=by,
            )
            # Agreed within the hour before the start: the link is due at once (T4).
            situation = _ring_all(writing, row, following(situation, decision), at)
            writing.change(row=row, situation=situation)
            return _written(exchange, writing, ask, row, act, situation, at)
        if situation is not read:  # else nothing was due, and nothing is kept
            writing.change(row=row, situation=situation)
            exchange.last("meetings_write", writing.asked)
    raise refused


@_retried
def _rung(limit: int, person: int | None, meeting: int | None) -> int:
    with exchanged() as exchange:
        found = exchange.call("meetings_read_due", {"limit": limit, "person": person, "meeting": meeting})
        if not found["situations"]:
            return 0
        at = _at(found)
        writing = Writing()
        for row in found["situations"]:
            writing.change(row=row, situation=_ring_all(writing, row, situation_of(row), at))
        exchange.last("meetings_write", writing.asked)
    return len(found["situations"])


def _ring_all(writing: Writing, row: Row, situation: Situation, at: datetime) -> Situation:
    """T0: everything that time has done by now, in its order."""
    while (decision := ring(situation=situation, at=at)) is not None:
        writing.add(row=row, situation=situation, decision=decision, person=None, by=By.PLATFORM)
        situation = following(situation, decision)
    return situation


def _known(found: Row, act: Act) -> Outcome | None:
    """What needs no judging: a stranger's meeting, or a key that came before (Z1)."""
    if found.get("unknown"):
        raise Refused("not_found")
    if "repeat" not in found:
        return None
    if not found["repeat"]:
        raise Refused("idempotency_key_reused")
    answer = found["answer"]
    return Outcome(
        meeting=answer["meeting"], act=act, values=answer["values"], stood=answer.get("stood", {}), repeated=True
    )


def _written(
    exchange: Exchange, writing: Writing, ask: Row, row: Row, act: Act, situation: Situation, at: datetime
) -> Outcome:
    values = {name: row[name] for name in ("state", "payment", "progress", "version")}
    stood = stood_row(row, situation=situation, at=at)
    writing.remember(ask=ask, answer={"meeting": row["public_id"], "values": values, "stood": stood})
    exchange.last("meetings_write", writing.asked)
    return Outcome(meeting=row["public_id"], act=act, values=values, stood=stood)


def _explained(refusal: Refused, situation: Situation, by: By, at: datetime) -> Refused:
    """The refusal with what there is instead: the status, and what can be done now."""
    return Refused(
        refusal.key,
        **refusal.facts,
        state=situation.now.state,
        possible=possible(situation=situation, by=by, at=at),
    )


def _worded(decision: Decision, reason_text: Any) -> Decision:
    """Keep the chosen reason's words beside its code: the list may change, the timeline does not."""
    if reason_text is None:
        return decision
    first, *others = decision.entries
    return replace(decision, entries=(replace(first, values=(*first.values, ("reason_text", reason_text))), *others))


def _ask(*, person: int, key: str | None, scope: str, content: list[Any], **facts: Any) -> Row:
    fingerprint = hashlib.sha256(json.dumps(content, default=str).encode()).hexdigest()
    key = checked_key(key) if key is not None else None
    return {"person": person, "key": key, "scope": scope, "fingerprint": fingerprint, **facts}


def _at(found: Row) -> datetime:
    at = moment(found["now"])
    if at is None:
        raise ValueError("the platform's clock has not answered")
    return at


def _call(function: str, asked: Row) -> Any:
    """One of our SQL functions by itself, with JSON both ways."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {function}(%s::jsonb)", [json.dumps(asked)])
        answer = cursor.fetchone()[0]
    return json.loads(answer) if answer else None  # a function without an answer answers an empty text
