"""Chats: their list, one of them, beginning one. Reading is told by POST: opening changes nothing."""

from __future__ import annotations

from http import HTTPStatus
from itertools import groupby
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from expertim.chat import actions, queries
from expertim.chat.models import MOST_LETTERS
from expertim.expertise.queries import places_of
from expertim.foundation.htmx import by_htmx, unchanged
from expertim.foundation.ids import public_id
from expertim.foundation.limits import spend
from expertim.meetings.queries import acquainted
from expertim.meetings.views_shared import SeeOther
from expertim.people.models import Person
from expertim.site import chatting
from expertim.site.middleware import HeaderRequest
from expertim.site.paging import before, number_of
from expertim.site.views_inbox import day_words

_METHODS = ["GET", "HEAD", "POST"]
Told = tuple[queries.MessageRow, str]  # a message and the hour at which it was said


class MessageForm(forms.Form):
    """What is said, under a key by which a second click says nothing twice."""

    text = forms.CharField(
        max_length=MOST_LETTERS,
        label=gettext_lazy("Message"),
        error_messages={
            "required": gettext_lazy("Write something first."),
            "max_length": gettext_lazy("That is more than a message holds: at most %(limit_value)s letters."),
        },
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    key = forms.CharField(max_length=64, widget=forms.HiddenInput)

    def clean_text(self) -> str:
        try:
            return actions.said(self.cleaned_data["text"])
        except actions.Unsaid:
            raise forms.ValidationError(_("Write something first.")) from None


class ReportForm(forms.Form):
    reason = forms.CharField(
        max_length=500,
        label=gettext_lazy("What is wrong with it"),
        help_text=gettext_lazy("The operators read it together with the message."),
        error_messages={"required": gettext_lazy("Say what is wrong.")},
        widget=forms.Textarea(attrs={"rows": 3}),
    )


@require_safe
def chats(request: HeaderRequest) -> HttpResponse:
    """All chats, the one with the newest message first."""
    number = before(request)
    rows, older = queries.chats(person=request.user.pk, before=number)
    shown = {
        "rows": [(row, request.clock.moment(row.at)) for row in rows],
        "older": older,
        "continued": number is not None,
    }
    return render(request, "site/chats.html", shown)


@require_http_methods(_METHODS)
def begin(request: HeaderRequest, public_id: str) -> HttpResponse:
    """The first words to somebody; who may not be written to looks like nobody, except to those they have met."""
    other = None if "\0" in public_id else Person.objects.filter(public_id=public_id, is_active=True).first()
    if other is None or not chatting.may_begin(person=request.user.pk, other=other.pk):
        if other is None or not acquainted(expert=other.pk, other=request.user.pk):
            raise Http404
        return render(request, "site/chat_begin.html", {"other": other, "form": None}, status=HTTPStatus.FORBIDDEN)
    if (chat := queries.chat_with(person=request.user.pk, other=other.pk)) is not None:
        return redirect("chat", chat)
    form = _message_form(request)
    if (answer := _saying(request, form, reader=other.pk)) is not None:
        return answer
    shown = {"other": other, "form": form}
    return render(request, "site/chat_begin.html", shown, status=_refused(form))


@require_http_methods(_METHODS)
def chat(request: HeaderRequest, public_id: str) -> HttpResponse:
    """One chat; a POST says something in it."""
    opened = _opened(request, public_id, older=before(request))
    form = _message_form(request)
    if opened.here and (answer := _saying(request, form, reader=opened.other.id)) is not None:
        return answer
    shown = {
        "chat": opened,
        "days": _days(request, opened.messages),
        "form": form,
        "first_new": next((row.id for row in opened.messages if row.id > opened.read and not row.mine), None),
        "pages": places_of(opened.other.id) if opened.here else (),
        "known": request.header.is_expert,
        "continued": before(request) is not None,
    }
    return render(request, "site/chat.html", shown, status=_refused(form))


@require_safe
def news(request: HeaderRequest, public_id: str) -> HttpResponse:
    """What was said since `?after=`, for an open page; to a browser the chat."""
    if not by_htmx(request):
        return redirect("chat", public_id)
    opened = _opened(request, public_id, after=number_of(request, "after") or 0)
    if not opened.messages:
        return unchanged()
    return render(request, "site/chat_news.html", {"chat": opened, "rows": _told(request, opened.messages)})


@require_POST
def read(request: HeaderRequest, public_id: str) -> HttpResponse:
    """What the page has shown is read. An open page needs nothing back."""
    _opened(request, public_id, after=0)
    given = request.POST.get("up_to", "")
    if given.isascii() and given.isdecimal() and len(given) < 19:
        chatting.mark_read(person=request.user.pk, chat=public_id, up_to=int(given))
    return HttpResponse() if by_htmx(request) else redirect("chats")


@require_POST
def block(request: HeaderRequest, public_id: str) -> HttpResponse:
    """Block the other, or lift that again."""
    opened = _opened(request, public_id, after=0)
    yes = request.POST.get("do") != "unblock"
    actions.block(person=request.user.pk, chat=public_id, yes=yes)
    name = {"name": opened.other.name}
    if yes:
        messages.success(request, _("%(name)s can no longer write to you, nor you to them.") % name)
    else:
        messages.success(request, _("%(name)s can write to you again.") % name)
    return redirect("chat", public_id)


@require_http_methods(_METHODS)
def report(request: HeaderRequest, public_id: str, number: int) -> HttpResponse:
    """Show one message of the other's to the operators."""
    number = min(number, 2**63 - 2)
    opened = _opened(request, public_id, after=number - 1, before=number + 1)
    if not opened.messages or opened.messages[0].mine:
        raise Http404
    form = ReportForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        reason = form.cleaned_data["reason"].strip()
        actions.report(person=request.user.pk, chat=public_id, message=number, reason=reason)
        messages.success(
            request, _("The operators have been shown the message. %(name)s is not told.") % {"name": opened.other.name}
        )
        return redirect("chat", public_id)
    shown = {"chat": opened, "message": opened.messages[0], "form": form}
    return render(request, "site/chat_report.html", shown, status=_refused(form))


@require_http_methods(_METHODS)
def settings_page(request: HeaderRequest) -> HttpResponse:
    """Whether people whom an expert has not met may write to them; for experts."""
    if not request.header.is_expert:
        raise Http404
    if request.method == "POST":
        yes = request.POST.get("welcome") == "yes"
        actions.welcome(person=request.user.pk, yes=yes)
        messages.success(
            request,
            _("Anybody may write to you now.")
            if yes
            else _("Only people you have had a meeting with may write to you now."),
        )
        return redirect("chat_settings")
    return render(request, "site/chat_settings.html", {"welcome": queries.is_welcome(expert=request.user.pk)})


def _opened(request: HeaderRequest, chat: str, *, older: int | None = None, **span: Any) -> queries.Opened:
    found = queries.opened(person=request.user.pk, chat=chat.replace("\0", ""), **({"before": older} | span))
    if found is None:
        raise Http404
    return found


def _message_form(request: HeaderRequest) -> MessageForm:
    return MessageForm(request.POST if request.method == "POST" else None, initial={"key": public_id()})


def _saying(request: HeaderRequest, form: MessageForm, *, reader: int) -> HttpResponse | None:
    """303 to the chat where it has been said; None where the page has to be shown, with why."""
    if not form.is_valid():
        return None
    spend("chat", request.user.pk)
    try:
        chat = chatting.say(
            writer=request.user.pk,
            writer_name=request.user.name,
            reader=reader,
            text=form.cleaned_data["text"],
            key=form.cleaned_data["key"],
        )
    except actions.Blocked as blocked:
        form.add_error(
            None,
            _("You have blocked this person. Lift that first, then you can write.")
            if blocked.by_me
            else _("You cannot write to this person any more."),
        )
        return None
    return SeeOther(f"{reverse('chat', args=[chat])}#newest")


def _refused(form: forms.Form) -> HTTPStatus:
    return HTTPStatus.UNPROCESSABLE_ENTITY if form.is_bound and form.errors else HTTPStatus.OK


def _told(request: HeaderRequest, rows: tuple[queries.MessageRow, ...]) -> list[Told]:
    return [(row, request.clock.time(row.at)) for row in rows]


def _days(request: HeaderRequest, rows: tuple[queries.MessageRow, ...]) -> list[tuple[str, list[Told]]]:
    days = groupby(rows, key=lambda row: request.clock.local(row.at).date())
    return [(day_words(request, day), _told(request, tuple(of_the_day))) for day, of_the_day in days]
