"""Warnings about the room."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Warning, register

from expertim.foundation.variables import read


@register
def people_can_reach_each_other(**_given: Any) -> list[CheckMessage]:
    """Behind two different routers a call needs a relay more often than not."""
    from expertim.video.builtin.turn import relays

    if relays():
        if not [url for url in settings.TURN_URL if not url.startswith(("turn:", "turns:"))]:
            return []
        return [
            Error(
                "TURN_URL holds what is no address of a TURN server.",
                hint="Each begins with turn: or turns:, e.g. turn:turn.example.org:3478?transport=udp.",
                id="expertim.E020",
            )
        ]
    if settings.TURN_URL or settings.TURN_SECRET:
        return [
            Error(
                "Only one of TURN_URL and TURN_SECRET is set.",
                hint="Set both, the secret as static-auth-secret of your coturn; see docs/room.md.",
                id="expertim.E021",
            )
        ]
    if not settings.PUBLIC_URL.startswith("https://"):
        return []
    return [
        Warning(
            "There is no TURN server: people behind different routers, most of all on mobile networks, may see "
            "and hear nothing of each other in the built-in room.",
            hint="Run coturn beside the site and set TURN_URL and TURN_SECRET; docs/room.md has its configuration.",
            id="expertim.W020",
        )
    ]


@register
def link_key_is_private(**_given: Any) -> list[CheckMessage]:
    """Nobody else on the machine makes links into people's meetings."""
    path = settings.DATA_DIR / "link_key"
    if read("LINK_KEY") or not path.exists() or not path.stat().st_mode & 0o077:
        return []
    return [
        Warning(
            "The file link_key in DATA_DIR can be read by other users of this machine: they can join any meeting.",
            hint=f"chmod 600 {path}; where others may have read it, delete it: all links of before end.",
            id="expertim.W021",
        )
    ]


@register
def the_platform_is_there(**_given: Any) -> list[CheckMessage]:
    """Meetings agreed from now on get a platform that exists."""
    from expertim.video.platforms import ADAPTERS, chosen, known

    if chosen() in known():
        return []
    if chosen() in ADAPTERS:
        return [
            Error(
                f"VIDEO_PLATFORM is {chosen()}, which is not set up.",
                hint="Set its variables; docs/settings.md lists them.",
                id="expertim.E024",
            )
        ]
    return [
        Error(
            f"VIDEO_PLATFORM names no platform of this version: {chosen()}.",
            hint=f"One of: {', '.join(sorted({*known(), *ADAPTERS}))}.",
            id="expertim.E022",
        )
    ]


@register
def platforms_are_set_up_whole(**_given: Any) -> list[CheckMessage]:
    """A platform with half of its variables takes no meeting; the built-in room takes those that were agreed for it."""
    from expertim.video.platforms import faults

    return [
        Error(
            f"The video platform {key} is not set up: {words}.",
            hint="docs/settings.md lists its variables; unset all of them where you do not use it.",
            id="expertim.E023",
        )
        for key, words in faults().items()
    ]
