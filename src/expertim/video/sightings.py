"""What a server answers when it is asked who is there, as sightings: one for each person and minute."""

from __future__ import annotations

from collections.abc import Iterable

from expertim.foundation import clock
from expertim.video.names import guest_of
from expertim.video.port import MeetingSpec, Seen


def present(spec: MeetingSpec, names: Iterable[object]) -> list[Seen]:
    """`names` as the server calls people; whoever is not of this meeting is left out. Two workers see the same."""
    now = clock.now()
    guests = {guest for guest in map(guest_of, names) if guest is not None and guest[0] == spec.reference}
    return [
        Seen(
            reference=reference,
            party=party,
            kind="present",
            at=now,
            dedupe=f"{reference}:{party}:present:{now:%Y%m%d%H%M}",
        )
        for reference, party in sorted(guests)
    ]
