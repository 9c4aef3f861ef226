"""The acts: their names, their buttons, and what each brings about, said before the button is pressed and after."""

from __future__ import annotations

from collections.abc import Iterable

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from expertim.foundation.numbers import credit_words
from expertim.meetings.facts import Act, By, Possible, State
from expertim.meetings.queries import MeetingView
from expertim.meetings.words.consequences import CONSEQUENCES
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

_NAMES = {  # lazily: a list names five acts a row
    Act.PROPOSE: gettext_lazy("Propose a meeting"),
    Act.CONFIRM: gettext_lazy("Confirm"),
    Act.REJECT: gettext_lazy("Reject"),
    Act.WITHDRAW: gettext_lazy("Withdraw the proposal"),
    Act.CANCEL: gettext_lazy("Cancel the meeting"),
    Act.RESCHEDULE: gettext_lazy("Suggest another date"),
    Act.ALTERNATIVE_CONFIRM: gettext_lazy("Confirm the other date"),
    Act.ALTERNATIVE_REJECT: gettext_lazy("Reject the other date"),
    Act.ALTERNATIVE_WITHDRAW: gettext_lazy("Take the other date back"),
    Act.JOIN: gettext_lazy("Join"),
    Act.EVALUATE: gettext_lazy("Say how it went"),
    Act.SETTLE: gettext_lazy("Settle the dispute"),
}


def acts_in_order(actions: Iterable[Possible]) -> list[Possible]:
    """The likeliest first, what ends the meeting last."""
    return sorted(actions, key=lambda action: _ORDER.index(action.act))


def act_name(act: Act, view: MeetingView | None = None) -> str:
    """What a link to the act's page says."""
    if act is Act.RESCHEDULE and view and view.situation.now.state is State.REJECTED and view.my_role is By.USER:
        return _("Propose another date")
    return str(_NAMES[act])


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
