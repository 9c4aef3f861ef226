"""One's photo and banner: sent, removed, and served to whoever has been told their addresses."""

from __future__ import annotations

from collections.abc import Callable
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
from expertim.people.models import Banner

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
    if problem := _problem(request, photos.put_photo):
        return _page(request, problem)
    messages.success(request, _("This is your photo now. It stands wherever your name stands."))
    return redirect("profile")


@require_http_methods(["GET", "HEAD", "POST"])
def banner_settings(request: PersonRequest) -> HttpResponse:
    """The same for the wide picture of an expert's page; to others there is no such page."""
    if not request.user.advises:
        raise Http404
    if request.method != "POST":
        return _banner_page(request)
    if request.POST.get("do") == "remove":
        photos.remove_banner(person=request.user)
        messages.success(request, _("Your banner has been removed."))
        return redirect("offer")
    if problem := _problem(request, photos.put_banner):
        return _banner_page(request, problem)
    messages.success(request, _("This is your banner now. It stands on top of your page."))
    return redirect("offer")


def _problem(request: PersonRequest, put: Callable[..., None]) -> str:
    """Keep the picture that was sent; else why not, in words."""
    limits.spend("photo", request.user.pk)
    sent = request.FILES.get("photo")
    if sent is None or not sent.size:
        return _("Choose a picture first.")
    if sent.size > photos.LARGEST_UPLOAD:
        return _too_large()
    try:
        put(person=request.user, content=sent.read())
    except photos.Unusable as unusable:
        return _words(unusable.why)
    return ""


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


@login_not_required
@require_safe
def banner(request: HttpRequest, public_id: str, version: str) -> HttpResponse:
    """An expert's banner; its version is the key, as it is for photos."""
    content = None if "\x00" in public_id + version else photos.banner(person=public_id, version=version)
    if content is None:
        raise Http404
    return HttpResponse(content, content_type="image/webp", headers={"Cache-Control": _KEPT})


def _banner_page(request: PersonRequest, problem: str = "") -> HttpResponse:
    version = Banner.objects.filter(person=request.user).values_list("version", flat=True).first() or ""
    shown: dict[str, Any] = {"problem": problem, "most": photos.LARGEST_UPLOAD >> 20, "version": version}
    status = HTTPStatus.UNPROCESSABLE_ENTITY if problem else HTTPStatus.OK
    return render(request, "people/banner_settings.html", shown, status=status)


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
