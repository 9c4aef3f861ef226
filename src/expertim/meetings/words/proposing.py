"""Proposing in words: what it costs and what happens next, before there is a meeting."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from expertim.expertise.rows import OwnServices, ServiceRow, SkillRow
from expertim.foundation.amounts import share_of
from expertim.foundation.numbers import credit_words, minutes_words, plural_of
from expertim.meetings.facts import Terms
from expertim.meetings.queries import Who
from expertim.meetings.words.money import percent_words
from expertim.meetings.words.speaking import both_clocks
from expertim.people.formats import Clock


def button_of_a_proposal(price: int) -> str:
    """The button of P1: it says what is blocked."""
    if not price:
        return _("Propose the meeting")
    return _("Propose the meeting, block {amount}").format(amount=credit_words(price))


def proposing_words(service: ServiceRow, terms: Terms, *, name: str) -> list[str]:
    """P1: what follows from proposing, at the terms that the meeting will keep."""
    told = [_("{name} is told and has until the start to answer. Until then you can withdraw it.").format(name=name)]
    if not service.price:
        return [_("The meeting is free of charge."), *told]
    fee = share_of(service.price, terms.late_fee_percent)
    blocked = ngettext(
        "{amount} of yours is blocked now. It comes back whole if {name} rejects or does not answer.",
        "{amount} of yours are blocked now. They come back whole if {name} rejects or does not answer.",
        plural_of(service.price),
    ).format(amount=credit_words(service.price), name=name)
    if not fee:
        return [blocked, *told, _("Once it is agreed, cancelling is free of charge until the meeting begins.")]
    later = _(
        "Once it is agreed, cancelling is free of charge until {hours} h before the start, "
        "then it costs {percent} of the price ({fee})."
    ).format(hours=terms.free_cancellation_hours, percent=percent_words(terms.late_fee_percent), fee=credit_words(fee))
    return [blocked, *told, later, _("{name} is paid only after the meeting.").format(name=name)]


def offering_words(*, name: str) -> list[str]:
    """P2: what follows from an expert's proposing."""
    return [
        _("{name} is told and has until the start to answer. Until then you can withdraw it.").format(name=name),
        _("Nothing is blocked now; the price is, once {name} confirms.").format(name=name),
    ]


def paused_words(until: datetime, clock: Clock, name: str) -> str:
    """P1: an expert who takes no proposals at present."""
    said = _("{name} takes no proposals until {moment}. What you have agreed already stands as it is.")
    return said.format(name=name, moment=clock.moment(until))


def proposed_words(start: datetime, clock: Clock, other: Who, *, blocked: int = 0) -> str:
    """What has happened, and what comes next; `blocked` are the proposer's own credits."""
    said = _("You have proposed {start}. {name} has been told and has until then to answer.")
    if blocked:
        said += " " + ngettext(
            "{amount} of yours is set aside; it comes back whole if {name} rejects or does not answer.",
            "{amount} of yours are set aside; they come back whole if {name} rejects or does not answer.",
            plural_of(blocked),
        )
    return said.format(start=both_clocks(start, clock, other), name=other.name, amount=credit_words(blocked))


def service_label(service: ServiceRow) -> str:
    """A service as a user chooses it."""
    return _("{service}, {minutes}, {price}").format(
        service=service.title, minutes=minutes_words(service.minutes), price=_price(service)
    )


def offer_label(service: ServiceRow, skill: SkillRow, own: OwnServices) -> str:
    """One of an expert's services, with its usual length and price."""
    return _("{service} · {skill} ({expertise}), usually {minutes}, {price}").format(
        service=service.title,
        skill=skill.name,
        expertise=own.expertise_name,
        minutes=minutes_words(service.minutes),
        price=_price(service),
    )


def _price(service: ServiceRow) -> str:
    return credit_words(service.price) if service.price else _("free of charge")
