"""What no form of ours sends, case by case as catalogued: refused as said, never a 500, and nothing is written.

The numbers are those of the catalogue of bad input; cases that concern programs, callbacks or video stand with those.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlencode

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse

from expertim.backoffice.views_expertises import policy_shown
from expertim.expertise.models import POLICY, Expert
from expertim.meetings.facts import Act, By
from tests import conftest
from tests.access.scenes import STATES, rich
from tests.meetings.visiting import Visitor, act, hidden_of, text_of, words_of
from tests.world import World, in_, row, wallet

pytestmark = pytest.mark.usefixtures("database", "clock")
LONG = "9" * 5000
FORM = "application/x-www-form-urlencoded"


def written() -> tuple[Any, ...]:
    """What a refused request must leave as it was: meetings, their timelines, the ledger, notices, mail, texts."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT (SELECT (count(*), sum(version)) FROM meetings_meeting)::text,"
            " (SELECT count(*) FROM meetings_timelineevent), (SELECT count(*) FROM meetings_statement),"
            " (SELECT (count(*), sum(amount * amount)) FROM credits_entry)::text,"
            " (SELECT sum(available * available + blocked) FROM credits_wallet),"
            " (SELECT count(*) FROM notifications_notice), (SELECT count(*) FROM outbox_row),"
            " (SELECT md5(string_agg(r.text, '|' ORDER BY id)) FROM reviews_review r),"
            " (SELECT md5(string_agg((to_jsonb(p) - 'last_login')::text, '|' ORDER BY id)) FROM people_person p),"
            " (SELECT md5(string_agg(e::text, '|' ORDER BY id)) FROM expertise_expertise e)"
        )
        return tuple(cursor.fetchone())


@pytest.fixture
def place() -> World:
    return rich(operator=False)


@pytest.fixture
def nothing_written(place: World) -> Iterator[None]:
    before = written()
    yield
    assert written() == before


# ------------------------------------------------------------------ 1-20: proposing

PROPOSED = {"date": "10.03.2027", "time": "10:00"}
WRONG_PROPOSALS: list[tuple[str, dict[str, Any], str]] = [
    ("1 yesterday", {"date": "28.02.2027"}, "has passed"),
    ("2 now", {"date": "01.03.2027", "time": "10:00"}, "has passed"),
    ("4 the last minute of the calendar", {"date": "31.12.9999", "time": "23:59"}, ""),
    ("5 the first", {"date": "01.01.0001", "time": "00:00"}, ""),
    ("6 30 February", {"date": "30.02.2027"}, ""),
    ("7 skipped by the clocks", {"date": "28.03.2027", "time": "02:30"}, ""),
    ("8 twice by the clocks", {"date": "31.10.2027", "time": "02:30"}, ""),
    ("8 which of the two: a third", {"date": "31.10.2027", "time": "02:30", "fold": "2"}, ""),
    ("10 a leap second", {"time": "23:59:60"}, ""),
    ("11 a date alone", {"time": ""}, ""),
    ("11 a time alone", {"date": ""}, ""),
    ("25 NUL in the message", {"message": "a\x00b"}, ""),
    ("30 a message of 2,001 letters", {"message": "x" * 2001}, ""),
    ("35 a skill that is none", {"skill": "' OR 1=1--"}, ""),
    ("50 a skill of nobody", {"skill": ""}, ""),
    ("19 two dates", {"date": ["10.03.2027", "11.03.2027"]}, ""),
    ("a date that is a tree", {"date": "${7*7}{{7*7}}"}, ""),
    ("5,000 digits", {"date": LONG, "time": LONG}, ""),
]


def proposing(place: World) -> tuple[Visitor, str, dict[str, Any]]:
    place.user.time_zone = "Europe/Prague"
    place.user.save(update_fields=["time_zone"])
    visitor = Visitor(place.user)
    address = reverse("propose", args=[place.expertise.slug, place.expert.public_id])
    return visitor, address, hidden_of(visitor.get(address)) | PROPOSED | {"skill": place.skill, "message": "Kept"}


@pytest.mark.parametrize(("typed", "told"), [case[1:] for case in WRONG_PROPOSALS], ids=[c[0] for c in WRONG_PROPOSALS])
def test_a_proposal_that_cannot_be_is_told_beside_its_field(place: World, typed: dict[str, Any], told: str) -> None:
    visitor, address, fields = proposing(place)
    before = written()
    answer = visitor.post(address, fields | typed)
    assert answer.status_code == 422
    assert told in words_of(answer)
    assert "Kept" in text_of(answer) or "message" in typed  # what was typed is still there
    assert written() == before


def test_3_there_is_no_lead_time_and_9_both_times_of_a_repeated_hour_can_be_meant(place: World) -> None:
    visitor, address, fields = proposing(place)
    assert visitor.post(address, fields | visitor.on(in_(minutes=1))).status_code == 303
    twice = fields | {"date": "31.10.2027", "time": "02:30", "key": "twice"}
    page = visitor.post(address, twice)
    assert "UTC+02:00" in words_of(page)
    assert "UTC+01:00" in words_of(page)
    made = visitor.post(address, twice | {"fold": "0"})
    assert row(made["Location"].split("/")[2]).starts_at == datetime(2027, 10, 31, 0, 30, tzinfo=UTC)


def test_26_what_is_no_text_is_read_with_a_mark_for_each_lost_byte(place: World) -> None:
    visitor, address, fields = proposing(place)
    del fields["message"]
    sent = urlencode({**fields, "message": ""}).encode() + b"%ED%A0%80%FF%C0%80"
    assert visitor.client.post(address, sent, content_type=FORM).status_code == 303
    for content, kind in (
        (sent, "text/plain"),
        (sent.decode().encode("utf-16"), FORM),
        (b"%" * 999, FORM),
        (b"", FORM),
    ):
        before = written()
        assert visitor.client.post(address, content, content_type=kind).status_code in (400, 422)
        assert written() == before


def test_18_fields_that_no_form_has_are_ignored(place: World) -> None:
    visitor, address, fields = proposing(place)
    more = {
        "price": "1",
        "state": "agreed",
        "expert_id": "1",
        "is_staff": "1",
        "credits": "999",
        "user": "1",
        "start": "2030-01-01",
        "minutes": "1",
        "length_minutes": "1",
        "person": "1",
        "role": "expert",
    }
    made = visitor.post(address, fields | more)
    meeting = row(made["Location"].split("/")[2])
    assert (meeting.price, meeting.length_minutes, meeting.state) == (100, 60, "awaiting_approval")
    assert (meeting.user_id, meeting.expert_id) == (place.user.pk, place.expert.pk)
    visitor.post(
        "/settings/",
        {
            "name": "Uma",
            "time_zone": "UTC",
            "date_format": "DD.MM.YYYY HH:MM",
            "language": "en",
            "is_staff": "1",
            "is_superuser": "1",
            "email": "x@example.org",
            "is_active": "0",
        },
    )
    before = place.user.email
    place.user.refresh_from_db()
    assert (place.user.email, place.user.is_staff, place.user.is_superuser) == (before, False, False)
    assert place.user.is_active


@pytest.mark.parametrize(
    "seen", [{"seen_price": "1"}, {"seen_price": "-1"}, {"seen_minutes": LONG}, {"seen_price": ""}]
)
def test_what_was_seen_cannot_be_made_up(place: World, seen: dict[str, str]) -> None:
    """C5: a price that the page did not show is terms that have changed."""
    visitor, address, fields = proposing(place)
    before = written()
    assert visitor.post(address, fields | seen).status_code == 409
    assert written() == before


def test_50_nobody_proposes_to_themselves_to_who_is_not_listed_or_to_nobody(place: World) -> None:
    visitor, address, fields = proposing(place)
    before = written()
    assert Visitor(place.expert).post(address, fields).status_code == 422
    assert visitor.post(address, fields | {"service": "nothing"}).status_code == 422
    assert written() == before
    Expert.objects.filter(person=place.expert).update(active=False)
    before = written()
    assert visitor.post(address, fields).status_code == 404
    assert written() == before


# ------------------------------------------------------------------ 13-17: amounts and lengths

NUMBERS = ["-30", "-1", "1e3", "NaN", "Infinity", "٣", "1_0", "+5", "0x10", "1 0", str(2**63), LONG, "1.234", "--1"]
WRONG_AMOUNTS = [("minutes", value) for value in (*NUMBERS, "0", "1000000000", "1.5", "4")]
WRONG_AMOUNTS += [("price", value) for value in (*NUMBERS, "100000", "25.005", "25.", ".")]


@pytest.mark.parametrize(("name", "value"), WRONG_AMOUNTS)
def test_an_amount_is_typed_in_plain_digits_or_not_taken(place: World, name: str, value: str) -> None:
    place.act(By.USER, place.propose(start=in_(days=9)), Act.WITHDRAW)  # they know each other (P2)
    expert = Visitor(place.expert)
    address = reverse("propose_to", args=[place.user.public_id])
    typed = expert.on(in_(days=3)) | {"service": f"{place.expertise.slug}/{place.service.public_id}/{place.skill}"}
    fields = hidden_of(expert.get(address)) | typed
    before = written()
    answer = expert.post(address, fields | {name: value})
    assert answer.status_code == 422
    assert f'id="id_{name}_error"' in text_of(answer)
    assert written() == before
    good = expert.post(address, fields | {"minutes": " 30 ", "price": "12,5"})  # blanks and a comma are people's own
    made = row(good["Location"].split("/")[2])
    assert (made.length_minutes, made.price) == (30, 1250)


# ------------------------------------------------------------------ 27-49: acts

BLANK = "\u200b\u2060 \n"
WRONG_ACTS: list[tuple[str, str, By, str, dict[str, Any], int]] = [
    ("32 no stars", "over", By.USER, "evaluate", {"progress": "smooth"}, 422),
    ("32 no star", "over", By.USER, "evaluate", {"progress": "smooth", "stars": "0"}, 422),
    ("32 six stars", "over", By.USER, "evaluate", {"progress": "smooth", "stars": "6"}, 422),
    ("32 half a star", "over", By.USER, "evaluate", {"progress": "smooth", "stars": "2.5"}, 422),
    ("32 many stars", "over", By.USER, "evaluate", {"progress": "smooth", "stars": LONG}, 422),
    ("34 both", "over", By.USER, "evaluate", {"progress": ["smooth", "not_held_my_fault"], "stars": "5"}, 422),
    ("34 neither", "over", By.EXPERT, "evaluate", {"progress": "disputed"}, 422),
    ("30 a long review", "over", By.USER, "evaluate", {"progress": "smooth", "stars": "5", "review": "x" * 5001}, 422),
    ("25 NUL", "over", By.USER, "evaluate", {"progress": "smooth", "stars": "5", "review": "\x00"}, 422),
    ("33 before the end", "under way", By.USER, "evaluate", {"progress": "smooth", "stars": "5"}, 409),
    ("33 twice", "settled", By.USER, "evaluate", {"progress": "smooth", "stars": "5"}, 409),
    ("35 no reason", "proposed by the user", By.EXPERT, "reject", {}, 422),
    ("35 another list's", "proposed by the user", By.EXPERT, "reject", {"reason": "conflict"}, 422),
    ("35 SQL", "proposed by the user", By.EXPERT, "reject", {"reason": "' OR 1=1--"}, 422),
    ("35 two", "proposed by the user", By.EXPERT, "reject", {"reason": ["not-my-field", "not-my-field"]}, 422),
    ("36 no reason", "agreed", By.USER, "cancel", {"reason": ""}, 422),
    ("36 blanks", "agreed", By.USER, "cancel", {"reason": BLANK}, 422),
    ("36 a long one", "agreed", By.USER, "cancel", {"reason": "x" * 2001}, 422),
    ("37 begun", "under way", By.USER, "cancel", {"reason": "Late"}, 409),
    ("39 another fee seen", "agreed, late", By.USER, "cancel", {"reason": "Ill", "seen_fee": "0"}, 409),
    ("39 a fee made up", "agreed, late", By.USER, "cancel", {"reason": "Ill", "seen_fee": "-50"}, 409),
    ("44 one's own", "proposed by the user", By.USER, "confirm", {}, 409),
    ("44 one's own date", "agreed, moved by the user", By.USER, "alternative-confirm", {}, 409),
    ("47 another start", "proposed by the user", By.EXPERT, "confirm", {"seen_start": "2027-03-09T09:00Z"}, 409),
    ("47 no start", "proposed by the user", By.EXPERT, "confirm", {"seen_start": "x" * 500}, 409),
    ("48 the same instant", "agreed", By.USER, "reschedule", {"date": "06.03.2027", "time": "09:00"}, 422),
    ("48 in the past", "agreed", By.USER, "reschedule", {"date": "28.02.2027", "time": "09:00"}, 422),
    ("49 cancelled", "cancelled", By.USER, "reschedule", {"date": "08.03.2027", "time": "09:00"}, 409),
    ("49 settled", "settled", By.USER, "cancel", {"reason": "No"}, 409),
    ("53 too early", "agreed", By.USER, "join", {}, 409),
    ("53 too late", "over", By.EXPERT, "join", {}, 409),
    ("53 cancelled", "cancelled", By.USER, "join", {}, 409),
]


@pytest.mark.parametrize("case", WRONG_ACTS, ids=[case[0] for case in WRONG_ACTS])
def test_an_act_that_cannot_be_changes_nothing(
    place: World, database: conftest.Installation, case: tuple[str, str, By, str, dict[str, Any], int]
) -> None:
    _number, state, party, name, typed, status = case
    meeting = STATES[state].make(place, conftest.PlatformClock(database))
    visitor = Visitor(place.user if party is By.USER else place.expert)
    fields = hidden_of(visitor.get(act(meeting, name)))
    before = written()
    answer = visitor.post(act(meeting, name), fields | typed)
    assert answer.status_code == status, words_of(answer)
    assert written() == before
    kept = [text for text in typed.values() if isinstance(text, str) and 2 < len(text) < 100 and text.isalpha()]
    assert all(text in text_of(answer) for text in kept if name == "cancel")


def test_27_a_review_of_nothing_that_can_be_seen_earns_nothing(place: World, database: Any) -> None:
    meeting = STATES["over"].make(place, conftest.PlatformClock(database))
    user, before = Visitor(place.user), sum(wallet(place.user))
    user.fill(act(meeting, "evaluate"), progress="smooth", stars="5", review=BLANK)
    assert row(meeting).progress == "went_smoothly"
    assert sum(wallet(place.user)) == before - 100


def test_45_without_credits_nothing_is_confirmed(place: World, database: Any) -> None:
    place.user.refresh_from_db()
    place.act(By.USER, place.propose(start=in_(days=9)), Act.WITHDRAW)
    meeting = place.propose(start=in_(days=5), by=By.EXPERT, price=wallet(place.user)[0] + 1)
    user = Visitor(place.user)
    fields = hidden_of(user.get(act(meeting, "confirm")))
    before = written()
    answer = user.post(act(meeting, "confirm"), fields)
    assert answer.status_code == 409
    assert "0.01" in words_of(answer)
    assert written() == before


def test_40_to_43_a_form_sent_twice_does_it_once_and_a_key_made_up_is_no_key(place: World) -> None:
    visitor, address, fields = proposing(place)
    first, second = (visitor.post(address, fields) for _n in range(2))
    assert first["Location"] == second["Location"]
    other = visitor.post(address, fields | {"time": "15:00"})
    assert other.status_code == 409  # the same key, another content
    for key in ("", "x" * 500, "ключ", "a b", "'", fields["key"] + "\x00"):
        assert visitor.post(address, fields | {"key": key, "time": "17:00", "skill": ""}).status_code == 422
    cancelled = first["Location"].rstrip("/") + "/withdraw/"
    assert visitor.post(cancelled, {"key": fields["key"]}).status_code == 303  # a key belongs to one act
    assert visitor.post(cancelled, {"key": "another"}).status_code == 409


@pytest.mark.parametrize("at", [timedelta(minutes=-15, microseconds=-1), timedelta(hours=2)])
def test_53_outside_the_window_the_page_says_when(place: World, clock: conftest.PlatformClock, at: timedelta) -> None:
    meeting = place.agreed(start=in_(days=1))
    clock.freeze(row(meeting).starts_at + at)
    user = Visitor(place.user)
    before = written()
    answer = user.post(act(meeting, "join"), {})
    assert answer.status_code == 409
    assert place.user.clock.time(row(meeting).starts_at - timedelta(minutes=15)) in words_of(answer) or at > timedelta(
        0
    )
    assert written()[1:3] == before[1:3]


def test_54_to_open_the_page_of_joining_is_not_to_join(place: World, database: Any) -> None:
    """J1: mail scanners open links."""
    meeting = STATES["about to begin"].make(place, conftest.PlatformClock(database))
    user = Visitor(place.user)
    user.get("/account/")  # T0: the link that is due by now is sent whatever is read first
    before = written()
    for headers in ({}, {"Sec-Purpose": "prefetch"}, {"Purpose": "prefetch"}):
        assert user.get(act(meeting, "join"), headers=headers).status_code == 200
        assert user.client.head(act(meeting, "join"), headers=headers).status_code == 200
    assert written() == before
    assert row(meeting).attendance.count() == 0


def test_52_what_is_no_id_is_not_found(place: World) -> None:
    user = Visitor(place.user)
    for odd in ("..%2f1", "1%00", str(10**24), "%F0%9F%98%80", "a" * 2000, "' OR 1=1--", "%00", "null"):
        for address in (
            f"/meetings/{odd}/",
            f"/meetings/{odd}/cancel/",
            f"/people/{odd}/propose/",
            f"/e/{place.expertise.slug}/experts/{odd}/",
            f"/e/{odd}/",
            f"/e/{odd}/experts/x/propose/",
            f"/inbox/{odd}/",
            f"/calendar/{odd}.ics",
            f"/unsubscribe/{odd}/",
            f"/help/{odd}/",
        ):
            for method in ("get", "post"):
                status = getattr(user.client, method)(address).status_code
                led_back = (status, method) == (302, "get") and "/inbox/" in address
                assert status == 404 or (status, method) == (405, "post") or led_back, (address, status)


# ------------------------------------------------------------------ operators


@pytest.mark.parametrize(
    ("name", "typed"),
    [
        ("89 101 %", {"commission_percent": "101"}),
        ("89 less than nothing", {"commission_percent": "-1"}),
        ("89 no number", {"late_fee_percent": "NaN"}),
        ("89 three decimals", {"late_fee_percent": "12.345"}),
        ("89 a huge bonus", {"review_bonus": LONG}),
        ("89 hours without end", {"settlement_hours": str(2**63)}),
    ],
)
def test_a_policy_that_cannot_be_is_not_saved(place: World, name: str, typed: dict[str, str]) -> None:
    operator = Visitor(rich(operator=True).user)
    address = reverse("operator_policy", args=[place.expertise.slug])
    place.expertise.refresh_from_db()
    values = {field: policy_shown(field, getattr(place.expertise, field)) for field in POLICY}
    fields = hidden_of(operator.get(address)) | values
    before = written()
    assert operator.post(address, fields | typed).status_code == 422
    assert written() == before
    assert operator.post(address, fields).status_code == 303


@pytest.mark.parametrize("amount", ["1000000000", "0", "-5", "1e3", "NaN", "٣", "0.001", LONG, ""])
def test_90_a_grant_that_cannot_be_is_not_made(place: World, amount: str) -> None:
    operator = Visitor(rich(operator=True).user)
    address = reverse("operator_grant", args=[place.user.public_id])
    before = written()
    answer = operator.post(address, {"amount": amount, "reason": "Gift", "granting": amount})
    assert answer.status_code == 422
    assert "Gift" in text_of(answer)
    assert written() == before


def test_90_a_grant_clicked_twice_is_one(place: World) -> None:
    operator, before = Visitor(rich(operator=True).user), wallet(place.user)[0]
    address = reverse("operator_grant", args=[place.user.public_id])
    for _n in range(2):
        sent = {"amount": "5", "reason": "Gift", "granting": "500", "key": "clicked"}
        assert operator.post(address, sent).status_code == 303
    assert wallet(place.user)[0] == before + 500


def test_no_anonymous_post_writes_anything(place: World) -> None:
    before = written()
    for address in ("/meetings/x/cancel/", "/settings/", "/operator/reasons/new/", "/inbox/read/"):
        assert Client().post(address, {"name": "x"}).status_code == 302
    assert written() == before
