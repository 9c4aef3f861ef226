"""The inbox. Reading it changes nothing; following a notice marks it as read, by POST."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from itertools import groupby
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from expertim.foundation.htmx import by_htmx, unchanged
from expertim.meetings import queries as meetings
from expertim.meetings.facts import NoticeKind
from expertim.meetings.links import link_address
from expertim.meetings.moved import CREDITS_MOVED
from expertim.meetings.rooms import ROOM_MISSING
from expertim.meetings.words.missing import missing_words
from expertim.meetings.words.moved import moved_words
from expertim.meetings.words.notices import notice_words
from expertim.notifications import actions, queries
from expertim.notifications.kinds import kind_of
from expertim.site import applying
from expertim.site.chatting import CHAT_MESSAGE, message_words
from expertim.site.middleware import HeaderRequest
from expertim.site.paging import before
from expertim.site.replying import REVIEW_REPLIED, replied_words

_LARGEST = 2**63 - 1


@require_safe
def inbox(request: HeaderRequest) -> HttpResponse:
    """Notices, newest first, under the day that each came on by the reader's own calendar."""
    number = before(request)
    page = queries.inbox(person=request.user.pk, before=number)
    labels = meetings.labels(ids=[row.meeting for row in page.rows if row.meeting is not None])
    notices = ((row, *_worded(request, row, labels.get(row.meeting or 0))) for row in page.rows)
    days = groupby(notices, key=lambda notice: request.clock.local(notice[0].at).date())
    shown = {
        "days": [(day_words(request, day), list(of_the_day)) for day, of_the_day in days],
        "newest": page.rows[0].id if page.rows else 0,
        "older": page.older,
        "continued": number is not None,
    }
    return render(request, "site/inbox.html", shown)


def day_words(request: HeaderRequest, day: date) -> str:
    """Today, yesterday, or the day by its name and date."""
    today = request.clock.local(request.header.at).date()
    if day == today:
        return _("Today")
    if day == today - timedelta(days=1):
        return _("Yesterday")
    noon = datetime.combine(day, time(12), tzinfo=request.clock.zone)
    return f"{request.clock.weekday(noon)} {request.clock.date(noon)}"


def _worded(request: HeaderRequest, notice: queries.NoticeRow, label: dict[str, Any] | None) -> tuple[str, str]:
    if notice.kind == CREDITS_MOVED:
        return moved_words(notice.values, label, reader=request.user.pk)
    if notice.kind == CHAT_MESSAGE:
        return message_words(notice.values)
    if notice.kind == REVIEW_REPLIED:
        return replied_words(notice.values)
    if notice.kind in (applying.SENT, applying.DECIDED):
        return applying.notice_words(notice.kind, notice.values)
    if notice.kind == ROOM_MISSING and label is not None:
        return missing_words(notice.values, label, request.clock)
    if label is None or notice.kind not in set(NoticeKind):
        kind = kind_of(notice.kind)
        if label is None and kind is not None:
            return str(kind.title), str(notice.values.get("url", ""))
        return _("News"), ""  # of a newer release, or of something that is no more: still a line, never an error
    return notice_words(notice.kind, notice.values, label, request.clock, reader=request.user.pk)


@require_safe
def unread(request: HeaderRequest) -> HttpResponse:
    """The count in the header of an open page, where it is no longer `?seen=`; to a browser the inbox."""
    if not by_htmx(request):
        return redirect("inbox")
    count = request.header.unread
    if request.GET.get("seen") == str(count):
        return unchanged()
    return render(request, "site/unread.html", {"unread": count})


@require_http_methods(["GET", "HEAD", "POST"])
def opened(request: HeaderRequest, number: int) -> HttpResponse:
    """Mark one notice as read and lead to its meeting, or to the account; an address typed by hand leads back."""
    if request.method != "POST":
        return redirect("inbox")
    found = actions.mark_read(person=request.user.pk, notice=min(number, _LARGEST))
    if found is None:
        raise Http404
    label = meetings.labels(ids=[found.meeting]).get(found.meeting) if found.meeting is not None else None
    if label and found.kind == NoticeKind.LINK and (way := _way_in(request, label["public_id"])):
        return redirect(way)
    if label:
        return redirect("meeting", label["public_id"])
    if found.kind == CHAT_MESSAGE and found.chat:
        return redirect("chat", found.chat)
    if found.kind == REVIEW_REPLIED and found.expert:
        return redirect("expert", *found.expert)
    if found.application:
        return redirect(applying.notice_address(found.kind, *found.application))
    return redirect("account") if found.kind == CREDITS_MOVED else redirect("inbox")


def _way_in(request: HeaderRequest, meeting: str) -> str:
    """The reader's own link, until its door has closed; then the meeting's page says more."""
    view = meetings.meeting_for(person=request.user.pk, meeting=meeting)
    return link_address(view) if view and view.at < view.join_window[1] else ""


@require_POST
def read_all(request: HeaderRequest) -> HttpResponse:
    """Mark everything that the page has shown as read."""
    given = request.POST.get("up_to", "")
    newest = int(given) if given.isascii() and given.isdecimal() and len(given) < 19 else 0
    count = actions.mark_all_read(person=request.user.pk, up_to=newest)
    if count:
        words = ngettext("%(count)d notice is marked as read.", "%(count)d notices are marked as read.", count)
        messages.success(request, words % {"count": count})
    else:
        messages.info(request, _("There was nothing unread."))
    return redirect("inbox")
