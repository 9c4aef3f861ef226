"""People: what they do next with a meeting, and when. Each meeting's pair has a stream of chance of its own."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from random import Random
from typing import Any

from expertim.simulation.asks import Ask
from expertim.simulation.cast import REASONS, Cast, Offer
from expertim.simulation.dates import another_start, moments, some_start
from expertim.simulation.model.acts import cancelling_fee
from expertim.simulation.model.world import OTHER, SETTLED, Life, end_of
from expertim.simulation.scheduler import DAY, HOUR, MINUTE, SECOND

MOST_TURNS = 16
MANNERS = ("honest", "honest", "honest", "hasty", "stale", "rivals", "silent", "hostile")
_SAID = ("smooth", "smooth", "smooth", "not_held_my_fault", "not_held_other_fault", "not_held_other_fault")


@dataclass(slots=True, kw_only=True)
class Pair:
    """The two of one meeting, by the number that their meeting will have."""

    number: int
    rng: Random
    by: str  # who proposes
    user: int
    offer: Offer
    manners: str
    begins: int
    turns: int = 0

    @property
    def expert(self) -> int:
        return self.offer.expert

    def person(self, by: str) -> int:
        return self.user if by == "user" else self.expert


def pair(*, seed: str, number: int, cast: Cast, begins: int) -> Pair:
    """Who they are and how they behave, drawn from their own stream."""
    rng = Random(f"{seed}/pair/{number}")
    offer = rng.choice(cast.offers)
    return Pair(
        number=number,
        rng=rng,
        by="user" if rng.random() < 0.75 else "expert",
        user=_somebody(rng, cast, offer.expert),
        offer=offer,
        manners=rng.choice(MANNERS),
        begins=begins,
    )


def _somebody(rng: Random, cast: Cast, expert: int) -> int:
    """Half of the time one of the expert's three regulars: first words are written once, acquaintance lasts."""
    others = [person for person in cast.parties if person != expert]
    if rng.random() < 0.5:
        return others[(expert * 5 + rng.randrange(3)) % len(others)]
    return rng.choice(others)


def next_turn(pair: Pair, life: Life, now: int) -> int | None:
    """When one of the two looks at the meeting again; None where neither will any more."""
    rng = pair.rng
    if pair.turns >= MOST_TURNS or life["state"] in ("cancelled", "expired"):
        return None
    if life["progress"] in SETTLED and (len(life["said"]) == 2 or rng.random() < 0.6):
        return None
    if pair.manners == "silent" and life["state"] == "agreed" and (door := _silent_door(pair, life)[0]) > now:
        return int(door) + rng.choice((0, 0, MINUTE, 4 * MINUTE))
    if life["joined"] and _door_is_open(life, now) and now < life["start"] and rng.random() < 0.7:
        return now + rng.choice((SECOND, 20 * SECOND, 2 * MINUTE))  # one waits; they may still move it
    if (forgotten := _forgotten(pair, life, now)) is not None and rng.random() < (0.25 if life["alternative"] else 0.6):
        return forgotten + rng.choice((-MINUTE, 5 * MINUTE, DAY, 2 * DAY, 2 * DAY))
    ahead = [each for each in moments(life) if each > now]
    chance = rng.random()
    if chance < 0.3 or not ahead:
        return now + rng.choice((SECOND, 40 * SECOND, 20 * MINUTE, 3 * HOUR, 11 * HOUR))
    at = ahead[0 if chance < 0.75 else min(len(ahead) - 1, rng.randrange(3))]
    return at + rng.choice((0, 0, -1, 1, -SECOND, 30 * SECOND, 5 * MINUTE))


def _forgotten(pair: Pair, life: Life, now: int) -> int | None:
    """Until when two may forget what they have agreed or left open: only time does anything with it meanwhile."""
    if life["alternative"]:
        return int(min(life["start"], life["alternative"][0]))
    far = life["state"] == "agreed" and life["start"] - now > DAY and pair.manners != "silent"
    return int(life["start"]) if far else None


# ---------------------------------------------------------------- what is done


def proposal(pair: Pair, now: int, known: bool) -> Ask:
    """P1, or P2 where the two know each other."""
    rng, offer = pair.rng, pair.offer
    if not known and rng.random() < 0.9:
        pair.by = "user"
    price, minutes = offer.price, offer.minutes
    if pair.by == "expert":
        price, minutes = rng.choice((price, 777, 0, price + 1)), rng.choice((minutes, 20))
    if pair.manners == "hostile" and rng.random() < 0.3:
        price = rng.choice((0, price + 1, -1))
    typed = {
        "role": pair.by,
        "field": offer.field,
        "other": pair.person(OTHER[pair.by]),
        "service": offer.number,
        "skill": "first" if rng.random() < 0.98 else "second",
        "start": some_start(rng, now),
        "price": price,
        "minutes": minutes,
        "acknowledge_overlap": rng.random() < 0.6,
    }
    return Ask(person=pair.person(pair.by), act="propose", meeting=pair.number, typed=typed, key=_key(rng))


def likely(pair: Pair, life: Life, now: int) -> list[tuple[str, str]]:
    """Who would do what now, the likelier the more often."""
    state, proposer = life["state"], next(iter(life["approved"]), "user")
    answers: list[tuple[str, str]] = []
    if life["alternative"]:
        author = life["alternative"][1]
        answers = [(OTHER[author], "alternative_confirm")] * 5 + [(OTHER[author], "alternative_reject")] * 3
        answers += [(author, "alternative_withdraw")] * 3
    if state == "awaiting_approval":
        other = OTHER[proposer]
        return [(other, "confirm")] * 8 + [(other, "reject")] * 2 + [(proposer, "withdraw")]
    if state == "rejected":
        return answers or [("user", "reschedule"), ("expert", "reschedule")]
    if state != "agreed":
        return [("user", "cancel")]
    if now >= end_of(life):
        return [("user", "evaluate"), ("expert", "evaluate")]
    if _door_is_open(life, now):
        move = [("user", "reschedule"), ("expert", "reschedule")] if life["joined"] and now < life["start"] else []
        return (answers if now < life["start"] else []) or [("user", "join"), ("expert", "join"), *move]
    answers = answers or [("user", "reschedule"), ("expert", "reschedule")] * 4
    return answers + [("user", "cancel")] * (8 if life["alternative"] else 4) + [("expert", "cancel")] * 2


def _door_is_open(life: Life, now: int) -> bool:
    return bool(life["start"] - life["policy"]["opens"] * MINUTE <= now)


_ANSWERS = ("confirm", "reject", "withdraw", "cancel", "reschedule", "join", "evaluate")
_ANY = (*_ANSWERS, "alternative_confirm", "alternative_reject", "alternative_withdraw")


def an_ask(pair: Pair, life: Life, now: int) -> Ask:
    """What one of the two asks for now, with what they see now."""
    rng = pair.rng
    by, act = rng.choice(likely(pair, life, now))
    if life["state"] == "agreed" and rng.random() < 0.5 and _on_a_line(life, now):
        by, act = "user", "cancel"
    if rng.random() < 0.08:
        by, act = rng.choice(("user", "expert")), rng.choice(_ANY)
    return asked(pair, life, now, by, act)


def _on_a_line(life: Life, now: int) -> bool:
    """Within a second of the start, or of the line from which on cancelling costs something."""
    return any(abs(life["start"] - hours * HOUR - now) <= SECOND for hours in (0, life["policy"]["free"]))


def asked(pair: Pair, life: Life, now: int, by: str, act: str) -> Ask:
    """That act, everything typed that a page would send."""
    rng = pair.rng
    typed: dict[str, Any] = {}
    if act in ("reject", "alternative_reject"):
        typed["reason"] = rng.choice((*REASONS, *REASONS, *REASONS, "because"))
    if act == "cancel":
        typed["reason"] = rng.choice(("Something came up", "I am ill", "Another time", " "))
        # A page may have been open for days; and the meeting may have stood nearer then than it does now.
        seen_at = now + rng.choice((0, 0, 0, 0, -3 * DAY, -3 * DAY, 3 * DAY))
        typed["seen_fee"] = cancelling_fee(life, seen_at) if by == "user" else rng.choice((None, 0))
    if act == "reschedule":
        typed["start"] = life["start"] if rng.random() < 0.3 else another_start(rng, life, now)
    if act == "confirm":
        typed["seen_start"] = life["start"]
    if act.startswith("alternative_"):
        typed["seen_start"] = life["alternative"][0] if life["alternative"] else None
    if act in ("confirm", "reschedule", "alternative_confirm"):
        typed["acknowledge_overlap"] = rng.random() < 0.6
    if act == "evaluate":
        typed |= _words(rng, by)
    if pair.manners == "hostile":
        _forge(rng, by, act, typed)
    return Ask(person=pair.person(by), act=act, meeting=pair.number, typed=typed, key=_key(rng))


def silent_join(pair: Pair, life: Life, now: int) -> Ask | None:
    """Of two who never say a word, one comes, or comes after the end only: what the log alone decides later (S5)."""
    begins, ends = _silent_door(pair, life)
    if life["state"] != "agreed" or life["joined"] or not begins <= now < ends or pair.number % 4 == 0:
        return None
    by = ("user", "expert")[pair.number % 2]
    return Ask(person=pair.person(by), act="join", meeting=pair.number, key=_key(pair.rng))


def _silent_door(pair: Pair, life: Life) -> tuple[int, int]:
    """From when until when the one who comes does."""
    if pair.number % 5 < 2:
        return end_of(life), end_of(life) + life["policy"]["closes"] * MINUTE
    return life["start"] - life["policy"]["opens"] * MINUTE, end_of(life)


def settled_by(pair: Pair, life: Life, operator: int) -> Ask:
    """X1, by an operator who is no party."""
    rng = pair.rng
    typed = {
        "outcome": rng.choice(SETTLED),
        "fee": rng.choice((0, life["price"], life["price"] // 3)),
        "note": "Both have been asked.",
    }
    return Ask(person=operator, act="settle", meeting=pair.number, typed=typed, key=_key(rng), operator=True)


def _words(rng: Random, by: str) -> dict[str, Any]:
    said = rng.choice(_SAID)
    if by == "expert":
        return {"progress": said} | ({"stars": 1} if rng.random() < 0.03 else {})
    stars = rng.choice((1, 5, 5, None)) if said == "smooth" else rng.choice((None, 2))
    return {"progress": said, "stars": stars, "review": rng.choice(("", "Very good.", "Helped me.", "\u200b"))}


def _forge(rng: Random, by: str, act: str, typed: dict[str, Any]) -> None:
    """Fields that no page of ours would send."""
    if rng.random() > (0.8 if act == "cancel" else 0.4):
        return
    if act == "cancel":
        typed["seen_fee"] = rng.choice((0, 1, None, -5))
    if "seen_start" in typed and typed["seen_start"] is not None:
        typed["seen_start"] += MINUTE
    if act == "reschedule":
        typed["start"] = rng.choice((typed["start"] + SECOND, typed["start"] - 400 * DAY))


def forged(pair: Pair, ask: Ask, *, parties: Iterable[int]) -> tuple[Ask, bool]:
    """A stranger's hand, a made-up meeting, or a used key with another body: then the true one goes first."""
    rng = pair.rng
    strangers = [one for one in parties if one not in (pair.user, pair.expert)]
    kind = rng.randrange(3)
    if kind == 0:
        return replace(ask, person=rng.choice(strangers), operator=False), False
    if kind == 1:
        return replace(ask, meeting=10_000_000 + pair.number, operator=False), False
    return replace(ask, typed=ask.typed | {"message": "more"}, operator=False), True


def _key(rng: Random) -> str | None:
    return f"k{rng.getrandbits(60):x}" if rng.random() < 0.8 else None


def rival_act(pair: Pair, life: Life, now: int, by: str) -> str:
    """What the other one does in the same instant."""
    mine = [act for who, act in likely(pair, life, now) if who == by]
    return pair.rng.choice(mine or ["cancel"])
