"""The rules' text, act by act: exactly the right people are told, once, in their inbox and by mail."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from expertim.api.webhooks import SWITCHED_OFF
from expertim.meetings.actions import perform
from expertim.meetings.facts import Act, By, NoticeKind, Progress, Said
from expertim.meetings.moved import CREDITS_MOVED
from expertim.meetings.rooms import ROOM_MISSING
from expertim.notifications.kinds import all_kinds, kind_of, writer_of
from expertim.site.applying import DECIDED, SENT
from expertim.site.chatting import CHAT_MESSAGE
from expertim.site.replying import REVIEW_REPLIED
from tests.conftest import PlatformClock
from tests.notifications.telling import kinds_of, letters, ring_all
from tests.world import World, in_, notices, person, row, world

pytestmark = pytest.mark.usefixtures("database")

USER, EXPERT = By.USER, By.EXPERT


def agreed(w: World, hours: float = 72) -> str:
    return w.agreed(start=in_(hours=hours))


def rejected(w: World) -> str:
    meeting = w.propose(start=in_(hours=72))
    w.act(EXPERT, meeting, Act.REJECT)
    return meeting


def with_alternative(w: World) -> str:
    meeting = agreed(w)
    w.act(USER, meeting, Act.RESCHEDULE, start=in_(hours=96))
    return meeting


def past(w: World, clock: PlatformClock, *, joined: By | None = None) -> str:
    """Agreed and over; the 24 h reminder and the link have gone out."""
    meeting = agreed(w, 30)
    clock.freeze(row(meeting).starts_at)
    if joined:
        w.act(joined, meeting, Act.JOIN)
    clock.freeze(row(meeting).ends_at)
    ring_all()
    return meeting


def known(w: World) -> World:
    w.act(USER, agreed(w, 200), Act.CANCEL, seen_fee=0)
    return w


def settle(w: World, meeting: str) -> None:
    w.act(USER, meeting, Act.EVALUATE, progress=Said.OTHER_FAULT)
    w.act(EXPERT, meeting, Act.EVALUATE, progress=Said.OTHER_FAULT)
    operator = person("olga", is_staff=True)
    perform(
        person=operator.pk, operator=True, meeting=meeting, act=Act.SETTLE, outcome=Progress.WENT_SMOOTHLY, fee=2500,
        note="Both were there.",
    )  # fmt: skip
    operator.is_staff = False
    operator.save()


# rule: (what has been before, the act, told to the user, told to the expert)
Before = Callable[[World, PlatformClock], Any]
TOLD: dict[str, tuple[Before, Callable[[World, Any], Any], list[str], list[str]]] = {
    "P1": (lambda w, c: None, lambda w, m: w.propose(start=in_(hours=72)), [], ["meeting_proposed"]),
    "P2": (lambda w, c: known(w), lambda w, m: w.propose(start=in_(hours=72), by=EXPERT), ["meeting_proposed"], []),
    "A1": (
        lambda w, c: w.propose(start=in_(hours=72)),
        lambda w, m: w.act(EXPERT, m, Act.CONFIRM),
        ["meeting_agreed"],
        ["meeting_agreed"],
    ),
    "A1 within the hour, T4": (
        lambda w, c: w.propose(start=in_(minutes=30)),
        lambda w, m: w.act(EXPERT, m, Act.CONFIRM),
        ["meeting_agreed", "meeting_link"],
        ["meeting_agreed", "meeting_link"],
    ),
    "A2": (
        lambda w, c: w.propose(start=in_(hours=72)),
        lambda w, m: w.act(EXPERT, m, Act.REJECT),
        ["meeting_rejected"],
        [],
    ),
    "C1": (
        lambda w, c: w.propose(start=in_(hours=72)),
        lambda w, m: w.act(USER, m, Act.WITHDRAW),
        [],
        ["meeting_withdrawn"],
    ),
    "C2": (
        lambda w, c: agreed(w),
        lambda w, m: w.act(USER, m, Act.CANCEL, seen_fee=0),
        [],
        ["meeting_canceled_by_user"],
    ),
    "C3": (
        lambda w, c: agreed(w, 20),
        lambda w, m: w.act(USER, m, Act.CANCEL, seen_fee=1250),
        ["credits_moved"],  # the receipt; the rules' own notice goes to the expert alone
        ["meeting_cancellation_by_user"],
    ),
    "C4": (
        lambda w, c: agreed(w),
        lambda w, m: w.act(EXPERT, m, Act.CANCEL),
        ["meeting_cancelled_by_expert"],
        [],
    ),
    "D1 by the user": (
        lambda w, c: agreed(w),
        lambda w, m: w.act(USER, m, Act.RESCHEDULE, start=in_(hours=96)),
        [],
        ["rescheduling_agreed_by_user"],
    ),
    "D1 by the expert": (
        lambda w, c: agreed(w),
        lambda w, m: w.act(EXPERT, m, Act.RESCHEDULE, start=in_(hours=96)),
        ["rescheduling_agreed_by_expert"],
        [],
    ),
    "D2": (
        lambda w, c: rejected(w),
        lambda w, m: w.act(USER, m, Act.RESCHEDULE, start=in_(hours=96)),
        [],
        ["rescheduling_rejected_by_user"],
    ),
    "D3": (
        lambda w, c: rejected(w),
        lambda w, m: w.act(EXPERT, m, Act.RESCHEDULE, start=in_(hours=96)),
        ["rescheduling_rejected_by_expert"],
        [],
    ),
    "D4": (
        lambda w, c: with_alternative(w),
        lambda w, m: w.act(EXPERT, m, Act.ALTERNATIVE_CONFIRM),
        ["alternative_confirmed"],
        [],
    ),
    "D5": (
        lambda w, c: with_alternative(w),
        lambda w, m: w.act(EXPERT, m, Act.ALTERNATIVE_REJECT),
        ["alternative_rejected"],
        [],
    ),
    "D6": (
        lambda w, c: with_alternative(w),
        lambda w, m: w.act(USER, m, Act.ALTERNATIVE_WITHDRAW),
        [],
        ["alternative_withdrawn"],
    ),
    "J1": (
        lambda w, c: (meeting := agreed(w, 30), c.freeze(row(meeting).starts_at), ring_all(), meeting)[-1],
        lambda w, m: w.act(USER, m, Act.JOIN),
        [],
        [],
    ),
    "E1, S1": (
        lambda w, c: past(w, c),
        lambda w, m: w.act(USER, m, Act.EVALUATE, progress=Said.SMOOTH, stars=5),
        ["meeting_settled"],
        ["meeting_settled"],
    ),
    "E2 alone": (
        lambda w, c: past(w, c),
        lambda w, m: w.act(EXPERT, m, Act.EVALUATE, progress=Said.SMOOTH),
        [],
        [],
    ),
    "S4, X1": (
        lambda w, c: past(w, c),
        settle,
        ["meeting_disputed", "dispute_settled"],
        ["meeting_disputed", "dispute_settled"],
    ),
    "T1": (
        lambda w, c: (w.propose(start=in_(hours=2)), c.advance(timedelta(hours=2)))[0],
        lambda w, m: ring_all(),
        ["meeting_expired"],
        ["meeting_expired"],
    ),
    "T2": (
        lambda w, c: (
            w.act(USER, agreed(w, 20), Act.RESCHEDULE, start=in_(hours=10)),
            c.advance(timedelta(hours=10)),
        )[0],
        lambda w, m: ring_all(),
        ["alternative_lapsed"],
        ["alternative_lapsed"],
    ),
    "T3": (
        lambda w, c: (agreed(w, 30), c.advance(timedelta(hours=6)))[0],
        lambda w, m: ring_all(),
        ["meeting_reminder"],
        ["meeting_reminder"],
    ),
    "T4": (
        lambda w, c: (agreed(w, 20), c.advance(timedelta(hours=19)))[0],
        lambda w, m: ring_all(),
        ["meeting_link"],
        ["meeting_link"],
    ),
    "T5": (
        lambda w, c: (past(w, c), c.advance(timedelta(hours=24)))[0],
        lambda w, m: ring_all(),
        ["evaluation_reminder"],
        ["evaluation_reminder"],
    ),
    "T5 where one has spoken": (
        lambda w, c: (
            meeting := past(w, c),
            w.act(USER, meeting, Act.EVALUATE, progress=Said.SMOOTH, stars=5),
            c.advance(timedelta(hours=24)),
        )[0],
        lambda w, m: ring_all(),
        [],
        ["evaluation_reminder"],
    ),
    "T6, S5": (
        lambda w, c: (past(w, c), c.advance(timedelta(hours=24)), ring_all(), c.advance(timedelta(hours=144)))[0],
        lambda w, m: ring_all(),
        ["meeting_settled"],
        ["meeting_settled"],
    ),
}


@pytest.mark.parametrize("rule", TOLD)
def test_exactly_the_right_people_are_told_once(clock: PlatformClock, rule: str) -> None:
    before, act, to_user, to_expert = TOLD[rule]
    w = world()
    meeting = before(w, clock)
    had = {who.pk: (notices(who), kinds_of(who)) for who in (w.user, w.expert)}
    act(w, meeting)
    ring_all()
    for who, expected in ((w.user, to_user), (w.expert, to_expert)):
        inbox, mail = had[who.pk]
        assert notices(who) == inbox + expected
        assert sorted(kinds_of(who)) == sorted(mail + expected)
    ring_all()
    assert notices(w.user) == had[w.user.pk][0] + to_user


def test_every_kind_of_the_rules_is_told_somewhere_above() -> None:
    told = {kind for _before, _act, *both in TOLD.values() for kinds in both for kind in kinds}
    assert told == {*(kind.value for kind in NoticeKind), CREDITS_MOVED}


def test_a_dispute_is_told_to_each_operator_once_and_a_party_who_is_one_too(clock: PlatformClock) -> None:
    w = world()
    w.expert.is_staff = True
    w.expert.save()
    operator = person("olga", is_staff=True)
    try:
        meeting = past(w, clock)
        w.act(USER, meeting, Act.EVALUATE, progress=Said.OTHER_FAULT)
        w.act(EXPERT, meeting, Act.EVALUATE, progress=Said.SMOOTH)
        for who in (w.user, w.expert, operator):
            assert notices(who).count("meeting_disputed") == 1
            assert kinds_of(who).count("meeting_disputed") == 1
        letter = letters(operator)["meeting_disputed"]
        assert "Decide the dispute" in letter["body"]
    finally:
        for who in (w.expert, operator):
            who.is_staff = False
            who.save()


def test_every_notice_has_a_kind_a_wording_and_a_template() -> None:
    """Law."""
    from expertim.meetings.mails.frame import _environment
    from expertim.meetings.words.notices import _TEXTS, TITLES

    ours = {kind.code for kind in all_kinds()}
    assert (
        ours - {CREDITS_MOVED, ROOM_MISSING, SWITCHED_OFF.code, CHAT_MESSAGE, REVIEW_REPLIED, SENT, DECIDED}
        == {kind.value for kind in NoticeKind}
        == set(map(str, TITLES))
        == set(map(str, _TEXTS))
    )
    for kind in NoticeKind:
        registered = kind_of(kind)
        assert registered is not None
        assert str(registered.title) == str(TITLES[kind])
        assert writer_of(kind) is not None
        assert _environment().get_template(f"meetings/mail/{kind}.txt")
