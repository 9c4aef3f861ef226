"""Letters: the words of one notice for one reader, as text and as HTML, from one template a kind.

A template's first paragraph is the subject; all others say what happened, what it means, what one can do until when,
and what it costs. What it is about stands in a list under them, the same for every kind.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.utils.translation import gettext as _

from expertim.foundation.addresses import public_address
from expertim.foundation.numbers import credit_words, lasting_hours, lasting_minutes, minutes_words
from expertim.meetings.calendar import event_for
from expertim.meetings.facts import Act, By, NoticeKind, Progress
from expertim.meetings.links import link_address
from expertim.meetings.mails.frame import framed, rendered
from expertim.meetings.mails.reading import current, given_with
from expertim.meetings.queries import MeetingView
from expertim.meetings.shown import act_address
from expertim.meetings.words.acts import act_name
from expertim.meetings.words.labels import became_words
from expertim.meetings.words.money import cancelling_words, late_fee, money_words, percent_words
from expertim.meetings.words.speaking import both_clocks, others_of, within
from expertim.notifications.kinds import Envelope, Letter, Told, kind_of
from expertim.people.formats import Clock

_HOUR = timedelta(hours=1)
_ABOUT_THE_MEETING = Act.CONFIRM, Act.REJECT
_ABOUT_THE_OTHER_DATE = Act.ALTERNATIVE_CONFIRM, Act.ALTERNATIVE_REJECT
_ASKED_FOR = {
    NoticeKind.PROPOSED: _ABOUT_THE_MEETING,
    NoticeKind.RESCHEDULING_REJECTED_BY_USER: _ABOUT_THE_MEETING,
    NoticeKind.RESCHEDULING_AGREED_BY_USER: _ABOUT_THE_OTHER_DATE,
    NoticeKind.RESCHEDULING_AGREED_BY_EXPERT: _ABOUT_THE_OTHER_DATE,
    NoticeKind.RESCHEDULING_REJECTED_BY_EXPERT: _ABOUT_THE_OTHER_DATE,
    NoticeKind.EVALUATION_REMINDER: (Act.EVALUATE,),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """All that a letter's template may say, worded for its reader."""

    role: str  # user, expert or operator
    name: str  # the counterparty; both for an operator
    user: str
    expert: str
    service: str
    quoted: str  # the service's title within a sentence
    minutes: int
    start: str
    start_short: str
    alternative: str
    alternative_short: str
    free: bool
    price: str
    fee: str  # empty where there is none, like the next two
    returned: str
    paid: str
    progress: str
    money: str
    cancelling: str
    agreed: bool
    future: bool
    lapses: str
    remaining: str
    opens: str
    settles: str
    settled: bool
    reminder_hours: int
    link_minutes: int


def write(told: Told, envelope: Envelope) -> Letter:
    """A notice's letter, as its meeting stands now. Raises Withdrawn where there is nothing to say any more."""
    person = envelope.person
    view = current(told, person)
    clock = person.clock
    words = words_of(told, view, clock)
    subject, paragraphs = _spoken(told.kind, words)
    kind = kind_of(told.kind)
    in_calendar = kind is not None and kind.by_calendar and envelope.calendar
    return framed(
        envelope,
        subject=subject,
        paragraphs=paragraphs,
        given=given_with(told, view),
        facts=_facts(told, view, clock, words),
        answers=_answers(NoticeKind(told.kind), view),
        button=_button(NoticeKind(told.kind), view),
        thread=f"meeting.{view.public_id}",
        event=event_for(view, recipient_id=person.pk) if in_calendar else None,  # nothing for an operator's
    )


def words_of(told: Told, view: MeetingView, clock: Clock) -> Words:
    """The dates are those that were told of; money, deadlines and what is left of the time are as they are now."""
    values, situation, others = told.values, view.situation, others_of(view)
    start = datetime.fromisoformat(values["start"])
    alternative = datetime.fromisoformat(values["alternative"]) if values.get("alternative") else None
    fee, returned, paid = (int(values.get(name) or 0) for name in ("fee", "returned", "paid"))
    operator = view.my_role is By.OPERATOR
    return Words(
        role=view.my_role.value,
        name=f"{view.user.name} – {view.expert.name}" if operator else view.other.name,
        user=view.user.name,
        expert=view.expert.name,
        service=view.service_title,
        quoted=_("“%(title)s”") % {"title": view.service_title},
        minutes=situation.length_minutes,
        start=within(start, clock, *others),
        start_short=clock.moment(start),
        alternative=within(alternative, clock, *others) if alternative else "",
        alternative_short=clock.moment(alternative) if alternative else "",
        free=not situation.price,
        price=credit_words(situation.price),
        fee=credit_words(fee) if fee else "",
        returned=credit_words(returned) if returned else "",
        paid=credit_words(paid) if paid else "",
        progress=_became(values.get("progress"), view),
        money=money_words(view),
        cancelling=_cancelling(view, clock) if start == situation.start else "",
        agreed=situation.now.state == "agreed",
        future=told.now < start,
        lapses=clock.moment(min(start, alternative or start)),
        remaining=remaining_words(start - told.now),
        opens=clock.time(view.join_window[0]),
        settles=clock.moment(situation.end + situation.terms.settlement_hours * _HOUR),
        settled=view.settled,
        reminder_hours=situation.terms.reminder_hours,
        link_minutes=situation.terms.link_minutes,
    )


def _cancelling(view: MeetingView, clock: Clock) -> str:
    """What cancelling costs and from when: a mail is read later, so it names the moment and never says "now"."""
    if view.cancelling is None:
        return ""
    fee = late_fee(view)
    if view.my_role is not By.USER or not fee:
        return " ".join(cancelling_words(view, clock))
    facts = {
        "moment": both_clocks(view.cancelling.free_until, clock),
        "percent": percent_words(view.situation.terms.late_fee_percent),
        "fee": credit_words(fee),
    }
    if view.cancelling.fee:
        return _("Cancelling costs %(percent)s of the price (%(fee)s); the rest would be returned to you.") % facts
    return (
        _("You can cancel free of charge until %(moment)s. After that it costs %(percent)s of the price (%(fee)s).")
        % facts
    )


def remaining_words(left: timedelta) -> str:
    """How long it still is: whole hours from two on, else minutes; the true time, however late the mail."""
    minutes = max(0, round(left.total_seconds() / 60))
    if minutes < 120:
        return lasting_minutes(minutes)
    return lasting_hours(round(minutes / 60))


def _became(progress: str | None, view: MeetingView) -> str:
    if progress is None or Progress(progress) is Progress.DISPUTED:
        return ""
    return became_words(Progress(progress), user=view.user.name, expert=view.expert.name)


def _facts(told: Told, view: MeetingView, clock: Clock, words: Words) -> list[tuple[str, str]]:
    start = datetime.fromisoformat(told.values["start"])
    facts = [
        (
            _("Service"),
            _("%(service)s, %(minutes)s") % {"service": words.service, "minutes": minutes_words(words.minutes)},
        ),
        (_("With"), words.name),
        (_("When"), both_clocks(start, clock, *others_of(view))),
    ]
    if words.alternative and words.alternative != words.start:
        alternative = datetime.fromisoformat(told.values["alternative"])
        facts.append((_("Other date"), both_clocks(alternative, clock, *others_of(view))))
    facts.append((_("Price"), words.price if not words.free else _("free")))
    return facts


def _answers(kind: NoticeKind, view: MeetingView) -> list[tuple[str, str]]:
    """What the reader is asked for, each answer with the page that gives it: from a mail on a phone two presses do."""
    acts = {possible.act for possible in view.actions}
    return [
        (act_name(act), f"{settings.PUBLIC_URL}{act_address(view.public_id, act)}")
        for act in _ASKED_FOR.get(kind, ())
        if act in acts
    ]


def _button(kind: NoticeKind, view: MeetingView) -> tuple[str, str]:
    """The next step's words, and the page of ours where it is done; never a provider's address."""
    if kind is NoticeKind.DISPUTED and view.my_role is By.OPERATOR:
        return _("Decide the dispute"), f"{settings.PUBLIC_URL}{act_address(view.public_id, Act.SETTLE)}"
    page = public_address("meeting", view.public_id)
    if kind is NoticeKind.LINK:
        return _("Go to the meeting"), link_address(view) or page
    return _("See the meeting"), page


def _spoken(kind: str, words: Words) -> tuple[str, list[str]]:
    """Subject and paragraphs: blank lines part them, what is empty falls away."""
    whole = rendered(f"{kind}.txt", {"m": words})
    parts = [" ".join(part.split()) for part in whole.split("\n\n")]
    subject, *paragraphs = [part for part in parts if part]
    return subject, paragraphs
