"""How the figures about an expert are worded (docs/finding.md says what they are)."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from expertim.expertise.rows import Terms
from expertim.expertise.search import ANSWER_STEPS
from expertim.meetings.words.money import percent_words

_DAY_MINUTES = 24 * 60
KINDS = ("expert-advice", "professional-mentoring", "student-mentoring", "career-guidance")  # an operator may add more


def answers_within_words(minutes: int) -> str:
    """Of a step: within 4 hours, within a day, within 3 days."""
    if minutes < _DAY_MINUTES:
        hours = minutes // 60
        return ngettext("within %(hours)d hour", "within %(hours)d hours", hours) % {"hours": hours}
    days = minutes // _DAY_MINUTES
    return ngettext("within a day", "within %(days)d days", days) % {"days": days}


def usually_answers(minutes: int | None) -> str:
    """In steps; empty where too little is known."""
    if minutes is None:
        return ""
    for step in ANSWER_STEPS:
        if minutes <= step:
            return _usually_within(step)
    days = ANSWER_STEPS[-1] // _DAY_MINUTES
    return ngettext(
        "usually takes longer to answer than a day", "usually takes longer to answer than %(days)d days", days
    ) % {"days": days}


def _usually_within(minutes: int) -> str:
    if minutes < _DAY_MINUTES:
        hours = minutes // 60
        return ngettext(
            "usually answers within %(hours)d hour", "usually answers within %(hours)d hours", hours
        ) % {"hours": hours}  # fmt: skip
    days = minutes // _DAY_MINUTES
    return ngettext("usually answers within a day", "usually answers within %(days)d days", days) % {"days": days}


def held_words(count: int) -> str:
    return ngettext("%(count)d meeting held here", "%(count)d meetings held here", count) % {"count": count}


def held_from_words(least: int) -> str:
    return ngettext("at least %(count)d meeting held", "at least %(count)d meetings held", least) % {"count": least}


def on_time(percent: int | None) -> str:
    """Empty where too little is known."""
    if percent is None:
        return ""
    if percent == 100:
        return _("always there on time")
    return _("there on time %(percent)d %% of the time") % {"percent": percent}


def on_time_from_words(least: int) -> str:
    if least == 100:
        return _("always there on time")
    return _("there on time at least %(percent)d %% of the time") % {"percent": least}


def free_within_words(days: int) -> str:
    return ngettext("free within a day", "free within %(days)d days", days) % {"days": days}


def matching_words(count: int) -> str:
    return ngettext(
        "%(count)d skill you want to develop", "%(count)d skills you want to develop", count
    ) % {"count": count}  # fmt: skip


def last_here(seen: datetime | None, *, now: datetime) -> str:
    """Coarse on purpose: nobody is watched. Both by the machine's clock."""
    if seen is None:
        return ""
    if now - seen < timedelta(days=1):
        return _("signed in within the last 24 hours")
    if now - seen < timedelta(days=7):
        return _("signed in within the last 7 days")
    if now - seen < timedelta(days=30):
        return _("signed in within the last 30 days")
    return _("signed in more than 30 days ago")


def kind_words(kind: str) -> str:
    """What sort of service it is; a kind of the operator's own making speaks for itself."""
    known = {
        "expert-advice": _("Expert advice"),
        "professional-mentoring": _("Professional mentoring"),
        "student-mentoring": _("Student mentoring"),
        "career-guidance": _("Career guidance"),
    }
    return known.get(kind) or kind.replace("-", " ").capitalize()


def policy_words(terms: Terms) -> str:
    """What cancelling costs here, as the Expertise has it now; a meeting keeps what it was proposed with (C2, C3)."""
    hours, percent = int(terms["free_cancellation_hours"]), Decimal(str(terms["late_fee_percent"]))
    if not percent or not hours:
        return _("Cancelling is free of charge until the meeting begins.")
    return _(
        "Cancelling is free of charge until {hours} h before the start, then it costs {percent} of the price."
    ).format(hours=hours, percent=percent_words(percent))
