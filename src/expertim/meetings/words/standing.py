"""Where a meeting stands, in a sentence or two to the reader."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from expertim.meetings.facts import PARTIES, By, Event, Progress, Said, State, counterparty
from expertim.meetings.queries import MeetingView
from expertim.meetings.words.labels import PROGRESS, STATES
from expertim.meetings.words.past import doer, last
from expertim.meetings.words.speaking import name_of, others_of, own_clock, within
from expertim.people.formats import Clock


def short_state(view: MeetingView) -> str:
    """A word or two, for a list."""
    now = view.situation.now
    if now.progress and view.awaits_my_evaluation:
        return _("{state}, waiting for your word").format(state=PROGRESS[now.progress])
    if now.progress:
        return str(PROGRESS[now.progress])
    if now.state is State.AGREED and view.held:
        return (
            _("Waiting for your word on how it went")
            if view.awaits_my_evaluation
            else pgettext("state of a meeting", "Held")
        )
    if now.state is State.AWAITING and view.my_role in PARTIES:
        if view.my_role in now.approved_by:
            return _("Waiting for {name}'s answer").format(name=view.other.name)
        return _("Waiting for your answer")
    if now.alternative and now.alternative.author is not view.my_role and view.my_role in PARTIES:
        return _("{state}, another date suggested").format(state=STATES[now.state or State.AWAITING])
    return str(STATES[now.state or State.AWAITING])


def state_line(view: MeetingView, clock: Clock) -> str:
    """The line on top of the meeting: what stands, who is to answer, until when."""
    lines = {
        State.AWAITING: _awaiting,
        State.AGREED: _held if view.held else _agreed,
        State.REJECTED: _rejected,
        State.CANCELLED: _cancelled,
        State.EXPIRED: _expired,
    }
    return lines[view.situation.now.state or State.AWAITING](view, clock)


def proposer(view: MeetingView) -> By:
    """Whose proposal the date in force is; while both have approved it, the user's."""
    return next((party for party in PARTIES if party in view.situation.now.approved_by), By.USER)


def said_by_all(moment: datetime, view: MeetingView, clock: Clock) -> str:
    """A moment in the middle of a sentence, on the clocks of all who are concerned."""
    return within(moment, clock, *others_of(view))


def _awaiting(view: MeetingView, clock: Clock) -> str:
    until = said_by_all(view.situation.start, view, clock)
    answering = counterparty(proposer(view))
    if answering is view.my_role:
        text = _("{name} waits for your answer. You have until {until} to give it.")
        return text.format(name=view.other.name, until=until)
    text = _("Waiting for {name}'s answer. {name} has until {until} to answer.")
    return text.format(name=name_of(view, answering), until=until)


def _agreed(view: MeetingView, clock: Clock) -> str:
    situation = view.situation
    if situation.start <= view.at:
        return _("Agreed, and going on now until {end}.").format(end=said_by_all(situation.end, view, clock))
    if not situation.now.alternative:
        return _("Agreed.")
    return " ".join([_("Agreed."), _suggested(view, clock), _stands(view, said_by_all(situation.start, view, clock))])


def _stands(view: MeetingView, start: str) -> str:
    alternative = view.situation.now.alternative
    answering = counterparty(alternative.author) if alternative else By.USER
    if answering is view.my_role:
        return _("Until you answer, {start} stands.").format(start=start)
    return _("Until {name} answers, {start} stands.").format(name=name_of(view, answering), start=start)


def _suggested(view: MeetingView, clock: Clock) -> str:
    alternative = view.situation.now.alternative
    if alternative is None:
        return ""
    start = said_by_all(alternative.start, view, clock)
    if alternative.author is view.my_role:
        return _("You have suggested {start} instead.").format(start=start)
    return _("{name} suggests {start} instead.").format(name=name_of(view, alternative.author), start=start)


def _held(view: MeetingView, clock: Clock) -> str:
    progress = view.situation.now.progress
    if progress is None:
        return _unspoken(view, clock)
    became = _became(view, progress)
    return became + " " + _("You can still say how it went.") if view.awaits_my_evaluation else became


def _became(view: MeetingView, progress: Progress) -> str:
    settled = last(view, Event.PROGRESS_EVALUATED)
    text = {
        Progress.WENT_SMOOTHLY: _("This meeting went smoothly."),
        Progress.NO_SHOW_USER: _("This meeting did not take place because of {user}."),
        Progress.NO_SHOW_EXPERT: _("This meeting did not take place because of {expert}."),
        Progress.DISPUTED: _(
            "{user} and {expert} do not say the same about this meeting. An operator decides what became of it; "
            "until then the credits stay blocked."
        ),
    }
    if settled is not None and settled.by is By.OPERATOR:
        text |= {
            Progress.WENT_SMOOTHLY: _("An operator has decided: this meeting went smoothly."),
            Progress.NO_SHOW_USER: _("An operator has decided: this meeting did not take place because of {user}."),
            Progress.NO_SHOW_EXPERT: _("An operator has decided: this meeting did not take place because of {expert}."),
        }
    if view.my_role in PARTIES:
        text[Progress.DISPUTED] = _(
            "You and {other} do not say the same about this meeting. An operator decides what became of it; "
            "until then the credits stay blocked."
        )
    return text[progress].format(user=view.user.name, expert=view.expert.name, other=view.other.name)


def _unspoken(view: MeetingView, clock: Clock) -> str:
    until = said_by_all(settles_at(view), view, clock)
    if view.awaits_my_evaluation:
        text = _("The time of this meeting has passed. Say how it went; else it is settled by itself on {until}.")
    elif view.my_role is By.OPERATOR:
        text = _("The time of this meeting has passed. It is settled by itself on {until}.")
    else:
        return _("You have said how it went.") + " " + without_the_other(view, clock)
    return text.format(until=until)


def settles_at(view: MeetingView) -> datetime:
    """When time settles the meeting by itself (T6)."""
    return view.situation.end + timedelta(hours=view.situation.terms.settlement_hours)


def without_the_other(view: MeetingView, clock: Clock, said: Said | None = None) -> str:
    """What becomes of the reader's word if the other says nothing (S6)."""
    word = said or view.situation.now.said_by(view.my_role)
    if word is Said.SMOOTH:
        text = _(
            "{name} can still speak. Without another word yours counts on {until}, unless only {name} had joined; "
            "then an operator decides."
        )
    else:
        text = _(
            "{name} can still speak. Without another word yours counts on {until}, if you had joined and {name} had "
            "not; otherwise an operator decides."
        )
    return text.format(name=view.other.name, until=said_by_all(settles_at(view), view, clock))


def _rejected(view: MeetingView, clock: Clock) -> str:
    situation = view.situation
    rejected_by = counterparty(proposer(view))
    if rejected_by is view.my_role:
        said = _("You have rejected this meeting.")
    else:
        said = _("{name} has rejected this meeting.").format(name=name_of(view, rejected_by))
    if situation.start <= view.at:
        return said + " " + _("Its time has passed; no other date can be agreed any more.")
    if not situation.now.alternative:
        until = said_by_all(situation.start, view, clock)
        return said + " " + _("Another date can be agreed until {until}.").format(until=until)
    if situation.now.alternative.author is view.my_role:
        stays = _("Unless {name} confirms that date, it stays rejected.").format(name=view.other.name)
    else:
        stays = _("Unless you confirm that date, it stays rejected.")
    return " ".join([said, _suggested(view, clock), stays])


def _cancelled(view: MeetingView, clock: Clock) -> str:
    if len(view.situation.now.approved_by) < len(PARTIES):
        withdrew = proposer(view)
        if withdrew is view.my_role:
            return _("You have withdrawn this proposal.")
        return _("{name} has withdrawn this proposal.").format(name=name_of(view, withdrew))
    row = last(view, Event.CANCELLED)
    if row is None:
        return _("This meeting has been cancelled.")
    name, moment = doer(row, view), own_clock(row.at, clock)
    if not name:
        return _("You cancelled this meeting on {moment}.").format(moment=moment)
    return _("{name} cancelled this meeting on {moment}.").format(name=name, moment=moment)


def _expired(view: MeetingView, clock: Clock) -> str:
    silent = counterparty(proposer(view))
    if silent is view.my_role:
        return _("You did not answer before the meeting would have begun, so it has expired.")
    return _("{name} did not answer before the meeting would have begun, so it has expired.").format(
        name=name_of(view, silent)
    )
