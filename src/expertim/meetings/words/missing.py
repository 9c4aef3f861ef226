"""The notice to operators that a room is not in place."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from expertim.meetings.words.speaking import own_clock
from expertim.people.formats import Clock

TITLE = gettext_lazy("A room is not in place")


def missing_words(values: Mapping[str, Any], label_row: Mapping[str, Any], clock: Clock) -> tuple[str, str]:
    """Title and sentence; `label_row` is the meeting's row of `queries.labels`."""
    return str(TITLE), missing_sentence(values, label_row, clock)


def missing_sentence(values: Mapping[str, Any], label_row: Mapping[str, Any], clock: Clock) -> str:
    if values.get("fell_back"):
        return _(
            "%(user)s and %(expert)s meet on %(start)s in the built-in room, because %(platform)s failed: %(error)s"
        ) % {
            "user": label_row["user_name"],
            "expert": label_row["expert_name"],
            "start": own_clock(label_row["starts_at"], clock),
            "platform": values["platform"],
            "error": values["error"],
        }
    return _("The room for %(user)s and %(expert)s on %(start)s is not in place on %(platform)s: %(error)s") % {
        "user": label_row["user_name"],
        "expert": label_row["expert_name"],
        "start": own_clock(label_row["starts_at"], clock),
        "platform": values["platform"],
        "error": values["error"] or _("the worker has not come to it yet"),
    }
