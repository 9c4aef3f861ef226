"""What there is to try in the demo, each with the meeting of the story that is ready for it now."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import gettext as _

from expertim.expertise.models import Expert
from expertim.meetings import queries as meetings
from expertim.meetings.facts import Act, State
from expertim.meetings.queries import MeetingView
from expertim.meetings.shown import act_address
from expertim.site.cast import EXPERT, OPERATOR, USER

MOST = 100  # of the user's meetings to look through


@dataclass(frozen=True, slots=True, kw_only=True)
class Tour:
    """One thing to try: signed in as `who`, at `address`; without one, nothing is ready for it now."""

    title: str
    words: str
    who: str  # an e-mail address of the cast
    button: str
    address: str


def tours(people: dict[str, int]) -> tuple[Tour, ...]:
    """All six, for the demo's people who are there: their e-mail addresses and ids."""
    if not {USER, EXPERT, OPERATOR} <= people.keys():
        return ()
    listed = [*_listed(people[USER], "scheduled"), *_listed(people[USER], "held")]

    def ready(act: Act, condition: Callable[[MeetingView], bool] = lambda view: True) -> str:
        for view in listed:
            if condition(view) and any(possible.act is act for possible in view.actions):
                return act_address(view.public_id, act)
        return ""

    return (
        Tour(
            title=_("Propose a meeting"),
            words=_(
                "Choose one of Petr's services and a time. Before you press the button, the page says what is set "
                "aside and what cancelling would cost."
            ),
            who=USER,
            button=_("Propose to Petr"),
            address=_expert(people[EXPERT]),
        ),
        Tour(
            title=_("Answer a proposal"),
            words=_(
                "Somebody waits for Jana's answer. Confirm, and her credits are set aside; reject, "
                "and choose a reason from a list."
            ),
            who=USER,
            button=_("Answer"),
            address=ready(Act.CONFIRM),
        ),
        Tour(
            title=_("Move a date"),
            words=_(
                "Suggest another time for a meeting that is agreed. "
                "Until the other side answers, the date you have stands."
            ),
            who=USER,
            button=_("Suggest another date"),
            address=ready(Act.RESCHEDULE, lambda view: view.situation.now.state is State.AGREED),
        ),
        Tour(
            title=_("Cancel late and see the fee"),
            words=_(
                "A meeting is so near that cancelling it costs a part of its price. "
                "The button says how much, and no more than that is taken."
            ),
            who=USER,
            button=_("See the fee"),
            address=ready(Act.CANCEL, lambda view: bool(view.cancelling and view.cancelling.fee)),
        ),
        Tour(
            title=_("Say how it went"),
            words=_(
                "A meeting is over. Once Jana says that it went smoothly, the expert is paid. "
                "Her stars are for the operator only, her words for everybody."
            ),
            who=USER,
            button=_("Say how it went"),
            address=ready(Act.EVALUATE),
        ),
        Tour(
            title=_("Settle a dispute"),
            words=_(
                "Two people do not say the same. Read both, look who pressed Join and when, "
                "and decide who gets the credits."
            ),
            who=OPERATOR,
            button=_("Open the disputes"),
            address=reverse("disputes"),
        ),
    )


def _listed(person: int, which: str) -> tuple[MeetingView, ...]:
    return meetings.listed(person=person, which=which, limit=MOST).rows


def _expert(person: int) -> str:
    found = (
        Expert.objects.filter(person=person, active=True).values_list("expertise__slug", "person__public_id").first()
    )
    return reverse("expert", args=found) if found else ""
