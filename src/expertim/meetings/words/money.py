"""What a meeting costs, what is blocked, and what cancelling costs now and later."""

from __future__ import annotations

from decimal import Decimal

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from expertim.credits.moves import close
from expertim.foundation.amounts import share_of
from expertim.foundation.numbers import credit_words, number_shown, plural_of
from expertim.meetings.facts import By, Payment, State
from expertim.meetings.queries import MeetingView
from expertim.meetings.words.labels import PAYMENTS
from expertim.meetings.words.past import settled_fee
from expertim.meetings.words.speaking import own_clock
from expertim.people.formats import Clock


def experts_part(view: MeetingView, fee: int) -> int:
    """What of a fee is the expert's (K4)."""
    return fee - commission_of(view, fee)


def commission_of(view: MeetingView, fee: int) -> int:
    terms = view.situation.terms
    return close(amount=view.situation.price, fee=fee, commission_percent=terms.commission_percent).commission


def late_fee(view: MeetingView) -> int:
    return share_of(view.situation.price, view.situation.terms.late_fee_percent)


def percent_words(percent: Decimal) -> str:
    """50.00 -> "50 %"."""
    whole = percent == percent.to_integral_value()
    return _("{percent} %").format(percent=number_shown(f"{percent:.0f}" if whole else f"{percent:.2f}"))


def money_words(view: MeetingView) -> str:
    """What has become of the credits."""
    payment = view.situation.now.payment
    if payment is Payment.REIMBURSED:
        return paid_words(view, late_fee(view))
    if payment is Payment.PAID:
        return paid_words(view, settled_fee(view))
    return {
        Payment.FREE: _free,
        Payment.NOT_BLOCKED: _nothing_blocked,
        Payment.BLOCKED: _blocked,
        Payment.RETURNED: _returned,
    }[payment](view)


def _free(view: MeetingView) -> str:
    return _("Free: no credits move, whatever happens.")


def _nothing_blocked(view: MeetingView) -> str:
    if view.situation.now.state is not State.AWAITING:
        return _("No credits were blocked.")
    if view.my_role is By.USER:
        text = ngettext(
            "Nothing is blocked; {amount} will be when you confirm.",
            "Nothing is blocked; {amount} will be when you confirm.",
            plural_of(view.situation.price),
        )
    else:
        text = ngettext(
            "Nothing is blocked; {amount} will be when {user} confirms.",
            "Nothing is blocked; {amount} will be when {user} confirms.",
            plural_of(view.situation.price),
        )
    return text.format(amount=credit_words(view.situation.price), user=view.user.name)


def _blocked(view: MeetingView) -> str:
    price = view.situation.price
    if view.my_role is By.USER:
        text = ngettext(
            "{amount} of yours is blocked for it.", "{amount} of yours are blocked for it.", plural_of(price)
        )
    else:
        text = ngettext(
            "{amount} of {user} is blocked for it.", "{amount} of {user} are blocked for it.", plural_of(price)
        )
    return text.format(amount=credit_words(view.situation.price), user=view.user.name)


def _returned(view: MeetingView) -> str:
    price = view.situation.price
    if view.my_role is By.USER:
        text = ngettext("{amount} has been returned to you.", "{amount} have been returned to you.", plural_of(price))
    else:
        text = ngettext(
            "{amount} has been returned to {user}.", "{amount} have been returned to {user}.", plural_of(price)
        )
    return text.format(amount=credit_words(view.situation.price), user=view.user.name)


def paid_words(view: MeetingView, fee: int | None) -> str:
    """Who paid and who was paid how much; without amounts where the fee is not known."""
    if fee is None:
        return _("You have been paid.") if view.my_role is By.EXPERT else _paid_to(view)
    rest = view.situation.price - fee
    words = {
        "fee": credit_words(fee),
        "part": credit_words(experts_part(view, fee)),
        "rest": credit_words(rest),
        "user": view.user.name,
        "expert": view.expert.name,
    }
    if view.my_role is By.USER:
        back = ngettext(
            "You have paid {fee}; {rest} came back to you.",
            "You have paid {fee}; {rest} came back to you.",
            plural_of(rest),
        )
        text = back if rest else _("You have paid {fee}.")
    elif view.my_role is By.EXPERT:
        text = _("You have been paid {part}.")
    elif rest:
        text = ngettext(
            "{user} has paid {fee}, of which {expert} got {part}; {rest} went back to {user}.",
            "{user} has paid {fee}, of which {expert} got {part}; {rest} went back to {user}.",
            plural_of(rest),
        )
    else:
        text = _("{user} has paid {fee}, of which {expert} got {part}.")
    return text.format(**words)


def _paid_to(view: MeetingView) -> str:
    return _("{expert} has been paid.").format(expert=view.expert.name)


def payment_label(view: MeetingView) -> str:
    return str(PAYMENTS[view.situation.now.payment])


def cancelling_words(view: MeetingView, clock: Clock) -> list[str]:
    """What cancelling costs the reader now, and when that changes; nothing where cancelling is not possible."""
    cancelling = view.cancelling
    if cancelling is None:
        return []
    price = view.situation.price
    if view.my_role is not By.USER:
        if not price:
            return [_("You can cancel until the meeting begins.")]
        return [
            _("If you cancel, {user} gets everything back, whatever the hour: {amount}.").format(
                user=view.user.name, amount=credit_words(price)
            )
        ]
    if not late_fee(view):
        return [_("Cancelling costs nothing until the meeting begins.")]
    if cancelling.fee:
        return [_late(view, cancelling.fee)]
    return [
        _("Cancelling now costs nothing."),
        _("After {moment} it costs {percent} of the price ({fee}).").format(
            moment=own_clock(cancelling.free_until, clock),
            percent=percent_words(view.situation.terms.late_fee_percent),
            fee=credit_words(late_fee(view)),
        ),
    ]


def _late(view: MeetingView, fee: int) -> str:
    rest = view.situation.price - fee
    return ngettext(
        "Cancelling now costs {fee} ({percent} of the price); {rest} is returned to you.",
        "Cancelling now costs {fee} ({percent} of the price); {rest} are returned to you.",
        plural_of(rest),
    ).format(
        fee=credit_words(fee),
        percent=percent_words(view.situation.terms.late_fee_percent),
        rest=credit_words(rest),
    )
