"""The platforms there are. Each registers itself at start-up, the built-in one always."""

from __future__ import annotations

from django.conf import settings

from expertim.video.port import Misconfigured, VideoPlatform

BUILTIN = "builtin"
_platforms: dict[str, VideoPlatform] = {}


def register(platform: VideoPlatform) -> None:
    _platforms[platform.key] = platform


def forget(key: str) -> None:
    """Take a platform away; its meetings fall back to the built-in room."""
    _platforms.pop(key, None)


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
