"""The platforms there are: the built-in one always, each other one where its variables are set."""

from __future__ import annotations

import os
from collections.abc import Sequence
from importlib import import_module
from typing import Protocol
from urllib.parse import urlsplit

from django.conf import settings

from expertim.video.configuring import further_origins
from expertim.video.port import Entry, Misconfigured, VideoPlatform

BUILTIN = "builtin"
MOST_URL = 4000
# Key, which is the module's name here, and how its variables begin; loaded where any is set. Each module has
# `configured() -> Adapter | None`: None where those that it needs are unset, Misconfigured where only some are set.
ADAPTERS: dict[str, str] = {
    "jitsi": "JITSI_",
    "bigbluebutton": "BBB_",
    "livekit": "LIVEKIT_",
    "janus": "JANUS_",
    "zoom": "ZOOM_",
}
_platforms: dict[str, VideoPlatform] = {}
_origins: dict[str, tuple[str, ...]] = {}
_faults: dict[str, str] = {}


class Adapter(VideoPlatform, Protocol):
    """A platform outside."""

    @property
    def origins(self) -> tuple[str, ...]:
        """Where it may send people to; more in VIDEO_ORIGINS."""


def register_configured() -> None:
    """At start-up. One that is set up wrongly is left out and named by `faults`: the others go on."""
    _faults.clear()
    for key, prefix in ADAPTERS.items():
        if not any(value for name, value in os.environ.items() if name.startswith(prefix)):
            continue
        try:
            found: Adapter | None = import_module(f"expertim.video.{key}").configured()
            if found is not None:
                register(found, origins=(*found.origins, *further_origins()))
        except Misconfigured as trouble:
            _faults[key] = str(trouble)


def faults() -> dict[str, str]:
    """What is wrong with platforms that are set up in part: key to words."""
    return dict(_faults)


def register(platform: VideoPlatform, *, origins: Sequence[str] = ()) -> None:
    """`origins` are the only places that it may send people to: https://host[:port], *. for any host below."""
    _platforms[platform.key] = platform
    _origins[platform.key] = tuple(origins)


def forget(key: str) -> None:
    """Take a platform away; its meetings fall back to the built-in room."""
    _platforms.pop(key, None)
    _origins.pop(key, None)


def platform(key: str) -> VideoPlatform:
    """The platform of that name. Raises Misconfigured where this installation has none."""
    try:
        return _platforms[key]
    except KeyError:
        raise Misconfigured(f"there is no platform {key!r} here") from None


def chosen() -> str:
    """The platform of the meetings that are agreed from now on."""
    return str(settings.VIDEO_PLATFORM)


def known() -> tuple[str, ...]:
    return tuple(sorted(_platforms))


def origins(key: str) -> tuple[str, ...]:
    """Where the platform of that name may send people to."""
    return _origins.get(key, ())


def everywhere() -> tuple[str, ...]:
    """All places where any platform may send people to."""
    return tuple(sorted({origin for some in _origins.values() for origin in some}))


def refused_address(entry: Entry, *, allowed: Sequence[str]) -> str:
    """Why people may not be sent there; empty where they may. What a platform answers is not ours until then."""
    if entry.kind == "page":
        return ""
    url = entry.url
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return "unreadable"
    if len(url) > MOST_URL or any(not "!" <= sign <= "~" for sign in url) or "\\" in url:
        return "too long, or unreadable"
    if parts.scheme != "https" or not parts.hostname or "@" in parts.netloc:
        return "not https"
    host = parts.hostname if port in (None, 443) else f"{parts.hostname}:{port}"
    for one in allowed:
        name = one.removeprefix("https://")
        if host == name or (name.startswith("*.") and host.endswith(name[1:])):
            return ""
    return "another host than the platform's"
