"""By which door a request goes in: through the pages, by somebody's program, or by the personal link."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import Any

from expertim.simulation.actors import Pair
from expertim.simulation.asks import Ask, Product, microseconds
from expertim.simulation.judge import Judge
from expertim.simulation.model.time import due
from expertim.simulation.model.world import MINUTE, Life
from expertim.simulation.programs import SPOKEN, Programs
from expertim.simulation.scheduler import HOUR, SECOND, Scheduler
from expertim.simulation.wire import MailServer

PAGES = {"confirm", "reject", "withdraw", "cancel", "reschedule", "alternative_confirm", "alternative_reject"}
PAGES |= {"alternative_withdraw", "evaluate", "join", "propose"}
_BY_PAGE, _PROPOSED_BY_PAGE, _BY_PROGRAM, _BY_LINK = 0.06, 0.15, 0.12, 0.4
Then = Callable[[], object]
Do = Callable[..., object]


class Ways:
    """`do` makes a request and repeats it where its answer was lost, `stirred` sends a worker after it."""

    def __init__(
        self,
        *,
        judge: Judge,
        product: Product,
        programs: Programs,
        server: MailServer,
        scheduler: Scheduler,
        do: Do,
        stirred: Callable[[Ask], object],
    ) -> None:
        self._judge = judge
        self._product = product
        self._programs = programs
        self._server = server
        self._scheduler = scheduler
        self._do = do
        self._stirred = stirred

    def taken(self, pair: Pair, ask: Ask, life: Life | None, then: Then) -> bool:
        """Whether it went by one of these; else it goes straight to the actions, as pages and the API do."""
        chance = pair.rng.random()
        link = self._server.links.get((pair.number, _role(pair, ask))) if ask.act == "join" else None
        if link is not None and chance < _BY_LINK:
            self._by_link(pair, ask, link, then)
        elif pair.manners == "hostile" or ask.operator:
            return False
        elif chance < (_PROPOSED_BY_PAGE if ask.act == "propose" else _BY_PAGE) and ask.act in PAGES:
            return self._by_page(pair, ask, then)
        elif ask.act in SPOKEN and 1 - chance < _BY_PROGRAM:
            self._by_program(pair, ask, life, then)
        else:
            return False
        return True

    def _by_page(self, pair: Pair, ask: Ask, then: Then) -> bool:
        """Read the act's page now, send its form later, perhaps twice."""
        hidden = self._product.open_page(ask)
        self._judge.reads(ask.person)
        if hidden is None:
            return False
        shown = _shown(ask, hidden, _role(pair, ask))
        again = pair.rng.random() < 0.3
        wait = pair.rng.choice((0, 5 * SECOND, 10 * MINUTE, 3 * HOUR))

        def send() -> None:
            for _ in range(2 if again else 1):
                self._judge.judge_page(shown, lambda: self._product.press(shown, hidden))
            self._stirred(shown)
            then()

        self._scheduler.at(self._scheduler.now + wait, send)
        return True

    def _by_program(self, pair: Pair, ask: Ask, life: Life | None, then: Then) -> None:
        """Look at the meeting now, ask later: now and then only if nothing has happened to it meanwhile."""
        self._programs.open_to(ask.person)
        typed = dict(ask.typed)
        if life is not None:
            version = self._judge.looks(ask.person, pair.number)
            self._stirred(ask)
            if pair.rng.random() < 0.8:
                typed["seen_version"] = version
        sent = replace(ask, typed=typed, door="program")
        again = pair.rng.random() < 0.3 and ask.key is not None
        wait = pair.rng.choice((0, SECOND, 4 * HOUR, 9 * HOUR, 30 * HOUR))

        def send() -> None:
            self._do(pair, sent, then=None if again else then)
            if again:
                self._do(pair, sent, then=then)

        self._scheduler.at(self._scheduler.now + wait, send)

    def _by_link(self, pair: Pair, ask: Ask, link: str, then: Then) -> None:
        """The link out of the mail, opened now, its button pressed later; nobody has logged in."""
        hidden = self._product.open_link(link)
        self._judge.reads_by_link(ask.person, pair.number)
        self._judge.seen["link opened"] += 1
        if hidden is None:
            self._stirred(ask)
            then()
            return
        pressed = replace(ask, typed={}, key=hidden["key"])
        wait = pair.rng.choice((0, 20 * SECOND, 5 * MINUTE, 4 * HOUR, 10 * HOUR))

        def send() -> None:
            self._judge.judge_page(
                pressed, lambda: self._product.press_link(link, hidden), reader=lambda: self._rung_by_link(pair, ask)
            )
            self._stirred(pressed)
            then()

        self._scheduler.at(self._scheduler.now + wait, send)

    def _rung_by_link(self, pair: Pair, ask: Ask) -> bool:
        """T0: the door lets time do its work to whoever it is for where this meeting waits for it."""
        waiting = due(self._judge.world["lives"][pair.number])
        return bool(waiting) and waiting[0][0] <= self._scheduler.platform


def _role(pair: Pair, ask: Ask) -> str:
    return "user" if ask.person == pair.user else "expert"


def _shown(ask: Ask, hidden: dict[str, str], role: str) -> Ask:
    """The request that a page's form will make: with the terms that it shows, its key, and nothing forged."""
    typed: dict[str, Any] = {name: value for name, value in ask.typed.items() if not name.startswith("seen_")}
    if ask.act == "evaluate" and role == "expert":
        typed.pop("stars", None)  # theirs has no such field
    if "start" in typed:
        typed["start"] -= typed["start"] % MINUTE  # no page of ours takes seconds
    if ask.act == "propose" and typed["role"] == "user":
        typed |= {"price": int(hidden["seen_price"]), "minutes": int(hidden["seen_minutes"])}
    if "seen_fee" in hidden:
        typed["seen_fee"] = int(hidden["seen_fee"])
    if "seen_start" in hidden:
        typed["seen_start"] = microseconds(datetime.fromisoformat(hidden["seen_start"]))
    return Ask(person=ask.person, act=ask.act, meeting=ask.meeting, typed=typed, key=hidden["key"])
