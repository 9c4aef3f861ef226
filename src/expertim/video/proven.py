"""What each platform has been tried against: one list for the operator's page, the command and docs/video.md."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise as Lazy


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    """`real`: against the real thing; else only against a server of ours that does what its documents say."""

    name: str | Lazy
    real: bool
    words: Lazy


PROVEN = {
    "builtin": Proof(
        name=_("Built-in room"),
        real=True,
        words=_("The real thing: two Chromium in every run of the tests, and through a real TURN server."),
    ),
    "janus": Proof(
        name="Janus",
        real=True,
        words=_("The real thing: Debian's Janus 1.1.2 and two Chromium in every run of the tests."),
    ),
    "jitsi": Proof(
        name="Jitsi Meet",
        real=False,
        words=_("Only against a server of ours that checks tokens by the rules of Prosody's plugin."),
    ),
    "bigbluebutton": Proof(
        name="BigBlueButton",
        real=False,
        words=_("Only against a server of ours that checks every seal as its documents say."),
    ),
    "livekit": Proof(
        name="LiveKit",
        real=False,
        words=_("Only against a server of ours, in which LiveKit's own library checks tokens and requests."),
    ),
    "zoom": Proof(
        name="Zoom",
        real=False,
        words=_("Only against a server of ours with Zoom's limits and errors, as far as they are documented."),
    ),
}
