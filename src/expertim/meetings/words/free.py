"""A free time that went while a page stood open: said before anything is done, and no wall."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext as _

from expertim.meetings.words.refusals import Refusal
from expertim.people.formats import Clock


def gone_words(start: datetime, clock: Clock, *, expert: str) -> Refusal:
    """`expert` is empty where the expert is the one who reads."""
    moment = clock.moment(start)
    if not expert:
        said = _("{moment} was one of your free times when this page was opened, and is not any more.")
        then = _("Choose one of the times below, or go on all the same.")
    else:
        said = _("{moment} was one of the free times of {name} when this page was opened, and is not any more.")
        then = _("Choose one of the times below, or go on all the same: {name} can still say yes.")
    return Refusal(
        title=_("This time is no longer free"),
        sentences=(said.format(moment=moment, name=expert), then.format(name=expert)),
    )
