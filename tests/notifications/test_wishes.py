"""What people want by mail, quiet hours, and leaving a kind with one click."""

from __future__ import annotations

import re
from datetime import UTC, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.test import Client

from expertim.meetings.facts import Act, By
from expertim.meetings.moved import grant
from expertim.notifications.actions import switch_off, want
from expertim.notifications.kinds import all_kinds
from expertim.notifications.mail import leave_token, left
from expertim.notifications.queries import sent_about, wishes
from expertim.notifications.quiet import quiet_until
from tests.conftest import PlatformClock
from tests.notifications.telling import deliver, kinds_of, letters, ring_all, rows_of
from tests.outbox.post_office import post_office
from tests.site.reading import client_of, text_of
from tests.world import in_, notices, person, row, unique, world

pytestmark = pytest.mark.usefixtures("database")

PAGE = "/settings/notifications/"
PRAGUE = ZoneInfo("Europe/Prague")


def test_what_is_switched_off_stays_in_the_inbox_and_writes_no_mail(clock: PlatformClock) -> None:
    w = world()
    switch_off(person=w.expert.pk, kind="meeting_proposed")
    w.propose(start=in_(hours=72))
    assert notices(w.expert) == ["meeting_proposed"]
    assert kinds_of(w.expert) == []
    want(person=w.expert.pk, mail={"meeting_proposed": True}, quiet=None)
    w.propose(start=in_(hours=90))
    assert kinds_of(w.expert) == ["meeting_proposed"]


def test_what_is_switched_off_before_it_goes_out_is_withdrawn(clock: PlatformClock) -> None:
    w = world()
    w.propose(start=in_(hours=72))
    switch_off(person=w.expert.pk, kind="meeting_proposed")
    [one] = deliver(w.expert)
    assert (one.status, one.last_error) == ("withdrawn", "switched_off")


def test_links_and_money_cannot_be_switched_off(clock: PlatformClock) -> None:
    """Not even by a row that somebody has smuggled in."""
    fixed = {kind.code for kind in all_kinds() if not kind.switchable and not kind.for_operators}
    assert fixed == {
        "meeting_link",
        "meeting_canceled_by_user",
        "meeting_cancellation_by_user",
        "meeting_cancelled_by_expert",
        "meeting_settled",
        "meeting_disputed",
        "dispute_settled",
        "credits_moved",
    }
    w = world()
    for kind in fixed:
        switch_off(person=w.user.pk, kind=kind)
    assert grant(person_id=w.user.pk, amount=100, reason="Sorry", by="test", cause=unique("grant"))
    assert "credits_moved" in kinds_of(w.user)
    meeting = w.agreed(start=in_(minutes=50))
    w.act(By.EXPERT, meeting, Act.CANCEL)
    assert {"meeting_link", "meeting_cancelled_by_expert"} <= set(kinds_of(w.user))
    letter = letters(w.user)["meeting_cancelled_by_expert"]
    assert "No more mail of this kind" not in letter["body"]
    for kind in fixed:
        with pytest.raises(ValueError, match="switched off"):
            left(leave_token(person=w.user.pk, kind=kind))


# ---------------------------------------------------------------- the page


def test_the_page_shows_every_kind_and_keeps_what_is_chosen() -> None:
    someone = person()
    client = client_of(someone)
    page = text_of(client, PAGE)
    for kind in all_kinds():
        assert (str(kind.title) in page) is not kind.for_operators
    boxes = set(re.findall(r'type="checkbox" name="(\w+)"', page))
    assert boxes == {"calendar", *(kind.code for kind in all_kinds() if kind.switchable and not kind.for_operators)}
    chosen = dict.fromkeys(boxes - {"meeting_reminder"}, "on")
    answer = client.post(PAGE, {**chosen, "begins": "22:00", "ends": "7"})
    assert answer.status_code == 302
    stored = wishes(person=someone.pk)
    assert (stored.off, stored.quiet) == ({"meeting_reminder"}, (time(22), time(7)))
    again = text_of(client, PAGE)
    assert 'value="22:00"' in again
    assert re.search(r'name="meeting_proposed"[^>]*checked', again)
    assert not re.search(r'name="meeting_reminder"[^>]*checked', again)
    client.post(PAGE, dict.fromkeys(boxes, "on"))
    assert wishes(person=someone.pk) == wishes(person=person().pk)


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"begins": "22:00", "ends": ""}, "Type both times"),
        ({"begins": "", "ends": "7:00"}, "Type both times"),
        ({"begins": "25:00", "ends": "7:00"}, "Type a time of day"),
        ({"begins": "late", "ends": "\0"}, "Type a time of day"),
        ({"begins": "08:00", "ends": "08:00"}, "would last all day"),
    ],
)
def test_what_cannot_be_hours_is_said_and_nothing_is_stored(typed: dict[str, str], said: str) -> None:
    someone = person()
    answer = client_of(someone).post(PAGE, typed)
    assert answer.status_code == 422
    assert said in answer.content.decode()
    assert wishes(person=someone.pk).quiet is None


def test_the_calendar_can_be_switched_off_on_the_page() -> None:
    someone = person()
    client = client_of(someone)
    assert re.search(r'name="calendar"[^>]*checked', text_of(client, PAGE))
    client.post(PAGE, {"begins": "", "ends": ""})
    assert not wishes(person=someone.pk).calendar
    assert not re.search(r'name="calendar"[^>]*checked', text_of(client, PAGE))


# ---------------------------------------------------------------- one click


def test_one_click_switches_that_kind_off_for_that_person_only(clock: PlatformClock) -> None:
    """RFC 8058: POST by a mail program without cookies; GET only asks."""
    w = world()
    w.propose(start=in_(hours=72))
    found = re.search(
        r"No more mail of this kind: \S+?(/unsubscribe/\S+)", letters(w.expert)["meeting_proposed"]["body"]
    )
    assert found
    browser = Client(enforce_csrf_checks=True)
    assert "Switch this mail off" in text_of(browser, found[1])
    assert wishes(person=w.expert.pk).off == frozenset()
    answer = browser.post(found[1], {"List-Unsubscribe": "One-Click"})
    assert answer.status_code == 200
    assert "Switched off" in answer.content.decode()
    assert wishes(person=w.expert.pk).off == {"meeting_proposed"}
    assert wishes(person=w.user.pk).off == frozenset()


def test_mail_that_can_be_left_says_so_in_its_headers_and_the_rest_does_not(
    clock: PlatformClock, settings: Any
) -> None:
    """RFC 8058: both headers, an address on https or ours, and one POST to it is all that a mail program does."""
    w = world()
    with post_office() as (office, url):
        settings.EMAIL_URL = url
        w.propose(start=in_(hours=72))
        assert grant(person_id=w.expert.pk, amount=100, reason="Sorry", by="test", cause=unique("grant"))
        deliver(w.expert)
    by_subject = {str(mail["Subject"]): mail for mail in office.mails}
    [money] = [mail for subject, mail in by_subject.items() if "granted" in subject]
    [chatter] = [mail for subject, mail in by_subject.items() if "proposes" in subject]
    assert (money["List-Unsubscribe"], money["List-Unsubscribe-Post"]) == (None, None)
    assert chatter["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    found = re.fullmatch(rf"<{re.escape(settings.PUBLIC_URL)}(/unsubscribe/\S+)>", chatter["List-Unsubscribe"].strip())
    assert found
    assert Client().post(found[1], {"List-Unsubscribe": "One-Click"}).status_code == 200
    assert wishes(person=w.expert.pk).off == {"meeting_proposed"}


def test_a_made_up_token_is_nothing() -> None:
    for token in ("x", leave_token(person=1, kind="meeting_proposed")[:-1], "a:b:c"):
        assert Client().get(f"/unsubscribe/{token}/").status_code == 404
        assert Client().post(f"/unsubscribe/{token}/").status_code == 404


# ---------------------------------------------------------------- quiet hours


@pytest.mark.parametrize(
    ("local", "begins", "ends", "until"),
    [
        ("2027-03-01T23:00", time(22), time(7), "2027-03-02T07:00"),
        ("2027-03-01T22:00", time(22), time(7), "2027-03-02T07:00"),
        ("2027-03-02T06:59", time(22), time(7), "2027-03-02T07:00"),
        ("2027-03-02T07:00", time(22), time(7), None),
        ("2027-03-01T21:59", time(22), time(7), None),
        ("2027-03-01T13:00", time(12), time(14), "2027-03-01T14:00"),
        ("2027-03-01T14:00", time(12), time(14), None),
        ("2027-03-01T14:00", time(8), time(8), None),
        ("2027-03-28T01:30", time(22), time(7), "2027-03-28T07:00"),  # the clocks go forward at 2
        ("2027-10-31T01:30", time(22), time(7), "2027-10-31T07:00"),  # and back at 3
    ],
)
def test_quiet_hours_end_by_the_person_s_own_clock(local: str, begins: time, ends: time, until: str | None) -> None:
    at = datetime.fromisoformat(local).replace(tzinfo=PRAGUE).astimezone(UTC)
    expected = datetime.fromisoformat(until).replace(tzinfo=PRAGUE).astimezone(UTC) if until else None
    assert quiet_until(at=at, zone=PRAGUE, begins=begins, ends=ends) == expected


def test_the_end_of_quiet_hours_always_comes() -> None:
    """In every minute around both changes of clocks: later than now, and not quiet any more then."""
    for night in (datetime(2027, 3, 27, 20, tzinfo=UTC), datetime(2027, 10, 30, 20, tzinfo=UTC)):
        for ends in (time(2, 30), time(7)):
            for minute in range(0, 12 * 60, 7):
                at = night + timedelta(minutes=minute)
                until = quiet_until(at=at, zone=PRAGUE, begins=time(22), ends=ends)
                assert until is None or until > at


def test_mail_waits_for_the_end_of_the_night_but_not_the_link_nor_what_would_come_too_late(
    clock: PlatformClock,
) -> None:
    w = world()
    w.user.time_zone = "Europe/Prague"
    w.user.save()
    want(person=w.user.pk, mail={}, quiet=(time(22), time(7)))
    clock.freeze(datetime(2027, 3, 1, 22, tzinfo=UTC))  # 23:00 in Prague
    w.agreed(start=in_(hours=72))
    w.agreed(start=in_(minutes=50))  # over before the night ends: its mail cannot wait
    by_kind = {(r.payload["kind"], r.status): r for r in deliver(w.user)}
    assert set(by_kind) == {
        ("meeting_agreed", "waiting"),
        ("meeting_agreed", "sent"),
        ("meeting_link", "sent"),
    }
    waiting = by_kind["meeting_agreed", "waiting"]
    assert waiting.due_at == datetime(2027, 3, 2, 6, tzinfo=UTC)
    assert waiting.attempts == 0
    clock.freeze(waiting.due_at)
    assert {r.status for r in deliver(w.user)} == {"sent"}


# ---------------------------------------------------------------- what was sent


def test_a_meeting_shows_its_parties_their_own_mail_and_an_operator_all(clock: PlatformClock) -> None:
    w = world()
    meeting = w.agreed(start=in_(hours=30))
    clock.advance(timedelta(hours=6))
    ring_all()
    w.act(By.USER, meeting, Act.RESCHEDULE, start=in_(hours=40))
    w.act(By.EXPERT, meeting, Act.ALTERNATIVE_CONFIRM)
    deliver(w.user, w.expert)
    page = text_of(client_of(w.user), f"/meetings/{meeting}/")
    assert "What was sent" in page
    assert re.search(r"Meeting reminder · to you · [^·]+ · withdrawn, because the meeting has moved", page)
    assert "Meeting proposed · " not in page
    operator = person("olga", is_staff=True)
    try:
        seen = text_of(client_of(operator), f"/meetings/{meeting}/")
    finally:
        operator.is_staff = False
        operator.save()
    assert re.search(r"Meeting proposed · to Erin · [^·]+ · withdrawn", seen)
    assert re.search(r"Other date confirmed · to Uma · [^·]+ · sent", seen)
    everything = sent_about(meeting=row(meeting).pk)
    assert {s.recipient for s in everything} == {w.user.pk, w.expert.pk}
    assert len([s for s in everything if s.way == "notice"]) == len(rows_of(w.user, w.expert))
    # Nobody tells people what they did themselves; that their calendar follows is sent all the same, and seen.
    assert [(s.way, s.recipient) for s in everything if s.way != "notice"] == [("calendar", w.expert.pk)]
    assert re.search(r"For the calendar · to Erin · [^·]+ · waits to be sent", seen)


def test_the_calendar_is_a_channel_of_its_own(clock: PlatformClock, settings: Any) -> None:
    """Off: no file in any mail and no mail for it alone. On, with a kind's mail off: a short mail moves the event."""
    w = world()
    want(person=w.user.pk, mail={}, quiet=None, calendar=False)
    want(person=w.expert.pk, mail={"alternative_confirmed": False, "meeting_agreed": False}, quiet=None)
    with post_office() as (office, url):
        settings.EMAIL_URL = url
        meeting = w.agreed(start=in_(hours=72))
        w.act(By.EXPERT, meeting, Act.RESCHEDULE, start=in_(hours=96))
        w.act(By.USER, meeting, Act.ALTERNATIVE_CONFIRM)
        deliver(w.user, w.expert, ways=("notice", "calendar"))
    invited = [
        mail["To"] for mail in office.mails if "text/calendar" in {part.get_content_type() for part in mail.walk()}
    ]
    assert set(invited) == {w.expert.email}
    assert [mail["To"] for mail in office.mails].count(w.user.email) == 1  # Meeting agreed, without a file
    assert not {"alternative_confirmed", "meeting_agreed"} & set(kinds_of(w.expert))
    assert notices(w.expert)[-1] == "alternative_confirmed"
    assert rows_of(w.user, ways=("calendar",)) in ([], rows_of(w.user, ways=("calendar",), status="withdrawn"))
    assert {row.status for row in rows_of(w.expert, ways=("calendar",))} == {"sent"}
