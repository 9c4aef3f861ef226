"""Marking notices as read."""

from __future__ import annotations

import pytest

from expertim.notifications.actions import mark_all_read, mark_read
from expertim.notifications.models import Notice
from expertim.notifications.queries import inbox
from expertim.people.models import Person
from tests.conftest import PlatformClock
from tests.world import person, unique

pytestmark = pytest.mark.usefixtures("database")


def told(recipient: Person, clock: PlatformClock) -> Notice:
    return Notice.objects.create(
        recipient=recipient, kind="meeting_reminder", key=unique("k"), reference=7, at=clock.now
    )


def test_the_first_moment_of_reading_is_kept(clock: PlatformClock) -> None:
    someone = person()
    notice = told(someone, clock)
    first = clock.now
    for _ in range(2):
        opened = mark_read(person=someone.pk, notice=notice.pk)
        assert opened is not None
        assert opened.meeting == 7
        clock.freeze(clock.now.replace(hour=clock.now.hour + 1))
    notice.refresh_from_db()
    assert notice.read_at == first


def test_another_s_notice_is_none(clock: PlatformClock) -> None:
    notice = told(person(), clock)
    assert mark_read(person=person().pk, notice=notice.pk) is None


def test_all_up_to_a_number(clock: PlatformClock) -> None:
    someone = person()
    first, second = told(someone, clock), told(someone, clock)
    assert mark_all_read(person=someone.pk, up_to=first.pk) == 1
    assert [(row.id, row.read) for row in inbox(person=someone.pk).rows] == [(second.pk, False), (first.pk, True)]
