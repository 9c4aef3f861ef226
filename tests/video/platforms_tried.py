"""A platform that fails when told to: a fake at the port. The real ones stand in stands.py."""

from __future__ import annotations

from expertim.video.port import (
    Entry,
    Guest,
    MeetingSpec,
    Problem,
    RawAnswer,
    RawRequest,
    RemoteRef,
    Seen,
    Unavailable,
)


class Shaky:
    """A platform that fails while it is told to; it remembers what it was asked for. A fake at the port."""

    key = "shaky"

    def __init__(self) -> None:
        self.down = True
        self.failures = 0  # so many more, although it is not down
        self.trouble: Exception = Unavailable("no answer")
        self.asked: list[tuple[str, int]] = []
        self.leads_to = "https://shaky.example.org/{guest}"
        self.sees: list[Seen] = []

    def _do(self, what: str, spec: MeetingSpec) -> None:
        self.asked.append((what, spec.revision))
        if self.down or self.failures:
            self.failures -= not self.down
            raise self.trouble

    def ensure(self, spec: MeetingSpec, ref: RemoteRef | None) -> RemoteRef:
        self._do("ensure", spec)
        return RemoteRef(remote_id=f"room of {spec.key}")

    def cancel(self, spec: MeetingSpec, ref: RemoteRef | None) -> None:
        self._do("cancel", spec)

    def enter(self, spec: MeetingSpec, ref: RemoteRef | None, guest: Guest) -> Entry:
        self._do("enter", spec)
        return Entry(kind="redirect", url=self.leads_to.format(guest=guest.key))

    def receive(self, request: RawRequest) -> tuple[RawAnswer, list[Seen]]:
        return RawAnswer(status=404), []

    def pull(self, spec: MeetingSpec, ref: RemoteRef | None) -> list[Seen]:
        self._do("pull", spec)
        return [one for one in self.sees if one.reference == spec.reference]

    def check(self, *, live: bool = False) -> list[Problem]:
        return []
