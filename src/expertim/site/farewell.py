"""What holds somebody back from leaving, and what of other rooms goes with them; registered at start-up."""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from expertim.credits import queries as credits
from expertim.expertise.actions import forget_expert
from expertim.foundation.numbers import amount_shown
from expertim.meetings import queries as meetings
from expertim.notifications.actions import forget_name
from expertim.people.former import FORMER
from expertim.people.leaving import goes_along, hold_back
from expertim.people.models import Person


def register() -> None:
    hold_back(reasons)
    goes_along(forget_expert)
    goes_along(_told_to_others)


def _told_to_others(person: int) -> None:
    """Notices keep the name of whoever wrote to somebody; it is the one that they had then."""
    for name in Person.objects.filter(pk=person).values_list("name", flat=True):
        forget_name(name=name, instead=FORMER)


def reasons(person: int) -> list[str]:
    """Case 88: nobody leaves what others still count on."""
    found = []
    _available, blocked = credits.wallet(person=person)
    if blocked:
        found.append(
            _("Credits of yours are blocked for meetings: %(amount)s. They have to be returned or spent first.")
            % {"amount": amount_shown(blocked)}
        )
    if open_ones := meetings.count_open(person=person):
        found.append(
            ngettext(
                "%(count)d meeting of yours is not over and settled. Cancel it, or hold it and say how it went.",
                "%(count)d meetings of yours are not over and settled. Cancel them, or hold them and say how it went.",
                open_ones,
            )
            % {"count": open_ones}
        )
    if Person.objects.filter(pk=person, is_staff=True).exists():
        found.append(_("You are an operator. Somebody else has to take over, and take that right from you, first."))
    return found
