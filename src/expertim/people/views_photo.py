"""One's photo: sent, removed, and served to whoever has been told its address."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from expertim.foundation import limits
from expertim.people import photos
from expertim.people.middleware import PersonRequest

# A browser's own; what is shared by many must forget a photo that its person has removed.
_KEPT = "private, max-age=2592000, immutable"


@require_http_methods(["GET", "HEAD", "POST"])
def photo_settings(request: PersonRequest) -> HttpResponse:
    """Send a photo, or remove the one there is."""
    if request.method != "POST":
        return _page(request)
    if request.POST.get("do") == "remove":
        photos.remove_photo(person=request.user)
        messages.success(request, _("Your photo has been removed. Your initials stand in its place."))
        return redirect("profile")
    limits.spend("photo", request.user.pk)
    sent = request.FILES.get("photo")
    if sent is None or not sent.size:
        return _page(request, _("Choose a picture first."))
    if sent.size > photos.LARGEST_UPLOAD:
        return _page(request, _too_large())
    try:
        photos.put_photo(person=request.user, content=sent.read())
    except photos.Unusable as unusable:
        return _page(request, _words(unusable.why))
    messages.success(request, _("This is your photo now. It stands wherever your name stands."))
    return redirect("profile")


@login_not_required
@require_safe
def photo(request: HttpRequest, public_id: str, version: str, pixels: int) -> HttpResponse:
    """A photo in one size. Its version is the key: it changes with the photo and nobody guesses it."""
    if "\x00" in public_id + version or pixels not in photos.SIZES:
        raise Http404
    content = photos.photo(person=public_id, version=version, pixels=pixels)
    if content is None:
        raise Http404
    return HttpResponse(content, content_type="image/webp", headers={"Cache-Control": _KEPT})


def _page(request: PersonRequest, problem: str = "") -> HttpResponse:
    shown: dict[str, Any] = {"problem": problem, "most": photos.LARGEST_UPLOAD >> 20}
    status = HTTPStatus.UNPROCESSABLE_ENTITY if problem else HTTPStatus.OK
    return render(request, "people/photo_settings.html", shown, status=status)


def _too_large() -> str:
    return _("This file is larger than %(most)d MB. Most programs can save a picture smaller.") % {
        "most": photos.LARGEST_UPLOAD >> 20
    }


def _words(why: str) -> str:
    if why == "pixels":
        return _("This picture has too many pixels for us to open. Make it smaller, then send it again.")
    if why == "slow":
        return _("This picture took too long to open. Send another one, or the same one made smaller.")
    return _("This file is no picture that we can open. Send a JPEG, a PNG or a WebP.")
