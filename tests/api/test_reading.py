"""What the API answers to those who read."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from expertim.meetings.facts import Act, By, Said
from tests.api.asking import Program
from tests.world import World, expertise, in_, person, row, world

pytestmark = pytest.mark.usefixtures("clock")


def test_me_says_who_i_am_and_what_i_have() -> None:
    w = world(credits=10_000)
    w.propose(start=in_(hours=72))
    got = Program(w.user).get("/me")
    assert got.status == 200
    assert got.json == {
        "id": w.user.public_id,
        "email": w.user.email,
        "name": w.user.name,
        "time_zone": "UTC",
        "credits": {"available": "75.00", "blocked": "25.00"},
    }


def test_movements_are_signed_and_name_their_meeting(clock: Any) -> None:
    """K5."""
    w = world()
    meeting = w.agreed(start=in_(hours=30))
    w.act(By.USER, meeting, Act.CANCEL, seen_fee=1250)
    (deduction, grant) = Program(w.user).get("/me/movements").json["items"]
    assert (deduction["kind"], deduction["amount"], deduction["balance"]) == ("deduction", "-12.50", "87.50")
    assert (deduction["meeting"], deduction["text"]) == (meeting, "Deduction of credits for services")
    assert (grant["kind"], grant["amount"], grant["balance"], grant["meeting"]) == ("grant", "100.00", "100.00", None)
    (payment,) = Program(w.expert).get("/me/movements").json["items"]
    assert (payment["kind"], payment["amount"], payment["meeting"]) == ("payment", "10.00", meeting)


def test_blocked_credits_name_their_meeting() -> None:
    w = world()
    meeting = w.propose(start=in_(hours=72))
    got = Program(w.user).get("/me/blocked").json
    assert got == {"items": [{"meeting": meeting, "amount": "25.00"}], "next": None}


def test_notices_are_those_of_the_inbox_and_reading_marks_nothing() -> None:
    w = world()
    start = in_(hours=72)
    meeting = w.propose(start=start)
    program = Program(w.expert)
    for _twice in range(2):
        (notice,) = program.get("/me/notices").json["items"]
        assert notice == {
            "at": "2027-03-01T09:00:00Z",
            "kind": "meeting_proposed",
            "meeting": meeting,
            "date": "2027-03-04T09:00:00Z",
            "read": False,
        }


def test_an_expertise_says_its_policy_skills_and_reasons() -> None:
    field = expertise(late_fee_percent=25)
    program = Program(person())
    got = program.get(f"/expertises/{field.slug}").json
    assert got["name"] == "Corporate finance"
    assert got["skills"] == [{"slug": "valuation", "name": "Valuation"}]
    assert {"code": "not-my-field", "text": "Outside my field"} in got["reject_reasons"]
    assert got["policy"] == {
        "free_cancellation_hours": 48,
        "late_fee_percent": "25.00",
        "commission_percent": "20.00",
        "no_show_fee_percent": "100.00",
        "join_opens_minutes": 15,
        "join_closes_minutes": 60,
        "reminder_hours": 24,
        "link_minutes": 60,
        "evaluation_reminder_hours": 24,
        "settlement_hours": 168,
        "review_bonus": "5.00",
    }
    everything, cursor = [], None
    while True:
        page = program.get("/expertises", limit=1, **({"cursor": cursor} if cursor else {})).json
        everything += page["items"]
        cursor = page["next"]
        if cursor is None:
            break
    slugs = [one["slug"] for one in everything]
    assert len(slugs) == len(set(slugs))
    assert got in everything


def test_experts_are_found_by_skill_and_words() -> None:
    w = world()
    program = Program(w.user)
    path = f"/expertises/{w.expertise.slug}/experts"
    (found,) = program.get(path, skill="valuation", q="COMPANIES").json["items"]
    assert found == {
        "id": w.expert.public_id,
        "name": w.expert.name,
        "headline": "Values companies",
        "skills": ["valuation"],
        "services": [
            {
                "id": w.service.public_id,
                "title": "Expert advice",
                "minutes": 60,
                "price": "25.00",
                "skills": ["valuation"],
            }
        ],
        "review_count": 0,
    }
    assert program.get(path, q="%").json["items"] == []  # 83: stands for itself
    assert program.get(path, skill="nothing").status == 404
    assert program.get(path, q="x" * 201).fields == ["q"]


def test_an_expert_has_the_words_of_others_and_never_stars(clock: Any) -> None:
    """V1."""
    w = world()
    meeting = w.agreed(start=in_(hours=1))
    clock.advance(timedelta(hours=3))
    w.act(By.USER, meeting, Act.EVALUATE, progress=Said.SMOOTH, stars=4, review="Clear.")
    path = f"/expertises/{w.expertise.slug}/experts/{w.expert.public_id}"
    got = Program(w.user).get(path).json
    assert got["review_count"] == 1
    assert [(one["author"], one["text"]) for one in got["reviews"]] == [(w.user.name, "Clear.")]
    assert got["my_review"] == "Clear."
    other = Program(person()).get(path).json
    assert other["my_review"] is None
    assert "stars" not in str(got)


def test_the_dashboard_counts_what_is_coming_and_what_was_held(clock: Any) -> None:
    """B1, B2."""
    w = world()
    w.agreed(start=in_(hours=1))
    w.propose(start=in_(hours=90))
    clock.advance(timedelta(hours=3))
    got = Program(w.expert).get(f"/expertises/{w.expertise.slug}/dashboard").json
    assert got == {"scheduled_count": 1, "held_count": 1}


def test_a_meeting_is_shown_whole() -> None:
    w = world()
    meeting = w.agreed(start=in_(hours=72))
    w.act(By.EXPERT, meeting, Act.RESCHEDULE, start=in_(hours=80))
    assert Program(w.user).get(f"/meetings/{meeting}").json == {
        "id": meeting,
        "expertise": w.expertise.slug,
        "user": {"id": w.user.public_id, "name": w.user.name},
        "expert": {"id": w.expert.public_id, "name": w.expert.name},
        "service": w.service.public_id,
        "skill": "valuation",
        "start": "2027-03-04T09:00:00Z",
        "minutes": 60,
        "price": "25.00",
        "status": "agreed",
        "payment": "blocked",
        "progress": None,
        "alternative": {"start": "2027-03-04T17:00:00Z", "author": "expert"},
        "approved_by": ["expert", "user"],
        "said": {"user": None, "expert": None},
        "my_role": "user",
        "actions": [
            {"name": "alternative_confirm", "until": "2027-03-04T09:00:00Z", "fee": None},
            {"name": "alternative_reject", "until": "2027-03-04T09:00:00Z", "fee": None},
            {"name": "cancel", "until": "2027-03-04T09:00:00Z", "fee": "0.00"},
        ],
        "cancellation": {"fee": "0.00", "free_until": "2027-03-02T09:00:00Z"},
    }


def test_to_explain_adds_what_is_not_possible_and_why() -> None:
    w = world()
    meeting = w.propose(start=in_(hours=72))
    plain = Program(w.user).get(f"/meetings/{meeting}").json
    got = Program(w.user).get(f"/meetings/{meeting}", explain="1").json
    assert "not_possible" not in plain
    assert got["actions"] == plain["actions"]
    can = {action["name"] for action in got["actions"]}
    cannot = {one["name"]: one["why"] for one in got["not_possible"]}
    assert can | set(cannot) == set(Act) - {"propose", "settle"}
    assert not can & set(cannot)
    assert cannot["confirm"][0] == "This is your own proposal: it is Erin who confirms or rejects it."


def test_the_timeline_is_that_of_the_page() -> None:
    w = world()
    meeting = w.agreed(start=in_(hours=72))
    program = Program(w.user)
    first, second = program.get(f"/meetings/{meeting}/timeline").json["items"]
    assert (first["by"], first["event"], first["at"]) == ("user", "approved", "2027-03-01T09:00:00Z")
    assert second["text"] == "Approved by Erin"
    page = program.get(f"/meetings/{meeting}/timeline", limit=1).json
    assert page["items"] == [first]
    rest = program.get(f"/meetings/{meeting}/timeline", limit=1, cursor=page["next"]).json
    assert rest == {"items": [second], "next": None}


def _several(w: World, count: int) -> list[str]:
    return [w.propose(start=in_(hours=72 + 24 * turn)) for turn in range(count)]


def test_lists_are_read_page_by_page_and_nothing_is_missed_or_shown_twice() -> None:
    w = world(credits=100_000)
    made = _several(w, 5)
    program = Program(w.user)
    seen, cursor = [], ""
    for size in (2, 2, 1):
        page = program.get("/meetings", list="scheduled", limit=2, **({"cursor": cursor} if cursor else {})).json
        assert len(page["items"]) == size
        seen += [one["id"] for one in page["items"]]
        cursor = page["next"]
    assert cursor is None
    assert seen == made
    assert [one["id"] for one in program.get("/meetings", list="held").json["items"]] == []
    elsewhere = expertise().slug
    assert program.get("/meetings", expertise=elsewhere).json["items"] == []
    assert len(program.get("/meetings", expertise=w.expertise.slug).json["items"]) == 5
    assert program.get("/meetings", expertise="nothing").status == 404


@pytest.mark.parametrize("path", ["/me/movements", "/me/blocked", "/me/notices", "/expertises", "/meetings"])
@pytest.mark.parametrize(
    "cursor", ["x", "%00", "ł", "bWVldGluZ3M", "A" * 301, "bW92ZW1lbnRzIDk5OTk5OTk5OTk5OTk5OTk5OTk"]
)
def test_a_cursor_of_nothing_is_refused(path: str, cursor: str) -> None:
    got = Program(person()).get(path, cursor=cursor)
    assert (got.status, got.fields) == (422, ["cursor"])


@pytest.mark.parametrize("limit", ["0", "-1", "101", "1000000", "abc", "1.5", "٣", "", "1" * 5000])
def test_a_limit_beyond_reason_is_refused(limit: str) -> None:
    """84."""
    got = Program(person()).get("/meetings", limit=limit)
    assert (got.status, got.fields) == (422, ["limit"])


LISTS = {
    "/me/movements": 4,
    "/me/blocked": 4,
    "/me/notices": 4,
    "/expertises": 3,
    "/meetings": 4,
    "/expertises/{slug}/experts": 5,
    "/meetings/{id}/timeline": 4,
    "/meetings/{id}": 4,
    "/me": 3,
}


@pytest.mark.parametrize("path", LISTS)
def test_a_reading_costs_the_same_whatever_the_number_of_rows(path: str) -> None:
    """The statements of a token's reading: who, how often, and the reading itself."""
    w = world(credits=100_000)
    few = _several(w, 1)
    program = Program(w.user)
    address = path.format(slug=w.expertise.slug, id=few[0])
    program.get("/me")
    counted = []
    for _more in range(2):
        with CaptureQueriesContext(connection) as seen:
            assert program.get(address).status == 200
        counted.append(len(seen))
        _several(w, 3)
        w.act(By.EXPERT, few[0], Act.CONFIRM) if row(few[0]).state != "agreed" else None
    assert counted == [LISTS[path]] * 2


def test_what_time_has_done_is_done_before_it_is_read(clock: Any) -> None:
    """T0, T1."""
    w = world()
    meeting = w.propose(start=in_(hours=2))
    program = Program(w.user)
    clock.advance(timedelta(hours=2))
    got = program.get(f"/meetings/{meeting}").json
    assert (got["status"], got["payment"], got["actions"]) == ("expired", "returned", [])
    assert program.get("/me").json["credits"] == {"available": "100.00", "blocked": "0.00"}


def test_what_is_known_is_not_sent_again() -> None:
    w = world()
    meeting = w.propose(start=in_(hours=72))
    program = Program(w.user)
    for path in ("/me", "/meetings", f"/meetings/{meeting}", "/expertises"):
        first = program.get(path)
        tag = first.headers["ETag"]
        for known in (tag, f"W/{tag}", f'"other", {tag}', "*"):
            again = program.get(path, headers={"If-None-Match": known})
            assert (again.status, again.json, again.headers["ETag"]) == (304, None, tag)
        assert program.get(path, headers={"If-None-Match": '"other"'}).json == first.json
    w.act(By.EXPERT, meeting, Act.CONFIRM)
    assert program.get(f"/meetings/{meeting}", headers={"If-None-Match": tag}).status == 200


def test_head_is_answered_like_get() -> None:
    program = Program(person())
    got = program.ask("head", "/me")
    assert (got.status, got.headers["ETag"]) == (200, program.get("/me").headers["ETag"])
