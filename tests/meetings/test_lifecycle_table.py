"""The rules table, cell by cell: state × who × act × before, at and after each boundary."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from expertim.meetings.facts import Act, Alternative, By, Command, Progress, Refused, Said, Situation, Standing, State
from expertim.meetings.lifecycle import decide, possible
from tests import make
from tests.make import DAY, END, EXPERT, HOUR, MINUTE, OPERATOR, START, TICK, USER

SOONER, LATER = START - 30 * HOUR, START + 30 * HOUR

MOMENTS: dict[str, datetime] = {
    "long before": START - 20 * DAY,
    "48 h line": START - 48 * HOUR,  # itself still free (C2)
    "past the 48 h line": START - 48 * HOUR + TICK,
    "alternative's start, sooner": SOONER,
    "24 h line": START - 24 * HOUR,
    "60 min line": START - 60 * MINUTE,
    "doors open": START - 15 * MINUTE,
    "start": START,
    "end": END,
    "doors close": END + 60 * MINUTE,
    "alternative's start, later": LATER,
    "168 h": END + timedelta(hours=168),
    "long after": END + 60 * DAY,
}


def dated(author: By, start: datetime) -> Alternative:
    return make.alternative(author, start)


MEETINGS: dict[str, Standing] = {
    "not proposed": make.unproposed(),
    "proposed by user": make.awaiting(USER),
    "proposed by expert": make.awaiting(EXPERT),
    "agreed": make.standing(),
    "agreed, sooner date by user": make.standing(alternative=dated(USER, SOONER)),
    "agreed, later date by user": make.standing(alternative=dated(USER, LATER)),
    "agreed, sooner date by expert": make.standing(alternative=dated(EXPERT, SOONER)),
    "agreed, later date by expert": make.standing(alternative=dated(EXPERT, LATER)),
    "agreed, user spoke": make.standing(said=(Said.OTHER_FAULT, None)),
    "agreed, expert spoke": make.standing(said=(None, Said.SMOOTH)),
    "disputed, both spoke": make.disputed(),
    "disputed, user spoke": make.disputed(expert=None),
    "disputed, expert spoke": make.disputed(user=None),
    "settled, user spoke": make.standing(progress=Progress.WENT_SMOOTHLY, said=(Said.SMOOTH, None)),
    "settled, expert spoke": make.standing(progress=Progress.NO_SHOW_EXPERT, said=(None, Said.MY_FAULT)),
    "settled, nobody spoke": make.standing(progress=Progress.NO_SHOW_USER),
    "settled, both spoke": make.standing(progress=Progress.NO_SHOW_USER, said=(Said.MY_FAULT, Said.SMOOTH)),
    "rejected": make.rejected(),
    "rejected by user": make.rejected(USER),
    "rejected, sooner date by expert": make.rejected(alternative=dated(EXPERT, SOONER)),
    "rejected, later date by expert": make.rejected(alternative=dated(EXPERT, LATER)),
    "cancelled": make.standing(state=State.CANCELLED),
    "expired": make.awaiting(state=State.EXPIRED),
}
AGREED = tuple(name for name, now in MEETINGS.items() if now.state is State.AGREED)
REJECTED = tuple(name for name, now in MEETINGS.items() if now.state is State.REJECTED)
OPEN_DATE = tuple(name for name, now in MEETINGS.items() if now.alternative)
USER_SILENT = tuple(
    name for name in AGREED if name not in ("agreed, user spoke", "disputed, user spoke", "settled, user spoke")
    and not name.endswith("both spoke")
)  # fmt: skip
EXPERT_SILENT = tuple(
    name for name in AGREED if name not in ("agreed, expert spoke", "disputed, expert spoke", "settled, expert spoke")
    and not name.endswith("both spoke")
)  # fmt: skip


def without(names: tuple[str, ...], taken: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(name for name in names if name not in taken)


def by_user(*names: str) -> tuple[str, ...]:
    return tuple(name for name in names if name.endswith("date by user"))


def by_expert(*names: str) -> tuple[str, ...]:
    return tuple(name for name in names if name.endswith("date by expert"))


def sooner(*names: str) -> tuple[str, ...]:
    return tuple(name for name in names if "sooner" in name)


def later(*names: str) -> tuple[str, ...]:
    return tuple(name for name in names if "later" in name)


# What the rules allow; whatever no row names is refused. *from* ≤ now < *until*, None: no such bound.
# id, meetings, who, act, from, until
ROWS: tuple[tuple[str, tuple[str, ...], By, Act, str | None, str | None], ...] = (
    ("P1", ("not proposed",), USER, Act.PROPOSE, None, None),
    ("P2", ("not proposed",), EXPERT, Act.PROPOSE, None, None),
    ("A1", ("proposed by user",), EXPERT, Act.CONFIRM, None, "start"),
    ("A1", ("proposed by expert",), USER, Act.CONFIRM, None, "start"),
    ("A2", ("proposed by user",), EXPERT, Act.REJECT, None, "start"),
    ("A2", ("proposed by expert",), USER, Act.REJECT, None, "start"),
    ("C1", ("proposed by user",), USER, Act.WITHDRAW, None, "start"),
    ("C1", ("proposed by expert",), EXPERT, Act.WITHDRAW, None, "start"),
    ("C2", AGREED, USER, Act.CANCEL, None, "past the 48 h line"),
    ("C3", AGREED, USER, Act.CANCEL, "past the 48 h line", "start"),
    ("C4", AGREED, EXPERT, Act.CANCEL, None, "start"),
    ("D1", without(AGREED, OPEN_DATE), USER, Act.RESCHEDULE, None, "start"),
    ("D1", without(AGREED, OPEN_DATE), EXPERT, Act.RESCHEDULE, None, "start"),
    ("D2", without(REJECTED, OPEN_DATE), USER, Act.RESCHEDULE, None, "start"),
    ("D3", without(REJECTED, OPEN_DATE), EXPERT, Act.RESCHEDULE, None, "start"),
    ("D4", sooner(*by_expert(*OPEN_DATE)), USER, Act.ALTERNATIVE_CONFIRM, None, "alternative's start, sooner"),
    ("D4", later(*by_expert(*OPEN_DATE)), USER, Act.ALTERNATIVE_CONFIRM, None, "start"),
    ("D4", sooner(*by_user(*OPEN_DATE)), EXPERT, Act.ALTERNATIVE_CONFIRM, None, "alternative's start, sooner"),
    ("D4", later(*by_user(*OPEN_DATE)), EXPERT, Act.ALTERNATIVE_CONFIRM, None, "start"),
    ("D5", sooner(*by_expert(*OPEN_DATE)), USER, Act.ALTERNATIVE_REJECT, None, "alternative's start, sooner"),
    ("D5", later(*by_expert(*OPEN_DATE)), USER, Act.ALTERNATIVE_REJECT, None, "start"),
    ("D5", sooner(*by_user(*OPEN_DATE)), EXPERT, Act.ALTERNATIVE_REJECT, None, "alternative's start, sooner"),
    ("D5", later(*by_user(*OPEN_DATE)), EXPERT, Act.ALTERNATIVE_REJECT, None, "start"),
    ("D6", sooner(*by_user(*OPEN_DATE)), USER, Act.ALTERNATIVE_WITHDRAW, None, "alternative's start, sooner"),
    ("D6", later(*by_user(*OPEN_DATE)), USER, Act.ALTERNATIVE_WITHDRAW, None, "start"),
    ("D6", sooner(*by_expert(*OPEN_DATE)), EXPERT, Act.ALTERNATIVE_WITHDRAW, None, "alternative's start, sooner"),
    ("D6", later(*by_expert(*OPEN_DATE)), EXPERT, Act.ALTERNATIVE_WITHDRAW, None, "start"),
    ("J1", AGREED, USER, Act.JOIN, "doors open", "doors close"),
    ("J1", AGREED, EXPERT, Act.JOIN, "doors open", "doors close"),
    ("E1", USER_SILENT, USER, Act.EVALUATE, "end", None),
    ("E2", EXPERT_SILENT, EXPERT, Act.EVALUATE, "end", None),
    ("X1", ("disputed, both spoke", "disputed, user spoke", "disputed, expert spoke"),
     OPERATOR, Act.SETTLE, None, None),
)  # fmt: skip

EVERY_MOMENT = sorted({moment + step for moment in MOMENTS.values() for step in (-TICK, 0 * TICK, TICK)})


def allowed_by_the_rules(meeting: str, who: By, act: Act, at: datetime) -> list[str]:
    """The ids of the rows that allow the act."""
    return [
        row
        for row, meetings, party, named, since, until in ROWS
        if meeting in meetings
        and party is who
        and named is act
        and (since is None or MOMENTS[since] <= at)
        and (until is None or at < MOMENTS[until])
    ]


def asked(act: Act, who: By, at: datetime) -> Command:
    """The act, typed so that nothing but the table can refuse it."""
    typed = {
        Act.PROPOSE: {"start": at + 9 * DAY},
        Act.RESCHEDULE: {"start": at + 9 * DAY},
        Act.CANCEL: {"seen_fee": 0 if who is EXPERT or START - at >= 48 * HOUR else 1250},
    }
    return make.command(act, who, at, **typed.get(act, {}))


def is_allowed(facts: Situation, command: Command) -> bool:
    try:
        decide(situation=facts, command=command)
    except Refused as refused:
        if refused.key != "not_possible_now":
            raise
        return False
    return True


@pytest.mark.parametrize("act", Act)
@pytest.mark.parametrize("who", [USER, EXPERT, OPERATOR])
@pytest.mark.parametrize("meeting", MEETINGS)
def test_table_allows_what_the_rules_name_and_refuses_the_rest(meeting: str, who: By, act: Act) -> None:
    facts = make.situation(MEETINGS[meeting])
    for at in EVERY_MOMENT:
        rows = allowed_by_the_rules(meeting, who, act, at)
        assert len(rows) <= 1, "two rows for one cell"
        assert is_allowed(facts, asked(act, who, at)) == bool(rows), (rows, at)


@pytest.mark.parametrize("who", By)
@pytest.mark.parametrize("meeting", MEETINGS)
def test_possible_names_exactly_what_decide_accepts_at_every_moment(meeting: str, who: By) -> None:
    facts = make.situation(MEETINGS[meeting])
    for at in EVERY_MOMENT:
        offered = [each.act for each in possible(situation=facts, by=who, at=at)]
        assert len(offered) == len(set(offered))
        assert set(offered) == {act for act in Act if is_allowed(facts, asked(act, who, at))}, at


@pytest.mark.parametrize("who", [USER, EXPERT, OPERATOR])
@pytest.mark.parametrize("meeting", MEETINGS)
def test_possible_says_until_when_and_at_that_moment_it_is_over(meeting: str, who: By) -> None:
    facts = make.situation(MEETINGS[meeting])
    for at in EVERY_MOMENT:
        for offered in possible(situation=facts, by=who, at=at):
            if offered.until is None:
                continue
            assert at < offered.until
            assert is_allowed(facts, asked(offered.act, who, offered.until - TICK))
            assert not is_allowed(facts, asked(offered.act, who, offered.until))


def test_possible_tells_the_user_what_cancelling_costs_on_both_sides_of_the_48_h_line() -> None:
    """C2, C3, C4."""
    line = MOMENTS["48 h line"]

    def cost(who: By, at: datetime) -> int | None:
        return next(each.fee for each in possible(situation=make.situation(), by=who, at=at) if each.act is Act.CANCEL)

    assert [cost(USER, line - TICK), cost(USER, line), cost(USER, line + TICK), cost(USER, START - TICK)] == [
        0,
        0,
        1250,
        1250,
    ]
    assert [cost(EXPERT, line - TICK), cost(EXPERT, line + TICK)] == [0, 0]


@pytest.mark.parametrize("meeting", [name for name in MEETINGS if name.startswith("disputed")])
def test_operator_who_is_a_party_settles_nothing(meeting: str) -> None:
    """X1."""
    facts = make.situation(MEETINGS[meeting], by_a_party=True)
    for at in EVERY_MOMENT:
        assert not is_allowed(facts, make.command(Act.SETTLE, OPERATOR, at))
        assert possible(situation=facts, by=OPERATOR, at=at) == ()


def test_every_row_of_the_rules_is_in_the_table_here() -> None:
    assert {row[0] for row in ROWS} == {
        *("P1", "P2", "A1", "A2", "C1", "C2", "C3", "C4", "D1", "D2", "D3", "D4", "D5", "D6"),
        *("J1", "E1", "E2", "X1"),
    }
    assert all(row[1] for row in ROWS)
