"""What people are told about meetings: every kind of notice, in the order of a meeting's life."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from expertim.meetings.facts import NoticeKind
from expertim.meetings.moved import CREDITS_MOVED
from expertim.meetings.rooms import ROOM_MISSING
from expertim.meetings.words.missing import TITLE as MISSING_TITLE
from expertim.meetings.words.moved import TITLE
from expertim.meetings.words.notices import TITLES
from expertim.notifications.kinds import CALENDAR, INBOX, MAIL, PUSH, Kind

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise as Lazy

_PROPOSALS = _("Proposals and answers")
_DATES = _("Other dates")
_TIME = _("Before and after a meeting")
_CREDITS = _("Cancelling and credits")

_THE_OTHER = _("the other party")
_BOTH = _("both parties")
_THE_EXPERT = _("the expert")
_THE_USER = _("the user")
_AUTHOR = _("who put the date forward")

_ALWAYS = _("sent whenever it can be")
_START = _("the start of the meeting")
_LAPSE = _("the start of the meeting, or of the other date if that is sooner")


def _kind(
    code: NoticeKind,
    group: Lazy,
    who: Lazy,
    when: Lazy,
    *,
    not_after: Lazy = _ALWAYS,
    money: bool = False,
    link: bool = False,
    calendar: bool = True,
) -> Kind:
    return Kind(
        code=code.value,
        title=TITLES[code],
        group=group,
        who=who,
        when=when,
        not_after=not_after,
        channels=(INBOX, MAIL, CALENDAR, PUSH) if calendar else (INBOX, MAIL, PUSH),
        urgent=money or link,
        switchable=not (money or link),
        quiet=not link,
    )


KINDS = (
    _kind(NoticeKind.PROPOSED, _PROPOSALS, _THE_OTHER, _("Somebody proposes a meeting to you"), not_after=_START),
    _kind(NoticeKind.AGREED, _PROPOSALS, _BOTH, _("A proposal has been confirmed")),
    _kind(NoticeKind.REJECTED, _PROPOSALS, _("who proposed"), _("Your proposal has been rejected")),
    _kind(NoticeKind.WITHDRAWN, _PROPOSALS, _THE_OTHER, _("A proposal has been withdrawn before you answered")),
    _kind(NoticeKind.EXPIRED, _PROPOSALS, _BOTH, _("Nobody answered before the start came")),
    _kind(
        NoticeKind.RESCHEDULING_AGREED_BY_USER,
        _DATES,
        _THE_EXPERT,
        _("The user suggests another date for an agreed meeting"),
        not_after=_LAPSE,
    ),
    _kind(
        NoticeKind.RESCHEDULING_AGREED_BY_EXPERT,
        _DATES,
        _THE_USER,
        _("The expert suggests another date for an agreed meeting"),
        not_after=_LAPSE,
    ),
    _kind(
        NoticeKind.RESCHEDULING_REJECTED_BY_USER,
        _DATES,
        _THE_EXPERT,
        _("The user proposes a rejected meeting anew"),
        not_after=_START,
    ),
    _kind(
        NoticeKind.RESCHEDULING_REJECTED_BY_EXPERT,
        _DATES,
        _THE_USER,
        _("The expert offers another date for a rejected meeting"),
        not_after=_LAPSE,
    ),
    _kind(NoticeKind.ALTERNATIVE_CONFIRMED, _DATES, _AUTHOR, _("The date you suggested has been confirmed")),
    _kind(NoticeKind.ALTERNATIVE_REJECTED, _DATES, _AUTHOR, _("The date you suggested has been rejected")),
    _kind(NoticeKind.ALTERNATIVE_WITHDRAWN, _DATES, _THE_OTHER, _("A suggested date has been taken back")),
    _kind(NoticeKind.ALTERNATIVE_LAPSED, _DATES, _BOTH, _("A suggested date was not answered in time")),
    _kind(
        NoticeKind.REMINDER,
        _TIME,
        _BOTH,
        _("24 hours before the start (or as the Expertise has it)"),
        not_after=_("60 minutes before the start, when the link goes out"),
    ),
    _kind(
        NoticeKind.LINK,
        _TIME,
        _BOTH,
        _("60 minutes before the start; at once where it is agreed later"),
        not_after=_("the end of the meeting"),
        link=True,
    ),
    _kind(
        NoticeKind.EVALUATION_REMINDER,
        _TIME,
        _("each party who has not evaluated"),
        _("24 hours after the end"),
        not_after=_("168 hours after the end"),
        calendar=False,  # what they tell changes nothing in a calendar any more
    ),
    _kind(NoticeKind.CANCELED_BY_USER, _CREDITS, _THE_EXPERT, _("The user cancels free of charge"), money=True),
    _kind(NoticeKind.LATE_CANCELLATION, _CREDITS, _THE_EXPERT, _("The user cancels late and pays a fee"), money=True),
    _kind(NoticeKind.CANCELLED_BY_EXPERT, _CREDITS, _THE_USER, _("The expert cancels; all is returned"), money=True),
    _kind(NoticeKind.SETTLED, _CREDITS, _BOTH, _("It is settled how the meeting went"), money=True, calendar=False),
    _kind(
        NoticeKind.DISPUTED,
        _CREDITS,
        _("both parties and the operators"),
        _("The two sides do not say the same"),
        money=True,
        calendar=False,
    ),
    _kind(
        NoticeKind.DISPUTE_SETTLED, _CREDITS, _BOTH, _("An operator has decided a dispute"), money=True, calendar=False
    ),
)
MOVED = Kind(
    code=CREDITS_MOVED,
    title=TITLE,
    group=_CREDITS,
    who=_("whose credits they are"),
    when=_("Credits have moved and nothing else tells of it: granted ones, a bonus, the fee of your late cancellation"),
    not_after=_ALWAYS,
    urgent=True,
    switchable=False,
)
MISSING = Kind(
    code=ROOM_MISSING,
    title=MISSING_TITLE,
    group=_("Operating"),
    who=_("the operators"),
    when=_("Two hours before a meeting its room is not in place on its video platform; or that platform fails at Join"),
    not_after=_("an hour after the end of the meeting"),
    channels=(INBOX, MAIL),
    urgent=True,
    switchable=False,
    quiet=False,
    for_operators=True,
)
