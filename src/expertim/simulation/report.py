"""What is asked of a run, and what it answers."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

from expertim.simulation.faults import Plan


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """What a run is made of; `without` are meetings and faults that are left out, for shrinking."""

    seed: int
    meetings: int
    profile: str
    without: frozenset[str] = frozenset()


@dataclass(slots=True, kw_only=True)
class Report:
    """What a run did. `broken` is empty where every rule held."""

    settings: Settings
    plan: Plan
    seen: Counter[str] = field(default_factory=Counter)
    happened: Counter[str] = field(default_factory=Counter)
    trace: list[str] = field(default_factory=list)
    hash: str = ""
    steps: int = 0
    meetings: int = 0
    mails: int = 0
    broken: str = ""
    what: str = ""  # which rule, in short
    seconds: float = 0.0
    days: Counter[tuple[int, str]] = field(default_factory=Counter)
    begin: int = 0
    end: int = 0


def left_out(plan: Plan, without: frozenset[str]) -> Plan:
    """The plan without what is named."""
    if not without:
        return plan
    return Plan(
        requests={at: each for at, each in plan.requests.items() if f"request {at[0]}.{at[1]}" not in without},
        mails={at: each for at, each in plan.mails.items() if f"mail {at[0]}.{at[1]}" not in without},
        calls={at: each for at, each in plan.calls.items() if f"call {at[0]}.{at[1]}" not in without},
        deliveries={at: each for at, each in plan.deliveries.items() if f"delivery {at[0]}.{at[1]}" not in without},
        deeds={at: each for at, each in plan.deeds.items() if f"deed {at[0]}.{at[1]}" not in without},
        rounds={at: each for at, each in plan.rounds.items() if f"round {at}" not in without},
        steps=[each for n, each in enumerate(plan.steps) if f"step {n}" not in without],
        outages=[each for n, each in enumerate(plan.outages) if f"outage {n}" not in without],
    )


def removable(settings: Settings, plan: Plan) -> list[str]:
    """Everything that could be left out of a run to make it smaller."""
    return [
        *(f"outage {n}" for n in range(len(plan.outages))),
        *(f"step {n}" for n in range(len(plan.steps))),
        *(f"round {n}" for n in plan.rounds),
        *(f"request {meeting}.{turn}" for meeting, turn in plan.requests),
        *(f"mail {meeting}.{turn}" for meeting, turn in plan.mails),
        *(f"call {meeting}.{turn}" for meeting, turn in plan.calls),
        *(f"deed {meeting}.{turn}" for meeting, turn in plan.deeds),
        *(f"delivery {receiver}.{turn}" for receiver, turn in plan.deliveries),
        *(f"meeting {n}" for n in range(settings.meetings)),
    ]
