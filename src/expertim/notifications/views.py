"""What one wants to be told, and leaving a kind of mail with one click."""

from __future__ import annotations

from http import HTTPStatus

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from expertim.notifications import actions, queries
from expertim.notifications.forms import WishesForm
from expertim.notifications.mail import left
from expertim.notifications.push import vapid
from expertim.notifications.push.setup import push_is_there
from expertim.people.middleware import PersonRequest


@require_http_methods(["GET", "HEAD", "POST"])
def wishes(request: PersonRequest) -> HttpResponse:
    """Every kind of notice with its mail on or off, the calendar, the devices, and the quiet hours."""
    person, pushed = request.user.pk, push_is_there()
    given = request.POST if request.method == "POST" else None
    form = WishesForm(given, wishes=queries.wishes(person=person), pushed=pushed, operator=request.user.is_operator)
    if form.is_valid():
        actions.want(
            person=person,
            mail=form.mail,
            push=form.push,
            calendar=form.cleaned_data["calendar"],
            quiet=form.quiet,
        )
        messages.success(request, _("Saved. What you have switched off still stands in your inbox."))
        return redirect("notification_settings")
    shown = {
        "form": form,
        "pushed": pushed,
        "devices": queries.devices(person=person) if pushed else (),
        "key": vapid.public_key() if pushed else "",
    }
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK
    return render(request, "notifications/wishes.html", shown, status=status)


@login_not_required
@csrf_exempt  # RFC 8058: a mail program posts it, without cookies; the signed token is the proof
@require_http_methods(["GET", "HEAD", "POST"])
def unsubscribe(request: HttpRequest, token: str) -> HttpResponse:
    """GET asks, so that a scanner that opens every link of a mail changes nothing; POST switches the kind off."""
    try:
        person, kind = left(token)
    except ValueError:
        raise Http404 from None
    if request.method == "POST":
        actions.switch_off(person=person, kind=kind.code)
    return render(request, "notifications/unsubscribe.html", {"kind": kind, "done": request.method == "POST"})
