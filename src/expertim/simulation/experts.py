"""What experts do beside their meetings: taking no proposals for a while, and replying to words about them."""

from __future__ import annotations

from random import Random

from expertim.expertise import times
from expertim.reviews import actions as reviews
from expertim.simulation.actors import Pair
from expertim.simulation.asks import moment
from expertim.simulation.beside import Beside, Deed
from expertim.simulation.cast import Cast
from expertim.simulation.eyes import Eyes
from expertim.simulation.judge import Judge
from expertim.simulation.model import beside as rules
from expertim.simulation.model.world import World
from expertim.simulation.scheduler import DAY, HOUR, MINUTE, Scheduler
from expertim.site import replying

_REPLY = """SELECT machine.us(p.written_at), (SELECT count(*) FROM notifications_notice n
                     WHERE n.kind = 'review_replied' AND n.recipient_id = r.user_id
                       AND n.key = format('reply:%%s', r.id))
              FROM reviews_review r LEFT JOIN reviews_reply p ON p.review_id = r.id
             WHERE r.user_id = %s AND r.expert_id = %s"""


class Experts:
    def __init__(self, *, judge: Judge, eyes: Eyes, cast: Cast, scheduler: Scheduler, beside: Beside) -> None:
        self._judge = judge
        self._eyes = eyes
        self._cast = cast
        self._scheduler = scheduler
        self._beside = beside

    # -------- the pause

    def pause(self, pair: Pair, rng: Random) -> None:
        """Until the very moment at which somebody comes, or beyond it, or no longer."""
        expert = pair.expert
        pk = self._cast.people[expert].pk
        now = self._scheduler.platform
        until = rng.choice((now + MINUTE, now + HOUR, now + HOUR, now + 2 * HOUR, now + DAY, None, None))

        def unlike(world: World) -> list[str]:
            rows = self._eyes.rows(
                "SELECT machine.us(paused_until) FROM expertise_availability WHERE person_id = %s", pk
            )
            has, should = rows[0][0] if rows else None, world["paused"].get(expert)
            return [] if has == should else [f"expert {expert} pauses until {has}, should be {should}"]

        deed = Deed(
            words=("pause" if until else "pause ended", expert),
            call=lambda: times.pause(person=pk, until=moment(until) if until else None),
            tell=lambda world, at: rules.pause(world, expert, until),
            unlike=unlike,
        )
        self._beside.do(pair.number, deed)

    # -------- the right of reply

    def reply(self, pair: Pair, rng: Random) -> None:
        """To what a user has written, if they have; now and then taken back, or written anew; or a stranger tries."""
        written = sorted(self._judge.world["wrote"])
        user, expert = rng.choice(written) if written and rng.random() < 0.6 else (pair.user, pair.expert)
        own = rng.random() < 0.9
        by = expert if own else rng.choice([person for person in self._cast.parties if person != expert])
        self._beside.do(pair.number, self._replied(user, expert, by), then=lambda: self._again(pair, rng, user, expert))

    def _again(self, pair: Pair, rng: Random, user: int, expert: int) -> None:
        chance = rng.random()
        if chance < 0.4:
            deed = self._taken_back(user, expert) if chance < 0.2 else self._replied(user, expert, expert)
            wait = rng.choice((MINUTE, DAY))
            self._scheduler.at(self._scheduler.now + wait, lambda: self._beside.do(pair.number, deed))

    def _replied(self, user: int, expert: int, by: int) -> Deed:
        person, slug = self._cast.people[by], next(o.field for o in self._cast.offers if o.expert == expert)
        return Deed(
            words=("reply", by, user, expert),
            call=lambda: replying.reply(
                expert=person.pk,
                name=person.name,
                public_id=person.public_id,
                expertise=slug,
                review=self._review(user, expert),
                text="Thank you.",
            ),
            tell=lambda world, at: by == expert and rules.reply(world, expert, user, at),
            unlike=lambda world: self._unlike(world, user, expert),
        )

    def _taken_back(self, user: int, expert: int) -> Deed:
        pk = self._cast.people[expert].pk
        return Deed(
            words=("reply taken back", expert, user),
            call=lambda: reviews.take_back(expert=pk, review=self._review(user, expert)),
            tell=lambda world, at: rules.take_back(world, expert, user),
            unlike=lambda world: self._unlike(world, user, expert),
        )

    def _review(self, user: int, expert: int) -> int:
        rows = self._eyes.rows(
            "SELECT id FROM reviews_review WHERE user_id = %s AND expert_id = %s",
            self._cast.people[user].pk,
            self._cast.people[expert].pk,
        )
        return int(rows[0][0]) if rows else 0

    def _unlike(self, world: World, user: int, expert: int) -> list[str]:
        rows = self._eyes.rows(_REPLY, self._cast.people[user].pk, self._cast.people[expert].pk)
        has = tuple(rows[0]) if rows else (None, 0)
        should = world["replies"].get((user, expert)), world["told_of_replies"].count((user, expert))
        return [] if has == should else [f"reply of {expert} to {user}, and how often told: {has}, should be {should}"]
