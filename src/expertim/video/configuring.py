"""What the operator has set for a platform: all that it needs, or nothing, and addresses that can be used."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from expertim.foundation.variables import read
from expertim.video.port import Misconfigured

_ORIGIN = re.compile(r"https://(\*\.)?[a-z0-9-]+(\.[a-z0-9-]+)*(:[0-9]{1,5})?")


def given(*names: str) -> list[str] | None:
    """The values of the variables that a platform needs; None where none is set. Raises Misconfigured, naming them."""
    values = [str(read(name)) for name in names]
    if not any(values):
        return None
    if missing := [name for name, value in zip(names, values, strict=True) if not value]:
        raise Misconfigured(f"{' and '.join(missing)} must be set as well")
    return values


def address(name: str, value: str, *, schemes: tuple[str, ...] = ("https",)) -> str:
    """An address without its last slash. Raises Misconfigured, naming the variable."""
    try:
        parts = urlsplit(value)
        usable = parts.scheme in schemes and bool(parts.hostname) and (parts.port or 1) > 0
    except ValueError:
        usable = False
    if not usable or parts.username or parts.query or parts.fragment or not value.isascii() or " " in value:
        words = " or ".join(f"{scheme}://" for scheme in schemes)
        raise Misconfigured(f"{name} is no address that begins with {words}: {value}")
    return value.rstrip("/")


def server(name: str, public: str) -> str:
    """Where our server finds a platform's: the address of that variable, http allowed, else the public one."""
    value = str(read(name))
    return address(name, value, schemes=("https", "http")) if value else public


def origin(url: str) -> str:
    """https://host[:port] of an address, as browsers compare it."""
    parts = urlsplit(url)
    port = f":{parts.port}" if parts.port not in (None, 443) else ""
    return f"https://{parts.hostname}{port}"


def further_origins() -> tuple[str, ...]:
    """VIDEO_ORIGINS: where platforms may lead people to besides their own addresses. Raises Misconfigured."""
    found = tuple(part.lower().rstrip("/") for part in read("VIDEO_ORIGINS"))
    if wrong := [part for part in found if not _ORIGIN.fullmatch(part)]:
        raise Misconfigured(f"VIDEO_ORIGINS holds what is no https://host: {', '.join(wrong)}")
    return found
