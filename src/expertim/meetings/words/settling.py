"""What a decision about a dispute brings about, counted for the very outcome and fee that were typed (X1)."""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from expertim.foundation.numbers import credit_words, plural_of
from expertim.meetings.facts import Progress
from expertim.meetings.queries import MeetingView
from expertim.meetings.words.labels import outcomes
from expertim.meetings.words.money import commission_of, experts_part


def settling_words(view: MeetingView, *, outcome: Progress, fee: int) -> list[str]:
    """One sentence each: what is put down, who pays and gets how much, who is told."""
    became = outcomes(user=view.user.name, expert=view.expert.name)[outcome]
    return [
        _("What stands on the timeline: {became}.").format(became=became),
        *_credits(view, fee),
        _("{user} and {expert} are told, with your note.").format(user=view.user.name, expert=view.expert.name),
        _("This cannot be changed afterwards."),
    ]


def _credits(view: MeetingView, fee: int) -> list[str]:
    price = view.situation.price
    names = {"user": view.user.name, "expert": view.expert.name}
    if not price:
        return [_("This meeting was free of charge: no credits move.")]
    if not fee:
        return [
            ngettext(
                "All {price} goes back to {user}; {expert} is paid nothing.",
                "All {price} go back to {user}; {expert} is paid nothing.",
                plural_of(price),
            ).format(price=credit_words(price), **names)
        ]
    part, commission = credit_words(experts_part(view, fee)), credit_words(commission_of(view, fee))
    paid = [
        _("{user} pays {fee}.").format(fee=credit_words(fee), **names),
        _("Of that {name} gets {part} and the platform {commission}.").format(
            name=view.expert.name, part=part, commission=commission
        ),
    ]
    if fee == price:
        return paid
    rest = ngettext(
        "The other {rest} goes back to {user}.", "The other {rest} go back to {user}.", plural_of(price - fee)
    )
    return [*paid, rest.format(rest=credit_words(price - fee), **names)]


def settling_button(view: MeetingView, *, fee: int) -> str:
    """It repeats the act and its price."""
    if not view.situation.price:
        return _("Settle the dispute")
    if not fee:
        return _("Settle the dispute, return {price}").format(price=credit_words(view.situation.price))
    return _("Settle the dispute, {user} pays {fee}").format(user=view.user.name, fee=credit_words(fee))
