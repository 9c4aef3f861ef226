"""Tries a platform with a meeting of nobody: made, moved, entered, asked about, cancelled."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from django.utils.translation import gettext as _

from expertim.foundation import clock
from expertim.foundation.ids import public_id
from expertim.video.configuring import further_origins
from expertim.video.platforms import Adapter, refused_address
from expertim.video.port import Guest, MeetingSpec, PlatformTrouble, Problem

NOBODY = 0  # no meeting has that number: what a platform tells of it is kept nowhere


def tried(platform: Adapter) -> list[Problem]:
    """Everything that a meeting needs of a platform, in order; the first trouble ends it. Leaves nothing behind."""
    now = clock.now()
    guests = tuple(Guest(key=public_id(), party=party, name="Expertim") for party in ("user", "expert"))
    spec = MeetingSpec(
        key=public_id(),
        reference=NOBODY,
        revision=1,
        title="Expertim",
        starts_at=now + timedelta(minutes=5),
        ends_at=now + timedelta(minutes=35),
        opens_at=now - timedelta(minutes=10),
        closes_at=now + timedelta(minutes=65),
        guests=guests,
    )
    moved = replace(spec, revision=2, starts_at=spec.starts_at + timedelta(minutes=15))
    try:
        try:
            ref = platform.ensure(moved, platform.ensure(spec, None))
            for guest in guests:
                entry = platform.enter(moved, ref, guest)
                if why := refused_address(entry, allowed=(*platform.origins, *further_origins())):
                    return [Problem(words=_("It sends people where they may not be sent: {why}").format(why=why))]
            platform.pull(moved, ref)
        finally:
            platform.cancel(moved, None)
    except PlatformTrouble as trouble:
        return [Problem(words=f"{type(trouble).__name__}: {trouble}")]
    return []
