"""What was sent about a meeting, for its page: a party sees what went to them, an operator everything."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from expertim.meetings.facts import By
from expertim.meetings.queries import MeetingView
from expertim.notifications.kinds import kind_of
from expertim.notifications.queries import Sent, sent_about
from expertim.people.formats import Clock


@dataclass(frozen=True, slots=True, kw_only=True)
class SentShown:
    """One mail: what, to whom, and what became of it when."""

    title: str
    to: str
    at: str
    state: str


def sent_shown(view: MeetingView, *, reader: int, clock: Clock) -> tuple[SentShown, ...]:
    """Oldest first. One statement."""
    operator = view.my_role is By.OPERATOR
    mails = sent_about(meeting=view.id, person=None if operator else reader)
    return tuple(
        SentShown(
            title=_title(mail),
            to=mail.name if operator else _("you"),
            at=clock.moment(mail.at),
            state=_state(mail),
        )
        for mail in mails
    )


def _title(mail: Sent) -> str:
    kind = kind_of(mail.kind)
    if mail.way == "calendar":
        return _("For the calendar")
    if mail.way == "mail":
        return _("Why a calendar's answer changed nothing")
    title = str(kind.title) if kind else mail.kind
    return _("%(title)s, on a device") % {"title": title} if mail.way == "push" else title


def _state(mail: Sent) -> str:
    withdrawn = {
        "moved": _("withdrawn, because the meeting has moved"),
        "switched_off": _("withdrawn, because such mail is switched off"),
        "no_longer_so": _("withdrawn, because it was no longer so"),
        "device_gone": _("withdrawn, because the device is no longer there"),
    }
    return {
        "waiting": _("waits to be sent"),
        "leased": _("is being sent"),
        "sent": pgettext("state of a mail", "sent"),
        "expired": _("not sent: it would have come too late"),
        "withdrawn": withdrawn.get(mail.why, _("withdrawn")),
    }.get(mail.status, _("could not be sent; the operator sees why"))
