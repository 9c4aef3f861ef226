"""Addresses by the names of their routes, remembered: a page links dozens of times, and finding a route is slow."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from django.conf import settings
from django.urls import get_script_prefix, get_urlconf, reverse

REMEMBERED = 8192  # some hundred bytes each


def address(name: str, *args: Any, **kwargs: Any) -> str:
    """The path of a route. Raises NoReverseMatch where there is none."""
    # what an address depends on besides its parts, so that none is remembered for another place
    routes = get_urlconf() or settings.ROOT_URLCONF
    return _remembered(routes, get_script_prefix(), name, args, tuple(kwargs.items()))


def public_address(name: str, *args: Any) -> str:
    """The same with PUBLIC_URL before it: for mails, calendars and programs, which read it elsewhere."""
    return f"{settings.PUBLIC_URL}{address(name, *args)}"


@lru_cache(maxsize=REMEMBERED)
def _remembered(
    routes: str, _prefix: str, name: str, args: tuple[Any, ...], kwargs: tuple[tuple[str, Any], ...]
) -> str:
    return reverse(name, urlconf=routes, args=args or None, kwargs=dict(kwargs) or None)
