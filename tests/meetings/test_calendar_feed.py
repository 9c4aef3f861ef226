"""The calendar that one subscribes to: secret, revocable, whole, and nobody else's."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
import vobject
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from expertim.meetings.facts import Act, By
from expertim.people.feeds import new_feed, revoke_feed
from expertim.people.models import CalendarFeed, Person
from tests.conftest import PlatformClock
from tests.site.reading import client_of, text_of
from tests.world import in_, person, row, world

pytestmark = pytest.mark.usefixtures("database")


def read(secret: str, **headers: str) -> Any:
    return Client().get(f"/calendar/{secret}.ics", headers=headers)


def events_of(secret: str) -> list[Any]:
    """What an independent reader finds in the feed."""
    answer = read(secret)
    assert answer.status_code == 200
    assert answer["Content-Type"] == "text/calendar; charset=utf-8"
    calendar = vobject.readOne(answer.content.decode())
    return list(calendar.contents.get("vevent", []))


def meetings_of(secret: str) -> set[str]:
    return {event.uid.value.partition("@")[0] for event in events_of(secret)}


def made_on_the_page(who: Person) -> str:
    page = client_of(who).post("/settings/calendar/", {"do": "make"}).content.decode()
    found = re.search(r"webcal://127\.0\.0\.1:\d+/calendar/([\w-]{43})\.ics", page)
    assert found
    assert f"http://127.0.0.1:8000/calendar/{found[1]}.ics" in page
    return found[1]


def test_the_address_is_made_on_a_page_shown_once_and_revoked(clock: PlatformClock) -> None:
    someone = person()
    assert "Revoke" not in text_of(client_of(someone), "/settings/calendar/")
    secret = made_on_the_page(someone)
    assert events_of(secret) == []
    again = text_of(client_of(someone), "/settings/calendar/")
    assert secret not in again
    assert "Revoke the address" in again
    client_of(someone).post("/settings/calendar/", {"do": "revoke"})
    assert read(secret).status_code == 404
    assert client_of(someone).post("/settings/calendar/", {"do": "revoke"}).status_code == 302


def test_the_database_keeps_no_secret(clock: PlatformClock) -> None:
    someone = person()
    secret = new_feed(person=someone)
    kept = CalendarFeed.objects.get(person=someone)
    assert secret not in (kept.digest, str(kept.pk))
    assert read(kept.digest).status_code == 404


def test_a_wrong_a_revoked_and_a_replaced_address_and_a_closed_account_are_404_alike(clock: PlatformClock) -> None:
    someone, gone = person(), person()
    old, of_the_gone = new_feed(person=someone), new_feed(person=gone)
    now = new_feed(person=someone)
    assert now != old
    Person.objects.filter(pk=gone.pk).update(is_active=False)
    wrong = ["x", "x" * 43, "%00", "a%0d%0ab", "ž", "x" * 900, old, of_the_gone]
    answers = [read(each) for each in wrong]
    assert {answer.status_code for answer in answers} == {404}
    # But for the forms and links, of the clock and of the languages, that lead back to where one was.
    assert len({re.sub(r' value="[^"]*"|\?back=[^"]*"', "", answer.content.decode()) for answer in answers}) == 1
    assert read(now).status_code == 200
    assert revoke_feed(person=someone)
    assert read(now).status_code == 404


def test_awaiting_agreed_and_held_ones_of_ninety_days_are_in_it_and_no_others(clock: PlatformClock) -> None:
    place = world(credits=100_000)
    secrets = {By.USER: new_feed(person=place.user), By.EXPERT: new_feed(person=place.expert)}
    held = place.agreed(start=in_(hours=2))
    awaiting = place.propose(start=in_(days=4))
    agreed = place.agreed(start=in_(days=5))
    rejected = place.propose(start=in_(days=6))
    place.act(By.EXPERT, rejected, Act.REJECT)
    offered = place.propose(start=in_(days=7))
    place.act(By.EXPERT, offered, Act.REJECT)
    place.act(By.EXPERT, offered, Act.RESCHEDULE, start=in_(days=8))
    cancelled = place.agreed(start=in_(days=9))
    place.act(By.EXPERT, cancelled, Act.CANCEL)
    expiring = place.propose(start=in_(hours=3))
    clock.advance(timedelta(hours=4))
    for secret in secrets.values():
        assert meetings_of(secret) == {held, awaiting, agreed, offered}
    assert row(expiring).state == "expired"  # T0: reading the feed has done what time had done
    clock.advance(timedelta(days=89))
    assert meetings_of(secrets[By.USER]) == {held, agreed}
    clock.advance(timedelta(days=2))
    assert held not in meetings_of(secrets[By.USER])


def test_strangers_meetings_are_never_in_it(clock: PlatformClock) -> None:
    ours, theirs = world(), world()
    mine = ours.agreed(start=in_(days=2))
    place = theirs.agreed(start=in_(days=2))
    assert meetings_of(new_feed(person=ours.user)) == {mine}
    assert meetings_of(new_feed(person=theirs.expert)) == {place}
    assert meetings_of(new_feed(person=person("charlie"))) == set()


def test_it_names_nobody_s_address_and_no_credits_and_cannot_be_answered(clock: PlatformClock, settings: Any) -> None:
    settings.EMAIL_REPLY_ADDRESS = "reply+*@meet.example.org"
    place = world(price=1234)
    place.agreed(start=in_(hours=30))
    place.propose(start=in_(days=3))
    text = read(new_feed(person=place.user)).content.decode().replace("\r\n ", "")
    assert place.user.email not in text
    assert place.expert.email not in text
    assert "12.34" not in text
    assert "credit" not in text
    assert not re.search("^(ORGANIZER|ATTENDEE|METHOD)", text, re.MULTILINE)
    assert "reply+" not in text


def test_what_has_not_changed_is_not_sent_again(clock: PlatformClock) -> None:
    place = world()
    meeting = place.propose(start=in_(days=3))
    secret = new_feed(person=place.user)
    first = read(secret)
    assert first["Cache-Control"] == "private, no-cache"
    clock.advance(timedelta(minutes=90))
    second = read(secret, if_none_match=first["ETag"])
    assert (second.status_code, second.content) == (304, b"")
    place.act(By.EXPERT, meeting, Act.CONFIRM)
    third = read(secret, if_none_match=first["ETag"])
    assert third.status_code == 200
    assert third["ETag"] != first["ETag"]


def test_as_many_statements_for_thirty_meetings_as_for_one(clock: PlatformClock) -> None:
    counted = []
    for meetings in (1, 30):
        place = world(credits=1_000_000)
        for number in range(meetings):
            place.agreed(start=in_(days=1 + number))
        secret = new_feed(person=place.user)
        with CaptureQueriesContext(connection) as taken:
            assert len(events_of(secret)) == meetings
        counted.append(len(taken))
    assert counted == [3, 3]


def test_the_page_needs_a_log_in_and_the_feed_needs_none() -> None:
    assert Client().get("/settings/calendar/").status_code == 302
    assert Client().post("/calendar/x.ics").status_code == 405
