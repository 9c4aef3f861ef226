"""The page on a meeting's life: the rules table as the code has it, each cell tried out on plausible meetings."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from expertim.meetings.facts import (
    PARTIES,
    Act,
    Alternative,
    Bell,
    By,
    Command,
    Decision,
    Payment,
    Progress,
    Said,
    Situation,
    Standing,
    State,
)
from expertim.meetings.lifecycle import TABLE, cancellation_fee, decide, next_bell, ring
from expertim.meetings.words.labels import PROGRESS

LIFECYCLE = Path(__file__).resolve().parents[1] / "src" / "expertim" / "meetings" / "lifecycle.py"
NOW = datetime(2027, 3, 1, 9, tzinfo=UTC)
PRICE = 2500

# When each act is allowed: a wording for each condition of the table.
WHEN = {
    "anybody": "the service is offered so, the start lies in the future",
    "unanswered": "before the start, and has not answered",
    "proposed": "before the start, and has proposed the date",
    "answerable": "the other's alternative is open; before either start",
    "own_alternative": "one's own alternative is open; before either start",
    "movable": "before the start, and no alternative is open",
    "in_future": "before the start",
    "doors_open": "from 15 min before the start until 60 min after the end",
    "unspoken": "after the end, and has not spoken yet",
    "disputed": "Disputed, and the operator is not a party; any outcome, with any fee up to the price",
}
BELLS = {
    Bell.EXPIRE: "the start comes and nobody has answered",
    Bell.LAPSE: "the start, or the alternative's if sooner, comes while the alternative is open",
    Bell.REMIND: "24 h before the start",
    Bell.LINK: "60 min before the start, or at once where agreed later",
    Bell.ASK_EVALUATION: "24 h after the end, where somebody has not spoken",
    Bell.SETTLE: "168 h after the end, not settled and not Disputed",
}
INTRODUCTION = """\
# The life of a meeting

What each party may do in each state, and what time does by itself. This page is generated from `TABLE` in
`src/expertim/meetings/lifecycle.py` by `docs/generate.py`: each cell has been tried out on meetings of 25.00 credits
with the default policy, and what is written here is what the core decided. A test keeps the page equal to the code.

Where an act has several lines, the details decide: how late it is, what was typed, what the other has said.
An act that is not in the table is refused as `not_possible_now`, and nothing changes. Before an act is judged, and
before a page is read, everything that time has done by then has happened (T0)."""


@dataclass(slots=True, kw_only=True)
class Cell:
    """What became of one (state, party, act), over all that was tried; each outcome is the last four columns."""

    rules: str
    when: str
    outcomes: list[tuple[str, str, str, str]] = field(default_factory=list)
    reached: set[State | None] = field(default_factory=set)

    def add(self, decision: Decision) -> None:
        now = decision.now
        detail = f" ({PROGRESS[now.progress]})" if now.progress else ""
        outcome = (
            words(now.state) + detail + (", with an alternative" if now.alternative else ""),
            words(now.payment),
            ", ".join(f"`{entry.event}`" for entry in decision.entries) or "–",
            ", ".join(f"`{notice.kind}` → {notice.to}" for notice in decision.notices) or "–",
        )
        self.reached.add(now.state)
        if outcome not in self.outcomes:
            self.outcomes.append(outcome)

    def rows(self, *first: str) -> Iterator[str]:
        """One line of a table for each outcome; what is the same for all of them stands in the first."""
        head = [*first, self.rules, self.when]
        for outcome in self.outcomes:
            yield f"| {' | '.join([*head, *outcome])} |"
            head = [""] * len(head)


def page() -> str:
    """The whole page."""
    cells = _cells()
    bells = _bells()
    return "\n".join([INTRODUCTION, "", *_diagram(cells), *_acts(cells), *_time(bells)]) + "\n"


def words(value: Any) -> str:
    """A code of the core as one reads it."""
    return str(value).replace("_", " ").capitalize() if value else "not proposed"


# ---------------------------------------------------------------- trying the table out


def _cells() -> dict[tuple[State | None, By, Act], Cell]:
    rules = rule_ids()
    cells = {}
    for state, row in TABLE.items():
        for (party, act), (allowed, _effect) in row.items():
            cell = Cell(rules=rules[state, party, act], when=WHEN[allowed.__name__])
            for situation, at in _situations(state):
                if allowed(situation, party, at):
                    for command in _commands(act, party, situation, at):
                        cell.add(decide(situation=situation, command=command))
            cells[state, party, act] = cell
    return cells


def rule_ids() -> dict[tuple[State | None, By, Act], str]:
    """The rules' ids from the comments that stand in the table, so that they are written down once."""
    found: dict[tuple[State | None, By, Act], str] = {}
    answers: dict[Act, str] = {}
    state: State | None = None
    for line in LIFECYCLE.read_text().split("- the rules table", 1)[1].split("\n"):
        if match := re.match(r"    (?:State\.(\w+)|None): \{", line):
            state = State[match[1]] if match[1] else None
        if match := re.match(r"\s+Act\.(\w+): \(.*\),  # (.+)$", line):
            answers[Act[match[1]]] = match[2]
        if match := re.match(r"\s+\(By\.(\w+), Act\.(\w+)\): \(.*\),  # (.+)$", line):
            found[state, By[match[1]], Act[match[2]]] = match[3]
        if "**_ANSWERS" in line:
            found |= {(state, party, act): ids for party in PARTIES for act, ids in answers.items()}
    return found


def _situations(state: State | None) -> Iterator[tuple[Situation, datetime]]:
    """Meetings in this state that differ in what the rules look at, each with a moment."""
    start = NOW + timedelta(hours=72)
    base = Situation(
        now=Standing(state=state, payment=Payment.BLOCKED, start=start),
        price=PRICE,
        length_minutes=60,
        available=10_000,
    )
    if state is None:
        yield base, NOW
    elif state is State.AWAITING:
        for party in PARTIES:
            payment = Payment.BLOCKED if party is By.USER else Payment.NOT_BLOCKED
            yield _with(base, approved_by=frozenset({party}), payment=payment), NOW
    elif state is State.REJECTED:
        rejected = _with(base, payment=Payment.RETURNED)
        yield rejected, NOW
        yield from _alternatives(rejected)
    elif state is State.AGREED:
        agreed = _with(base, approved_by=frozenset(PARTIES), in_force_at=NOW - timedelta(days=1))
        yield agreed, NOW
        yield agreed, start - timedelta(hours=20)
        yield agreed, start - timedelta(minutes=10)
        yield from _alternatives(agreed)
        yield agreed, agreed.end + timedelta(hours=1)
        for said in ((Said.OTHER_FAULT, None), (None, Said.SMOOTH)):
            yield _with(agreed, said=said), agreed.end + timedelta(hours=1)
        for attended in ((start, None), (None, start)):
            yield _with(agreed, attended_at=attended), agreed.end + timedelta(hours=1)
        disputed = _with(agreed, progress=Progress.DISPUTED, said=(Said.OTHER_FAULT, Said.SMOOTH))
        yield disputed, agreed.end + timedelta(hours=2)
        settled = _with(agreed, progress=Progress.NO_SHOW_EXPERT, payment=Payment.RETURNED, said=(None, Said.MY_FAULT))
        yield settled, agreed.end + timedelta(hours=2)
        settled = _with(agreed, progress=Progress.WENT_SMOOTHLY, payment=Payment.PAID, said=(Said.SMOOTH, None))
        yield settled, agreed.end + timedelta(hours=2)


def _alternatives(situation: Situation) -> Iterator[tuple[Situation, datetime]]:
    for author in PARTIES:
        alternative = Alternative(start=situation.start + timedelta(hours=24), author=author)
        yield _with(situation, alternative=alternative), NOW


def _with(situation: Situation, **changes: Any) -> Situation:
    return replace(situation, now=replace(situation.now, **changes))


def _commands(act: Act, by: By, situation: Situation, at: datetime) -> Iterator[Command]:
    typed: list[dict[str, Any]] = [{}]
    if act in (Act.PROPOSE, Act.RESCHEDULE):
        typed = [{"start": at + timedelta(hours=100), "seen_price": PRICE, "seen_minutes": 60}]
    elif act is Act.CANCEL:
        fee = cancellation_fee(situation=situation, at=at) if by is By.USER else 0
        typed = [{"seen_fee": fee, "reason": "ill"}]
    elif act is Act.EVALUATE:
        stars = 5 if by is By.USER else None
        typed = [{"progress": said, "stars": stars} for said in Said]
    elif act is Act.SETTLE:
        outcomes = ((Progress.WENT_SMOOTHLY, PRICE), (Progress.NO_SHOW_EXPERT, 0))
        typed = [{"outcome": outcome, "fee": fee, "note": "decided"} for outcome, fee in outcomes]
    elif act in (Act.REJECT, Act.ALTERNATIVE_REJECT):
        typed = [{"reason": "not-my-field"}]
    for values in typed:
        yield Command(act=act, by=by, at=at, **values)


def _bells() -> dict[Bell, Cell]:
    cells = {bell: Cell(rules=bell.value, when=when) for bell, when in BELLS.items()}
    for state in (State.AWAITING, State.AGREED, State.REJECTED):
        for situation, _at in _situations(state):
            if situation.now.progress is None:  # what is disputed has rung all but T5 before
                _ring_all(cells, situation)
    return cells


def _ring_all(cells: dict[Bell, Cell], situation: Situation) -> None:
    while (bell := next_bell(situation)) is not None:
        decision = ring(situation=situation, at=bell[0])
        assert decision is not None
        cells[bell[1]].add(decision)
        situation = replace(situation, now=decision.now)


# ---------------------------------------------------------------- writing it down


def _diagram(cells: dict[tuple[State | None, By, Act], Cell]) -> Iterator[str]:
    """The steps between states; what leaves the state alone is left out."""
    steps: dict[tuple[str, str], list[str]] = {}
    for (state, party, act), cell in cells.items():
        for after in sorted(cell.reached - {state}, key=str):
            before = words(state) if state else "[*]"
            steps.setdefault((before, words(after)), []).append(f"{party} {act} ({cell.rules})")
    steps[words(State.AWAITING), words(State.EXPIRED)] = ["the start comes (T1)"]
    yield from ["```mermaid", "stateDiagram-v2"]
    names = {words(state): state.value for state in State} | {"[*]": "[*]"}
    yield from (f"    {state.value}: {words(state)}" for state in State)
    for (before, after), acts in steps.items():
        said = ", ".join(dict.fromkeys(act.replace("_", " ") for act in acts))
        yield f"    {names[before]} --> {names[after]}: {said}"
    yield from ["```", ""]


def _acts(cells: dict[tuple[State | None, By, Act], Cell]) -> Iterator[str]:
    for state, row in TABLE.items():
        yield from [f"## {words(state) if state else 'Not yet proposed'}", ""]
        if not row:
            yield from ["Nothing can be done any more.", ""]
            continue
        yield "| act | who | rule | when | then | credits | timeline | told |"
        yield "| --- | --- | --- | --- | --- | --- | --- | --- |"
        for party, act in row:
            yield from cells[state, party, act].rows(f"`{act}`", party)
        yield ""


def _time(bells: dict[Bell, Cell]) -> Iterator[str]:
    yield from ["## What time does by itself", "", "Bells of one moment ring in this order.", ""]
    yield "| rule | when | then | credits | timeline | told |"
    yield "| --- | --- | --- | --- | --- | --- |"
    for cell in bells.values():
        yield from cell.rows()
