"""Reading what is in the database, in the model's terms, over a connection that nothing goes wrong with."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import Any

import psycopg

from expertim.simulation.model.time import due
from expertim.simulation.model.world import MINUTE, Life, World, end_of

# All that one comparison needs in one statement: meetings by their public ids, wallets by their people's.
_THERE = """
SELECT m.public_id, NULL::bigint, jsonb_build_object(
    'user', m.user_id, 'expert', m.expert_id, 'price', m.price, 'minutes', m.length_minutes,
    'state', m.state, 'payment', m.payment, 'progress', m.progress, 'start', machine.us(m.starts_at),
    'approved', to_jsonb(m.approved_by),
    'alternative', CASE WHEN m.alternative_at IS NULL THEN NULL
                   ELSE jsonb_build_array(machine.us(m.alternative_at), m.alternative_by) END,
    'dates', m.generation, 'alarm', machine.us(m.alarm_at),
    'said', (SELECT coalesce(jsonb_object_agg(party, progress), '{}') FROM meetings_statement WHERE meeting_id = m.id),
    'joined', (SELECT coalesce(jsonb_object_agg(party, first), '{}') FROM (
                 SELECT party, min(machine.us(at)) AS first FROM meetings_attendance
                  WHERE meeting_id = m.id AND generation = m.generation GROUP BY party) j),
    'timeline', (SELECT coalesce(jsonb_agg(jsonb_build_array(event, by, machine.us(at)) ORDER BY sequence), '[]')
                   FROM meetings_timelineevent WHERE meeting_id = m.id),
    'notices', (SELECT coalesce(jsonb_agg(jsonb_build_array(kind, recipient_id) ORDER BY id), '[]')
                  FROM notifications_notice WHERE reference = m.id),
    'room', (SELECT jsonb_build_array(wanted, generation, machine.us(opens_at), machine.us(closes_at))
               FROM video_room WHERE reference = m.id),
    'rooms', (SELECT coalesce(jsonb_agg(payload ->> 'act' ORDER BY id), '[]')
                FROM outbox_row WHERE reference = m.id AND kind = 'room'),
    'blocks', (SELECT coalesce(jsonb_agg(CASE WHEN closed_by_id IS NULL THEN NULL
                                         ELSE jsonb_build_array(returned, deducted) END ORDER BY id), '[]')
                 FROM credits_block WHERE reference = m.id))
  FROM meetings_meeting m WHERE m.public_id = ANY (%s)
UNION ALL
SELECT NULL, person_id, jsonb_build_array(available, blocked) FROM credits_wallet WHERE person_id = ANY (%s)"""
# What the model tells of; kinds that other rooms add beside these are theirs.
KINDS = frozenset(
    [
        "meeting_proposed",
        "meeting_agreed",
        "meeting_rejected",
        "meeting_withdrawn",
        "meeting_canceled_by_user",
        "meeting_cancellation_by_user",
        "meeting_cancelled_by_expert",
        "rescheduling_agreed_by_user",
        "rescheduling_agreed_by_expert",
        "rescheduling_rejected_by_user",
        "rescheduling_rejected_by_expert",
        "alternative_confirmed",
        "alternative_rejected",
        "alternative_withdrawn",
        "alternative_lapsed",
        "meeting_expired",
        "meeting_reminder",
        "meeting_link",
        "evaluation_reminder",
        "meeting_settled",
        "meeting_disputed",
        "dispute_settled",
        "credits_moved",
    ]
)


class Eyes:
    """`ids` are the people's by the model's numbers, `names` the meetings' public ids by theirs."""

    def __init__(self, *, connection: psycopg.Connection[Any], ids: list[int], operators: tuple[int, ...]) -> None:
        self._connection = connection
        self._ids = ids
        self._operators = operators
        self.names: dict[int, str] = {}
        self._numbers: dict[str, int] = {}

    def differences(self, world: World, *, meetings: Iterable[int], people: Iterable[int]) -> list[str]:
        """In what the database is not as the model says, in sentences."""
        wanted, whose = sorted(meetings), sorted(people)
        there, wallets = self._there([self.names[number] for number in wanted if number in self.names], whose)
        found: list[str] = []
        for number in wanted:
            life, row = world["lives"].get(number), there.get(self.names.get(number, ""))
            if life is None or row is None:
                found += [f"meeting {number} is there: {row is not None}; it should be: {life is not None}"] * (
                    (life is None) != (row is None)
                )
            else:
                found += [f"meeting {number}: {each}" for each in self._unlike(life, row)]
        for number in whose:
            wallet = world["wallets"][number]
            has, should = wallets[self._ids[number]], (wallet["available"], wallet["blocked"])
            if has != should:
                found.append(f"person {number} has {has}, should have {should} (available, blocked)")
        return found

    def number_of(self, public_id: str) -> int:
        if public_id not in self._numbers:
            self._numbers = {name: number for number, name in self.names.items()}
        return self._numbers[public_id]

    def person(self, pk: int) -> int:
        """By the model's number."""
        return self._ids.index(pk)

    def unknown(self, *, user: int) -> str | None:
        """A meeting of theirs that nobody has told us of: the answer to its proposal was lost."""
        row = self._connection.execute(
            "SELECT public_id FROM meetings_meeting WHERE user_id = %s AND public_id <> ALL (%s)",
            [self._ids[user], list(self.names.values())],
        ).fetchone()
        return row[0] if row else None

    def remembers(self, key: str | None) -> bool:
        """Z1: whether a request with that key has taken effect."""
        return bool(self.rows("SELECT 1 FROM meetings_request WHERE key = %s", key))

    def alarms(self, numbers: list[int]) -> dict[int, int | None]:
        """When the product means to look at these meetings again."""
        rows = dict(
            self._connection.execute(
                "SELECT public_id, machine.us(alarm_at) FROM meetings_meeting WHERE public_id = ANY (%s)",
                [[self.names[number] for number in numbers]],
            ).fetchall()
        )
        return {number: rows.get(self.names[number]) for number in numbers}

    def next_wake(self, *, platform_beside: int, machine_beside: int, kinds: list[str]) -> int | None:
        """The virtual time at which the next open row can be taken in hand; None where nothing is open."""
        row = self._connection.execute(
            """SELECT min(greatest(machine.us(due_at) - %s,
                                   coalesce(machine.us(greatest(retry_at, lease_until)) - %s, 0)))
                 FROM outbox_row WHERE status IN ('waiting', 'leased') AND kind = ANY (%s)""",
            [platform_beside, machine_beside, kinds],
        ).fetchone()
        return row[0] if row else None

    def rows(self, statement: str, *given: Any) -> list[tuple[Any, ...]]:
        return self._connection.execute(statement, list(given) or None).fetchall()

    def _there(
        self, names: list[str], people: list[int]
    ) -> tuple[dict[str, dict[str, Any]], dict[int, tuple[int, int]]]:
        whose = [self._ids[number] for number in people]
        rows = self._connection.execute(_THERE, [names, whose], prepare=True).fetchall()
        wallets = {person: tuple(amounts) for _, person, amounts in rows if person is not None}
        return {name: row for name, _, row in rows if name is not None}, wallets

    def _unlike(self, life: Life, row: dict[str, Any]) -> list[str]:
        told = {"user": self._ids[life["user"]], "expert": self._ids[life["expert"]]}
        recipients = Counter(
            (kind, person)
            for kind, to in life["notices"]
            for person in ([told[to]] if to in told else [self._ids[number] for number in self._operators])
        )
        should = {
            "user": told["user"],
            "expert": told["expert"],
            **{name: life[name] for name in ("price", "minutes", "state", "payment", "progress", "start", "dates")},
            "approved": sorted(life["approved"]),
            "alternative": list(life["alternative"]) if life["alternative"] else None,
            "said": life["said"],
            "joined": life["joined"],
            "timeline": [list(each) for each in life["timeline"]],
            "rooms": life["rooms"],
            "room": _room(life),
            "blocks": [list(each) if each else None for each in life["blocks"]],
        }
        has = row | {"approved": sorted(row["approved"])}
        found = [f"{name} is {has[name]}, should be {value}" for name, value in should.items() if has[name] != value]
        notices = Counter((kind, person) for kind, person in row["notices"] if kind in KINDS)
        for (kind, person), count in sorted(((notices - recipients) + (recipients - notices)).items()):
            what = "too often" if notices[kind, person] > recipients[kind, person] else "too rarely"
            found.append(f"{kind} told to person {self.person(person)} {count} × {what}")
        return found + _late_alarm(life, row["alarm"])


def _room(life: Life) -> list[int | bool] | None:
    """What must be wanted of the room: there for the date in force and only while the meeting is agreed."""
    if not life["rooms"]:
        return None
    opens = life["start"] - life["policy"]["opens"] * MINUTE
    return [life["state"] == "agreed", life["dates"], opens, end_of(life) + life["policy"]["closes"] * MINUTE]


def _late_alarm(life: Life, alarm: int | None) -> list[str]:
    """T1-T6: the product must look again no later than something is due."""
    waiting = due(life)
    if waiting and (alarm is None or alarm > waiting[0][0]):
        return [f"{waiting[0][1]} is due at {waiting[0][0]}, but the alarm is set to {alarm}"]
    return []
