"""What calendars answer by mail: the same acts by the same rules, and only from whom the invitation went to."""

from __future__ import annotations

import io
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.db import OperationalError

from expertim.expertise.models import RejectReason
from expertim.meetings import receiving
from expertim.meetings.facts import Act, By
from expertim.meetings.receiving import TRY_AGAIN, receive_maildir
from expertim.meetings.replies import Became, receive
from expertim.outbox.models import Row
from expertim.people.models import Person
from tests.conftest import PlatformClock
from tests.meetings.answering import answer, invited
from tests.world import World, events, in_, notices, person, row, wallet, world

pytestmark = pytest.mark.usefixtures("database")

PROGRAMS = ("outlook", "google", "thunderbird", "apple", "davical")
MOVING = ("outlook", "google", "davical")  # Thunderbird and Apple propose no times to whom they answer by mail


@pytest.fixture(autouse=True)
def _answers_are_read(settings: Any) -> None:
    settings.EMAIL_REPLY_ADDRESS = "reply+*@meet.example.org"


def letters_to(who: Person) -> list[str]:
    """What was written to somebody because their answer changed nothing."""
    rows = Row.objects.filter(kind="mail", key__startswith="mail:", payload__to__contains=[who.email]).order_by("id")
    assert all(each.payload["headers"]["Auto-Submitted"] == "auto-replied" for each in rows)
    return [each.payload["body"] for each in rows]


def two_people() -> World:
    """Far from each other: the programs write Prague's clock."""
    place = world(credits=10_000)
    Person.objects.filter(pk=place.user.pk).update(time_zone="America/New_York")
    Person.objects.filter(pk=place.expert.pk).update(time_zone="Europe/Prague")
    return place


def stands(meeting: str) -> tuple[str, datetime, int]:
    now = row(meeting)
    return now.state, now.starts_at, now.version


# ---------------------------------------------------------------- yes, no, another time


@pytest.mark.parametrize("program", PROGRAMS)
def test_accepting_a_proposal_confirms_it(clock: PlatformClock, program: str) -> None:
    """A1."""
    place = two_people()
    meeting = place.propose(start=in_(days=4))
    mail = answer(program, invited(place.expert, meeting), place.expert, partstat="ACCEPTED")
    assert receive(mail).became is Became.DONE
    assert events(meeting) == [("approved", "user"), ("approved", "expert")]
    assert row(meeting).state == "agreed"
    assert notices(place.user) == ["meeting_agreed"]
    assert letters_to(place.expert) == []


def test_accepting_what_an_expert_proposes_blocks_the_price(clock: PlatformClock) -> None:
    """A1, P2."""
    place = two_people()
    earlier = place.propose(start=in_(days=3))
    place.act(By.EXPERT, earlier, Act.REJECT)
    meeting = place.propose(start=in_(days=4), by=By.EXPERT)
    mail = answer("google", invited(place.user, meeting), place.user, partstat="ACCEPTED")
    assert receive(mail).became is Became.DONE
    assert wallet(place.user) == (7500, 2500)


@pytest.mark.parametrize("program", PROGRAMS)
def test_declining_a_proposal_rejects_it_with_the_plain_reason_and_the_comment(
    clock: PlatformClock, program: str
) -> None:
    """A2."""
    RejectReason.objects.get_or_create(code="other", defaults={"text": {"en": "Another reason"}, "position": 1})
    place = two_people()
    meeting = place.propose(start=in_(days=4))
    comment = "" if program == "thunderbird" else "I am in Brno that day"
    invite = invited(place.expert, meeting)
    mail = answer(program, invite, place.expert, partstat="DECLINED", comment=comment)
    assert receive(mail).became is Became.DONE
    assert row(meeting).state == "rejected"
    said = row(meeting).timeline.get(event="rejected").values
    assert (said["reason"], said.get("message", "")) == ("other", comment)
    assert wallet(place.user) == (10_000, 0)


def test_declining_one_s_own_proposal_withdraws_it(clock: PlatformClock) -> None:
    """C1."""
    place = two_people()
    meeting = place.propose(start=in_(days=4))
    mail = answer("thunderbird", invited(place.user, meeting), place.user, partstat="DECLINED")
    assert receive(mail).became is Became.DONE
    assert events(meeting) == [("approved", "user"), ("cancelled", "user")]


@pytest.mark.parametrize("by", [By.USER, By.EXPERT])
def test_declining_an_agreed_meeting_cancels_it_where_that_is_free(clock: PlatformClock, by: By) -> None:
    """C2, C4."""
    place = two_people()
    meeting = place.agreed(start=in_(days=4))
    who = place.user if by is By.USER else place.expert
    mail = answer("outlook", invited(who, meeting), who, partstat="DECLINED", comment="I am ill")
    assert receive(mail).became is Became.DONE
    assert row(meeting).timeline.get(event="cancelled").values["reason"] == "I am ill"
    assert wallet(place.user) == (10_000, 0)


@pytest.mark.parametrize("program", MOVING)
@pytest.mark.parametrize("by", [By.USER, By.EXPERT])
def test_a_new_time_for_an_agreed_meeting_is_an_alternative_date(clock: PlatformClock, program: str, by: By) -> None:
    """D1."""
    place = two_people()
    meeting = place.agreed(start=in_(days=4))
    who, new = (place.user if by is By.USER else place.expert), in_(days=5, hours=2)
    invite = invited(who, meeting)
    assert receive(answer(program, invite, who, start=new, comment="Later, please")).became is Became.DONE
    now = row(meeting)
    assert (now.state, now.alternative_at, now.alternative_by) == ("agreed", new, by.value)
    assert now.timeline.get(event="alternative_selected").values["message"] == "Later, please"


@pytest.mark.parametrize(("partstat", "state"), [("ACCEPTED", "agreed"), ("DECLINED", "rejected")])
def test_the_date_offered_for_a_rejected_meeting_is_answered(clock: PlatformClock, partstat: str, state: str) -> None:
    """D4, D5 after D3: the calendar shows the date that is on the table, and no other."""
    place, offered = two_people(), in_(days=6)
    meeting = place.propose(start=in_(days=4))
    place.act(By.EXPERT, meeting, Act.REJECT)
    place.act(By.EXPERT, meeting, Act.RESCHEDULE, start=offered)
    invite = invited(place.user, meeting)
    assert invite.vevent.dtstart.value == offered
    assert receive(answer("google", invite, place.user, partstat=partstat)).became is Became.DONE
    now = row(meeting)
    assert (now.state, now.alternative_at) == (state, None)
    assert (now.starts_at == offered) == (partstat == "ACCEPTED")


def test_what_is_so_already_needs_nothing(clock: PlatformClock) -> None:
    place = two_people()
    meeting = place.agreed(start=in_(days=4))
    before = stands(meeting)
    for who in (place.user, place.expert):
        mail = answer("google", invited(who, meeting), who, partstat="ACCEPTED")
        assert receive(mail).became is Became.NOTHING
    place.act(By.EXPERT, meeting, Act.CANCEL)
    mail = answer("google", invited(place.user, meeting), place.user, partstat="DECLINED")
    assert receive(mail).became is Became.NOTHING
    assert stands(meeting)[2] == before[2] + 1
    assert letters_to(place.user) == letters_to(place.expert) == []


def test_the_same_mail_again_does_nothing_and_says_nothing(clock: PlatformClock) -> None:
    """Z1."""
    place = two_people()
    meeting = place.propose(start=in_(days=4))
    mail = answer("outlook", invited(place.expert, meeting), place.expert, partstat="ACCEPTED")
    assert receive(mail).became is Became.DONE
    assert receive(mail).became is Became.REPEATED
    place.act(By.USER, meeting, Act.RESCHEDULE, start=in_(days=5))
    before = stands(meeting)
    assert receive(mail).became is Became.REPEATED
    assert stands(meeting) == before
    assert letters_to(place.expert) == []


# ---------------------------------------------------------------- refused, politely


def refused(mail: bytes, meeting: str, who: Person, *words: str) -> None:
    """Nothing has changed, and one letter, however often the mail comes, says why and where to go on."""
    before = stands(meeting)
    assert receive(mail).became is Became.REFUSED
    assert receive(mail).became is Became.REFUSED
    assert stands(meeting) == before
    [letter] = letters_to(who)
    assert "It has changed nothing." in letter
    assert f"http://127.0.0.1:8000/meetings/{meeting}/" in letter
    for each in words:
        assert each in letter


def test_a_cancellation_that_costs_is_never_done_by_mail(clock: PlatformClock) -> None:
    """C3, C5."""
    place = two_people()
    meeting = place.agreed(start=in_(hours=47))
    mail = answer("outlook", invited(place.user, meeting), place.user, partstat="DECLINED")
    refused(mail, meeting, place.user, "Cancelling now costs 12.50 credits.", "see and accept")
    assert wallet(place.user) == (7500, 2500)


def test_an_answer_to_an_older_state_is_refused(clock: PlatformClock) -> None:
    """SEQUENCE."""
    place = two_people()
    meeting = place.agreed(start=in_(days=4))
    old = invited(place.user, meeting)
    place.act(By.EXPERT, meeting, Act.RESCHEDULE, start=in_(days=5))
    place.act(By.USER, meeting, Act.ALTERNATIVE_CONFIRM)
    mail = answer("outlook", old, place.user, partstat="DECLINED")
    refused(mail, meeting, place.user, "something has happened since")


def test_a_yes_to_another_start_than_the_one_shown_is_refused(clock: PlatformClock) -> None:
    """C5, whatever SEQUENCE says."""
    place = two_people()
    meeting = place.propose(start=in_(days=4))
    invite = invited(place.expert, meeting)
    mail = answer("google", invite, place.expert, partstat="ACCEPTED", sequence=99, start_utc="20270305T100000Z")
    refused(mail, meeting, place.expert, "something has happened since")


@pytest.mark.parametrize("partstat", ["ACCEPTED", "DECLINED"])
def test_while_two_dates_are_on_the_table_a_calendar_s_yes_or_no_decides_nothing(
    clock: PlatformClock, partstat: str
) -> None:
    place = two_people()
    meeting = place.agreed(start=in_(days=4))
    place.act(By.EXPERT, meeting, Act.RESCHEDULE, start=in_(days=5))
    mail = answer("google", invited(place.user, meeting), place.user, partstat=partstat)
    refused(mail, meeting, place.user, "two dates on the table")


def test_a_proposal_is_answered_before_it_is_moved(clock: PlatformClock) -> None:
    place = two_people()
    meeting = place.propose(start=in_(days=4))
    mail = answer("outlook", invited(place.expert, meeting), place.expert, start=in_(days=5))
    refused(mail, meeting, place.expert, "confirmed, rejected or withdrawn first")


def test_perhaps_is_no_answer(clock: PlatformClock) -> None:
    place = two_people()
    meeting = place.propose(start=in_(days=4))
    mail = answer("thunderbird", invited(place.expert, meeting), place.expert, partstat="TENTATIVE")
    refused(mail, meeting, place.expert, "Perhaps")


def test_the_rules_refuse_in_their_own_words(clock: PlatformClock) -> None:
    """O1, Z2, D1: what the page would say, the letter says."""
    place = two_people()
    start = in_(days=4)
    place.agreed(start=start)
    meeting = place.propose(start=start)
    mail = answer("google", invited(place.expert, meeting), place.expert, partstat="ACCEPTED")
    refused(mail, meeting, place.expert, "You have another agreed meeting at that time.")
    poor = world(credits=2500)
    past = poor.propose(start=in_(days=2))
    poor.act(By.EXPERT, past, Act.REJECT)
    first = poor.propose(start=in_(days=5), by=By.EXPERT)
    second = poor.propose(start=in_(days=6))
    assert wallet(poor.user) == (0, 2500)
    mail = answer("google", invited(poor.user, first), poor.user, partstat="ACCEPTED")
    refused(mail, first, poor.user, "You have too few credits available.", "You need 25 credits more.")
    poor.act(By.EXPERT, second, Act.CONFIRM)
    mail = answer("outlook", invited(poor.expert, second), poor.expert, start=in_(hours=-2))
    refused(mail, second, poor.expert)


def test_an_answer_after_the_start_finds_it_expired(clock: PlatformClock) -> None:
    """T0, T1: nobody has rung."""
    place = two_people()
    meeting = place.propose(start=in_(hours=4))
    mail = answer("outlook", invited(place.expert, meeting), place.expert, partstat="ACCEPTED")
    clock.advance(timedelta(hours=4))
    assert receive(mail).became is Became.REFUSED
    assert row(meeting).state == "expired"
    assert "something has happened since" in letters_to(place.expert)[0]


def test_words_to_the_reply_address_are_answered_once_and_machines_never(clock: PlatformClock) -> None:
    place = two_people()
    meeting = place.propose(start=in_(days=4))
    organizer = invited(place.expert, meeting).vevent.organizer.value.removeprefix("mailto:")
    plain = (
        f"From: {place.expert.email}\r\nTo: {organizer}\r\nMessage-ID: <1@x>\r\n{{}}\r\nCan we talk on the phone?\r\n"
    )
    away = plain.format("Auto-Submitted: auto-replied\r\n").replace("<1@x>", "<2@x>")
    bounce = plain.format("Return-Path: <>\r\n").replace("<1@x>", "<3@x>")
    assert [receive(mail.encode()).became for mail in (away, bounce)] == [Became.IGNORED] * 2
    assert letters_to(place.expert) == []
    refused(plain.format("").encode(), meeting, place.expert, "Nobody reads the mail")


def test_declining_with_a_new_time_is_a_new_time(clock: PlatformClock) -> None:
    """Outlook's *Decline and propose new time*: a COUNTER that says DECLINED is D1, and cancels nothing."""
    place = two_people()
    meeting = place.agreed(start=in_(days=4))
    mail = answer("outlook", invited(place.user, meeting), place.user, partstat="DECLINED", start=in_(days=5))
    assert receive(mail).act is Act.RESCHEDULE
    now = row(meeting)
    assert (now.state, now.alternative_at) == ("agreed", in_(days=5))


def test_an_answer_that_comes_from_a_server_s_own_address_proves_nothing(clock: PlatformClock) -> None:
    """Nextcloud: whoever runs that server could say anything in anybody's name. The person is shown the way."""
    place = two_people()
    meeting = place.propose(start=in_(days=4))
    mail = answer("nextcloud", invited(place.expert, meeting), place.expert, partstat="ACCEPTED")
    refused(mail, meeting, place.expert, "did not come from")


@pytest.mark.parametrize("program", [*PROGRAMS, "nextcloud"])
def test_every_program_s_answer_is_read_through_the_command(
    clock: PlatformClock, program: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """`expertim mail receive`, as a mail server pipes it."""
    place = two_people()
    meeting = place.propose(start=in_(days=4))
    mail = answer(program, invited(place.expert, meeting), place.expert, partstat="ACCEPTED")
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(mail)))
    call_command("mail", "receive")
    said = capsys.readouterr().out
    done = program != "nextcloud"
    assert (Became.DONE if done else Became.REFUSED) in said
    assert row(meeting).state == ("agreed" if done else "awaiting_approval")


# ---------------------------------------------------------------- who it is


def test_the_address_of_one_party_is_worth_nothing_to_the_other_or_to_a_stranger(clock: PlatformClock) -> None:
    place, charlie = two_people(), person("charlie")
    meeting = place.propose(start=in_(days=4))
    invite = invited(place.expert, meeting)
    for other in (place.user, charlie):
        before = stands(meeting)
        assert receive(answer("google", invite, other, partstat="ACCEPTED")).became is Became.REFUSED
        assert stands(meeting) == before
        assert letters_to(other) == []  # never to where a mail says that it comes from
    assert len(letters_to(place.expert)) == 2
    assert "did not come from" in letters_to(place.expert)[0]
    assert place.user.email not in "".join(letters_to(place.expert))


@pytest.mark.parametrize(
    "forge",
    [
        lambda address: "reply@meet.example.org",
        lambda address: "reply+x@meet.example.org",
        lambda address: address.replace("@", "a@"),
        lambda address: address[:-22] + ("a" if address[-22] != "a" else "b") + address[-21:],
        lambda address: address.replace("meet.example.org", "evil.example.org"),
    ],
)
def test_an_address_that_nobody_was_given_is_nobody_s(clock: PlatformClock, forge: Any) -> None:
    """From and ATTENDEE are the right ones: anybody can write those."""
    place = two_people()
    meeting = place.propose(start=in_(days=4))
    invite = invited(place.expert, meeting)
    real = invite.vevent.organizer.value.removeprefix("mailto:")
    before = stands(meeting)
    mail = answer("outlook", invite, place.expert, partstat="ACCEPTED", organizer=forge(real))
    assert receive(mail).became is Became.IGNORED
    assert (stands(meeting), letters_to(place.expert)) == (before, [])


def test_the_address_of_one_meeting_does_not_answer_another(clock: PlatformClock) -> None:
    place = two_people()
    one, other = place.propose(start=in_(days=4)), place.propose(start=in_(days=6))
    uid = invited(place.expert, other).vevent.uid.value
    mail = answer("google", invited(place.expert, one), place.expert, partstat="ACCEPTED", uid=uid)
    refused(mail, one, place.expert, "another meeting")
    assert row(other).state == "awaiting_approval"


def test_the_sender_counts_and_not_only_who_the_answer_says_it_is(clock: PlatformClock) -> None:
    place = two_people()
    meeting = place.propose(start=in_(days=4))
    mail = answer("thunderbird", invited(place.expert, meeting), place.expert, partstat="ACCEPTED")
    forwarded = mail.replace(f"From: {place.expert.name} <{place.expert.email}>".encode(), b"From: x <pa@example.org>")
    refused(forwarded, meeting, place.expert, "did not come from")


def test_a_big_letter_in_an_address_is_the_same_address(clock: PlatformClock) -> None:
    place = two_people()
    meeting = place.propose(start=in_(days=4))
    invite = invited(place.expert, meeting)
    organizer = invite.vevent.organizer.value.removeprefix("mailto:").upper()
    mail = answer("outlook", invite, place.expert, partstat="ACCEPTED", organizer=organizer)
    mail = mail.replace(place.expert.email.encode(), place.expert.email.upper().encode())
    assert receive(mail).became is Became.DONE


def test_without_an_address_for_answers_there_is_nobody_to_answer_to(clock: PlatformClock, settings: Any) -> None:
    place = two_people()
    meeting = place.propose(start=in_(days=4))
    mail = answer("outlook", invited(place.expert, meeting), place.expert, partstat="ACCEPTED")
    settings.EMAIL_REPLY_ADDRESS = ""
    invite = invited(place.expert, meeting).vevent
    assert invite.organizer.value == "mailto:no-reply@localhost"
    assert invite.attendee.params["RSVP"] == ["FALSE"]
    assert receive(mail).became is Became.IGNORED


# ---------------------------------------------------------------- whatever else may come


@pytest.mark.parametrize(
    "calendar",
    [
        "",
        "BEGIN:VCALENDAR",
        "BEGIN:VCALENDAR\r\nMETHOD:REPLY\r\nEND:VCALENDAR",
        "BEGIN:VCALENDAR\r\nMETHOD:REPLY\r\nBEGIN:VEVENT\r\nSEQUENCE:x\r\nEND:VEVENT\r\nEND:VCALENDAR",
        "BEGIN:VCALENDAR\r\nMETHOD:COUNTER\r\nBEGIN:VEVENT\r\nDTSTART;VALUE=DATE:20270320\r\nEND:VEVENT\r\nEND:VCALENDAR",
        "BEGIN:VCALENDAR\r\nMETHOD:COUNTER\r\nBEGIN:VEVENT\r\nDTSTART:20270320T100000\r\nEND:VEVENT\r\nEND:VCALENDAR",
        "BEGIN:VCALENDAR\r\nMETHOD:COUNTER\r\nBEGIN:VEVENT\r\nDTSTART:99990320T100000Z\r\nEND:VEVENT\r\nEND:VCALENDAR",
        "BEGIN:VCALENDAR\r\nMETHOD:REQUEST\r\nBEGIN:VEVENT\r\nUID:x\r\nEND:VEVENT\r\nEND:VCALENDAR",
        "\x00\x01\x02\r\n" * 50,
        "BEGIN:VCALENDAR\r\n" * 3000,
    ],
)
def test_whatever_a_calendar_part_says_nothing_breaks(clock: PlatformClock, calendar: str) -> None:
    place = two_people()
    meeting = place.agreed(start=in_(days=4))
    organizer = invited(place.expert, meeting).vevent.organizer.value.removeprefix("mailto:")
    mail = (
        f"From: {place.expert.email}\r\nTo: {organizer}\r\nContent-Type: text/calendar; method=REPLY\r\n\r\n{calendar}"
    )
    before = stands(meeting)
    assert receive(mail.encode()).became is Became.REFUSED
    assert stands(meeting) == before
    assert len(letters_to(place.expert)) == 1


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"\x00" * 1000,
        b"From: \xff\xfe\r\nTo: =?utf-8?b?//79?=\r\n\r\nx",
        b"--a\r\n".join([b"Content-Type: multipart/mixed; boundary=a\r\n\r\n"] * 2000),
        b"To: " + b"reply+x@meet.example.org, " * 5000 + b"\r\n\r\n",
    ],
)
def test_whatever_mail_comes_nothing_breaks(clock: PlatformClock, raw: bytes) -> None:
    assert receive(raw).became is Became.IGNORED


# ---------------------------------------------------------------- the command


def test_a_maildir_is_read_oldest_first_and_each_mail_once(clock: PlatformClock, tmp_path: Path) -> None:
    place = two_people()
    meeting = place.propose(start=in_(days=4))
    for name in ("new", "cur", "tmp"):
        (tmp_path / name).mkdir()
    invite = invited(place.expert, meeting)
    (tmp_path / "new" / "1803891245.M1.box").write_bytes(answer("google", invite, place.expert, partstat="ACCEPTED"))
    (tmp_path / "new" / "1803891246.M2.box").write_bytes(b"From: somebody@example.org\r\n\r\nBuy now\r\n")
    call_command("mail", "receive", "--maildir", str(tmp_path))
    assert row(meeting).state == "agreed"
    assert list((tmp_path / "new").iterdir()) == []
    seen = sorted(path.name for path in (tmp_path / "cur").iterdir())
    assert seen == ["1803891245.M1.box:2,S", "1803891246.M2.box:2,S"]


def test_a_mail_that_cannot_be_received_stays_new(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in ("new", "cur"):
        (tmp_path / name).mkdir()
    for name in ("1.bad", "2.good"):
        (tmp_path / "new" / name).write_bytes(name.encode())

    def broken(raw: bytes) -> str:
        if raw == b"1.bad":
            raise RuntimeError("a mistake of ours")
        return "done"

    monkeypatch.setattr(receiving, "receive", broken)
    assert receive_maildir(tmp_path, say=print) == 1
    assert [path.name for path in (tmp_path / "new").iterdir()] == ["1.bad"]

    def away(raw: bytes) -> str:
        raise OperationalError("gone")

    monkeypatch.setattr(receiving, "receive", away)
    assert receive_maildir(tmp_path, say=print) == TRY_AGAIN
    assert [path.name for path in (tmp_path / "new").iterdir()] == ["1.bad"]
    assert receive_maildir(tmp_path / "nowhere", say=print) == 2
