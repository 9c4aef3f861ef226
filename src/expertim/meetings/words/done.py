"""What is said after an act: what has happened, and what comes next. `view` is the meeting as it was before."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from expertim.foundation.amounts import share_of
from expertim.foundation.numbers import credit_words, plural_of
from expertim.meetings.facts import Act, By, Payment, Progress, Said, State, counterparty
from expertim.meetings.queries import MeetingView
from expertim.meetings.words.money import paid_words
from expertim.meetings.words.speaking import both_clocks, braced, others_of, own_clock, within
from expertim.meetings.words.standing import without_the_other
from expertim.people.formats import Clock


@dataclass(frozen=True, slots=True, kw_only=True)
class Done:
    """An act that has been done to a meeting: with the start, the fee or the word that was sent with it."""

    view: MeetingView
    clock: Clock
    start: datetime | None = None
    fee: int = 0
    said: Said | None = None

    @property
    def rejected(self) -> bool:
        return self.view.situation.now.state is State.REJECTED

    @property
    def mine(self) -> bool:
        """The reader is who pays."""
        return self.view.my_role is By.USER

    def when(self, moment: datetime) -> str:
        return within(moment, self.clock, *others_of(self.view))

    @property
    def new_start(self) -> datetime:
        return self.start or self.view.situation.start


def done(
    act: Act,
    view: MeetingView,
    clock: Clock,
    *,
    start: datetime | None = None,
    fee: int = 0,
    said: Said | None = None,
) -> str:
    """What has happened, and what comes next."""
    deed = Done(view=view, clock=clock, start=start, fee=fee, said=said)
    sentences = _DONE[act](deed)
    words = {
        "name": view.other.name,
        "user": view.user.name,
        "expert": view.expert.name,
        "start": both_clocks(deed.new_start, clock, *others_of(view)),
        "until": deed.when(view.situation.start),
        "amount": credit_words(view.situation.price),
        "fee": credit_words(fee),
        "rest": credit_words(view.situation.price - fee),
        "opens": own_clock(deed.new_start - timedelta(minutes=view.situation.terms.join_opens_minutes), clock),
    }
    return " ".join(sentence.format(**words) for sentence in sentences if sentence)


def done_before() -> str:
    """Z1: the same page sent again."""
    return _("This was sent twice and has been done once.")


def _proposed(deed: Done) -> list[str]:
    return [_("You have proposed {start}. {name} has been told and has until then to answer."), _set_aside(deed)]


def _confirmed(deed: Done) -> list[str]:
    return [_("You have confirmed {start}. {name} has been told."), _set_aside(deed), _doors()]


def _rejected(deed: Done) -> list[str]:
    return [
        _("You have rejected the meeting. {name} has been told why."),
        _given_back(deed),
        _("Until {until} each of you can still suggest another date."),
    ]


def _withdrawn(deed: Done) -> list[str]:
    return [_("You have withdrawn the proposal. {name} has been told."), _given_back(deed)]


def _cancelled(deed: Done) -> list[str]:
    if deed.fee:
        cancelled = ngettext(
            "You have cancelled the meeting and paid {fee}; {rest} is yours again. {name} has been told why.",
            "You have cancelled the meeting and paid {fee}; {rest} are yours again. {name} has been told why.",
            plural_of(deed.view.situation.price - deed.fee),
        )
        return [cancelled]
    return [_("You have cancelled the meeting; nobody pays anything. {name} has been told why."), _given_back(deed)]


def _rescheduled(deed: Done) -> list[str]:
    if not deed.rejected:
        return [_("You have suggested {start}. {name} has been told. Until {name} answers, {until} stands.")]
    if deed.mine:
        return _proposed(deed)
    return [
        _("You have suggested {start}. {name} has been told."),
        _("It is agreed once {name} confirms; until then the meeting stays rejected."),
    ]


def _other_date_confirmed(deed: Done) -> list[str]:
    told = _("You have confirmed {start}. {name} has been told.")
    if deed.rejected:
        return [told, _set_aside(deed), _doors()]
    return [told, _("{until} no longer holds."), _doors()]


def _other_date_rejected(deed: Done) -> list[str]:
    return [_("You have rejected the other date. {name} has been told why."), _stays(deed)]


def _other_date_withdrawn(deed: Done) -> list[str]:
    return [_("You have taken the other date back. {name} has been told."), _stays(deed)]


def _joined(deed: Done) -> list[str]:
    return [
        _("You have joined, and it is recorded that you came."),
        _("The room is open; {name} comes in by a link of their own."),
    ]


def _evaluated(deed: Done) -> list[str]:
    """S1-S4: what the word settles by itself, or with the other's; else what it waits for (S6)."""
    view, thanks = deed.view, _("Thank you. Your word stands on the timeline.")
    if view.settled:
        return [thanks, _("The meeting was settled before; no credits move.")]
    if (view.my_role, deed.said) in _SETTLING:
        return [thanks, _settled(deed)]
    if view.situation.now.said_by(counterparty(view.my_role)) or view.situation.now.progress is Progress.DISPUTED:
        return [thanks, _("You and {name} do not say the same, so an operator decides. You are told of the decision.")]
    return [thanks, braced(without_the_other(view, deed.clock, deed.said))] if deed.said else [thanks]


def _settled(deed: Done) -> str:
    view = deed.view
    if not view.situation.price:
        return _("The meeting is settled; it was free of charge.")
    if not deed.mine:
        return ngettext(
            "The meeting is settled: {amount} has gone back to {user}.",
            "The meeting is settled: {amount} have gone back to {user}.",
            plural_of(view.situation.price),
        )
    fee = view.situation.price
    if deed.said is Said.MY_FAULT:
        fee = share_of(fee, view.situation.terms.no_show_fee_percent)
    return _("The meeting is settled.") + " " + (braced(paid_words(view, fee)) if fee else _("You pay nothing."))


_SETTLING = {(By.USER, Said.SMOOTH), (By.USER, Said.MY_FAULT), (By.EXPERT, Said.MY_FAULT)}


def _dispute_settled(deed: Done) -> list[str]:
    return [_("The dispute is settled. {user} and {expert} have been told, with your note.")]


# ---------------------------------------------------------------- what they share


def _set_aside(deed: Done) -> str:
    """Where the act has blocked the reader's own credits (P1, A1, D2, D4)."""
    if not deed.mine or not deed.view.situation.price:
        return ""
    return ngettext(
        "{amount} of yours is set aside for it.",
        "{amount} of yours are set aside for it.",
        plural_of(deed.view.situation.price),
    )


def _given_back(deed: Done) -> str:
    if deed.view.situation.now.payment is not Payment.BLOCKED:
        return ""
    price = plural_of(deed.view.situation.price)
    if deed.mine:
        return ngettext("{amount} is yours again.", "{amount} are yours again.", price)
    return ngettext("{amount} has gone back to {user}.", "{amount} have gone back to {user}.", price)


def _doors() -> str:
    return _("Both of you are reminded before it begins; joining opens {opens}.")


def _stays(deed: Done) -> str:
    if deed.rejected:
        return _("The meeting stays rejected; until {until} another date can be agreed.")
    return _("{until} stands.")


_DONE: dict[Act, Callable[[Done], list[str]]] = {
    Act.PROPOSE: _proposed,
    Act.CONFIRM: _confirmed,
    Act.REJECT: _rejected,
    Act.WITHDRAW: _withdrawn,
    Act.CANCEL: _cancelled,
    Act.RESCHEDULE: _rescheduled,
    Act.ALTERNATIVE_CONFIRM: _other_date_confirmed,
    Act.ALTERNATIVE_REJECT: _other_date_rejected,
    Act.ALTERNATIVE_WITHDRAW: _other_date_withdrawn,
    Act.JOIN: _joined,
    Act.EVALUATE: _evaluated,
    Act.SETTLE: _dispute_settled,
}
