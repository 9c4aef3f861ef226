"""Who we are to a push service (RFC 8292): one key for the whole installation. The extra is imported in use only."""

from __future__ import annotations

import base64
from email.utils import parseaddr
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings

from expertim.foundation.clock import machine_now

_HOURS = 12  # RFC 8292 allows 24: a clock that is an hour off must not matter


def new_key() -> str:
    """A private key as WEB_PUSH_KEY takes it: 32 bytes, base64url."""
    from cryptography.hazmat.primitives.asymmetric import ec

    number = ec.generate_private_key(ec.SECP256R1()).private_numbers().private_value
    return _text(number.to_bytes(32, "big"))


def public_key() -> str:
    """What a browser is given to let us, and nobody else, push to it."""
    from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

    return _text(_key().public_key.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint))


def authorization(endpoint: str) -> str:
    """The header that shows a push service that it is us. Raises ValueError where the key or the contact is none."""
    from py_vapid import VapidException

    parts = urlsplit(endpoint)
    claims = {
        "aud": f"{parts.scheme}://{parts.netloc}",
        "exp": int(machine_now().timestamp()) + _HOURS * 3600,
        "sub": contact(),
    }
    try:
        return str(_key().sign(claims)["Authorization"])
    except VapidException as error:
        raise ValueError(str(error)) from error


def usable() -> bool:
    """Whether something can be signed with what is set."""
    try:
        return bool(authorization("https://push.example.org/"))
    except (ValueError, TypeError):
        return False


def contact() -> str:
    """Where a push service can reach whoever runs this installation."""
    return settings.WEB_PUSH_CONTACT or f"mailto:{parseaddr(settings.DEFAULT_FROM_EMAIL)[1]}"


def _key() -> Any:
    from py_vapid import Vapid02

    return Vapid02.from_raw(settings.WEB_PUSH_KEY.encode())


def _text(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode().rstrip("=")
