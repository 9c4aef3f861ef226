"""Letters: what each kind says to its reader, in their zone and format, and that nothing foreign gets into a header."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.conf import settings

from expertim.meetings import queries
from expertim.meetings.facts import Act, By, Said
from expertim.meetings.links import link_address
from expertim.meetings.mails.letters import remaining_words
from expertim.notifications.mail import one_line
from tests.conftest import PlatformClock
from tests.notifications.telling import deliver, letters, ring_all, rows_of
from tests.world import World, in_, row, world

pytestmark = pytest.mark.usefixtures("database")

USER, EXPERT = By.USER, By.EXPERT


@pytest.fixture
def two(clock: PlatformClock) -> World:
    """Uma in Prague, Erin in London with dates the American way."""
    w = world()
    w.user.time_zone, w.expert.time_zone = "Europe/Prague", "Europe/London"
    w.expert.date_format = "MM/DD/YYYY HH:MM"
    for who in (w.user, w.expert):
        who.save()
    return w


def address(meeting: str) -> str:
    return f"{settings.PUBLIC_URL}/meetings/{meeting}/"


def test_a_proposal_says_what_when_for_both_what_it_costs_and_until_when(two: World) -> None:
    meeting = two.propose(start=in_(hours=72), message="Our shares <b>fell</b>")
    letter = letters(two.expert)["meeting_proposed"]
    assert letter["to"] == [two.expert.email]
    assert letter["subject"] == "Uma proposes a meeting: Thu 03/04/2027 09:00"
    text = letter["body"]
    assert "Thu 03/04/2027 09:00 (London; for Uma 10:00 in Prague)" in text
    assert "25 credits" in text
    assert "Without an answer it expires" in text
    assert "Uma wrote:\n> Our shares <b>fell</b>" in text
    page = address(meeting)
    assert f"Confirm: {page}confirm/\nReject: {page}reject/\nSee the meeting: {page}\n" in text
    assert "Our shares &lt;b&gt;fell&lt;/b&gt;" in letter["html"]
    assert "<b>" not in letter["html"]


def test_agreed_says_what_comes_next_and_what_cancelling_costs(two: World) -> None:
    two.agreed(start=in_(hours=72))
    to_user = letters(two.user)["meeting_agreed"]["body"]
    assert "We remind you 24 hours before the start, and send you the way in 60 minutes before it." in to_user
    assert "You can cancel free of charge until Tue 02.03.2027 10:00 (Prague). After that it costs 50 %" in to_user
    to_expert = letters(two.expert)["meeting_agreed"]["body"]
    assert "If you cancel, Uma gets everything back" in to_expert


def test_a_rejection_gives_the_reason_and_what_is_possible_instead(two: World) -> None:
    meeting = two.propose(start=in_(hours=72))
    two.act(EXPERT, meeting, Act.REJECT, message="Try a lawyer")
    text = letters(two.user)["meeting_rejected"]["body"]
    assert "The reason given: Outside my field" in text
    assert "> Try a lawyer" in text
    assert "yours again: 25 credits" in text
    assert "You can suggest another date" in text


def test_a_late_cancellation_says_what_the_expert_gets(two: World) -> None:
    meeting = two.agreed(start=in_(hours=20))
    two.act(USER, meeting, Act.CANCEL, seen_fee=1250, reason="I am ill")
    text = letters(two.expert)["meeting_cancellation_by_user"]["body"]
    assert "Uma pays 12.50 credits; after the platform's commission you get 10 credits." in text
    assert "> I am ill" in text


def test_the_reminder_says_how_long_it_truly_is(two: World, clock: PlatformClock) -> None:
    two.agreed(start=in_(hours=30))
    clock.advance(timedelta(hours=6))
    ring_all()
    clock.advance(timedelta(hours=3))  # the worker came late
    letter = letters(two.user)["meeting_reminder"]
    assert letter["subject"].startswith("In 21 hours: ")
    assert "begins in 21 hours" in letter["body"]


def test_the_link_is_our_own_page_and_nothing_else(two: World, clock: PlatformClock) -> None:
    """N8."""
    meeting = two.agreed(start=in_(hours=20))
    clock.advance(timedelta(hours=19))
    for who in (two.user, two.expert):
        letter = letters(who)["meeting_link"]
        links = set(re.findall(r"https?://[^\s\"<]+", letter["body"] + letter["html"]))
        view = queries.meeting_for(person=who.pk, meeting=meeting)
        assert view is not None
        assert links == {link_address(view), f"{settings.PUBLIC_URL}/settings/notifications/"}
        assert "press Join" in letter["body"]


def test_settled_says_what_each_side_has_paid_or_got(two: World, clock: PlatformClock) -> None:
    meeting = two.agreed(start=in_(hours=20))
    clock.freeze(row(meeting).ends_at)
    two.act(USER, meeting, Act.EVALUATE, progress=Said.SMOOTH, stars=4)
    assert "You have paid 25 credits." in letters(two.user)["meeting_settled"]["body"]
    to_expert = letters(two.expert)["meeting_settled"]["body"]
    assert "Uma has paid 25 credits; after the platform's commission you get 20 credits." in to_expert
    assert "star" not in to_expert


def test_every_mail_is_plain_and_html_with_one_id_of_its_own(two: World) -> None:
    """N9."""
    two.agreed(start=in_(hours=72))
    for letter in letters(two.user, two.expert).values():
        assert letter["body"].startswith("Hello ")
        assert letter["html"].startswith("<!DOCTYPE html>")
        assert "\n" not in letter["subject"]
        assert not re.search(r"\{|\}|None|&amp;", letter["body"])


def test_names_with_lines_in_them_begin_no_header(two: World) -> None:
    two.user.name = "Uma\r\nBcc: all@example.org\u2028x"
    two.user.save()
    two.propose(start=in_(hours=72))
    [sent] = deliver(two.expert)
    assert sent.status == "sent"
    assert sent.payload["subject"].startswith("Uma Bcc: all@example.org x proposes a meeting")
    assert one_line("a\x00b\n\nc" + "d" * 500) == "a b c" + "d" * 195


def test_what_is_no_longer_open_is_not_asked_for(two: World) -> None:
    meeting = two.propose(start=in_(hours=72))
    two.act(USER, meeting, Act.WITHDRAW)
    [proposed, withdrawn] = sorted(deliver(two.expert), key=lambda row: row.payload["kind"])
    assert (proposed.status, proposed.last_error) == ("withdrawn", "no_longer_so")
    assert withdrawn.status == "sent"


def test_a_reminder_of_a_date_that_has_moved_is_withdrawn_and_the_new_one_has_its_own(
    two: World, clock: PlatformClock
) -> None:
    """N1, N3; T3: moved from A to B and back to A are three dates."""
    meeting = two.agreed(start=in_(hours=30))
    first = row(meeting).starts_at
    clock.advance(timedelta(hours=6))
    ring_all()
    for start in (first + timedelta(hours=40), first):
        two.act(USER, meeting, Act.RESCHEDULE, start=start)
        two.act(EXPERT, meeting, Act.ALTERNATIVE_CONFIRM)
    deliver(two.user)
    reminders = [r for r in rows_of(two.user) if r.payload["kind"] == "meeting_reminder"]
    # The third date came into force exactly 24 h before its start: that still is in time.
    assert [(r.status, r.last_error, r.generation) for r in reminders] == [("withdrawn", "moved", 1), ("sent", "", 3)]


def test_a_cancelled_meeting_s_link_is_withdrawn(two: World, clock: PlatformClock) -> None:
    meeting = two.agreed(start=in_(hours=20))
    clock.advance(timedelta(hours=19))
    ring_all()
    two.act(EXPERT, meeting, Act.CANCEL)
    deliver(two.user, two.expert)
    links = [r for r in rows_of(two.user, two.expert) if r.payload["kind"] == "meeting_link"]
    assert [r.status for r in links] == ["withdrawn", "withdrawn"]


def test_who_has_spoken_meanwhile_is_not_reminded(two: World, clock: PlatformClock) -> None:
    meeting = two.agreed(start=in_(hours=20))
    clock.freeze(row(meeting).ends_at + timedelta(hours=24))
    ring_all()
    two.act(EXPERT, meeting, Act.EVALUATE, progress=Said.SMOOTH)
    asked = [r for r in deliver(two.user, two.expert) if r.payload["kind"] == "evaluation_reminder"]
    assert {r.recipient: r.status for r in asked} == {two.user.pk: "sent", two.expert.pk: "withdrawn"}


@pytest.mark.parametrize(
    ("kind", "rings", "until"),
    [
        ("meeting_reminder", timedelta(hours=-24), timedelta(hours=-1)),
        ("meeting_link", timedelta(hours=-1), timedelta(hours=1)),
        ("evaluation_reminder", timedelta(hours=25), timedelta(hours=169)),
    ],
)
def test_what_comes_too_late_expires(
    two: World, clock: PlatformClock, kind: str, rings: timedelta, until: timedelta
) -> None:
    """N5: a reminder until 60 minutes before the start, a link until the end, an evaluation reminder until 168 h."""
    start = row(two.agreed(start=in_(hours=30))).starts_at
    clock.freeze(start + rings)
    ring_all()
    clock.freeze(start + until)
    late = [r for r in deliver(two.user, two.expert) if r.payload["kind"] == kind]
    assert {r.recipient: (r.status, r.not_after) for r in late} == {
        who.pk: ("expired", start + until) for who in (two.user, two.expert)
    }


def test_a_mail_about_nothing_is_withdrawn_not_tried_for_ever(two: World) -> None:
    two.propose(start=in_(hours=72))
    [one] = rows_of(two.expert)
    one.payload["notice"] = 2**40
    one.save()
    assert deliver(two.expert)[0].status == "withdrawn"


def test_how_long_it_still_is() -> None:
    assert remaining_words(timedelta(hours=24)) == "24 hours"
    assert remaining_words(timedelta(minutes=119)) == "119 minutes"
    assert remaining_words(timedelta(minutes=1)) == "1 minute"
    assert remaining_words(timedelta(minutes=-5)) == "0 minutes"


def test_the_meeting_comes_along_for_the_recipient_s_own_calendar(two: World, clock: PlatformClock) -> None:
    """As a part beside text and HTML, with its method, and as a file; what comes after a meeting brings none."""
    from expertim.meetings.mails.letters import write
    from expertim.notifications.kinds import Envelope, Told
    from expertim.notifications.models import Notice
    from expertim.outbox.mail import _message

    meeting = two.agreed(start=in_(hours=72))
    two.act(EXPERT, meeting, Act.CANCEL)
    envelope = Envelope(person=two.user, settings_address="", leave_address="")
    for kind, method in (("meeting_agreed", "CANCEL"), ("meeting_cancelled_by_expert", "CANCEL")):
        notice = Notice.objects.get(recipient=two.user, kind=kind)
        told = Told(
            id=notice.pk,
            kind=kind,
            reference=notice.reference,
            generation=1,
            values=notice.values,
            at=notice.at,
            now=clock.now,
        )
        letter = write(told, envelope)
        assert letter.calendar is not None
        assert letter.calendar[0] == method
        assert f"METHOD:{method}" in letter.calendar[1]
        sent = _message(
            {
                "to": ["a@example.org"],
                "subject": letter.subject,
                "body": letter.text,
                "html": letter.html,
                "calendar": {"method": letter.calendar[0], "text": letter.calendar[1]},
            }
        )
        parts = [part.get_content_type() for part in sent.message().walk() if not part.is_multipart()]
        assert parts == ["text/plain", "text/html", "text/calendar", "application/ics"]


def test_what_people_have_called_things_reaches_the_text_as_it_is_and_the_html_escaped(clock: PlatformClock) -> None:
    """A subject is no HTML: an apostrophe must not arrive as five signs, nor a tag as a tag."""
    w = world()
    w.service.title = {"en": "Your deck through an investor's eyes <b>& mine</b>"}
    w.service.save()
    meeting = w.agreed(start=in_(hours=30))
    clock.advance(timedelta(hours=6))
    for letter in letters(w.user).values():
        assert "an investor's eyes <b>& mine</b>" in letter["body"]
        assert "<b>" not in letter["html"]
        assert "an investor&#39;s eyes &lt;b&gt;&amp; mine&lt;/b&gt;" in letter["html"]
        assert "&#39;" not in letter["subject"]
        assert "“Your deck through" in letter["body"]
    assert meeting
