"""What goes outside: what waits, what failed, and another try for what was given up."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from expertim.backoffice.access import LARGEST, number_in, operators_only
from expertim.backoffice.queries import outbox as queries
from expertim.backoffice.words import KINDS, OUTBOX, masked, without_addresses
from expertim.meetings.views_shared import SeeOther
from expertim.outbox.actions import try_again
from expertim.outbox.worker import sent_kinds
from expertim.people.middleware import PersonRequest


@operators_only
@require_safe
def notices(request: PersonRequest) -> HttpResponse:
    """The outbox, what was given up first; what a mail says is not shown: it holds others' links and codes."""
    which, before = request.GET.get("list", "dead"), number_in(request)
    if which not in queries.LISTS:
        raise Http404
    shown = {
        "page": queries.rows(which=which, before=before),
        "which": which,
        "choices": (("dead", _("Given up")), ("waiting", _("Waiting")), ("all", _("All"))),
        "statuses": OUTBOX,
        "kinds": KINDS,
        "sent_kinds": sent_kinds(),
        "masked": masked,
        "without_addresses": without_addresses,
        "continued": before is not None,
    }
    return render(request, "backoffice/notices.html", shown)


@operators_only
@require_POST
def again(request: PersonRequest) -> HttpResponse:
    """Try one row again, or all that were given up; a second click finds nothing left to do."""
    given = request.POST.get("row", "")
    if given and not (given.isascii() and given.isdecimal() and len(given) < 20):
        raise Http404
    count = try_again(number=min(int(given), LARGEST) if given else None)
    if count:
        words = ngettext(
            "%(count)d row will be tried again at once.", "%(count)d rows will be tried again at once.", count
        )
        messages.success(request, words % {"count": count})
    else:
        messages.info(request, _("Nothing was left to try again: it is waiting or sent already."))
    return SeeOther(reverse("operator_notices"))
