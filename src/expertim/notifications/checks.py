"""Warnings about a half configured push."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.checks import CheckMessage, Error, Warning, register

from expertim.notifications.push import vapid
from expertim.notifications.push.setup import extra_is_installed


@register
def push_is_whole(**_given: Any) -> list[CheckMessage]:
    """Key, contact, extra and https: all of them or none."""
    if not settings.WEB_PUSH_KEY:
        if settings.WEB_PUSH_CONTACT:
            return [
                Warning(
                    "WEB_PUSH_CONTACT is set without WEB_PUSH_KEY: nothing is pushed.",
                    hint="Set WEB_PUSH_KEY to what `expertim push key` makes, or unset both.",
                    id="expertim.W012",
                )
            ]
        return []
    if not extra_is_installed():
        return [
            Warning(
                'WEB_PUSH_KEY is set, but the extra "push" is not installed: nothing is pushed.',
                hint='pip install "expertim[push]", or unset WEB_PUSH_KEY.',
                id="expertim.W013",
            )
        ]
    if not vapid.usable():
        return [
            Error(
                "WEB_PUSH_KEY or WEB_PUSH_CONTACT cannot be used.",
                hint="The key is what `expertim push key` makes; the contact is mailto:you@example.org or an https "
                "address, and EMAIL_FROM stands in for it.",
                id="expertim.E012",
            )
        ]
    site = urlsplit(settings.PUBLIC_URL)
    if site.scheme != "https" and site.hostname not in ("localhost", "127.0.0.1"):
        return [
            Warning(
                "WEB_PUSH_KEY is set, but PUBLIC_URL is not https: browsers let such sites push nothing.",
                hint="Put a proxy that speaks TLS in front, and set PUBLIC_URL to its https address.",
                id="expertim.W014",
            )
        ]
    return []
