"""What time does by itself (T1-T6): bells, the moments they are armed for, and what follows. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime, timedelta

from expertim.meetings.facts import (
    PARTIES,
    Bell,
    By,
    Decision,
    Entry,
    Event,
    Notice,
    NoticeKind,
    Situation,
    State,
)
from expertim.meetings.rules.held import outcome_by_time, with_outcome
from expertim.meetings.rules.shared import (
    both_told,
    give_back,
    lapses_at,
    settles_at,
    the_alternative,
    values_of,
)


def next_bell(situation: Situation) -> tuple[datetime, Bell] | None:
    """The next thing that time will do to this meeting, and when; None where nothing is armed."""
    return min(_armed(situation), key=lambda armed: (armed[0], armed[1].value), default=None)


def ring(*, situation: Situation, at: datetime) -> Decision | None:
    """What time has done by `at`: the first bell that is due, or None. Call again on what follows (T0)."""
    bell = next_bell(situation)
    if bell is None or bell[0] > at:
        return None
    return _BELLS[bell[1]](situation, bell[0], at)


def useful_until(kind: NoticeKind, situation: Situation) -> datetime | None:
    """From when on telling somebody that would be too late; None where it never is."""
    if kind is NoticeKind.REMINDER:
        link_at = situation.start - timedelta(minutes=situation.terms.link_minutes)
        remind_at = situation.start - timedelta(hours=situation.terms.reminder_hours)
        return link_at if remind_at < link_at else situation.start  # a policy may remind no earlier than it links
    if kind is NoticeKind.LINK:
        return situation.end
    if kind is NoticeKind.EVALUATION_REMINDER:
        return settles_at(situation)
    if kind in (NoticeKind.PROPOSED, NoticeKind.RESCHEDULING_REJECTED_BY_USER):
        return situation.start
    if kind in _SUGGESTIONS and situation.now.alternative:
        return lapses_at(situation)
    return None


_SUGGESTIONS = frozenset(
    {
        NoticeKind.RESCHEDULING_AGREED_BY_USER,
        NoticeKind.RESCHEDULING_AGREED_BY_EXPERT,
        NoticeKind.RESCHEDULING_REJECTED_BY_EXPERT,
    }
)


def still_so(kind: NoticeKind, *, situation: Situation, to: By, generation: int | None, start: datetime) -> bool:
    """Whether what a notice asks for or reminds of is still open; what only tells what happened always is.

    `start` is the date that it speaks of: the alternative's where it suggests one.
    """
    now = situation.now
    if kind in (NoticeKind.REMINDER, NoticeKind.LINK):
        return now.state is State.AGREED and now.generation == generation
    if kind is NoticeKind.EVALUATION_REMINDER:
        current = now.state is State.AGREED and now.generation == generation
        return current and (to not in PARTIES or now.said_by(to) is None)
    if kind in (NoticeKind.PROPOSED, NoticeKind.RESCHEDULING_REJECTED_BY_USER):
        return now.state is State.AWAITING and now.generation == generation
    if kind in _SUGGESTIONS:
        return now.alternative is not None and now.alternative.start == start and now.alternative.author is not to
    return True


def _armed(situation: Situation) -> Iterator[tuple[datetime, Bell]]:
    now, terms = situation.now, situation.terms
    if now.state is State.AWAITING:
        yield situation.start, Bell.EXPIRE
    if now.alternative:
        yield lapses_at(situation), Bell.LAPSE
    if now.state is not State.AGREED or now.in_force_at is None:
        return
    remind_at = situation.start - timedelta(hours=terms.reminder_hours)
    if Bell.REMIND not in now.rung and now.in_force_at <= remind_at:
        yield remind_at, Bell.REMIND
    if Bell.LINK not in now.rung:
        yield max(situation.start - timedelta(minutes=terms.link_minutes), now.in_force_at), Bell.LINK
    if Bell.ASK_EVALUATION not in now.rung and None in now.said:
        yield situation.end + timedelta(hours=terms.evaluation_reminder_hours), Bell.ASK_EVALUATION
    if now.progress is None:
        yield settles_at(situation), Bell.SETTLE


def _expire(situation: Situation, due: datetime, at: datetime) -> Decision:
    payment, moves = give_back(situation)
    return Decision(
        now=replace(situation.now, state=State.EXPIRED, payment=payment),
        at=due,
        entries=(Entry(event=Event.EXPIRED, by=By.PLATFORM, at=due),),
        moves=moves,
        notices=both_told(NoticeKind.EXPIRED),
    )


def _lapse(situation: Situation, due: datetime, at: datetime) -> Decision:
    lapsed = Entry(
        event=Event.ALTERNATIVE_LAPSED, by=By.PLATFORM, at=due, values=values_of(start=the_alternative(situation).start)
    )
    return Decision(
        now=replace(situation.now, alternative=None),
        at=due,
        entries=(lapsed,),
        notices=both_told(NoticeKind.ALTERNATIVE_LAPSED),
    )


def _remind(situation: Situation, due: datetime, at: datetime) -> Decision:
    return _rung(situation, due, Bell.REMIND, _if_useful(NoticeKind.REMINDER, situation, at))


def _send_link(situation: Situation, due: datetime, at: datetime) -> Decision:
    return _rung(situation, due, Bell.LINK, _if_useful(NoticeKind.LINK, situation, at))


def _ask_evaluation(situation: Situation, due: datetime, at: datetime) -> Decision:
    told = _if_useful(NoticeKind.EVALUATION_REMINDER, situation, at)
    silent = tuple(notice for notice in told if situation.now.said_by(notice.to) is None)
    return _rung(situation, due, Bell.ASK_EVALUATION, silent)


def _if_useful(kind: NoticeKind, situation: Situation, at: datetime) -> tuple[Notice, ...]:
    """What an outage has delayed beyond its use is dropped, never sent late in a heap."""
    until = useful_until(kind, situation)
    return both_told(kind) if until is None or at < until else ()


def _settle_by_time(situation: Situation, due: datetime, at: datetime) -> Decision:
    return with_outcome(situation, Decision(now=situation.now, at=due), outcome_by_time(situation))


def _rung(situation: Situation, due: datetime, bell: Bell, notices: tuple[Notice, ...]) -> Decision:
    return Decision(now=replace(situation.now, rung=situation.now.rung | {bell}), at=due, notices=notices)


_BELLS: dict[Bell, Callable[[Situation, datetime, datetime], Decision]] = {
    Bell.EXPIRE: _expire,
    Bell.LAPSE: _lapse,
    Bell.REMIND: _remind,
    Bell.LINK: _send_link,
    Bell.ASK_EVALUATION: _ask_evaluation,
    Bell.SETTLE: _settle_by_time,
}
