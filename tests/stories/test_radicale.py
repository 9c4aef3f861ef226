"""Whole lives of meetings, mail by mail into a real calendar store: at each step one right event, at the end none."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta

import pytest

from expertim.meetings import queries
from expertim.meetings.actions import ring_due
from expertim.meetings.calendar import event_for, feed_events, uid_of
from expertim.meetings.facts import Act, By
from expertim.meetings.queries import meeting_for
from expertim.notifications.calendar import ics
from expertim.people.models import Person
from tests.conftest import PlatformClock
from tests.stories.caldav import Calendar, Store, radicale
from tests.world import World, in_, unique, world

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("database")]

HOUR = timedelta(hours=1)
MINUTE = timedelta(minutes=1)


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    with radicale(tmp_path_factory.mktemp("radicale")) as running:
        yield running


class Couple:
    """A user in Prague and an expert in New York, each with a calendar that takes whatever our mails bring."""

    def __init__(self, store: Store, *, zones: tuple[str, str] = ("Europe/Prague", "America/New_York")) -> None:
        self.place: World = world(credits=100_000)
        self.people = {By.USER: self.place.user, By.EXPERT: self.place.expert}
        for who, zone in zip(self.people.values(), zones, strict=True):
            Person.objects.filter(pk=who.pk).update(time_zone=zone)
        self.calendars = {by: Calendar(store, f"/{unique(by.value)}/") for by in self.people}
        self.mails: list[tuple[By, bytes]] = []

    def act(self, by: By, meeting: str, act: Act, **typed: object) -> None:
        self.place.act(by, meeting, act, **typed)
        self.tell(meeting)

    def propose(self, start: datetime, by: By = By.USER) -> str:
        meeting = self.place.propose(start=start, by=by)
        self.tell(meeting)
        return meeting

    def tell(self, meeting: str) -> None:
        """The mail to each party."""
        for by, who in self.people.items():
            self.mails.append((by, invitation_to(who, meeting)))
            self.calendars[by].take(self.mails[-1][1])

    def show(self, *expected: tuple[str, datetime, str]) -> None:
        """Each calendar holds exactly these: meeting, start, status."""
        for calendar in self.calendars.values():
            assert [(kept.uid, kept.start, kept.status) for kept in calendar.events] == [
                (uid_of(meeting), start, status) for meeting, start, status in expected
            ]
            for kept in calendar.events:
                assert kept.end - kept.start == HOUR
                assert calendar.at(kept.start, kept.start + MINUTE) == [kept.uid]
                assert kept.uid not in calendar.at(kept.start - HOUR, kept.start)


def invitation_to(who: Person, meeting: str) -> bytes:
    view = meeting_for(person=who.pk, meeting=meeting)
    assert view is not None
    event = event_for(view, recipient_id=who.pk)
    assert event is not None
    return ics.invitation(event)


@pytest.fixture
def couple(store: Store) -> Callable[..., Couple]:
    return lambda **given: Couple(store, **given)


def test_proposed_agreed_moved_cancelled(clock: PlatformClock, couple: Callable[..., Couple]) -> None:
    """P1, A1, D1, D4, C4."""
    two, first, second = couple(), in_(days=5), in_(days=6, hours=3)
    meeting = two.propose(first)
    two.show((meeting, first, "TENTATIVE"))
    two.act(By.EXPERT, meeting, Act.CONFIRM)
    two.show((meeting, first, "CONFIRMED"))
    two.act(By.USER, meeting, Act.RESCHEDULE, start=second)
    two.show((meeting, first, "CONFIRMED"))
    assert all("another date suggested" in calendar.events[0].summary for calendar in two.calendars.values())
    two.act(By.EXPERT, meeting, Act.ALTERNATIVE_CONFIRM)
    two.show((meeting, second, "CONFIRMED"))
    two.act(By.EXPERT, meeting, Act.CANCEL)
    two.show()


@pytest.mark.parametrize("answer", [Act.ALTERNATIVE_REJECT, Act.ALTERNATIVE_WITHDRAW])
def test_an_alternative_that_comes_to_nothing_changes_nothing(
    clock: PlatformClock, couple: Callable[..., Couple], answer: Act
) -> None:
    """D5, D6; then C2."""
    two, start = couple(), in_(days=5)
    meeting = two.propose(start)
    two.act(By.EXPERT, meeting, Act.CONFIRM)
    two.act(By.USER, meeting, Act.RESCHEDULE, start=in_(days=7))
    two.act(By.EXPERT if answer is Act.ALTERNATIVE_REJECT else By.USER, meeting, answer)
    two.show((meeting, start, "CONFIRMED"))
    two.act(By.USER, meeting, Act.CANCEL, seen_fee=0)
    two.show()


def test_rejected_and_proposed_again(clock: PlatformClock, couple: Callable[..., Couple]) -> None:
    """A2, D2, C1: the same event comes back, and goes again."""
    two, first, second = couple(), in_(days=5), in_(days=8)
    meeting = two.propose(first)
    two.act(By.EXPERT, meeting, Act.REJECT)
    two.show()
    two.act(By.USER, meeting, Act.RESCHEDULE, start=second)
    two.show((meeting, second, "TENTATIVE"))
    two.act(By.USER, meeting, Act.WITHDRAW)
    two.show()


def test_rejected_and_another_date_offered(clock: PlatformClock, couple: Callable[..., Couple]) -> None:
    """D3, D5, D3, T2, D3, D4: the date on the table is the one in the calendar, and one that lapses leaves none."""
    two, first = couple(), in_(days=5)
    meeting = two.propose(first)
    two.act(By.EXPERT, meeting, Act.REJECT)
    second, third, fourth = in_(days=6), in_(hours=3), in_(days=7)
    two.act(By.EXPERT, meeting, Act.RESCHEDULE, start=second)
    two.show((meeting, second, "TENTATIVE"))
    two.act(By.USER, meeting, Act.ALTERNATIVE_REJECT)
    two.show()
    two.act(By.EXPERT, meeting, Act.RESCHEDULE, start=third)
    two.show((meeting, third, "TENTATIVE"))
    clock.advance(timedelta(hours=3))
    ring_due()
    two.tell(meeting)
    two.show()
    two.act(By.EXPERT, meeting, Act.RESCHEDULE, start=fourth)
    two.act(By.USER, meeting, Act.ALTERNATIVE_CONFIRM)
    two.show((meeting, fourth, "CONFIRMED"))


def test_a_proposal_that_nobody_answered_goes(clock: PlatformClock, couple: Callable[..., Couple]) -> None:
    """T1."""
    two, start = couple(), in_(days=2)
    meeting = two.propose(start)
    clock.advance(timedelta(days=2))
    ring_due()
    two.tell(meeting)
    two.show()


def test_a_late_mail_brings_back_no_older_date(clock: PlatformClock, couple: Callable[..., Couple]) -> None:
    """SEQUENCE rises with each change, so a mail that was overtaken is known by it."""
    two, first, second = couple(), in_(days=5), in_(days=6)
    meeting = two.propose(first)
    two.act(By.EXPERT, meeting, Act.CONFIRM)
    two.act(By.EXPERT, meeting, Act.RESCHEDULE, start=second)
    two.act(By.USER, meeting, Act.ALTERNATIVE_CONFIRM)
    for by, mail in two.mails:
        two.calendars[by].take(mail)
    two.show((meeting, second, "CONFIRMED"))


NIGHTS = {
    "Europe/Prague": (datetime(2027, 3, 28, 0, 0, tzinfo=UTC), datetime(2027, 10, 30, 23, 0, tzinfo=UTC)),
    "America/New_York": (datetime(2027, 3, 14, 5, 0, tzinfo=UTC), datetime(2027, 11, 7, 4, 0, tzinfo=UTC)),
}


@pytest.mark.parametrize("night", [0, 1], ids=["spring", "autumn"])
@pytest.mark.parametrize("zone", NIGHTS)
def test_both_nights_of_a_clock_change(
    clock: PlatformClock, couple: Callable[..., Couple], zone: str, night: int
) -> None:
    """Half past each hour of the night, and the whole life once more across it."""
    two, begins = couple(), NIGHTS[zone][night]
    starts = [begins + number * HOUR + 30 * MINUTE for number in range(4)]
    meetings = [two.propose(start) for start in starts]
    two.show(*[(meeting, start, "TENTATIVE") for meeting, start in zip(meetings, starts, strict=True)])
    for meeting in meetings[1:]:
        two.act(By.USER, meeting, Act.WITHDRAW)
    two.act(By.EXPERT, meetings[0], Act.CONFIRM)
    two.act(By.EXPERT, meetings[0], Act.RESCHEDULE, start=starts[2])
    two.act(By.USER, meetings[0], Act.ALTERNATIVE_CONFIRM)
    two.show((meetings[0], starts[2], "CONFIRMED"))
    two.act(By.USER, meetings[0], Act.CANCEL, seen_fee=0)
    two.show()


def test_somebody_who_moves_to_another_zone(clock: PlatformClock, couple: Callable[..., Couple]) -> None:
    """The meeting does not move with them; the next mail speaks of their new clock."""
    two, start = couple(), in_(days=27, hours=3)  # beyond Prague's change of clocks, and New York's
    meeting = two.propose(start)
    assert b"DTSTART;TZID=Europe/Prague:20270328T140000" in invitation_to(two.place.user, meeting)
    Person.objects.filter(pk=two.place.user.pk).update(time_zone="America/New_York")
    two.show((meeting, start, "TENTATIVE"))
    two.act(By.EXPERT, meeting, Act.CONFIRM)
    assert b"DTSTART;TZID=America/New_York:20270328T080000" in invitation_to(two.place.user, meeting)
    two.show((meeting, start, "CONFIRMED"))


def test_a_feed_can_be_kept_whole(clock: PlatformClock, store: Store) -> None:
    place = world(credits=100_000)
    starts = [in_(days=20 + 5 * number) for number in range(6)]
    for start in starts:
        place.agreed(start=start)
    found = queries.in_calendar(person=place.user.pk, days_back=90)
    file = ics.feed(feed_events(found, person=place.user), name="Meetings", refresh=HOUR)
    path = f"/{unique('feed')}/"
    status, said = store.ask("PUT", path, file, Content_Type="text/calendar; charset=utf-8")
    assert status == 201, said
    assert [(kept.start, kept.status) for kept in store.events(path)] == [(start, "CONFIRMED") for start in starts]
