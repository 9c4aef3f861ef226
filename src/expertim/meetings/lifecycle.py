"""The rules of a meeting, and nothing else. Pure: no Django, no clock, no database.

A meeting waits for an answer, is agreed, rejected, cancelled or expired. What each party may do in each state
stands in TABLE at the end; every act is a pair of functions: may it be done (a condition of the situation, the
party and the moment), and what follows (a Decision). `possible` asks only the first of each pair, so the buttons
on a page cannot disagree with `decide`. What time does by itself (T1-T6) are *bells*: `next_bell` says when one
rings, `ring` what follows. Before any act is judged, every bell that is due has rung (T0); the shell sees to it.

A moment belongs to what begins at it: *future* is `at < start`, everything else compares with `>=`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, TypeAlias

from expertim.credits.moves import Block, Bonus, Close, Move, close
from expertim.foundation.amounts import share_of
from expertim.meetings.facts import (
    PARTIES,
    Act,
    Alternative,
    Bell,
    By,
    Command,
    Decision,
    Entry,
    Event,
    Notice,
    NoticeKind,
    Payment,
    Possible,
    Progress,
    Refused,
    Room,
    Said,
    Situation,
    Standing,
    State,
    counterparty,
    invalid,
)

SETTLED = frozenset({Progress.WENT_SMOOTHLY, Progress.NO_SHOW_USER, Progress.NO_SHOW_EXPERT})
RESCHEDULABLE = frozenset({State.AGREED, State.REJECTED})

# Which payment may stand beside which state and progress; the database's constraint is built from these sets.
UNSETTLED_PAYMENTS = {
    State.AWAITING: frozenset({Payment.NOT_BLOCKED, Payment.BLOCKED, Payment.FREE}),
    State.AGREED: frozenset({Payment.BLOCKED, Payment.FREE}),
    State.REJECTED: frozenset({Payment.NOT_BLOCKED, Payment.RETURNED, Payment.FREE}),
    State.CANCELLED: frozenset({Payment.NOT_BLOCKED, Payment.RETURNED, Payment.REIMBURSED, Payment.FREE}),
    State.EXPIRED: frozenset({Payment.NOT_BLOCKED, Payment.RETURNED, Payment.FREE}),
}
SETTLED_PAYMENTS = frozenset({Payment.PAID, Payment.RETURNED, Payment.FREE})
# Which state may follow which.
NEXT_STATES = {
    None: frozenset({State.AWAITING}),
    State.AWAITING: frozenset({State.AGREED, State.REJECTED, State.CANCELLED, State.EXPIRED}),
    State.AGREED: frozenset({State.CANCELLED}),
    State.REJECTED: frozenset({State.AWAITING, State.AGREED}),
    State.CANCELLED: frozenset(),
    State.EXPIRED: frozenset(),
}


# ---------------------------------------------------------------- what the rest of the house calls


def decide(*, situation: Situation, command: Command) -> Decision:
    """What follows from the command, whole; raises Refused, and then nothing follows."""
    pair = TABLE.get(situation.now.state, {}).get((command.by, command.act))
    if pair is None or not pair[0](situation, command.by, command.at):
        raise Refused("not_possible_now")
    return pair[1](situation, command)


def possible(*, situation: Situation, by: By, at: datetime) -> tuple[Possible, ...]:
    """The acts that `decide` would not refuse as impossible, in the table's order."""
    return tuple(
        Possible(act=act, until=_until(act, situation), fee=_cost(act, by, situation, at))
        for (party, act), (allowed, _) in TABLE.get(situation.now.state, {}).items()
        if party is by and allowed(situation, by, at)
    )


def cancellation_fee(*, situation: Situation, at: datetime) -> int:
    """What the user's cancelling an agreed meeting costs at that moment, in hundredths (C2, C3)."""
    if at <= free_until(situation):
        return 0
    return share_of(situation.price, situation.terms.late_fee_percent)


def free_until(situation: Situation) -> datetime:
    """The last moment at which the user cancels free of charge: exactly 48 h before the start is still free (C2)."""
    return situation.start - timedelta(hours=situation.terms.free_cancellation_hours)


def join_window(situation: Situation) -> tuple[datetime, datetime]:
    """From when, until when a party may join (J1); the second moment is outside."""
    terms = situation.terms
    return (
        situation.start - timedelta(minutes=terms.join_opens_minutes),
        situation.end + timedelta(minutes=terms.join_closes_minutes),
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


def following(situation: Situation, decision: Decision) -> Situation:
    """The situation after a decision, for judging the next one in the same transaction."""
    available = situation.available
    for move in decision.moves:
        available += {Block: _blocked, Close: _returned, Bonus: _granted}[type(move)](move)
    reviewed = situation.reviewed or bool(decision.review)
    return replace(situation, now=decision.now, available=available, reviewed=reviewed)


# The date that an act would give the meeting, for the overlap warning (O1): the one typed, its own, or the alternative.
DATE_GIVEN = {
    Act.PROPOSE: "typed",
    Act.RESCHEDULE: "typed",
    Act.CONFIRM: "own",
    Act.ALTERNATIVE_CONFIRM: "alternative",
}


# ---------------------------------------------------------------- proposing (P1, P2)


def _anybody(situation: Situation, by: By, at: datetime) -> bool:
    return True


def _propose(situation: Situation, command: Command) -> Decision:
    if situation.not_offered:
        raise invalid(situation.not_offered, "not_offered")
    _check_start(situation, command)
    if command.by is By.USER:
        seen = (command.seen_price, command.seen_minutes)
        if seen != (situation.price, situation.length_minutes):
            raise Refused("terms_changed", price=situation.price, minutes=situation.length_minutes)
    _check_overlap(situation, command)
    payment, moves = _not_blocked(situation)
    if command.by is By.USER:
        payment, moves = _block(situation)
    return Decision(
        now=replace(
            situation.now,
            state=State.AWAITING,
            payment=payment,
            start=_typed_start(command),
            approved_by=frozenset({command.by}),
        ),
        at=command.at,
        entries=(_entry(Event.APPROVED, command, start=command.start, message=command.message),),
        moves=moves,
        notices=(Notice(kind=NoticeKind.PROPOSED, to=counterparty(command.by)),),
    )


# ---------------------------------------------------------------- answering (A1, A2, C1)


def _unanswered(situation: Situation, by: By, at: datetime) -> bool:
    return _future(situation, by, at) and by not in situation.now.approved_by


def _proposed(situation: Situation, by: By, at: datetime) -> bool:
    return _future(situation, by, at) and by in situation.now.approved_by


def _confirm(situation: Situation, command: Command) -> Decision:
    _check_seen_start(command, situation.start)
    _check_overlap(situation, command)
    payment, moves = _as_it_is(situation)
    if command.by is By.USER:
        payment, moves = _block(situation)
    return Decision(
        now=replace(
            situation.now,
            state=State.AGREED,
            payment=payment,
            approved_by=frozenset(PARTIES),
            in_force_at=command.at,
        ),
        at=command.at,
        entries=(_entry(Event.APPROVED, command),),
        moves=moves,
        notices=_both(NoticeKind.AGREED),
        room=Room.CREATE,
    )


def _reject(situation: Situation, command: Command) -> Decision:
    _check_reason(situation)
    payment, moves = _give_back(situation)
    return Decision(
        now=replace(situation.now, state=State.REJECTED, payment=payment),
        at=command.at,
        entries=(_entry(Event.REJECTED, command, reason=command.reason, message=command.message),),
        moves=moves,
        notices=(Notice(kind=NoticeKind.REJECTED, to=counterparty(command.by)),),
    )


def _withdraw(situation: Situation, command: Command) -> Decision:
    payment, moves = _give_back(situation)
    return Decision(
        now=replace(situation.now, state=State.CANCELLED, payment=payment),
        at=command.at,
        entries=(_entry(Event.CANCELLED, command),),
        moves=moves,
        notices=(Notice(kind=NoticeKind.WITHDRAWN, to=counterparty(command.by)),),
    )


# ---------------------------------------------------------------- cancelling (C2, C3, C4)


def _future(situation: Situation, by: By, at: datetime) -> bool:
    return at < situation.start


def _cancel_by_user(situation: Situation, command: Command) -> Decision:
    fee = cancellation_fee(situation=situation, at=command.at)
    if command.seen_fee is None:
        raise invalid("fee", "required")
    if command.seen_fee != fee:
        raise Refused("fee_changed", fee=fee)
    if fee == 0:  # C2, and C3 where the fee comes to nothing
        payment, moves = _give_back(situation)
        return _cancelled(situation, command, payment, moves, NoticeKind.CANCELED_BY_USER)
    split = _deduct(situation, fee)
    decision = _cancelled(situation, command, Payment.REIMBURSED, (split,), NoticeKind.LATE_CANCELLATION, fee=fee)
    reimbursed = Entry(
        event=Event.REIMBURSED,
        by=By.PLATFORM,
        at=command.at,
        values=(("fee", fee), ("paid", fee - split.commission)),
    )
    return replace(decision, entries=(*decision.entries, reimbursed))


def _cancel_by_expert(situation: Situation, command: Command) -> Decision:
    if command.seen_fee:
        raise Refused("fee_changed", fee=0)
    payment, moves = _give_back(situation)
    return _cancelled(situation, command, payment, moves, NoticeKind.CANCELLED_BY_EXPERT)


def _cancelled(
    situation: Situation,
    command: Command,
    payment: Payment,
    moves: tuple[Move, ...],
    kind: NoticeKind,
    **values: Any,
) -> Decision:
    return Decision(
        now=replace(situation.now, state=State.CANCELLED, payment=payment, alternative=None),
        at=command.at,
        entries=(_entry(Event.CANCELLED, command, reason=command.reason, **values),),
        moves=moves,
        notices=(Notice(kind=kind, to=counterparty(command.by)),),
        room=Room.CANCEL,
    )


# ---------------------------------------------------------------- another date (D1-D6)


def _movable(situation: Situation, by: By, at: datetime) -> bool:
    return at < situation.start and situation.now.alternative is None


def _reschedule_agreed(situation: Situation, command: Command) -> Decision:
    kind = {
        By.USER: NoticeKind.RESCHEDULING_AGREED_BY_USER,
        By.EXPERT: NoticeKind.RESCHEDULING_AGREED_BY_EXPERT,
    }[command.by]
    _check_start(situation, command)
    if command.start == situation.start:
        raise invalid("start", "unchanged")
    return _open_alternative(situation, command, kind)


def _offer_after_rejection(situation: Situation, command: Command) -> Decision:
    _check_start(situation, command)
    return _open_alternative(situation, command, NoticeKind.RESCHEDULING_REJECTED_BY_EXPERT)


def _open_alternative(situation: Situation, command: Command, kind: NoticeKind) -> Decision:
    _check_overlap(situation, command)
    alternative = Alternative(start=_typed_start(command), author=command.by)
    return Decision(
        now=replace(situation.now, alternative=alternative),
        at=command.at,
        entries=_date_selected(command),
        notices=(Notice(kind=kind, to=counterparty(command.by)),),
    )


def _repropose(situation: Situation, command: Command) -> Decision:
    _check_start(situation, command)
    _check_overlap(situation, command)
    payment, moves = _block(situation)
    return Decision(
        now=_new_date(
            situation.now,
            start=_typed_start(command),
            state=State.AWAITING,
            payment=payment,
            approved_by=frozenset({command.by}),
            in_force_at=None,
        ),
        at=command.at,
        entries=_date_selected(command),
        moves=moves,
        notices=(Notice(kind=NoticeKind.RESCHEDULING_REJECTED_BY_USER, to=counterparty(command.by)),),
    )


def _answerable(situation: Situation, by: By, at: datetime) -> bool:
    alternative = situation.now.alternative
    return alternative is not None and alternative.author is not by and at < _lapses_at(situation)


def _own_alternative(situation: Situation, by: By, at: datetime) -> bool:
    alternative = situation.now.alternative
    return alternative is not None and alternative.author is by and at < _lapses_at(situation)


def _confirm_alternative(situation: Situation, command: Command) -> Decision:
    alternative = _open(situation)
    _check_seen_start(command, alternative.start)
    _check_overlap(situation, command)
    payment, moves = _as_it_is(situation)
    if situation.now.state is State.REJECTED:
        payment, moves = _block(situation)
    return Decision(
        now=_new_date(
            situation.now,
            start=alternative.start,
            state=State.AGREED,
            payment=payment,
            approved_by=frozenset(PARTIES),
            in_force_at=command.at,
        ),
        at=command.at,
        entries=(_entry(Event.ALTERNATIVE_APPROVED, command, start=alternative.start),),
        moves=moves,
        notices=(Notice(kind=NoticeKind.ALTERNATIVE_CONFIRMED, to=alternative.author),),
        room=Room.CREATE if situation.now.state is State.REJECTED else Room.EDIT,
    )


def _reject_alternative(situation: Situation, command: Command) -> Decision:
    alternative = _open(situation)
    _check_reason(situation)
    _check_seen_start(command, alternative.start)
    values = {"reason": command.reason, "message": command.message}
    return _close_alternative(situation, command, Event.ALTERNATIVE_REJECTED, NoticeKind.ALTERNATIVE_REJECTED, **values)


def _withdraw_alternative(situation: Situation, command: Command) -> Decision:
    _check_seen_start(command, _open(situation).start)
    return _close_alternative(situation, command, Event.ALTERNATIVE_CANCELLED, NoticeKind.ALTERNATIVE_WITHDRAWN)


def _close_alternative(
    situation: Situation, command: Command, event: Event, kind: NoticeKind, **values: Any
) -> Decision:
    return Decision(
        now=replace(situation.now, alternative=None),
        at=command.at,
        entries=(_entry(event, command, start=_open(situation).start, **values),),
        notices=(Notice(kind=kind, to=counterparty(command.by)),),
    )


# ---------------------------------------------------------------- the meeting itself (J1)


def _doors_open(situation: Situation, by: By, at: datetime) -> bool:
    opens, closes = join_window(situation)
    return opens <= at < closes


def _join(situation: Situation, command: Command) -> Decision:
    index = PARTIES.index(command.by)
    first = situation.now.attended_at[index] is None
    attended = _put(situation.now.attended_at, index, command.at) if first else situation.now.attended_at
    return Decision(
        now=replace(situation.now, attended_at=attended),
        at=command.at,
        entries=(_entry(Event.ATTENDED, command),) if first else (),
        joined=True,
    )


# ---------------------------------------------------------------- what became of it (E1, E2, S1-S6, X1)


def _unspoken(situation: Situation, by: By, at: datetime) -> bool:
    return at >= situation.end and situation.now.said_by(by) is None


def _evaluate(situation: Situation, command: Command) -> Decision:
    word = command.progress
    if word is None:
        raise invalid("progress", "required")
    if command.by is By.EXPERT and (command.stars is not None or command.review):
        raise invalid("stars" if command.stars is not None else "review", "not_yours")
    if command.by is By.USER and word is Said.SMOOTH and command.stars is None:
        raise invalid("stars", "required")
    said = _put(situation.now.said, PARTIES.index(command.by), word)
    stated = Decision(
        now=replace(situation.now, said=said),
        at=command.at,
        entries=(_entry(Event.PROGRESS_RECORDED, command, progress=word),),
        moves=_bonus(situation, command),
        stated=word,
        stars=command.stars,
        review=command.review,
    )
    if situation.now.progress in SETTLED:  # too late to move credits, still heard
        return stated
    return _and_then(situation, stated, _outcome_of(said, command.by, word))


def _outcome_of(said: tuple[Said | None, ...], by: By, word: Said) -> Progress | None:
    """S1-S4: what a statement settles by itself, or with the other party's."""
    if (by, word) in _SETTLES:
        return _SETTLES[by, word]
    return Progress.DISPUTED if None not in said else None


_SETTLES = {
    (By.USER, Said.SMOOTH): Progress.WENT_SMOOTHLY,  # S1
    (By.USER, Said.MY_FAULT): Progress.NO_SHOW_USER,  # S2
    (By.EXPERT, Said.MY_FAULT): Progress.NO_SHOW_EXPERT,  # S3
}


def _outcome_by_time(situation: Situation) -> Progress:
    """S5, S6: what holds when nobody, or only one, has spoken for 168 hours."""
    user_came, expert_came = _came(situation)
    user_said, expert_said = situation.now.said
    if expert_said is Said.SMOOTH:
        stands = not (user_came and not expert_came)
        return Progress.WENT_SMOOTHLY if stands else Progress.DISPUTED
    if expert_said is Said.OTHER_FAULT:
        return Progress.NO_SHOW_USER if expert_came and not user_came else Progress.DISPUTED
    if user_said is Said.OTHER_FAULT:
        return Progress.NO_SHOW_EXPERT if user_came and not expert_came else Progress.DISPUTED
    if user_came and not expert_came:
        return Progress.NO_SHOW_EXPERT
    if expert_came and not user_came:
        return Progress.NO_SHOW_USER
    return Progress.WENT_SMOOTHLY


def _came(situation: Situation) -> tuple[bool, bool]:
    """Who pressed Join for the date in force before its end: the user, the expert."""
    user, expert = (moment is not None and moment < situation.end for moment in situation.now.attended_at)
    return user, expert


def _fee_of(situation: Situation, outcome: Progress) -> int:
    """What an outcome deducts: the price (S1), the no-show fee (S2), nothing (S3)."""
    if outcome is Progress.WENT_SMOOTHLY:
        return situation.price
    if outcome is Progress.NO_SHOW_USER:
        return share_of(situation.price, situation.terms.no_show_fee_percent)
    return 0


def _and_then(situation: Situation, decision: Decision, outcome: Progress | None) -> Decision:
    """Add to a decision what the outcome brings: a settlement, a dispute, or nothing yet."""
    if outcome is None or outcome is situation.now.progress:  # still disputed
        return decision
    if outcome is Progress.DISPUTED:
        return replace(
            decision,
            now=replace(decision.now, progress=outcome),
            entries=(*decision.entries, Entry(event=Event.PROGRESS_DISPUTED, by=By.PLATFORM, at=decision.at)),
            notices=(*_both(NoticeKind.DISPUTED), Notice(kind=NoticeKind.DISPUTED, to=By.OPERATOR)),
        )
    return _settled(situation, decision, outcome, _fee_of(situation, outcome), By.PLATFORM, NoticeKind.SETTLED)


def _settled(
    situation: Situation, decision: Decision, outcome: Progress, fee: int, by: By, kind: NoticeKind, **values: Any
) -> Decision:
    payment, moves = _give_back(situation)
    if fee:
        payment, moves = Payment.PAID, (_deduct(situation, fee),)
    evaluated = Entry(
        event=Event.PROGRESS_EVALUATED,
        by=by,
        at=decision.at,
        values=_values(progress=outcome, fee=fee, **values),
    )
    return replace(
        decision,
        now=replace(decision.now, progress=outcome, payment=payment),
        entries=(*decision.entries, evaluated),
        moves=(*moves, *decision.moves),
        notices=_both(kind),
    )


def _disputed(situation: Situation, by: By, at: datetime) -> bool:
    return situation.now.progress is Progress.DISPUTED and not situation.by_a_party


def _settle(situation: Situation, command: Command) -> Decision:
    if command.outcome not in SETTLED:
        raise invalid("outcome", "required")
    if command.fee is None or not 0 <= command.fee <= situation.price:
        raise invalid("fee", "out_of_range")
    if not command.note:
        raise invalid("note", "required")
    start = Decision(now=situation.now, at=command.at)
    return _settled(
        situation,
        start,
        command.outcome,
        command.fee,
        By.OPERATOR,
        NoticeKind.DISPUTE_SETTLED,
        note=command.note,
    )


# ---------------------------------------------------------------- what time does (T1-T6)


def _armed(situation: Situation) -> Iterator[tuple[datetime, Bell]]:
    now, terms = situation.now, situation.terms
    if now.state is State.AWAITING:
        yield situation.start, Bell.EXPIRE
    if now.alternative:
        yield _lapses_at(situation), Bell.LAPSE
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
        yield _settles_at(situation), Bell.SETTLE


def _expire(situation: Situation, due: datetime, at: datetime) -> Decision:
    payment, moves = _give_back(situation)
    return Decision(
        now=replace(situation.now, state=State.EXPIRED, payment=payment),
        at=due,
        entries=(Entry(event=Event.EXPIRED, by=By.PLATFORM, at=due),),
        moves=moves,
        notices=_both(NoticeKind.EXPIRED),
    )


def _lapse(situation: Situation, due: datetime, at: datetime) -> Decision:
    lapsed = Entry(event=Event.ALTERNATIVE_LAPSED, by=By.PLATFORM, at=due, values=_values(start=_open(situation).start))
    return Decision(
        now=replace(situation.now, alternative=None),
        at=due,
        entries=(lapsed,),
        notices=_both(NoticeKind.ALTERNATIVE_LAPSED),
    )


def _remind(situation: Situation, due: datetime, at: datetime) -> Decision:
    useful_until = situation.start - timedelta(minutes=situation.terms.link_minutes)
    if due >= useful_until:  # a policy that reminds no earlier than it sends the link
        useful_until = situation.start
    return _rung(situation, due, Bell.REMIND, _both(NoticeKind.REMINDER) if at < useful_until else ())


def _send_link(situation: Situation, due: datetime, at: datetime) -> Decision:
    return _rung(situation, due, Bell.LINK, _both(NoticeKind.LINK) if at < situation.end else ())


def _ask_evaluation(situation: Situation, due: datetime, at: datetime) -> Decision:
    silent = tuple(
        Notice(kind=NoticeKind.EVALUATION_REMINDER, to=party)
        for party in PARTIES
        if situation.now.said_by(party) is None
    )
    return _rung(situation, due, Bell.ASK_EVALUATION, silent if at < _settles_at(situation) else ())


def _settle_by_time(situation: Situation, due: datetime, at: datetime) -> Decision:
    return _and_then(situation, Decision(now=situation.now, at=due), _outcome_by_time(situation))


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


# ---------------------------------------------------------------- what the pairs above share


def _lapses_at(situation: Situation) -> datetime:
    return min(situation.start, _open(situation).start)


def _settles_at(situation: Situation) -> datetime:
    return situation.end + timedelta(hours=situation.terms.settlement_hours)


def _open(situation: Situation) -> Alternative:
    if situation.now.alternative is None:
        raise ValueError("no alternative date is open")
    return situation.now.alternative


def _new_date(standing: Standing, *, start: datetime, **changes: Any) -> Standing:
    """A new date: what belonged to the old one (reminders, attendance, an alternative) goes with it."""
    return replace(
        standing,
        start=start,
        alternative=None,
        generation=standing.generation + 1,
        rung=frozenset(),
        attended_at=(None, None),
        **changes,
    )


def _check_start(situation: Situation, command: Command) -> None:
    if _typed_start(command) <= command.at:
        raise invalid("start", "past")


def _typed_start(command: Command) -> datetime:
    if command.start is None:
        raise invalid("start", "required")
    return command.start


def _check_reason(situation: Situation) -> None:
    if not situation.reason_listed:
        raise invalid("reason", "not_offered")


def _check_seen_start(command: Command, start: datetime) -> None:
    """C5: the answer is to the date that its sender saw."""
    if command.seen_start is not None and command.seen_start != start:
        raise Refused("terms_changed", start=start)


def _check_overlap(situation: Situation, command: Command) -> None:
    """O1: a warning, not a wall."""
    if situation.overlaps and not command.acknowledge_overlap:
        raise Refused("overlap", meetings=situation.overlaps)


def _as_it_is(situation: Situation) -> tuple[Payment, tuple[Move, ...]]:
    return situation.now.payment, ()


def _not_blocked(situation: Situation) -> tuple[Payment, tuple[Move, ...]]:
    return (Payment.NOT_BLOCKED if situation.price else Payment.FREE), ()


def _block(situation: Situation) -> tuple[Payment, tuple[Move, ...]]:
    """Block the price; Z2 where the user has less."""
    if situation.price == 0:
        return Payment.FREE, ()
    missing = situation.price - situation.available
    if missing > 0:
        raise Refused("insufficient_credits", missing=missing)
    return Payment.BLOCKED, (Block(amount=situation.price),)


def _give_back(situation: Situation) -> tuple[Payment, tuple[Move, ...]]:
    """Return everything that is blocked; else the payment stays as it is."""
    if situation.now.payment is not Payment.BLOCKED:
        return situation.now.payment, ()
    return Payment.RETURNED, (Close(amount=situation.price, fee=0, commission=0),)


def _deduct(situation: Situation, fee: int) -> Close:
    return close(amount=situation.price, fee=fee, commission_percent=situation.terms.commission_percent)


def _bonus(situation: Situation, command: Command) -> tuple[Move, ...]:
    """V1: the first words of this user about this expert."""
    if not command.review or situation.reviewed or not situation.terms.review_bonus:
        return ()
    return (Bonus(amount=situation.terms.review_bonus),)


def _both(kind: NoticeKind) -> tuple[Notice, ...]:
    return tuple(Notice(kind=kind, to=party) for party in PARTIES)


def _date_selected(command: Command) -> tuple[Entry, ...]:
    selected = _entry(Event.ALTERNATIVE_SELECTED, command, start=command.start, message=command.message)
    return selected, _entry(Event.APPROVED, command)


def _entry(event: Event, command: Command, **values: Any) -> Entry:
    return Entry(event=event, by=command.by, at=command.at, values=_values(**values))


def _values(**values: Any) -> tuple[tuple[str, Any], ...]:
    return tuple((name, value) for name, value in values.items() if value not in (None, ""))


def _put(pair: tuple[Any, Any], index: int, value: Any) -> tuple[Any, Any]:
    return (value, pair[1]) if index == 0 else (pair[0], value)


def _blocked(move: Any) -> int:
    return -int(move.amount)


def _returned(move: Any) -> int:
    return int(move.amount) - int(move.fee)


def _granted(move: Any) -> int:
    return int(move.amount)


def _until(act: Act, situation: Situation) -> datetime | None:
    if act in (Act.ALTERNATIVE_CONFIRM, Act.ALTERNATIVE_REJECT, Act.ALTERNATIVE_WITHDRAW):
        return _lapses_at(situation)
    if act is Act.JOIN:
        return join_window(situation)[1]
    if act in (Act.EVALUATE, Act.SETTLE, Act.PROPOSE):
        return None
    return situation.start


def _cost(act: Act, by: By, situation: Situation, at: datetime) -> int | None:
    if act is not Act.CANCEL:
        return None
    return cancellation_fee(situation=situation, at=at) if by is By.USER else 0


# ---------------------------------------------------------------- the rules table

Allowed: TypeAlias = Callable[[Situation, By, datetime], bool]
Effect: TypeAlias = Callable[[Situation, Command], Decision]

_ANSWERS: dict[tuple[By, Act], tuple[Allowed, Effect]] = {
    (party, act): pair
    for party in PARTIES
    for act, pair in {
        Act.ALTERNATIVE_CONFIRM: (_answerable, _confirm_alternative),  # D4
        Act.ALTERNATIVE_REJECT: (_answerable, _reject_alternative),  # D5
        Act.ALTERNATIVE_WITHDRAW: (_own_alternative, _withdraw_alternative),  # D6
    }.items()
}

TABLE: dict[State | None, dict[tuple[By, Act], tuple[Allowed, Effect]]] = {
    None: {
        (By.USER, Act.PROPOSE): (_anybody, _propose),  # P1
        (By.EXPERT, Act.PROPOSE): (_anybody, _propose),  # P2
    },
    State.AWAITING: {
        (By.USER, Act.CONFIRM): (_unanswered, _confirm),  # A1
        (By.USER, Act.REJECT): (_unanswered, _reject),  # A2
        (By.USER, Act.WITHDRAW): (_proposed, _withdraw),  # C1
        (By.EXPERT, Act.CONFIRM): (_unanswered, _confirm),  # A1
        (By.EXPERT, Act.REJECT): (_unanswered, _reject),  # A2
        (By.EXPERT, Act.WITHDRAW): (_proposed, _withdraw),  # C1
    },
    State.AGREED: {
        **_ANSWERS,  # D4, D5, D6
        (By.USER, Act.JOIN): (_doors_open, _join),  # J1
        (By.USER, Act.EVALUATE): (_unspoken, _evaluate),  # E1
        (By.USER, Act.RESCHEDULE): (_movable, _reschedule_agreed),  # D1
        (By.USER, Act.CANCEL): (_future, _cancel_by_user),  # C2, C3
        (By.EXPERT, Act.JOIN): (_doors_open, _join),  # J1
        (By.EXPERT, Act.EVALUATE): (_unspoken, _evaluate),  # E2
        (By.EXPERT, Act.RESCHEDULE): (_movable, _reschedule_agreed),  # D1
        (By.EXPERT, Act.CANCEL): (_future, _cancel_by_expert),  # C4
        (By.OPERATOR, Act.SETTLE): (_disputed, _settle),  # X1
    },
    State.REJECTED: {
        **_ANSWERS,  # D4, D5, D6
        (By.USER, Act.RESCHEDULE): (_movable, _repropose),  # D2
        (By.EXPERT, Act.RESCHEDULE): (_movable, _offer_after_rejection),  # D3
    },
    State.CANCELLED: {},
    State.EXPIRED: {},
}
