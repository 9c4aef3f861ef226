"""What a browser calls itself, in words a person knows: Firefox on Windows."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.signals import user_logged_in
from django.http import HttpRequest
from django.utils.translation import gettext as _

from expertim.people.sessions import BROWSER

# The first that fits: most browsers claim to be others as well.
_BROWSERS = (
    ("Edg", "Edge"),
    ("OPR/", "Opera"),
    ("SamsungBrowser", "Samsung Internet"),
    ("Firefox/", "Firefox"),
    ("FxiOS", "Firefox"),
    ("CriOS", "Chrome"),
    ("Chrome/", "Chrome"),
    ("Safari/", "Safari"),
)
_SYSTEMS = (
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("CrOS", "ChromeOS"),
    ("Windows", "Windows"),
    ("Mac OS X", "macOS"),
    ("Linux", "Linux"),
)
LONGEST = 400  # letters of what a browser calls itself that are kept


def device(browser: str) -> str:
    """In words; what we do not know is said to be so."""
    name = next((words for sign, words in _BROWSERS if sign in browser), "")
    system = next((words for sign, words in _SYSTEMS if sign in browser), "")
    if name and system:
        return _("%(browser)s on %(system)s") % {"browser": name, "system": system}
    return name or system or _("A device that does not say what it is")


def listen() -> None:
    """Called once, at start-up: each session notes what it was begun with, for the list of one's own sessions."""
    user_logged_in.connect(_noted, dispatch_uid="device of a session")


def _noted(request: HttpRequest, **_given: Any) -> None:
    request.session[BROWSER] = request.META.get("HTTP_USER_AGENT", "")[:LONGEST]
