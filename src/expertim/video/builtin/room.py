"""The built-in room as a platform: all of it is a few rows of ours, so there is nothing that could fail to be made."""

from __future__ import annotations

from django.db import connection
from django.utils.translation import gettext as _

from expertim.video.builtin.turn import relays
from expertim.video.platforms import BUILTIN
from expertim.video.port import Entry, Guest, MeetingSpec, Problem, RawAnswer, RawRequest, RemoteRef, Seen

NOT_FOUND = 404


class BuiltIn:
    """Its state is what is wanted: `video_exchange` looks at the wish itself, so a cancelled room is empty at once."""

    key = BUILTIN

    def ensure(self, spec: MeetingSpec, ref: RemoteRef | None) -> RemoteRef:
        return RemoteRef(remote_id=str(spec.reference))

    def cancel(self, spec: MeetingSpec, ref: RemoteRef | None) -> None:
        return None

    def enter(self, spec: MeetingSpec, ref: RemoteRef | None, guest: Guest) -> Entry:
        return Entry(kind="page")

    def receive(self, request: RawRequest) -> tuple[RawAnswer, list[Seen]]:
        return RawAnswer(status=NOT_FOUND), []  # nobody pushes to it: pages that poll are seen by themselves

    def pull(self, spec: MeetingSpec, ref: RemoteRef | None) -> list[Seen]:
        return []

    def check(self, *, live: bool = False) -> list[Problem]:
        if relays():
            return []
        return [Problem(words=_("There is no TURN server: people behind different routers may not reach each other."))]


def forget_signals(*, limit: int) -> int:
    """Drop at most `limit` signals and notes of rooms that closed more than a day ago; answers how many."""
    with connection.cursor() as cursor:
        cursor.execute(
            "DELETE FROM video_signal WHERE id IN (SELECT s.id FROM video_signal s JOIN video_room r"
            " ON r.reference = s.room_id WHERE r.closes_at < platform_now() - interval '1 day' LIMIT %s)",
            [limit],
        )
        return int(cursor.rowcount)
