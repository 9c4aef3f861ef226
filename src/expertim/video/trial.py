"""Tries a platform with a meeting of nobody: made, moved, entered, asked about, cancelled."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from urllib.parse import urlsplit

from django.utils.translation import gettext as _

from expertim.foundation import clock
from expertim.foundation.ids import public_id
from expertim.video.configuring import further_origins
from expertim.video.platforms import Adapter, refused_address
from expertim.video.port import Entry, Guest, MeetingSpec, PlatformTrouble, Problem, Refused

NOBODY = 0  # no meeting has that number: what a platform tells of it is kept nowhere


def tried(platform: Adapter) -> list[Problem]:
    """Everything that a meeting needs of a platform, in order; the first trouble ends it. Leaves nothing behind."""
    try:
        for _step in steps(platform):
            pass
    except PlatformTrouble as trouble:
        return [Problem(words=f"{type(trouble).__name__}: {trouble}")]
    return []


def steps(platform: Adapter) -> Iterator[str]:
    """The same step by step: what has been done, in words. Raises PlatformTrouble."""
    spec = _meeting_of_nobody()
    moved = replace(spec, revision=2, starts_at=spec.starts_at + timedelta(minutes=15))
    try:
        ref = platform.ensure(spec, None)
        yield _("Made: {name}").format(name=ref.remote_id)
        ref = platform.ensure(moved, ref)
        yield _("Moved by 15 minutes: {name}").format(name=ref.remote_id)
        for guest in spec.guests:
            entry = platform.enter(moved, ref, guest)
            if why := refused_address(entry, allowed=(*platform.origins, *further_origins())):
                raise Refused(_("it sends people where they may not be sent: {why}").format(why=why))
            yield _("A way in for the {party}: {where}").format(party=guest.party, where=_where(entry))
        seen = platform.pull(moved, ref)
        yield _("Asked who is there: {count}").format(count=len(seen))
    finally:
        platform.cancel(moved, None)
    yield _("Cancelled.")


def _meeting_of_nobody() -> MeetingSpec:
    now = clock.now()
    return MeetingSpec(
        key=public_id(),
        reference=NOBODY,
        revision=1,
        title="Expertim",
        starts_at=now + timedelta(minutes=5),
        ends_at=now + timedelta(minutes=35),
        opens_at=now - timedelta(minutes=10),
        closes_at=now + timedelta(minutes=65),
        guests=tuple(Guest(key=public_id(), party=party, name="Expertim") for party in ("user", "expert")),
    )


def _where(entry: Entry) -> str:
    """Not the whole address: it is a right by itself."""
    if entry.kind == "page":
        return _("our own page of the room")
    parts = urlsplit(entry.url)
    return f"{parts.scheme}://{parts.netloc}/…"
