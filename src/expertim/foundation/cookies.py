"""Cookies of ours beside the session's: names that no other host can set, and what the browser may remember."""

from __future__ import annotations

from django.conf import settings
from django.contrib.messages.storage.cookie import CookieStorage
from django.contrib.messages.storage.fallback import FallbackStorage
from django.contrib.messages.storage.session import SessionStorage
from django.http import HttpResponseBase

_A_YEAR = 365 * 24 * 3600


def cookie_name(name: str) -> str:
    """The name under which the browser keeps it: over TLS bound to this very host."""
    return f"{settings.COOKIE_PREFIX}{name}"


def remember(response: HttpResponseBase, name: str, value: str) -> None:
    """A convenience that stays with the browser for a year; never anything that decides what one may do."""
    secure = settings.SESSION_COOKIE_SECURE
    response.set_cookie(name, value, max_age=_A_YEAR, samesite="Lax", httponly=True, secure=secure)


class _Cookie(CookieStorage):
    cookie_name = cookie_name("expertim_messages")


class MessageStorage(FallbackStorage):
    """Django's own, a cookie where it fits, under a name of ours."""

    storage_classes = (_Cookie, SessionStorage)
