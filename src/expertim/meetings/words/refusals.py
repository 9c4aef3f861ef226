"""Refusals: why not, and what is possible instead."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from expertim.foundation.amounts import LARGEST_PRICE
from expertim.foundation.numbers import credit_words, lasting_minutes
from expertim.meetings.facts import Act, By, Refused
from expertim.meetings.queries import MeetingView
from expertim.meetings.typed import LONGEST_TEXT
from expertim.meetings.words.overtaken import why_not
from expertim.meetings.words.speaking import others_of, own_clock, within
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
    waiting: tuple[str, ...] = field(default=())  # and of those that are not agreed yet


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
    ("start", "two"): gettext_lazy(
        "You have chosen a free time and typed another one. Leave these empty, or choose to type another time."
    ),
    ("start", "twice"): gettext_lazy("The clocks go back then and show that time twice. Choose which one you mean."),
    ("progress", "required"): gettext_lazy("Choose how it went."),
    ("stars", "required"): gettext_lazy("Give one to five stars; only the operators see them."),
    ("stars", "out_of_range"): gettext_lazy("Give one to five stars."),
    ("stars", "not_yours"): gettext_lazy("Stars are given by the user."),
    ("review", "not_yours"): gettext_lazy("A review is written by the user."),
    ("minutes", "out_of_range"): gettext_lazy("A meeting lasts from 5 to 480 minutes."),
    ("minutes", "unreadable"): gettext_lazy("Type the length in whole minutes, such as 60."),
    ("price", "unreadable"): gettext_lazy("Type the price in credits, with at most two decimals."),
    ("fee", "unreadable"): gettext_lazy("Type the fee in credits, with at most two decimals."),
    ("fee", "required"): gettext_lazy("The page did not say what cancelling costs; it does now."),
    ("fee", "out_of_range"): gettext_lazy("The fee is at least 0 and at most the price."),
    ("outcome", "required"): gettext_lazy("Choose what became of the meeting."),
    ("expertise", "not_offered"): gettext_lazy("This is not offered here any more."),
    ("expert", "not_offered"): gettext_lazy(
        "One cannot propose a meeting to oneself, or to somebody who gives no advice here."
    ),
    ("expert", "paused"): gettext_lazy("This expert takes no proposals at present."),
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
        return _("The price is at most {most}.").format(most=credit_words(LARGEST_PRICE))
    return str(PROBLEMS[name, problem])


@dataclass(frozen=True, slots=True, kw_only=True)
class _Seen:
    """What a refusal is worded from: its facts, the meeting as it stands now (none for a proposal), the reader."""

    facts: dict[str, Any]
    view: MeetingView | None
    clock: Clock
    name: str  # of the counterparty

    def when(self, moment: datetime) -> str:
        return within(moment, self.clock, *(others_of(self.view) if self.view else ()))


def refusal_words(refused: Refused, *, act: Act, view: MeetingView | None, clock: Clock, name: str = "") -> Refusal:
    """A refusal in words; `view` is the meeting as it stands now. A proposal has none, and gives the other's name."""
    if refused.key == "not_possible_now" and view is not None:
        return Refusal(title=_("Nothing has been changed"), sentences=tuple(why_not(act, view, clock)))
    other = view.other.name if view else name
    return _WORDS[refused.key](_Seen(facts=refused.facts, view=view, clock=clock, name=other))


def _not_now(seen: _Seen) -> Refusal:
    return Refusal(
        title=_("This is not possible now"),
        sentences=(_("Nothing has been changed. Open the page anew: it shows what is possible instead."),),
    )


def _not_found(seen: _Seen) -> Refusal:
    return Refusal(
        title=_("There is no such meeting"),
        sentences=(_("Nothing has been changed. All your meetings stand in your list."),),
        links=((reverse("meetings"), _("See your meetings")),),
    )


def _invalid(seen: _Seen) -> Refusal:
    errors: Iterable[tuple[str, str]] = seen.facts["errors"]
    return Refusal(
        title=_("This needs another look"),
        fields=tuple((name, field_problem(name, problem)) for name, problem in errors),
    )


def _fee_changed(seen: _Seen) -> Refusal:
    fee, view = seen.facts["fee"], seen.view
    now = _("Cancelling now costs {fee}.").format(fee=credit_words(fee)) if fee else _("Cancelling now costs nothing.")
    if fee and view and view.cancelling:
        ended = own_clock(view.cancelling.free_until, seen.clock)
        now += " " + _("It was free of charge until {moment}.").format(moment=ended)
    return Refusal(
        title=_("What cancelling costs has changed while this page stood open"),
        sentences=(
            now,
            _("Nothing has been cancelled yet. The button below now says what it costs; press it to go on."),
        ),
    )


def _terms_changed(seen: _Seen) -> Refusal:
    facts = seen.facts
    if "start" in facts:
        title = _("The date has changed while this page stood open")
        now = _("It is now about {start}.").format(start=seen.when(facts["start"]))
    else:
        title = _("The service has changed while this page stood open")
        if seen.name:
            title = _("{name} has changed this service while the page stood open").format(name=seen.name)
        now = _("It now lasts {minutes} and costs {price}.").format(
            minutes=lasting_minutes(facts["minutes"]), price=credit_words(facts["price"])
        )
    return Refusal(title=title, sentences=(now, _("Nothing has been done yet. Look again, then decide.")))


def _overlap(seen: _Seen) -> Refusal:
    return Refusal(
        title=_("You have another agreed meeting at that time"),
        sentences=(_("Nothing has been done yet. You can choose another time, or go on all the same."),),
        overlaps=tuple(seen.facts["meetings"]),
        waiting=tuple(seen.facts.get("waiting", ())),
    )


def _too_few(seen: _Seen) -> Refusal:
    missing = credit_words(seen.facts["missing"])
    if seen.view is not None and seen.view.my_role is not By.USER:
        return Refusal(
            title=_("{name} has too few credits at the moment").format(name=seen.view.user.name),
            sentences=(
                _("Missing: {missing}. Nothing has been changed.").format(missing=missing),
                _("Once {name} has enough, this can be tried again.").format(name=seen.view.user.name),
            ),
        )
    return Refusal(
        title=_("You have too few credits available"),
        sentences=(
            _("You need {missing} more. Nothing has been changed.").format(missing=missing),
            _("Credits that are blocked for other meetings come back when those end, or when you withdraw or cancel."),
        ),
        links=((reverse("account"), _("See what is blocked, and how to get credits")),),
    )


def _key_reused(seen: _Seen) -> Refusal:
    return Refusal(
        title=_("This page has been used already"),
        sentences=(
            _("What you sent first has taken effect; what you sent now has not."),
            _("If you still want it, press the button again."),
        ),
    )


def _meanwhile(seen: _Seen) -> Refusal:
    return Refusal(
        title=_("Something has happened to this meeting meanwhile"),
        sentences=(_("Nothing has been done yet. Look at the meeting as it is now, then decide."),),
    )


_WORDS: dict[str, Callable[[_Seen], Refusal]] = {
    "not_possible_now": _not_now,
    "invalid": _invalid,
    "fee_changed": _fee_changed,
    "terms_changed": _terms_changed,
    "overlap": _overlap,
    "insufficient_credits": _too_few,
    "idempotency_key_reused": _key_reused,
    "not_found": _not_found,
    "changed_meanwhile": _meanwhile,
}


def own_dispute() -> Refusal:
    """X1: nobody settles a dispute of their own."""
    return Refusal(
        title=_("Nothing has been settled"),
        sentences=(_("You are a party of this meeting, so another operator has to decide."),),
    )
