"""Refusals: why not, and what is possible instead."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from expertim.foundation.amounts import LARGEST_PRICE, amount_shown
from expertim.meetings.facts import PARTIES, Act, By, Refused, State
from expertim.meetings.queries import MeetingView
from expertim.meetings.typed import LONGEST_TEXT
from expertim.meetings.words.speaking import credit_words
from expertim.meetings.words.standing import state_line
from expertim.people.formats import Clock

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise as Lazy


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """Why nothing has happened: on top of the page, and beside the fields."""

    title: str
    sentences: tuple[str, ...] = ()
    fields: tuple[tuple[str, str], ...] = ()  # (field, what is wrong with it)
    links: tuple[tuple[str, str], ...] = ()  # (address, words)
    overlaps: tuple[str, ...] = field(default=())  # public ids of the meetings at that time


# (field, problem) -> words. A test collects the pairs that the core, the typed values and the forms can raise.
PROBLEMS: dict[tuple[str, str], Lazy] = {
    ("reason", "required"): gettext_lazy("Give a reason; the other person is told."),
    ("reason", "not_offered"): gettext_lazy("Choose one of the reasons of this list."),
    ("note", "required"): gettext_lazy("Explain the decision; both are told."),
    ("start", "required"): gettext_lazy("Give a date and a time."),
    ("start", "past"): gettext_lazy("That moment has passed. Choose a later one."),
    ("start", "unchanged"): gettext_lazy("That is the date you have agreed already. Choose another one."),
    ("start", "without_zone"): gettext_lazy("Say in which time zone this is."),
    ("start", "whole_minutes"): gettext_lazy("Give hours and whole minutes."),
    ("start", "out_of_range"): gettext_lazy("That date is too far away."),
    ("start", "unreadable"): gettext_lazy("Type the date as in the example, and the time as 14:30."),
    ("start", "no_such_time"): gettext_lazy(
        "The clocks go forward then and skip that time. Choose one before or after it."
    ),
    ("start", "twice"): gettext_lazy("The clocks go back then and show that time twice. Choose which one you mean."),
    ("progress", "required"): gettext_lazy("Choose how it went."),
    ("stars", "required"): gettext_lazy("Give one to five stars; only the operators see them."),
    ("stars", "out_of_range"): gettext_lazy("Give one to five stars."),
    ("stars", "not_yours"): gettext_lazy("Stars are given by the user."),
    ("review", "not_yours"): gettext_lazy("A review is written by the user."),
    ("minutes", "out_of_range"): gettext_lazy("A meeting lasts from 5 to 480 minutes."),
    ("minutes", "unreadable"): gettext_lazy("Type the length in whole minutes, such as 60."),
    ("price", "unreadable"): gettext_lazy("Type the price in credits, such as 25 or 12.50."),
    ("fee", "unreadable"): gettext_lazy("Type the fee in credits, such as 25 or 12.50."),
    ("fee", "required"): gettext_lazy("The page did not say what cancelling costs; it does now."),
    ("fee", "out_of_range"): gettext_lazy("The fee is at least 0 and at most the price."),
    ("outcome", "required"): gettext_lazy("Choose what became of the meeting."),
    ("expertise", "not_offered"): gettext_lazy("This is not offered here any more."),
    ("expert", "not_offered"): gettext_lazy(
        "One cannot propose a meeting to oneself, or to somebody who gives no advice here."
    ),
    ("user", "not_offered"): gettext_lazy("One cannot propose a meeting to oneself."),
    ("service", "not_offered"): gettext_lazy("This service is not offered any more. Choose another one."),
    ("service", "required"): gettext_lazy("Choose what you offer."),
    ("skill", "not_offered"): gettext_lazy("The service does not cover this skill. Choose another one."),
    ("skill", "required"): gettext_lazy("Choose what the meeting is about."),
    ("key", "unreadable"): gettext_lazy("This page was not sent as it was shown. Open it again."),
}


def field_problem(name: str, problem: str) -> str:
    """What is wrong with a field, and what would be right."""
    if problem == "too_long":
        return _("Please be briefer: at most {most} characters.").format(most=LONGEST_TEXT[name])
    if problem == "unreadable" and name in LONGEST_TEXT:
        return _("There are characters in this text that cannot be kept. Type it anew.")
    if (name, problem) == ("price", "out_of_range"):
        return _("The price is at most {most} credits.").format(most=amount_shown(LARGEST_PRICE))
    return str(PROBLEMS[name, problem])


def refusal_words(refused: Refused, *, act: Act, view: MeetingView | None, clock: Clock) -> Refusal:
    """A refusal in words; `view` is the meeting as it stands now, None for a proposal."""
    facts = refused.facts
    if refused.key == "not_possible_now" and view is not None:
        return Refusal(title=_("Nothing has been changed"), sentences=tuple(why_not(act, view, clock)))
    return {
        "not_possible_now": _not_now,
        "invalid": _invalid,
        "fee_changed": _fee_changed,
        "terms_changed": _terms_changed,
        "overlap": _overlap,
        "insufficient_credits": _too_few,
        "idempotency_key_reused": _key_reused,
        "not_found": _not_found,
    }[refused.key](facts, view, clock)


def _not_now(facts: dict[str, Any], view: MeetingView | None, clock: Clock) -> Refusal:
    return Refusal(title=_("This is not possible now"), sentences=(_("Nothing has been changed."),))


def _not_found(facts: dict[str, Any], view: MeetingView | None, clock: Clock) -> Refusal:
    return Refusal(title=_("There is no such meeting"), sentences=(_("Nothing has been changed."),))


def _invalid(facts: dict[str, Any], view: MeetingView | None, clock: Clock) -> Refusal:
    errors: Iterable[tuple[str, str]] = facts["errors"]
    return Refusal(
        title=_("This needs another look"),
        fields=tuple((name, field_problem(name, problem)) for name, problem in errors),
    )


def _fee_changed(facts: dict[str, Any], view: MeetingView | None, clock: Clock) -> Refusal:
    fee = facts["fee"]
    now = _("Cancelling now costs {fee}.").format(fee=credit_words(fee)) if fee else _("Cancelling now costs nothing.")
    return Refusal(
        title=_("What cancelling costs has changed while this page stood open"),
        sentences=(now, _("Nothing has been cancelled yet. Press the button again if you still want it.")),
    )


def _terms_changed(facts: dict[str, Any], view: MeetingView | None, clock: Clock) -> Refusal:
    if "start" in facts:
        start: datetime = facts["start"]
        now = _("It is now about {start}.").format(start=clock.moment(start))
        title = _("The date has changed while this page stood open")
    else:
        title = _("The service has changed while this page stood open")
        now = _("It now lasts {minutes} minutes and costs {price}.").format(
            minutes=facts["minutes"], price=credit_words(facts["price"])
        )
    return Refusal(title=title, sentences=(now, _("Nothing has been done yet. Look again, then decide.")))


def _overlap(facts: dict[str, Any], view: MeetingView | None, clock: Clock) -> Refusal:
    return Refusal(
        title=_("You have another agreed meeting at that time"),
        sentences=(_("Nothing has been done yet. You can choose another time, or go on all the same."),),
        overlaps=tuple(facts["meetings"]),
    )


def _too_few(facts: dict[str, Any], view: MeetingView | None, clock: Clock) -> Refusal:
    missing = credit_words(facts["missing"])
    if view is not None and view.my_role is not By.USER:
        return Refusal(
            title=_("{name} has too few credits at the moment").format(name=view.user.name),
            sentences=(_("Missing: {missing}. Nothing has been changed.").format(missing=missing),),
        )
    return Refusal(
        title=_("You have too few credits available"),
        sentences=(_("You need {missing} more. Nothing has been changed.").format(missing=missing),),
        links=((reverse("account"), _("See how to get credits")),),
    )


def _key_reused(facts: dict[str, Any], view: MeetingView | None, clock: Clock) -> Refusal:
    return Refusal(
        title=_("This page has been used already"),
        sentences=(_("What you sent first has taken effect. To do something else, open the page again."),),
    )


# ---------------------------------------------------------------- why an act is not possible


def own_dispute() -> Refusal:
    """X1: nobody settles a dispute of their own."""
    return Refusal(
        title=_("Nothing has been settled"),
        sentences=(_("You are a party of this meeting, so another operator has to decide."),),
    )


def why_not(act: Act, view: MeetingView, clock: Clock) -> list[str]:
    """Why this act is not possible now, from where the meeting stands."""
    return [_reason(act, view, clock), state_line(view, clock)]


def _reason(act: Act, view: MeetingView, clock: Clock) -> str:
    if view.my_role not in PARTIES and act is not Act.SETTLE:
        return _("An operator does nothing in the name of others.")
    if act is Act.JOIN:
        return _no_door(view, clock)
    if act is Act.EVALUATE:
        return _nothing_to_say(view, clock)
    if act is Act.RESCHEDULE and view.situation.now.alternative and view.at < view.situation.start:
        return _("There is another date on the table already; it has to be answered or taken back first.")
    return (
        _overtaken(act, view)
        or {
            Act.PROPOSE: _("This cannot be proposed now."),
            Act.CONFIRM: _("There is nothing for you to confirm any more."),
            Act.REJECT: _("This meeting can no longer be rejected."),
            Act.WITHDRAW: _("This proposal can no longer be withdrawn."),
            Act.CANCEL: _("This meeting cannot be cancelled now."),
            Act.RESCHEDULE: _("This meeting cannot be given another date now."),
            Act.ALTERNATIVE_CONFIRM: _("There is no other date left for you to confirm."),
            Act.ALTERNATIVE_REJECT: _("There is no other date left for you to reject."),
            Act.ALTERNATIVE_WITHDRAW: _("There is no other date of yours left to take back."),
            Act.SETTLE: _("There is no dispute to settle here."),
        }[act]
    )


def _overtaken(act: Act, view: MeetingView) -> str:
    """Where the meeting already is what the act would have made of it, or the other was faster."""
    state = view.situation.now.state
    if act is Act.WITHDRAW and state is State.AGREED:
        return _("This meeting is confirmed, so the proposal can no longer be withdrawn.")
    if act is Act.CONFIRM and state is State.AGREED:
        return _("This meeting is agreed already.")
    if act is Act.REJECT and state is State.AGREED:
        return _("This meeting is confirmed, so it can no longer be rejected.")
    if act is Act.CANCEL and state is State.CANCELLED:
        return _("This meeting is cancelled already.")
    if act is Act.CANCEL and state is State.AWAITING:
        return _("This meeting is not agreed yet, so there is nothing to cancel.")
    return ""


def _no_door(view: MeetingView, clock: Clock) -> str:
    if view.situation.now.state is not State.AGREED:
        return _("Only an agreed meeting can be joined.")
    opens, closes = view.join_window
    if view.at < opens:
        return _("Joining opens {opens} and closes {closes}. Nothing has been recorded.").format(
            opens=clock.moment(opens), closes=clock.moment(closes)
        )
    return _("Joining closed {closes}. Nothing has been recorded.").format(closes=clock.moment(closes))


def _nothing_to_say(view: MeetingView, clock: Clock) -> str:
    if view.situation.now.state is not State.AGREED:
        return _("Only an agreed meeting can be spoken of afterwards.")
    if view.at < view.situation.end:
        return _("You can say how it went once it has ended, from {end}.").format(end=clock.moment(view.situation.end))
    return _("You have said how it went already.")
