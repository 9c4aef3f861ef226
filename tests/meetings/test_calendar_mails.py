"""Both parties' calendars follow, also that of whoever acts: what the mails that are really sent carry."""

from __future__ import annotations

from datetime import datetime
from email.message import Message
from typing import Any

import pytest
import vobject

from expertim.meetings.calendar import uid_of
from expertim.meetings.facts import Act, By
from expertim.outbox import mail as post
from expertim.outbox.stopping import Stop
from expertim.outbox.worker import Worker
from tests.conftest import PlatformClock
from tests.notifications.telling import deliver
from tests.outbox.post_office import post_office
from tests.world import World, in_, world

pytestmark = pytest.mark.usefixtures("database")


class Post:
    """Everybody's calendars as the calendar parts of their mails leave them."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, place: World) -> None:
        self.place = place
        self.calendars: dict[str, dict[str, tuple[datetime, str]]] = {place.user.email: {}, place.expert.email: {}}
        self._sequences: dict[tuple[str, str], int] = {}
        written = post._message

        def taken(payload: dict[str, Any]) -> Any:
            message = written(payload)
            self._take(message.to[0], message.message())
            return message

        monkeypatch.setattr(post, "_message", taken)

    def _take(self, to: str, message: Message) -> None:
        calendar = self.calendars.get(to)
        for part in message.walk():
            if part.get_content_type() != "text/calendar" or calendar is None:
                continue
            assert part.get_content_charset() == "utf-8"
            asked = vobject.readOne(part.get_payload(decode=True).decode())  # type: ignore[union-attr]  # bytes
            event = asked.vevent
            assert part.get_param("method") == asked.method.value
            assert event.attendee.value == f"mailto:{to}"
            assert int(event.sequence.value) >= self._sequences.get((to, event.uid.value), 0)
            self._sequences[to, event.uid.value] = int(event.sequence.value)
            if asked.method.value == "CANCEL":
                calendar.pop(event.uid.value, None)
            else:
                calendar[event.uid.value] = (event.dtstart.value, event.status.value)

    def act(self, by: By, meeting: str, act: Act, **typed: Any) -> None:
        self.place.act(by, meeting, act, **typed)
        self.deliver()

    def deliver(self) -> None:
        Worker(stop=Stop()).once()

    def both(self, meeting: str, *expected: tuple[datetime, str]) -> None:
        for calendar in self.calendars.values():
            assert [calendar[uid] for uid in calendar if uid == uid_of(meeting)] == list(expected)


@pytest.fixture
def mails(monkeypatch: pytest.MonkeyPatch) -> Post:
    return Post(monkeypatch, world(credits=100_000))


@pytest.mark.parametrize("mover", [By.USER, By.EXPERT])
@pytest.mark.parametrize("canceller", [By.USER, By.EXPERT])
def test_agreed_moved_and_cancelled_by_either(clock: PlatformClock, mails: Post, mover: By, canceller: By) -> None:
    """A1, D1, D4, C2, C4."""
    first, second = in_(days=5), in_(days=6)
    answering = By.EXPERT if mover is By.USER else By.USER
    meeting = mails.place.propose(start=first)
    mails.act(By.EXPERT, meeting, Act.CONFIRM)
    mails.both(meeting, (first, "CONFIRMED"))
    mails.act(mover, meeting, Act.RESCHEDULE, start=second)
    mails.both(meeting, (first, "CONFIRMED"))
    mails.act(answering, meeting, Act.ALTERNATIVE_CONFIRM)
    mails.both(meeting, (second, "CONFIRMED"))
    mails.act(canceller, meeting, Act.CANCEL, **({"seen_fee": 0} if canceller is By.USER else {}))
    mails.both(meeting)


def test_who_rejects_is_rid_of_it_and_the_date_offered_later_comes_and_goes(clock: PlatformClock, mails: Post) -> None:
    """A2, D3, D5, D3, D4."""
    place, user = mails.place, mails.calendars[mails.place.user.email]
    meeting = place.propose(start=in_(days=5))
    mails.deliver()
    assert len(mails.calendars[place.expert.email]) == 1
    mails.act(By.EXPERT, meeting, Act.REJECT)
    mails.both(meeting)
    mails.act(By.EXPERT, meeting, Act.RESCHEDULE, start=in_(days=6))
    assert list(user.values()) == [(in_(days=6), "TENTATIVE")]
    mails.act(By.USER, meeting, Act.ALTERNATIVE_REJECT)
    mails.both(meeting)
    mails.act(By.EXPERT, meeting, Act.RESCHEDULE, start=in_(days=7))
    mails.act(By.USER, meeting, Act.ALTERNATIVE_CONFIRM)
    mails.both(meeting, (in_(days=7), "CONFIRMED"))


def test_an_answer_reaches_us_whether_it_goes_to_the_organizer_or_where_a_person_would_reply(
    clock: PlatformClock, settings: Any
) -> None:
    """Decision 0016: one sender for all mail, the sealed address as ORGANIZER and Reply-To, and nobody else's."""
    settings.EMAIL_REPLY_ADDRESS = "reply+*@meet.example.org"
    place = world()
    meeting = place.agreed(start=in_(hours=72))
    place.act(By.EXPERT, meeting, Act.RESCHEDULE, start=in_(hours=96))
    place.act(By.USER, meeting, Act.ALTERNATIVE_CONFIRM)
    with post_office() as (office, url):
        settings.EMAIL_URL = url
        deliver(place.user, place.expert, ways=("notice", "calendar"))
    organizers: dict[str, set[str]] = {}
    for mail in office.mails:
        assert mail["From"] == settings.DEFAULT_FROM_EMAIL
        [part] = [part for part in mail.walk() if part.get_content_type() == "text/calendar"]
        event = vobject.readOne(part.get_payload(decode=True).decode()).vevent  # type: ignore[union-attr]  # bytes
        assert event.organizer.value == f"mailto:{mail['Reply-To']}"
        assert "SENT-BY" not in event.organizer.params
        organizers.setdefault(str(mail["To"]), set()).add(str(mail["Reply-To"]))
    assert {to: len(found) for to, found in organizers.items()} == {place.user.email: 1, place.expert.email: 1}
    assert len(set.union(*organizers.values())) == 2
    settings.EMAIL_REPLY_ADDRESS = ""
    other = place.propose(start=in_(hours=200))
    with post_office() as (office, url):
        settings.EMAIL_URL = url
        deliver(place.expert)
    assert [mail["Reply-To"] for mail in office.mails] == [None]
    assert other
