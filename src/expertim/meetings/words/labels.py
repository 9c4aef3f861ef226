"""One label for each word of the core."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from expertim.meetings.facts import By, Payment, Progress, Said, State

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise as Lazy

STATES: dict[State, Lazy] = {
    State.AWAITING: gettext_lazy("Awaiting approval"),
    State.AGREED: gettext_lazy("Agreed"),
    State.REJECTED: gettext_lazy("Rejected"),
    State.CANCELLED: gettext_lazy("Cancelled"),
    State.EXPIRED: gettext_lazy("Expired"),
}
PAYMENTS: dict[Payment, Lazy] = {
    Payment.NOT_BLOCKED: gettext_lazy("Not blocked"),
    Payment.BLOCKED: gettext_lazy("Blocked"),
    Payment.RETURNED: gettext_lazy("Returned"),
    Payment.REIMBURSED: gettext_lazy("Reimbursed cancellation"),
    Payment.PAID: gettext_lazy("Paid"),
    Payment.FREE: gettext_lazy("Free"),
}
PROGRESS: dict[Progress, Lazy] = {
    Progress.WENT_SMOOTHLY: gettext_lazy("Went smoothly"),
    Progress.NO_SHOW_USER: gettext_lazy("Did not take place (user)"),
    Progress.NO_SHOW_EXPERT: gettext_lazy("Did not take place (expert)"),
    Progress.DISPUTED: gettext_lazy("Disputed"),
}
ROLES: dict[By, Lazy] = {
    By.USER: gettext_lazy("the user"),
    By.EXPERT: gettext_lazy("the expert"),
    By.OPERATOR: gettext_lazy("an operator"),
    By.PLATFORM: gettext_lazy("the platform"),
}


def said_words(said: Said, *, other: str, mine: bool = False) -> str:
    """How a party says the meeting went; `other` is the name of whom they met."""
    if said is Said.SMOOTH:
        return _("It went smoothly")
    if said is Said.OTHER_FAULT:
        return _("It did not take place because of {name}").format(name=other)
    if mine:
        return _("It did not take place because of me")
    return _("It did not take place because of myself")


def outcomes(*, user: str, expert: str) -> dict[Progress, str]:
    """The three things that can have become of a meeting, by name."""
    return {
        Progress.WENT_SMOOTHLY: _("It went smoothly"),
        Progress.NO_SHOW_USER: _("It did not take place because of {name}").format(name=user),
        Progress.NO_SHOW_EXPERT: _("It did not take place because of {name}").format(name=expert),
    }


def became_words(progress: Progress, *, user: str, expert: str) -> str:
    """What became of a meeting, for the middle of a sentence, by name."""
    return {
        Progress.WENT_SMOOTHLY: _("it went smoothly"),
        Progress.NO_SHOW_USER: _("it did not take place because of {name}").format(name=user),
        Progress.NO_SHOW_EXPERT: _("it did not take place because of {name}").format(name=expert),
        Progress.DISPUTED: _("it is disputed"),
    }[progress]
