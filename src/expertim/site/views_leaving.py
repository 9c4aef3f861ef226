"""Taking one's data along, and leaving for good."""

from __future__ import annotations

from http import HTTPStatus

from allauth.account.decorators import reauthentication_required
from django.contrib import auth, messages
from django.db import transaction
from django.http import HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from expertim.foundation import limits
from expertim.people.leaving import Held, leave, reasons_against
from expertim.reviews import queries as reviews
from expertim.reviews.actions import remove_written
from expertim.site.export import archive
from expertim.site.middleware import HeaderRequest


@never_cache
@require_safe
@reauthentication_required  # type: ignore[untyped-decorator]  # allauth has no types
def my_data(request: HeaderRequest) -> HttpResponse:
    """What is kept of me, as a page with the way to have all of it."""
    return render(request, "site/my_data.html")


@never_cache
@require_http_methods(["POST"])
@reauthentication_required  # type: ignore[untyped-decorator]
def export(request: HeaderRequest) -> HttpResponse | StreamingHttpResponse:
    """All of it in one ZIP."""
    limits.spend("export", request.user.pk)
    name = f"expertim-{request.user.public_id}.zip"
    return StreamingHttpResponse(
        archive(request.user),
        content_type="application/zip",
        headers={"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"},
    )


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@reauthentication_required  # type: ignore[untyped-decorator]
def leaving(request: HeaderRequest) -> HttpResponse:
    """What leaving brings about, and the button that does it; or why it cannot be now."""
    held = reasons_against(request.user.pk)
    if request.method != "POST" or held:
        return _page(request, held, status=HTTPStatus.CONFLICT if request.method == "POST" else HTTPStatus.OK)
    if request.POST.get("understood") != "yes":
        return _page(request, held, unticked=True, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    try:
        with transaction.atomic():
            if request.POST.get("texts") == "remove":
                remove_written(user=request.user.pk)
            leave(person=request.user.pk)
    except Held as refused:  # something has come in between
        return _page(request, refused.reasons, status=HTTPStatus.CONFLICT)
    auth.logout(request)
    messages.success(request, _("You have left. Who you were has been removed; thank you for having been here."))
    return redirect("home")


def _page(request: HeaderRequest, held: list[str], *, status: int, unticked: bool = False) -> HttpResponse:
    shown = {"held": held, "unticked": unticked, "written": reviews.count_written(person=request.user.pk)}
    return render(request, "site/leaving.html", shown, status=status)
