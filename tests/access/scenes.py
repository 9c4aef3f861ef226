"""Meetings in every state, and everybody who may come to look at them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from django.contrib.auth.hashers import make_password
from django.test import Client

from expertim.meetings.actions import catch_up
from expertim.meetings.facts import Act, By, Said
from expertim.people.models import Person
from tests.conftest import Installation, PlatformClock
from tests.world import PASSWORD, World, person, world

NOW = datetime(2027, 3, 1, 9, tzinfo=UTC)
LONG_AGO = NOW - timedelta(days=6)

Make = Callable[[World, "PlatformClock"], str]


def _at(**distance: float) -> datetime:
    return NOW + timedelta(**distance)


@contextmanager
def _when(clock: PlatformClock, moment: datetime) -> Iterator[None]:
    clock.freeze(moment)
    yield
    clock.freeze(NOW)


def _agreed(w: World, clock: PlatformClock, **start: float) -> str:
    with _when(clock, LONG_AGO):
        return w.agreed(start=_at(**start))


def _moved(w: World, clock: PlatformClock, by: By) -> str:
    meeting = _agreed(w, clock, days=5)
    w.act(by, meeting, Act.RESCHEDULE, start=_at(days=7))
    return meeting


def _rejected(w: World, clock: PlatformClock, **start: float) -> str:
    with _when(clock, LONG_AGO):
        meeting = w.propose(start=_at(**start))
        w.act(By.EXPERT, meeting, Act.REJECT)
    return meeting


def _offered(w: World, clock: PlatformClock) -> str:
    meeting = _rejected(w, clock, days=5)
    w.act(By.EXPERT, meeting, Act.RESCHEDULE, start=_at(days=7))
    return meeting


def _acquainted(w: World) -> str:
    """P2 needs two who know each other."""
    w.act(By.USER, meeting := w.propose(start=_at(days=9)), Act.WITHDRAW)
    return meeting


def _by_expert(w: World, _clock: PlatformClock) -> str:
    _acquainted(w)
    return w.propose(start=_at(days=5), by=By.EXPERT)


def _said(w: World, clock: PlatformClock, user: Said | None, expert: Said | None) -> str:
    meeting = _agreed(w, clock, hours=-3)
    if expert:
        w.act(By.EXPERT, meeting, Act.EVALUATE, progress=expert)
    if user:
        w.act(By.USER, meeting, Act.EVALUATE, progress=user, stars=4, review="Good words")
    return meeting


def _expired(w: World, clock: PlatformClock) -> str:
    with _when(clock, LONG_AGO):
        return w.propose(start=_at(hours=-1))


def _cancelled(w: World, clock: PlatformClock) -> str:
    meeting = _agreed(w, clock, days=5)
    w.act(By.EXPERT, meeting, Act.CANCEL)
    return meeting


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """How a meeting gets there, and what each party can do then: the rules table once more, in a line."""

    make: Make
    user: str = ""
    expert: str = ""

    def may(self, party: By) -> list[str]:
        return (self.user if party is By.USER else self.expert).split()


STATES = {
    "proposed by the user": State(
        make=lambda w, _c: w.propose(start=_at(days=5)), user="withdraw", expert="confirm reject"
    ),
    "proposed by the expert": State(make=_by_expert, user="confirm reject", expert="withdraw"),
    "agreed": State(make=lambda w, c: _agreed(w, c, days=5), user="cancel reschedule", expert="cancel reschedule"),
    "agreed, late": State(
        make=lambda w, c: _agreed(w, c, hours=30), user="cancel reschedule", expert="cancel reschedule"
    ),
    "agreed, moved by the user": State(
        make=lambda w, c: _moved(w, c, By.USER),
        user="cancel alternative-withdraw",
        expert="cancel alternative-confirm alternative-reject",
    ),
    "agreed, moved by the expert": State(
        make=lambda w, c: _moved(w, c, By.EXPERT),
        user="cancel alternative-confirm alternative-reject",
        expert="cancel alternative-withdraw",
    ),
    "about to begin": State(
        make=lambda w, c: _agreed(w, c, minutes=10), user="cancel reschedule join", expert="cancel reschedule join"
    ),
    "under way": State(make=lambda w, c: _agreed(w, c, minutes=-30), user="join", expert="join"),
    "just over": State(make=lambda w, c: _agreed(w, c, minutes=-70), user="join evaluate", expert="join evaluate"),
    "over": State(make=lambda w, c: _agreed(w, c, hours=-3), user="evaluate", expert="evaluate"),
    "the expert has spoken": State(make=lambda w, c: _said(w, c, None, Said.SMOOTH), user="evaluate"),
    "settled": State(make=lambda w, c: _said(w, c, Said.SMOOTH, None), expert="evaluate"),
    "disputed": State(make=lambda w, c: _said(w, c, Said.OTHER_FAULT, Said.SMOOTH)),
    "rejected": State(make=lambda w, c: _rejected(w, c, days=5), user="reschedule", expert="reschedule"),
    "rejected, another date offered": State(
        make=_offered, user="alternative-confirm alternative-reject", expert="alternative-withdraw"
    ),
    "rejected, past": State(make=lambda w, c: _rejected(w, c, hours=-1)),
    "cancelled": State(make=_cancelled),
    "expired": State(make=_expired),
}

ACTS = (
    *("confirm", "reject", "withdraw", "cancel", "reschedule"),
    *("alternative-confirm", "alternative-reject", "alternative-withdraw", "join", "evaluate"),
)
ROLES = ("anonymous", "user", "expert", "other", "operator", "operator who is a party")


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """Two lines of meetings in every state: of a user, and of an operator who is the user of theirs."""

    usual: World
    operators: World
    meetings: dict[str, str]
    operators_meetings: dict[str, str]
    other: Person
    operator: Person

    def meeting(self, role: str, state: str) -> str:
        """The meeting that this role looks at: their own, where they have one."""
        return (self.operators_meetings if role == ROLES[5] else self.meetings)[state]

    def world_of(self, role: str) -> World:
        return self.operators if role == ROLES[5] else self.usual

    def person(self, role: str) -> Person | None:
        return {
            "anonymous": None,
            "user": self.usual.user,
            "expert": self.usual.expert,
            "other": self.other,
            "operator": self.operator,
            "operator who is a party": self.operators.user,
        }[role]

    def client(self, role: str) -> Client:
        client = Client()
        if (somebody := self.person(role)) is not None:
            client.force_login(somebody)
        return client


def _signs_in(*people: Person) -> None:
    """A password each, so that what only they may change can be asked of them again."""
    hashed = make_password(PASSWORD)
    for somebody in people:
        somebody.password = hashed
        somebody.save(update_fields=["password"])


def rich(*, operator: bool) -> World:
    """A world whose user can pay for everything."""
    made = world(credits=1_000_000, price=100)
    if operator:
        made.user.is_staff = True
        made.user.save(update_fields=["is_staff"])
    return made


def scene(installation: Installation) -> Scene:
    """Everything, made once; the clock stands at NOW afterwards."""
    clock = PlatformClock(installation)
    clock.freeze(NOW)
    usual, operators = rich(operator=False), rich(operator=True)
    made = Scene(
        usual=usual,
        operators=operators,
        meetings={},
        operators_meetings={},
        other=person("otto", credits=5000),
        operator=person("olga", is_staff=True),
    )
    _signs_in(usual.user, usual.expert, operators.user, made.other, made.operator)
    meetings, others = ({name: state.make(w, clock) for name, state in STATES.items()} for w in (usual, operators))
    catch_up()  # T0: what has expired has expired before anybody looks
    return replace(made, meetings=meetings, operators_meetings=others)
