"""Why an act is not possible now: what the meeting has become meanwhile, and through whom."""

from __future__ import annotations

from collections.abc import Callable

from django.utils.translation import gettext as _

from expertim.meetings.facts import PARTIES, Act, Event, State
from expertim.meetings.queries import MeetingView
from expertim.meetings.words.past import doer, last
from expertim.meetings.words.speaking import braced, others_of, within
from expertim.meetings.words.standing import proposer, said_by_all, state_line
from expertim.people.formats import Clock

_ENDED = (State.CANCELLED, State.EXPIRED)


def why_not(act: Act, view: MeetingView, clock: Clock) -> list[str]:
    """What happened, and where the meeting stands; what is possible instead is the page's list of acts."""
    if view.my_role not in PARTIES and act is not Act.SETTLE:
        return [_("An operator does nothing in the name of others."), state_line(view, clock)]
    return [_WHY[act](view, clock).format(name=view.other.name), state_line(view, clock)]


def _confirm(view: MeetingView, clock: Clock) -> str:
    if view.situation.now.state is State.AGREED:
        return _("This meeting is agreed already, so there is nothing left to confirm.")
    if view.situation.now.state is State.AWAITING:
        return _("This is your own proposal: it is {name} who confirms or rejects it.")
    return _gone(view) or _("This meeting has been rejected, so there is nothing to confirm any more.")


def _reject(view: MeetingView, clock: Clock) -> str:
    if view.situation.now.state is State.AGREED:
        return _("This meeting is confirmed, so it can no longer be rejected. Who cannot come cancels it.")
    if view.situation.now.state is State.AWAITING:
        return _("This is your own proposal: {name} answers it, and you can withdraw it until then.")
    return _gone(view) or _("This meeting has been rejected already.")


def _withdraw(view: MeetingView, clock: Clock) -> str:
    state = view.situation.now.state
    if state is State.AGREED:
        return _("{name} has confirmed this meeting, so the proposal can no longer be withdrawn. You can cancel it.")
    if state is State.AWAITING:
        return _("This is a proposal of {name}, so you cannot withdraw it. You can reject it.")
    return _gone(view) or _("This meeting has been rejected, so there is nothing left to withdraw.")


def _cancel(view: MeetingView, clock: Clock) -> str:
    state = view.situation.now.state
    if state is State.AGREED:
        return _("This meeting has begun, so it can no longer be cancelled. After its end you can say how it went.")
    if state is State.AWAITING:
        return _("This meeting is not agreed yet, so there is nothing to cancel.")
    return _gone(view) or _("This meeting has been rejected, so there is nothing to cancel.")


def _reschedule(view: MeetingView, clock: Clock) -> str:
    now = view.situation.now
    if now.state is State.AWAITING:
        return _("This meeting still waits for an answer. Another date can be suggested once there is one.")
    if now.state in _ENDED:
        return _gone(view)
    if view.at >= view.situation.start:
        return _("The time of this meeting has come, so it can no longer be moved.")
    if now.alternative and now.alternative.author is view.my_role:
        return _("You have suggested another date already. Take it back first, then suggest a new one.")
    return _("{name} has suggested another date. Answer that one first: confirm or reject it.")


def _answer_alternative(view: MeetingView, clock: Clock) -> str:
    if view.situation.now.alternative:
        return _("The other date is your own suggestion: it is {name} who answers it.")
    return _gone(view) or _what_became_of_it(view, clock)


def _take_alternative_back(view: MeetingView, clock: Clock) -> str:
    if view.situation.now.alternative:
        return _("The other date is a suggestion of {name}, so you cannot take it back. You can confirm or reject it.")
    return _gone(view) or _what_became_of_it(view, clock)


def _what_became_of_it(view: MeetingView, clock: Clock) -> str:
    """Of an other date that is no longer open: who did what, where the timeline is known."""
    row = last(view, *_ENDS_OF_ALTERNATIVES)
    if row is None:
        return _("There is no other date open any more.")
    by_other = bool(doer(row, view))
    if row.event == Event.ALTERNATIVE_APPROVED:
        told = _("{name} has confirmed the other date.") if by_other else _("You have confirmed the other date.")
        moved = _("The meeting is on {start} now.").format(start=said_by_all(view.situation.start, view, clock))
        return told + " " + braced(moved)
    if row.event == Event.ALTERNATIVE_REJECTED:
        return _("{name} has rejected the other date.") if by_other else _("You have rejected the other date.")
    if row.event == Event.ALTERNATIVE_CANCELLED:
        return _("{name} has taken the other date back.") if by_other else _("You have taken the other date back.")
    return _("The other date has lapsed: nobody answered it in time.")


_ENDS_OF_ALTERNATIVES = (
    Event.ALTERNATIVE_APPROVED,
    Event.ALTERNATIVE_REJECTED,
    Event.ALTERNATIVE_CANCELLED,
    Event.ALTERNATIVE_LAPSED,
)


def _gone(view: MeetingView) -> str:
    """Where the meeting is cancelled, withdrawn or expired; empty elsewhere."""
    now = view.situation.now
    if now.state is State.EXPIRED:
        return _("The start came before an answer, so there is nothing left to do about this meeting.")
    if now.state is not State.CANCELLED:
        return ""
    if len(now.approved_by) < len(PARTIES):
        mine = proposer(view) is view.my_role
        return _("You have withdrawn this proposal already.") if mine else _("{name} has withdrawn the proposal.")
    row = last(view, Event.CANCELLED)
    if row is None:
        return _("This meeting is cancelled already.")
    return _("{name} has cancelled this meeting.") if doer(row, view) else _("You have cancelled this meeting already.")


def _join(view: MeetingView, clock: Clock) -> str:
    if view.situation.now.state is not State.AGREED:
        return _("Only an agreed meeting can be joined.")
    opens, closes = (within(moment, clock, *others_of(view)) for moment in view.join_window)
    if view.at < view.join_window[0]:
        text = _("Joining opens {opens} and closes {closes}. Nothing has been recorded.")
    else:
        text = _("Joining closed {closes}. Nothing has been recorded.")
    return braced(text.format(opens=opens, closes=closes))


def by_the_link() -> str:
    """To somebody in the room's address who has not pressed Join for this date."""
    return _("Open your link to the meeting and press Join there.")


def _evaluate(view: MeetingView, clock: Clock) -> str:
    if view.situation.now.state is not State.AGREED:
        return _("This meeting was not agreed, so there is nothing to say about how it went.")
    if view.at < view.situation.end:
        text = _("You can say how it went once it has ended, from {end}.")
        return braced(text.format(end=within(view.situation.end, clock, *others_of(view))))
    return _("You have said how it went already.")


_WHY: dict[Act, Callable[[MeetingView, Clock], str]] = {
    Act.PROPOSE: lambda view, clock: _("This cannot be proposed now."),
    Act.CONFIRM: _confirm,
    Act.REJECT: _reject,
    Act.WITHDRAW: _withdraw,
    Act.CANCEL: _cancel,
    Act.RESCHEDULE: _reschedule,
    Act.ALTERNATIVE_CONFIRM: _answer_alternative,
    Act.ALTERNATIVE_REJECT: _answer_alternative,
    Act.ALTERNATIVE_WITHDRAW: _take_alternative_back,
    Act.JOIN: _join,
    Act.EVALUATE: _evaluate,
    Act.SETTLE: lambda view, clock: _("There is no dispute left to settle here."),
}
