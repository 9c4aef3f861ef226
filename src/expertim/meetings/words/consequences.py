"""What each act brings about, in sentences with exact amounts and moments; one function an act."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from expertim.foundation.amounts import share_of
from expertim.foundation.numbers import credit_words, plural_of
from expertim.meetings.facts import Act, By, Payment, State
from expertim.meetings.queries import MeetingView
from expertim.meetings.words.money import commission_of, experts_part, late_fee, percent_words
from expertim.meetings.words.speaking import others_of, own_clock, shifting_words, within
from expertim.people.formats import Clock


def _propose(view: MeetingView, clock: Clock) -> list[str]:
    return [_("{name} is told and has until the start to answer.").format(name=view.other.name)]


def _confirm(view: MeetingView, clock: Clock) -> list[str]:
    return [
        _("The meeting is agreed for {start}.").format(start=_when(view, clock)),
        *shifting_words(view.situation.start, clock, *others_of(view)),
        *_blocking(view),
        _room(),
        *_cancelling_later(view, clock),
    ]


def _reject(view: MeetingView, clock: Clock) -> list[str]:
    until = _when(view, clock)
    if view.my_role is By.USER:
        later = _("Until {until} you can still propose another date, and so can {name}.")
    else:
        later = _("Until {until} you can still offer another date, and so can {name}.")
    return [
        _("The meeting on {start} does not take place.").format(start=_when(view, clock)),
        *_returning(view),
        _("{name} is told, with your reason.").format(name=view.other.name),
        later.format(until=until, name=view.other.name),
    ]


def _withdraw(view: MeetingView, clock: Clock) -> list[str]:
    return [
        _("Your proposal for {start} is taken back for good; a new one can be made at any time.").format(
            start=_when(view, clock)
        ),
        *_returning(view),
        _("{name} is told.").format(name=view.other.name),
    ]


def _cancel(view: MeetingView, clock: Clock) -> list[str]:
    told = [_("The video room is cancelled. {name} is told, with your reason.").format(name=view.other.name)]
    if view.situation.now.alternative:
        told.append(_("The other date that has been suggested falls with it."))
    return [
        _("The meeting on {start} does not take place.").format(start=_when(view, clock)),
        *_cancellation(view, clock),
        *told,
    ]


def _cancellation(view: MeetingView, clock: Clock) -> list[str]:
    fee = view.cancelling.fee if view.cancelling else 0
    if not fee:
        return [*_returning(view), *_fee_to_come(view, clock)]
    terms, price = view.situation.terms, view.situation.price
    return [
        _("Because fewer than {hours} h remain, it costs you {fee} ({percent} of the price).").format(
            hours=terms.free_cancellation_hours, fee=credit_words(fee), percent=percent_words(terms.late_fee_percent)
        ),
        _split(view, fee),
        ngettext(
            "The other {rest} is returned to you.", "The other {rest} are returned to you.", plural_of(price - fee)
        ).format(rest=credit_words(price - fee)),
    ]


def _fee_to_come(view: MeetingView, clock: Clock) -> list[str]:
    if view.my_role is not By.USER or view.cancelling is None or not late_fee(view):
        return []
    return [
        _("This is free of charge until {moment}; after that it costs {fee}.").format(
            moment=own_clock(view.cancelling.free_until, clock), fee=credit_words(late_fee(view))
        )
    ]


def _split(view: MeetingView, fee: int) -> str:
    return _("Of that {name} gets {part} and the platform {commission}.").format(
        name=view.expert.name,
        part=credit_words(experts_part(view, fee)),
        commission=credit_words(commission_of(view, fee)),
    )


def _reschedule(view: MeetingView, clock: Clock) -> list[str]:
    if view.situation.now.state is State.REJECTED:
        return _reschedule_rejected(view, clock)
    return [
        _("{name} is asked. Until the answer, the date you have agreed stands: {start}.").format(
            name=view.other.name, start=_when(view, clock)
        ),
        _("If {name} confirms, the new date takes its place and the room moves with it.").format(name=view.other.name),
        _("Without an answer your suggestion lapses when the first of the two dates comes."),
        _("No credits move."),
    ]


def _reschedule_rejected(view: MeetingView, clock: Clock) -> list[str]:
    if view.my_role is By.USER:
        return [
            _("The meeting is proposed to {name} anew, on your new date; {name} has until then to answer.").format(
                name=view.other.name
            ),
            *_blocking(view),
        ]
    asked = [
        _("{name} is asked. Until then the meeting stays rejected.").format(name=view.other.name),
        _("Without an answer your suggestion lapses on {until}, or when the new date comes, if that is sooner.").format(
            until=_when(view, clock)
        ),
    ]
    if view.situation.price:
        asked.append(
            ngettext(
                "If {name} confirms, it is agreed, and {amount} of {name} is blocked.",
                "If {name} confirms, it is agreed, and {amount} of {name} are blocked.",
                plural_of(view.situation.price),
            ).format(name=view.other.name, amount=credit_words(view.situation.price))
        )
    return asked


def _alternative_confirm(view: MeetingView, clock: Clock) -> list[str]:
    new, old = _alternative(view, clock), _when(view, clock)
    alternative = view.situation.now.alternative
    later = [
        *(shifting_words(alternative.start, clock, *others_of(view)) if alternative else ()),
        *_cancelling_later(view, clock, alternative.start if alternative else None),
    ]
    if view.situation.now.state is State.REJECTED:
        return [_("The meeting is agreed for {new}.").format(new=new), *_blocking(view), _room(), *later]
    return [
        _("The meeting moves to {new}.").format(new=new),
        _("{old} no longer holds.").format(old=old),
        _("The room moves with it, both of you are reminded anew. No credits move."),
        *later,
    ]


def _alternative_reject(view: MeetingView, clock: Clock) -> list[str]:
    if view.situation.now.state is State.REJECTED:
        stays = _("The meeting stays rejected; another date can be agreed until {start}.")
    else:
        stays = _("The meeting stays agreed for {start}.")
    return [
        _("{new} is no longer suggested.").format(new=_alternative(view, clock)),
        stays.format(start=_when(view, clock)),
        _("{name} is told, with your reason. No credits move.").format(name=view.other.name),
    ]


def _alternative_withdraw(view: MeetingView, clock: Clock) -> list[str]:
    return [
        _("{new} is no longer suggested.").format(new=_alternative(view, clock)),
        (
            _("The meeting stays rejected; another date can be agreed until {start}.")
            if view.situation.now.state is State.REJECTED
            else _("The meeting stays agreed for {start}.")
        ).format(start=_when(view, clock)),
        _("{name} is told. No credits move.").format(name=view.other.name),
    ]


def _join(view: MeetingView, clock: Clock) -> list[str]:
    opens, closes = view.join_window
    return [
        _("The meeting is on {start}.").format(start=_when(view, clock)),
        _("Joining is possible from {opens} until {closes}.").format(
            opens=within(opens, clock, *others_of(view)), closes=within(closes, clock, *others_of(view))
        ),
        _("Pressing the button records that you have come and opens the room; looking at this page records nothing."),
    ]


def _evaluate(view: MeetingView, clock: Clock) -> list[str]:
    if view.settled:
        return [_("The credits of this meeting are settled. What you say is kept and moves nothing any more.")]
    if not view.situation.price:
        return [_("This meeting was free of charge: what you say moves no credits.")]
    if view.my_role is By.USER:
        return _users_evaluation(view)
    return [
        _("If it went smoothly, you are paid {part} once {name} says so too, or by itself in the end.").format(
            part=credit_words(experts_part(view, view.situation.price)), name=view.user.name
        ),
        _("If it did not take place because of you, {name} gets everything back at once.").format(name=view.user.name),
        _("If the two of you do not say the same, an operator decides."),
    ]


def _users_evaluation(view: MeetingView) -> list[str]:
    price, terms = view.situation.price, view.situation.terms
    fee = share_of(price, terms.no_show_fee_percent)
    return [
        ngettext(
            "If it went smoothly, {amount} is taken and {name} gets {part} of it.",
            "If it went smoothly, {amount} are taken and {name} gets {part} of them.",
            plural_of(price),
        ).format(name=view.expert.name, amount=credit_words(price), part=credit_words(experts_part(view, price))),
        ngettext(
            "If it did not take place because of you, {fee} is taken ({percent} of the price).",
            "If it did not take place because of you, {fee} are taken ({percent} of the price).",
            plural_of(fee),
        ).format(fee=credit_words(fee), percent=percent_words(terms.no_show_fee_percent)),
        _("If it did not take place because of {name}, nothing is taken yet: {name} may speak first.").format(
            name=view.expert.name
        ),
        _("If the two of you do not say the same, an operator decides."),
    ]


def _settle(view: MeetingView, clock: Clock) -> list[str]:
    if not view.situation.price:
        return [_("This meeting was free of charge: no credits move.")]
    return [
        _("The fee is taken from what is blocked, {amount}; the rest goes back to {user}.").format(
            amount=credit_words(view.situation.price), user=view.user.name
        ),
        _("{expert} is paid the fee less the platform's commission ({percent}).").format(
            expert=view.expert.name, percent=percent_words(view.situation.terms.commission_percent)
        ),
        _("Both are told, with your note. This cannot be changed afterwards."),
    ]


# ---------------------------------------------------------------- what they share


def _when(view: MeetingView, clock: Clock) -> str:
    return within(view.situation.start, clock, *others_of(view))


def _alternative(view: MeetingView, clock: Clock) -> str:
    alternative = view.situation.now.alternative
    return within(alternative.start if alternative else view.situation.start, clock, *others_of(view))


def _room() -> str:
    return _("A video room is prepared, and both of you are reminded before the start.")


def _blocking(view: MeetingView) -> list[str]:
    price, name = view.situation.price, view.user.name
    if not view.situation.price:
        return [_("The meeting is free of charge.")]
    if view.my_role is By.USER:
        return [
            ngettext(
                "{amount} of yours is blocked for it now. It is paid only after the meeting.",
                "{amount} of yours are blocked for it now. They are paid only after the meeting.",
                plural_of(price),
            ).format(amount=credit_words(price)),
            _("You have {available} available.").format(available=credit_words(view.situation.available)),
        ]
    blocked = ngettext(
        "{amount} of {name} is blocked for it already.",
        "{amount} of {name} are blocked for it already.",
        plural_of(price),
    )
    return [blocked.format(amount=credit_words(price), name=name)]


def _returning(view: MeetingView) -> list[str]:
    if view.situation.now.payment is not Payment.BLOCKED:
        return [_("No credits move.")]
    price = view.situation.price
    if view.my_role is By.USER:
        returned = ngettext(
            "Your {amount} is returned to you whole.", "Your {amount} are returned to you whole.", plural_of(price)
        )
    else:
        returned = ngettext(
            "{amount} is returned to {name} whole.", "{amount} are returned to {name} whole.", plural_of(price)
        )
    return [returned.format(amount=credit_words(price), name=view.user.name)]


def _cancelling_later(view: MeetingView, clock: Clock, start: datetime | None = None) -> list[str]:
    """What cancelling will cost once the meeting is agreed, for its own date or for another one."""
    if view.my_role is not By.USER:
        return [_("You can cancel it until it begins; then {name} gets everything back.").format(name=view.user.name)]
    fee = late_fee(view)
    if not fee:
        return [_("You can cancel it free of charge until it begins.")]
    free = (start or view.situation.start) - timedelta(hours=view.situation.terms.free_cancellation_hours)
    if free < view.at:
        return [_("Once it is agreed, cancelling costs you {fee}.").format(fee=credit_words(fee))]
    return [
        _("You can cancel it free of charge until {moment}; after that it costs {fee}.").format(
            moment=own_clock(free, clock), fee=credit_words(fee)
        )
    ]


CONSEQUENCES: dict[Act, Callable[[MeetingView, Clock], list[str]]] = {
    Act.PROPOSE: _propose,
    Act.CONFIRM: _confirm,
    Act.REJECT: _reject,
    Act.WITHDRAW: _withdraw,
    Act.CANCEL: _cancel,
    Act.RESCHEDULE: _reschedule,
    Act.ALTERNATIVE_CONFIRM: _alternative_confirm,
    Act.ALTERNATIVE_REJECT: _alternative_reject,
    Act.ALTERNATIVE_WITHDRAW: _alternative_withdraw,
    Act.JOIN: _join,
    Act.EVALUATE: _evaluate,
    Act.SETTLE: _settle,
}
