"""Busy calendars in words: how old what we know is, and what keeps us from knowing more."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise as Lazy

TROUBLES: dict[str, Lazy] = {
    "unreadable": gettext_lazy("What is at that address could not be read."),
    "scheme": gettext_lazy("The address must begin with https:// or webcal://."),
    "port": gettext_lazy("The address must not name a port of its own."),
    "own_host": gettext_lazy("That address leads back to this platform. Your meetings here are known anyway."),
    "address": gettext_lazy("That address does not lead to the public internet."),
    "unknown_host": gettext_lazy("There is no such host. Look at the address again."),
    "unreachable": gettext_lazy("The calendar's server did not answer in time, or not as it should."),
    "too_much": gettext_lazy("The calendar is larger than we read, or repeats itself too often."),
    "forbidden": gettext_lazy("The calendar's server did not let us in. The address may have been made anew there."),
    "gone": gettext_lazy("There is no calendar at that address any more."),
    "status": gettext_lazy("The calendar's server answered with a fault."),
    "not_a_calendar": gettext_lazy("What is at that address is not a calendar file."),
    "too_many": gettext_lazy("There are ten calendars already; remove one first."),
    "twice": gettext_lazy("You have added this calendar already."),
}


def trouble_words(code: str) -> str:
    return str(TROUBLES[code])


def age_words(age: timedelta | None) -> str:
    """How long ago a calendar was read."""
    if age is None:
        return _("not read yet")
    minutes = int(age.total_seconds()) // 60
    if minutes < 60:
        return ngettext("read {count} minute ago", "read {count} minutes ago", minutes).format(count=minutes)
    hours = minutes // 60
    if hours < 48:
        return ngettext("read {count} hour ago", "read {count} hours ago", hours).format(count=hours)
    return ngettext("read {count} day ago", "read {count} days ago", hours // 24).format(count=hours // 24)


def busy_words(count: int) -> str:
    return ngettext("{count} busy time ahead", "{count} busy times ahead", count).format(count=count)
