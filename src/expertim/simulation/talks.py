"""Words between two: beginning, saying, reading, blocking, reporting, and the one letter for what stays unread."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from random import Random
from typing import Any

from expertim.chat import actions as chat_actions
from expertim.simulation.actors import Pair
from expertim.simulation.asks import Product
from expertim.simulation.beside import Beside, Deed
from expertim.simulation.cast import Cast
from expertim.simulation.eyes import Eyes
from expertim.simulation.judge import Broken, Judge
from expertim.simulation.model import beside as rules
from expertim.simulation.model.world import World, between, know_each_other
from expertim.simulation.scheduler import HOUR, MINUTE, SECOND, Scheduler
from expertim.site import chatting

_CHAT = """
SELECT jsonb_build_object(
    'said', (SELECT coalesce(jsonb_agg(jsonb_build_array(m.by_low, m.key, machine.us(m.at)) ORDER BY m.id), '[]')
               FROM mine m),
    'seen', jsonb_build_array((SELECT count(*) FROM mine m WHERE m.id <= c.low_read),
                              (SELECT count(*) FROM mine m WHERE m.id <= c.high_read)),
    'blocked', jsonb_build_array(c.low_blocked_at IS NOT NULL, c.high_blocked_at IS NOT NULL),
    'hidden', (SELECT coalesce(jsonb_agg(m.number ORDER BY m.number), '[]') FROM mine m WHERE m.hidden_at IS NOT NULL),
    'reported', (SELECT coalesce(jsonb_agg(m.number ORDER BY m.number), '[]')
                   FROM mine m JOIN chat_report r ON r.message_id = m.id),
    'settled', (SELECT coalesce(jsonb_agg(m.number ORDER BY m.number), '[]')
                  FROM mine m JOIN chat_report r ON r.message_id = m.id WHERE r.settled_at IS NOT NULL),
    'letters', (SELECT coalesce(jsonb_agg(jsonb_build_array(n.recipient_id, m.number) ORDER BY n.id), '[]')
                  FROM notifications_notice n JOIN mine m ON m.id = (n."values" ->> 'message')::bigint
                 WHERE n.recipient_id IN (c.low_id, c.high_id) AND n.kind = 'chat_message'))
  FROM chat_chat c WHERE c.low_id = %s AND c.high_id = %s"""
_MINE = """WITH mine AS MATERIALIZED (
    SELECT m.*, row_number() OVER (ORDER BY m.id) AS number FROM chat_message m JOIN chat_chat o ON o.id = m.chat_id
     WHERE o.low_id = %s AND o.high_id = %s)"""
_LETTERS = """
SELECT c.low_id, c.high_id, n.recipient_id, r.status,
       (SELECT count(*) FROM chat_message m WHERE m.chat_id = c.id AND m.id <= (n."values" ->> 'message')::bigint)
  FROM notifications_notice n JOIN chat_chat c ON c.public_id = n."values" ->> 'chat'
  LEFT JOIN outbox_row r ON r.key = format('notice:%%s:%%s', n.recipient_id, n.key)
 WHERE n.kind = 'chat_message' AND (%s::bigint IS NULL OR n.id = %s) ORDER BY n.id"""
_WAITS = (SECOND, MINUTE, 2 * MINUTE + 59 * SECOND, 3 * MINUTE, 4 * MINUTE, 20 * MINUTE, 5 * HOUR)


@dataclass(slots=True, kw_only=True)
class Talk:
    """One stretch of talking of a pair."""

    pair: Pair
    rng: Random
    left: int


class Talks:
    """Made before a run's first event: every other expert lets anybody begin."""

    def __init__(
        self, *, judge: Judge, eyes: Eyes, cast: Cast, product: Product, scheduler: Scheduler, beside: Beside
    ) -> None:
        self._judge = judge
        self._eyes = eyes
        self._cast = cast
        self._product = product
        self._scheduler = scheduler
        self._beside = beside
        self._whose: dict[tuple[Any, ...], int] = {}  # chats by the meeting whose faults they meet
        for expert in sorted({offer.expert for offer in cast.offers}):
            if expert % 2 == 0:
                chat_actions.welcome(person=cast.people[expert].pk, yes=True)
                cast.world["welcome"].add(expert)

    def begin(self, pair: Pair, rng: Random) -> None:
        """One of the two opens the page on which one begins to write, and may get no further."""
        writer, reader = _sides(pair, rng)
        self._whose.setdefault(between(writer, reader), pair.number)
        world = self._judge.world
        status = self._product.status_of(writer, f"/chats/with/{self._cast.people[reader].public_id}/")
        self._judge.reads(writer)
        may, there = rules.may_begin(world, writer, reader), between(writer, reader) in world["chats"]
        should = (302 if there else 200) if may else 403 if know_each_other(world, writer, reader) else 404
        if status != should:
            raise Broken("another answer of a page", [f"{writer} writes to {reader}: {status}, should be {should}"])
        self._judge.seen[f"chat begun: {should}"] += 1
        self._judge.note(writer, "begins to write to", reader, status)
        self._turn(Talk(pair=pair, rng=rng, left=rng.randrange(2, 8)), writer)

    # -------- turns

    def _turn(self, talk: Talk, person: int | None = None) -> None:
        talk.left -= 1
        rng = talk.rng
        one, other = _sides(talk.pair, rng)
        if person is not None and person != one:
            one, other = other, one
        deed = self._deed(rng, one, other)
        wait = rng.choice(_WAITS)

        def then() -> None:
            if rng.random() < 0.2:
                self._beside.do(talk.pair.number, deed)  # a double click
            if talk.left > 0:
                self._scheduler.at(self._scheduler.now + wait, lambda: self._turn(talk))

        self._beside.do(talk.pair.number, deed, then=then)

    def _deed(self, rng: Random, one: int, other: int) -> Deed:
        chance = rng.random()
        chat = self._judge.world["chats"].get(between(one, other))
        waiting = sorted(chat["reported"] - chat["settled"]) if chat else []
        if waiting and rng.random() < 0.6:  # operators do not wait long
            return self._report(rng, one, other, waiting[0])
        if chat is None or chance < 0.6:
            return self._say(one, other, rng)
        if chance < 0.78:
            return self._read(one, other, rng.randrange(len(chat["said"])) + 1 if chance < 0.63 else len(chat["said"]))
        if chance < 0.88:
            return self._bar(one, other, one not in chat["blocked"])
        if chance < 0.97:
            return self._report(rng, one, other, rng.randrange(len(chat["said"])) + 1)
        return self._welcome(other, rng.random() < 0.5)

    def _say(self, writer: int, reader: int, rng: Random) -> Deed:
        text, key = rng.choice(("Hello", "Thank you.", "When?", "Yes", " \u200b ")), f"t{rng.getrandbits(50):x}"
        people = self._cast.people

        def call() -> str:
            if not chatting.may_begin(person=people[writer].pk, other=people[reader].pk):
                return "nobody to write to"
            try:
                chatting.say(
                    writer=people[writer].pk,
                    writer_name=people[writer].name,
                    reader=people[reader].pk,
                    text=text,
                    key=key,
                )
            except chat_actions.Blocked:
                return "blocked"
            except chat_actions.Unsaid:
                return "unsaid"
            return "done"

        def tell(world: World, at: int) -> str:
            if not rules.may_begin(world, writer, reader):
                return "nobody to write to"
            rules.say(world, writer, reader, text, key, at)
            return "done"

        return self._about(writer, reader, "said", call, tell)

    def _read(self, person: int, other: int, number: int) -> Deed:
        chat, message = self._place(person, other, number)
        pk = self._cast.people[person].pk
        return self._about(
            person,
            other,
            "read",
            lambda: chatting.mark_read(person=pk, chat=chat, up_to=message),
            lambda world, at: rules.read(world["chats"][between(person, other)], person, number),
        )

    def _bar(self, person: int, other: int, yes: bool) -> Deed:
        chat, _ = self._place(person, other, 1)
        pk = self._cast.people[person].pk
        return self._about(
            person,
            other,
            "blocked" if yes else "unblocked",
            lambda: chat_actions.block(person=pk, chat=chat, yes=yes),
            lambda world, at: rules.bar(world["chats"][between(person, other)], person, yes),
        )

    def _report(self, rng: Random, person: int, other: int, number: int) -> Deed:
        """Of one that has been reported before, an operator's word instead."""
        chat, message = self._place(person, other, number)
        pk, operator, hide = self._cast.people[person].pk, self._cast.people[0].pk, rng.random() < 0.5
        found = self._eyes.rows("SELECT id FROM chat_report WHERE message_id = %s", message)
        if found:
            return self._about(
                person,
                other,
                "report settled",
                lambda: chat_actions.settle(report=found[0][0], by=operator, note="Seen.", hide=hide),
                lambda world, at: rules.settle_report(world["chats"][between(person, other)], number, hide),
            )
        return self._about(
            person,
            other,
            "reported",
            lambda: chat_actions.report(person=pk, chat=chat, message=message, reason="Rude"),
            lambda world, at: rules.report(world["chats"][between(person, other)], person, number),
        )

    def _welcome(self, person: int, yes: bool) -> Deed:
        pk = self._cast.people[person].pk

        def unlike(world: World) -> list[str]:
            has = bool(self._eyes.rows("SELECT 1 FROM chat_welcome WHERE person_id = %s", pk))
            should = person in world["welcome"]
            return [] if has is should else [f"anybody may write to {person}: {has}, should be {should}"]

        def tell(world: World, at: int) -> None:
            (world["welcome"].add if yes else world["welcome"].discard)(person)

        return Deed(
            words=("welcome", person, yes),
            call=lambda: chat_actions.welcome(person=pk, yes=yes),
            tell=tell,
            unlike=unlike,
        )

    # -------- what is there

    def _about(
        self, one: int, other: int, what: str, call: Callable[[], object], tell: Callable[[World, int], object]
    ) -> Deed:
        return Deed(
            words=(f"chat {what}", one, other),
            call=call,
            tell=tell,
            unlike=lambda world: self._unlike(world, *sorted((one, other))),
        )

    def _place(self, one: int, other: int, number: int) -> tuple[str, int]:
        """The chat's public id, and the message's id by its number."""
        low, high = sorted(self._cast.people[each].pk for each in (one, other))
        [row] = self._eyes.rows(
            "SELECT c.public_id, (SELECT id FROM chat_message m WHERE m.chat_id = c.id ORDER BY id OFFSET %s LIMIT 1)"
            " FROM chat_chat c WHERE c.low_id = %s AND c.high_id = %s",
            number - 1,
            low,
            high,
        )
        return str(row[0]), int(row[1])

    def _unlike(self, world: World, low: int, high: int) -> list[str]:
        pks = {person: self._cast.people[person].pk for person in (low, high)}
        rows = self._eyes.rows(_MINE + _CHAT, *pks.values(), *pks.values())
        chat = world["chats"].get(between(low, high))
        if chat is None or not rows:
            return [] if (chat is None) is (not rows) else [f"a chat of {low} and {high} is there: {bool(rows)}"]
        should = {
            "said": [[by == low, key, at] for by, key, at in chat["said"]],
            "seen": [chat["seen"].get(person, 0) for person in (low, high)],
            "blocked": [person in chat["blocked"] for person in (low, high)],
            **{name: sorted(chat[name]) for name in ("hidden", "reported", "settled")},
            "letters": [[pks[to], number] for to, number in chat["letters"]],
        }
        has = rows[0][0]
        return [
            f"{name} of the chat of {low} and {high} is {has[name]}, should be {value}"
            for name, value in should.items()
            if has[name] != value
        ]

    def letter(self, notice: int) -> int | None:
        """One at the wire: never early, never about what has been read; whose faults it meets, None for no such."""
        rows = self._eyes.rows(_LETTERS, notice, notice)
        if not rows:
            return None
        chat, reader, number = self._told_of(rows[0])
        _, _, said_at = chat["said"][number - 1]
        why = ["it has been read"] * (not rules.worth_a_letter(chat, reader, number))
        why += ["it comes before three minutes have passed"] * (self._scheduler.platform < said_at + rules.PATIENCE)
        if why:
            raise Broken("a mail that should not have been sent", [f"message {number} to {reader}", *why])
        self._judge.seen["chat letter at the wire"] += 1
        return self._whose[between(*(by for by in self._sides_of(rows[0])))]

    def unlike(self) -> Iterator[str]:
        """Every chat as the model has it; no letter withdrawn about what nobody has read."""
        for low, high in sorted(self._judge.world["chats"]):
            yield from self._unlike(self._judge.world, *sorted((low, high)))
        for row in self._eyes.rows(_LETTERS, None, None):
            chat, reader, number = self._told_of(row)
            if row[3] == "withdrawn":
                self._judge.seen["chat letter withdrawn"] += 1
                if rules.worth_a_letter(chat, reader, number):
                    yield f"the letter about message {number} to {reader} is withdrawn, but nobody has read it"

    def _sides_of(self, row: tuple[Any, ...]) -> tuple[int, int]:
        return self._eyes.person(row[0]), self._eyes.person(row[1])

    def _told_of(self, row: tuple[Any, ...]) -> tuple[dict[str, Any], int, int]:
        return self._judge.world["chats"][between(*self._sides_of(row))], self._eyes.person(row[2]), row[4]


def _sides(pair: Pair, rng: Random) -> tuple[int, int]:
    return (pair.user, pair.expert) if rng.random() < 0.6 else (pair.expert, pair.user)
