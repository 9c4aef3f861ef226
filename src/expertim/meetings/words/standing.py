"""Where a meeting stands, in one sentence to the reader."""

from __future__ import annotations

from datetime import timedelta

from django.utils.translation import gettext as _

from expertim.meetings.facts import PARTIES, By, Progress, State, counterparty
from expertim.meetings.queries import MeetingView
from expertim.meetings.words.labels import PROGRESS, STATES
from expertim.meetings.words.speaking import name_of
from expertim.people.formats import Clock


def short_state(view: MeetingView) -> str:
    """A word or two, for a list."""
    now = view.situation.now
    if now.progress and view.awaits_my_evaluation:
        return _("{state}, waiting for your word").format(state=PROGRESS[now.progress])
    if now.progress:
        return str(PROGRESS[now.progress])
    if now.state is State.AGREED and view.held:
        return _("Waiting for your word on how it went") if view.awaits_my_evaluation else _("Held")
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


def _awaiting(view: MeetingView, clock: Clock) -> str:
    until = clock.moment(view.situation.start)
    answering = counterparty(proposer(view))
    if answering is view.my_role:
        return _("{name} waits for your answer, until {until}.").format(name=view.other.name, until=until)
    return _("Waiting for {name}'s answer, until {until}.").format(name=name_of(view, answering), until=until)


def _agreed(view: MeetingView, clock: Clock) -> str:
    situation = view.situation
    start, end = clock.moment(situation.start), clock.time(situation.end)
    if situation.start <= view.at:
        return _("Agreed, and going on now until {end}.").format(end=end)
    if not situation.now.alternative:
        return _("Agreed.")
    return _("Agreed.") + " " + _suggested(view, clock) + " " + _stands(view, start)


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
    start = clock.moment(alternative.start)
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
    return {
        Progress.WENT_SMOOTHLY: _("This meeting went smoothly."),
        Progress.NO_SHOW_USER: _("This meeting did not take place because of {name}.").format(name=view.user.name),
        Progress.NO_SHOW_EXPERT: _("This meeting did not take place because of {name}.").format(name=view.expert.name),
        Progress.DISPUTED: _(
            "{user} and {expert} do not say the same about this meeting. An operator decides what became of it; "
            "until then the credits stay blocked."
        ).format(user=view.user.name, expert=view.expert.name),
    }[progress]


def _unspoken(view: MeetingView, clock: Clock) -> str:
    by_itself = view.situation.end + timedelta(hours=view.situation.terms.settlement_hours)
    until = clock.moment(by_itself)
    if view.awaits_my_evaluation:
        return _("The time of this meeting has passed. Say how it went; on {until} it is settled by itself.").format(
            until=until
        )
    if view.my_role is By.OPERATOR:
        return _("The time of this meeting has passed. On {until} it is settled by itself.").format(until=until)
    return _("You have said how it went. Waiting for {name}'s word; on {until} it is settled by itself.").format(
        name=view.other.name, until=until
    )


def _rejected(view: MeetingView, clock: Clock) -> str:
    situation = view.situation
    rejected_by = counterparty(proposer(view))
    if rejected_by is view.my_role:
        said = _("You have rejected this meeting.")
    else:
        said = _("{name} has rejected this meeting.").format(name=name_of(view, rejected_by))
    if situation.start <= view.at:
        return said
    if not situation.now.alternative:
        return said + " " + _("Another date can be agreed until {until}.").format(until=clock.moment(situation.start))
    if situation.now.alternative.author is view.my_role:
        stays = _("Unless {name} confirms that date, it stays rejected.").format(name=view.other.name)
    else:
        stays = _("Unless you confirm that date, it stays rejected.")
    return " ".join([said, _suggested(view, clock), stays])


def _cancelled(view: MeetingView, clock: Clock) -> str:
    if len(view.situation.now.approved_by) == len(PARTIES):
        return _("This meeting has been cancelled.")
    withdrew = proposer(view)
    if withdrew is view.my_role:
        return _("You have withdrawn this proposal.")
    return _("{name} has withdrawn this proposal.").format(name=name_of(view, withdrew))


def _expired(view: MeetingView, clock: Clock) -> str:
    silent = counterparty(proposer(view))
    if silent is view.my_role:
        return _("You did not answer before the meeting would have begun, so it has expired.")
    return _("{name} did not answer before the meeting would have begun, so it has expired.").format(
        name=name_of(view, silent)
    )
