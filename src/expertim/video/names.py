"""What rooms and people are called at a platform: nobody can guess it, it tells nothing, and only we can read it back.

The meeting's number is masked with a pad that is drawn from its own seal (the idea of RFC 5297): the same meeting gets
the same name each time, a name that was made up or changed is no name, and no table is needed to read one.
"""

from __future__ import annotations

import hashlib
import hmac
import re

from django.conf import settings
from django.utils.crypto import constant_time_compare

from expertim.video.port import MeetingSpec

_SEAL, _NUMBER = 16, 8  # bytes
_HEX = 2 * (_SEAL + _NUMBER)
_ROOM = re.compile(rf"m-([0-9a-f]{{{_HEX}}})")
_GUEST = re.compile(rf"([ue])-([0-9a-f]{{{_HEX}}})")
_PARTIES = {"u": "user", "e": "expert"}


def room_name(spec: MeetingSpec) -> str:
    """Lower case, 50 signs: Jitsi compares names in lower case only."""
    return f"m-{_sealed('room', spec.reference)}"


def room_of(name: str) -> int | None:
    """The meeting's number; None for a name that is not ours."""
    read = _ROOM.fullmatch(name)
    return _opened("room", read[1]) if read else None


def guest_name(spec: MeetingSpec, party: str) -> str:
    """Another one in each meeting: a platform cannot tell who meets often."""
    return f"{party[0]}-{_sealed(party, spec.reference)}"


def guest_of(name: object) -> tuple[int, str] | None:
    """(the meeting's number, party); None for a name that is not ours."""
    read = _GUEST.fullmatch(name) if isinstance(name, str) else None
    if read is None:
        return None
    party = _PARTIES[read[1]]
    reference = _opened(party, read[2])
    return None if reference is None else (reference, party)


def digest(*parts: object) -> str:
    """What a sighting is told apart by, however long the platform's own names are."""
    return hashlib.sha256("\0".join(map(str, parts)).encode(errors="replace")).hexdigest()


def _sealed(purpose: str, reference: int) -> str:
    seal = _digest(f"{purpose}:{reference}".encode())[:_SEAL]
    masked = reference ^ int.from_bytes(_digest(b"mask:" + seal)[:_NUMBER])
    return (seal + masked.to_bytes(_NUMBER)).hex()


def _opened(purpose: str, written: str) -> int | None:
    seal, masked = bytes.fromhex(written)[:_SEAL], bytes.fromhex(written)[_SEAL:]
    reference = int.from_bytes(masked) ^ int.from_bytes(_digest(b"mask:" + seal)[:_NUMBER])
    return reference if constant_time_compare(_sealed(purpose, reference), written) else None


def _digest(content: bytes) -> bytes:
    return hmac.new(settings.LINK_KEY.encode(), b"expertim.video.names:" + content, hashlib.sha256).digest()
