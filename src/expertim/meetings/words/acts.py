"""The acts: their names, their buttons, and what each brings about, said before the button is pressed and after."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.utils.translation import gettext as _

from expertim.meetings.facts import Act, By, Possible, State
from expertim.meetings.queries import MeetingView
from expertim.meetings.words.consequences import CONSEQUENCES
from expertim.meetings.words.speaking import both_clocks, credit_words, others_of
from expertim.people.formats import Clock

_ORDER = (
    Act.CONFIRM,
    Act.ALTERNATIVE_CONFIRM,
    Act.JOIN,
    Act.EVALUATE,
    Act.SETTLE,
    Act.REJECT,
    Act.ALTERNATIVE_REJECT,
    Act.ALTERNATIVE_WITHDRAW,
    Act.RESCHEDULE,
    Act.WITHDRAW,
    Act.CANCEL,
)


def acts_in_order(actions: Iterable[Possible]) -> list[Possible]:
    """The likeliest first, what ends the meeting last."""
    return sorted(actions, key=lambda action: _ORDER.index(action.act))


def act_name(act: Act, view: MeetingView | None = None) -> str:
    """What a link to the act's page says."""
    if act is Act.RESCHEDULE and view and view.situation.now.state is State.REJECTED and view.my_role is By.USER:
        return _("Propose another date")
    return {
        Act.PROPOSE: _("Propose a meeting"),
        Act.CONFIRM: _("Confirm"),
        Act.REJECT: _("Reject"),
        Act.WITHDRAW: _("Withdraw the proposal"),
        Act.CANCEL: _("Cancel the meeting"),
        Act.RESCHEDULE: _("Suggest another date"),
        Act.ALTERNATIVE_CONFIRM: _("Confirm the other date"),
        Act.ALTERNATIVE_REJECT: _("Reject the other date"),
        Act.ALTERNATIVE_WITHDRAW: _("Take the other date back"),
        Act.JOIN: _("Join"),
        Act.EVALUATE: _("Say how it went"),
        Act.SETTLE: _("Settle the dispute"),
    }[act]


def question(act: Act, view: MeetingView) -> str:
    """The heading of the act's page."""
    name = {"name": view.other.name}
    return {
        Act.PROPOSE: _("Propose a meeting to {name}"),
        Act.CONFIRM: _("Confirm the meeting with {name}?"),
        Act.REJECT: _("Reject the meeting with {name}?"),
        Act.WITHDRAW: _("Withdraw your proposal to {name}?"),
        Act.CANCEL: _("Cancel the meeting with {name}?"),
        Act.RESCHEDULE: _("Another date for the meeting with {name}"),
        Act.ALTERNATIVE_CONFIRM: _("Confirm the date that {name} suggests?"),
        Act.ALTERNATIVE_REJECT: _("Reject the date that {name} suggests?"),
        Act.ALTERNATIVE_WITHDRAW: _("Take back the date that you have suggested?"),
        Act.JOIN: _("Join the meeting with {name}"),
        Act.EVALUATE: _("How did the meeting with {name} go?"),
        Act.SETTLE: _("Settle the dispute"),
    }[act].format(**name)


def button(act: Act, view: MeetingView, *, fee: int = 0) -> str:
    """The button that does it: it repeats the act and its price."""
    price = view.situation.price
    if act is Act.CANCEL and fee:
        return _("Cancel the meeting, pay {fee}").format(fee=credit_words(fee))
    if price and view.my_role is By.USER and blocks(act, view):
        return {
            Act.CONFIRM: _("Confirm the meeting, block {amount}"),
            Act.ALTERNATIVE_CONFIRM: _("Confirm the date, block {amount}"),
            Act.RESCHEDULE: _("Propose this date, block {amount}"),
        }[act].format(amount=credit_words(price))
    return {
        Act.PROPOSE: _("Propose the meeting"),
        Act.CONFIRM: _("Confirm the meeting"),
        Act.REJECT: _("Reject the meeting"),
        Act.WITHDRAW: _("Withdraw the proposal"),
        Act.CANCEL: _("Cancel the meeting"),
        Act.RESCHEDULE: _("Suggest this date"),
        Act.ALTERNATIVE_CONFIRM: _("Confirm this date"),
        Act.ALTERNATIVE_REJECT: _("Reject this date"),
        Act.ALTERNATIVE_WITHDRAW: _("Take this date back"),
        Act.JOIN: _("Join the meeting"),
        Act.EVALUATE: _("Record how it went"),
        Act.SETTLE: _("Settle the dispute"),
    }[act]


def blocks(act: Act, view: MeetingView) -> bool:
    """Whether the user's credits are blocked by this act of the user's (A1, D2, D4)."""
    rejected = view.situation.now.state is State.REJECTED
    return act is Act.CONFIRM or (rejected and act in (Act.RESCHEDULE, Act.ALTERNATIVE_CONFIRM))


def consequences(act: Act, view: MeetingView, clock: Clock) -> list[str]:
    """What this act does to the date, the credits and the room, for both; before it is done."""
    return CONSEQUENCES[act](view, clock)


def done(act: Act, view: MeetingView, clock: Clock, *, start: datetime | None = None, fee: int = 0) -> str:
    """What has happened, and what comes next."""
    words = {
        "name": view.other.name,
        "start": both_clocks(start or view.situation.start, clock, *others_of(view)),
        "fee": credit_words(fee),
    }
    if act is Act.CANCEL and fee:
        text = _("You have cancelled the meeting and paid {fee}; the rest is yours again. {name} is told.")
    elif act is Act.RESCHEDULE and view.situation.now.state is State.AGREED:
        text = _("You have suggested {start}. Until {name} answers, the agreed date stands.")
    else:
        text = {
            Act.PROPOSE: _("You have proposed {start}. {name} is told and has until then to answer."),
            Act.CONFIRM: _("You have confirmed {start}. Both of you are reminded before it begins."),
            Act.REJECT: _("You have rejected the meeting. {name} is told why."),
            Act.WITHDRAW: _("You have withdrawn the proposal. {name} is told."),
            Act.CANCEL: _("You have cancelled the meeting; nobody pays anything. {name} is told why."),
            Act.RESCHEDULE: _("You have proposed {start}. {name} is told and can answer now."),
            Act.ALTERNATIVE_CONFIRM: _("You have confirmed {start}. {name} is told; the former date is void."),
            Act.ALTERNATIVE_REJECT: _("You have rejected the other date. {name} is told why."),
            Act.ALTERNATIVE_WITHDRAW: _("You have taken the other date back. {name} is told."),
            Act.JOIN: _(
                "Your attendance is recorded. The video room itself is not part of this version yet, "
                "so agree with {name} on another way to talk."
            ),
            Act.EVALUATE: _("Thank you. How it went, as you have said it, now stands on the timeline."),
            Act.SETTLE: _("The dispute is settled. {name} and the other party are told."),
        }[act]
    return text.format(**words)
