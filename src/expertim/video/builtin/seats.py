"""A place in a room as a token: the page that holds it speaks for that party, for that date, and nothing else."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from django.core import signing

_SALT = "expertim.video.seat"


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """Whose place, in which room, for which date, by which turn of their link."""

    reference: int
    generation: int
    party: str
    turn: int


def token_of(held: Held) -> str:
    return signing.dumps(asdict(held), salt=_SALT)


def held_by(token: Any) -> Held | None:
    """What a token stands for; None for one that we have not made. When it ends, the room's row says."""
    if not isinstance(token, str):
        return None
    try:
        return Held(**signing.loads(token, salt=_SALT))
    except (signing.BadSignature, TypeError, ValueError):
        return None
