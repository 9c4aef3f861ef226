"""What can be drawn of a life, and a life told twice: by the core and by the model."""

from __future__ import annotations

import copy
from collections import Counter
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from typing import Any

from hypothesis import strategies as st

from expertim.credits.moves import Block, Close, posting
from expertim.meetings.facts import (
    PARTIES,
    Act,
    By,
    Command,
    Decision,
    Entry,
    Payment,
    Progress,
    Refused,
    Said,
    Situation,
    State,
    Terms,
    counterparty,
)
from expertim.meetings.lifecycle import SETTLED, cancellation_fee, decide, following, next_bell, possible, ring
from expertim.simulation.model import acts, time, world
from tests.make import DAY, END, HOUR, LONG_BEFORE, MINUTE, START, TICK, unproposed

# ---------------------------------------------------------------- what can be drawn


@dataclass(frozen=True, kw_only=True)
class Step:
    """One thing that happens: how the clock moves, who does what, and what they typed, as choices out of lists."""

    wait: str
    jump: int
    tick: int
    possible_only: bool
    who_does: int
    start: int
    said: Said
    stars: int | None
    review: str
    outcome: Progress
    fee_part: int
    honest: bool
    lie: int
    overlap: bool


steps = st.builds(
    Step,
    wait=st.sampled_from(["no", "no", "no", "some", "until a moment", "until a moment"]),
    jump=st.integers(0, 5),
    tick=st.sampled_from([0, -1, 1]),
    possible_only=st.sampled_from([True, True, True, False]),
    who_does=st.integers(0, 400),
    start=st.integers(0, 12),
    said=st.sampled_from(Said),
    stars=st.sampled_from([None, 1, 5]),
    review=st.sampled_from(["", "", "Good.", "Very good."]),
    outcome=st.sampled_from(sorted(SETTLED)),
    fee_part=st.integers(0, 5),
    honest=st.sampled_from([True, True, True, True, False]),
    lie=st.integers(0, 5),
    overlap=st.sampled_from([False, False, False, True]),
)
percents = st.sampled_from([0, 1, 1250, 2000, 3333, 5000, 9999, 10_000])
policies = st.fixed_dictionaries(
    {
        "free": st.sampled_from([48, 48, 24, 0, 72]),
        "late": percents,
        "commission": percents,
        "no_show": percents,
        "opens": st.sampled_from([15, 0, 90]),
        "closes": st.sampled_from([60, 0]),
        "reminder": st.sampled_from([24, 48]),
        "link": st.sampled_from([60, 30]),
        "evaluation": st.sampled_from([24, 1, 200]),
        "settlement": st.sampled_from([168, 168, 24, 48]),
        "bonus": st.sampled_from([500, 0, 1]),
    }
)


def terms_of(policy: dict[str, int]) -> Terms:
    return Terms(
        free_cancellation_hours=policy["free"],
        late_fee_percent=Decimal(policy["late"]) / 100,
        commission_percent=Decimal(policy["commission"]) / 100,
        no_show_fee_percent=Decimal(policy["no_show"]) / 100,
        join_opens_minutes=policy["opens"],
        join_closes_minutes=policy["closes"],
        reminder_hours=policy["reminder"],
        link_minutes=policy["link"],
        evaluation_reminder_hours=policy["evaluation"],
        settlement_hours=policy["settlement"],
        review_bonus=policy["bonus"],
    )


def us(moment: datetime) -> int:
    return (moment - LONG_BEFORE) // TICK


def plain(value: Any) -> Any:
    """Facts of a refusal in the model's terms; meetings in the way have no order there (O1)."""
    if isinstance(value, tuple) and all(isinstance(each, str) for each in value):
        return set(value)
    return us(value) if isinstance(value, datetime) else value


# Acts that a life goes on after are tried more often than those that end it.
LIKELY = {Act.CONFIRM: 6, Act.REJECT: 2, Act.RESCHEDULE: 3, Act.ALTERNATIVE_CONFIRM: 4, Act.JOIN: 2, Act.EVALUATE: 2}

# ---------------------------------------------------------------- a life, told twice


class World:
    """The core's telling and the model's, side by side."""

    def __init__(self, *, price: int, minutes: int, credits: int, policy: dict[str, int]) -> None:
        self.clock = LONG_BEFORE
        self.core = Situation(
            now=unproposed(), price=price, length_minutes=minutes, terms=terms_of(policy), available=credits
        )
        self.model = world.new_world(reasons=["because"])
        world.new_person(self.model, "user", credits)
        world.new_person(self.model, "expert", 0)
        self.model["lives"]["m-1"] = world.new_life(
            user="user", expert="expert", price=price, minutes=minutes, policy=policy
        )
        self.balances: Counter[str] = Counter({"user available": credits, "issuance None": -credits})
        self.entries: list[Entry] = []
        self.notices: list[Any] = []
        self.rooms: list[Any] = []
        self.blocks: list[Close | None] = []
        self.seen: set[Any] = set()

    # -------- the clock

    def moments(self) -> list[datetime]:
        """Every moment that means something to this meeting, and some that mean nothing."""
        facts, terms = self.core, self.core.terms
        found = [
            facts.start,
            facts.end,
            facts.start - terms.free_cancellation_hours * HOUR,
            facts.start - terms.reminder_hours * HOUR,
            facts.start - terms.link_minutes * MINUTE,
            facts.start - terms.join_opens_minutes * MINUTE,
            facts.end + terms.join_closes_minutes * MINUTE,
            facts.end + terms.evaluation_reminder_hours * HOUR,
            facts.end + terms.settlement_hours * HOUR,
        ]
        if facts.now.alternative:
            found.append(facts.now.alternative.start)
        bell = next_bell(facts)
        if bell:
            found.append(bell[0])
        return sorted(set(found))

    def move_clock(self, step: Step) -> None:
        if step.wait == "some":
            self.clock += [TICK, 7 * MINUTE, HOUR, 5 * HOUR, DAY, 11 * DAY][step.jump]
        if step.wait != "until a moment":
            return
        ahead = [moment for moment in self.moments() if moment + step.tick * TICK >= self.clock]
        if ahead:  # mostly the next, sometimes far ahead: the worker was off
            self.clock = ahead[min([0, 0, 0, 1, 2, 5][step.jump], len(ahead) - 1)] + step.tick * TICK

    # -------- what is asked

    def command(self, step: Step) -> tuple[Command, dict[str, Any]]:
        facts, at = self.core, self.clock
        every = [(by, act) for by in (*PARTIES, By.OPERATOR) for act in Act]
        offered = [(by, each.act) for by in By for each in possible(situation=facts, by=by, at=at)]
        choices = [each for each in offered for _ in range(LIKELY.get(each[1], 1))]
        if not step.possible_only or not offered:
            choices = every
        by, act = choices[step.who_does % len(choices)]
        whole = at.replace(second=0, microsecond=0)
        starts = [START, whole + MINUTE, whole + 20 * MINUTE, whole + HOUR, whole + 25 * HOUR, whole + 49 * HOUR]
        starts += [whole + 73 * HOUR, whole, whole - HOUR, whole + 4 * DAY, facts.start, facts.end, END + 3 * DAY]
        due = facts.start
        if act is not Act.CONFIRM and facts.now.alternative:
            due = facts.now.alternative.start
        fee: int | None = cancellation_fee(situation=facts, at=at) if by is By.USER else [None, 0][step.lie % 2]
        price, minutes, seen = facts.price, facts.length_minutes, [due, None][step.lie % 2]
        if not step.honest:
            fee, price, minutes = [None, 0, 1, 1250, price, fee][step.lie], price + step.lie % 2, minutes + step.lie % 3
            seen = due + step.lie * MINUTE
        words = by is By.USER or not step.honest
        fees = [0, 1, facts.price // 2, facts.price // 3 + 1, facts.price, facts.price + 1]
        typed = Command(
            act=act,
            by=by,
            at=at,
            start=starts[step.start] if act in (Act.PROPOSE, Act.RESCHEDULE) else None,
            reason="because",
            progress=step.said,
            stars=(step.stars or (5 if step.honest and step.said is Said.SMOOTH else None)) if words else None,
            review=step.review if words else "",
            outcome=step.outcome,
            fee=fees[step.fee_part],
            note="A note.",
            seen_start=seen,
            seen_fee=fee,
            seen_price=price,
            seen_minutes=minutes,
            acknowledge_overlap=step.lie > 2,
        )
        modelled = {
            "start": us(typed.start) if typed.start else None,
            "role": by,
            "progress": typed.progress,
            "stars": typed.stars,
            "review": typed.review,
            "outcome": typed.outcome,
            "fee": typed.fee,
            "seen_start": us(seen) if seen else None,
            "seen_fee": fee,
            "price": price,
            "minutes": minutes,
            "acknowledge_overlap": typed.acknowledge_overlap,
            "overlaps": ("m-7",) if step.overlap else (),
            "reason": "because" if step.honest else "out of thin air",
            "person": by if by in PARTIES or step.honest else "user",
        }
        return typed, modelled

    # -------- both do it

    def ring(self) -> None:
        while decision := ring(situation=self.core, at=self.clock):
            assert decision.at <= self.clock
            self.take(decision)
        time.pass_time(self.model, self.life, us(self.clock))

    def agree(self, by: By) -> None:
        """P1 or P2, and A1, at once and in earnest."""
        price, minutes = self.core.price, self.core.length_minutes
        self.both(
            Command(act=Act.PROPOSE, by=by, at=self.clock, start=START, seen_price=price, seen_minutes=minutes),
            {"overlaps": (), "person": by, "price": price, "minutes": minutes, "start": us(START)},
        )
        other = counterparty(by)
        self.both(Command(act=Act.CONFIRM, by=other, at=self.clock), {"overlaps": (), "person": other})

    def ask(self, step: Step) -> None:
        self.both(*self.command(step))

    def both(self, typed: Command, modelled: dict[str, Any]) -> None:
        facts = replace(
            self.core,
            overlaps=modelled["overlaps"],
            reason_listed=modelled.get("reason") in self.model["reasons"],
            by_a_party=typed.by is By.OPERATOR and modelled["person"] in PARTIES,
        )
        before = copy.deepcopy(self.model)
        if modelled["overlaps"]:
            self.put_in_the_way(typed, modelled)
        expected: Any = None
        try:
            given = {"by": typed.by, "person": modelled["person"], "act": typed.act, "at": us(typed.at)}
            acts.perform(self.model, self.life, **given, typed=modelled)
        except world.No as no:
            expected = (no.key, no.facts)
            self.model = before
        self.model["lives"].pop("m-7", None)
        try:
            decision = decide(situation=facts, command=typed)
        except Refused as refused:
            # What waits for an answer is named beside an overlap as a help; the rule (O1) knows of none.
            facts_said = {name: plain(value) for name, value in refused.facts.items() if name != "waiting"}
            answered: Any = (refused.key, facts_said)
            assert answered == expected, typed
            self.seen.add(refused.key)
            return
        assert expected is None, typed
        assert decision.at == typed.at
        self.seen.add((self.core.now.state, typed.by, typed.act))
        self.take(decision)

    def put_in_the_way(self, typed: Command, modelled: dict[str, Any]) -> None:
        """Another agreed meeting of the acting person at the time that the act is about (O1)."""
        given = self.life["start"]
        if typed.act is Act.ALTERNATIVE_CONFIRM and self.life["alternative"]:
            given = self.life["alternative"][0]
        other = copy.deepcopy(self.life)
        start = modelled.get("start") or given
        self.model["lives"]["m-7"] = other | {"user": modelled["person"], "state": "agreed", "start": start}

    @property
    def life(self) -> world.Life:
        life: world.Life = self.model["lives"]["m-1"]
        return life

    def take(self, decision: Decision) -> None:
        self.core = following(self.core, decision)
        self.entries += decision.entries
        self.notices += decision.notices
        self.rooms += [decision.room.value] if decision.room else []
        for move in decision.moves:
            written = posting(move, user=1, expert=2, cause="test", reference=None, at=decision.at)
            assert sum(leg["amount"] for leg in written["legs"]) == 0  # K1
            for leg in written["legs"]:
                owner = {1: "user", 2: "expert", None: None}[leg["wallet"]]
                name = f"{owner} {leg['account']}" if owner else f"{leg['account']} None"
                self.balances[name] += leg["amount"]
            if isinstance(move, Block):
                assert None not in self.blocks, "a second block beside an open one"
                self.blocks.append(None)
            if isinstance(move, Close):
                assert self.blocks, "nothing to close"
                assert self.blocks[-1] is None, "closed twice"
                self.blocks[-1] = move
        assert sum(self.balances.values()) == 0
        assert self.balances["user available"] >= 0
        assert self.balances["user blocked"] >= 0

    # -------- and agree

    def compare(self) -> None:
        now, life, wallets = self.core.now, self.life, self.model["wallets"]
        assert (now.state, now.payment, now.progress) == (life["state"], life["payment"], life["progress"])
        if now.state is not None:
            assert us(now.start) == life["start"]
        alternative = (us(now.alternative.start), now.alternative.author) if now.alternative else None
        assert alternative == life["alternative"]
        assert now.approved_by == life["approved"]
        assert {party: now.said_by(party) for party in PARTIES if now.said_by(party)} == life["said"]
        joined = zip(PARTIES, now.attended_at, strict=True)
        assert {party: us(moment) for party, moment in joined if moment} == life["joined"]
        assert [(entry.event, entry.by, us(entry.at)) for entry in self.entries] == life["timeline"]
        assert [(notice.kind, notice.to) for notice in self.notices] == [
            # of movements the shell tells (meetings/moved.py), not the core
            (kind, to)
            for kind, to in life["notices"]
            if kind != "credits_moved"
        ]
        assert self.rooms == life["rooms"]
        assert self.core.available == self.balances["user available"] == wallets["user"]["available"]
        assert self.balances["user blocked"] == wallets["user"]["blocked"]
        assert self.balances["expert available"] == wallets["expert"]["available"]
        assert self.balances["commission None"] == self.model["commission"]
        assert self.balances["bonus None"] == self.model["bonus"]
        assert [(end.amount - end.fee, end.fee) if end else None for end in self.blocks] == life["blocks"]

    def check_money_follows_state(self) -> None:
        """K3: credits are blocked exactly while the payment says so."""
        now = self.core.now
        assert (now.payment is Payment.BLOCKED) == (None in self.blocks)
        assert self.balances["user blocked"] == (self.core.price if now.payment is Payment.BLOCKED else 0)
        if now.payment in (Payment.PAID, Payment.REIMBURSED):
            last = self.blocks[-1]
            assert last is not None
            assert last.fee > 0
        if self.core.price == 0 and now.state is not None:
            assert now.payment is Payment.FREE
            assert not self.blocks

    def check_nothing_is_left_behind(self) -> None:
        """T0: what was due has been done, and what comes next lies ahead."""
        bell = next_bell(self.core)
        assert bell is None or bell[0] > self.clock
        if self.core.now.alternative:
            assert self.core.now.state in (State.AGREED, State.REJECTED)
            assert self.clock < min(self.core.start, self.core.now.alternative.start)
