"""Acts by programs: every code of the table, in the order in which they are tested."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from typing import Any

import pytest

from expertim.expertise import times
from expertim.meetings.facts import Act, By
from expertim.meetings.models import Attendance, Meeting
from expertim.people.models import Person
from tests.api.asking import Got, Program
from tests.world import World, events, in_, person, row, together, unique, wallet, world

pytestmark = pytest.mark.usefixtures("clock")


def at(moment: datetime) -> str:
    return moment.isoformat().replace("+00:00", "Z")


def offer(w: World, **changes: Any) -> dict[str, Any]:
    """A proposal by the user, well-formed."""
    return {
        "expertise": w.expertise.slug,
        "expert": w.expert.public_id,
        "service": w.service.public_id,
        "skill": w.skill,
        "start": at(in_(hours=72)),
        "price": "25.00",
        "minutes": 60,
    } | changes


def counter_offer(w: World, **changes: Any) -> dict[str, Any]:
    """A proposal by the expert."""
    made = offer(w) | {"user": w.user.public_id}
    del made["expert"]
    return made | changes


def test_a_user_proposes() -> None:
    """P1."""
    w = world()
    got = Program(w.user).post("/meetings", **offer(w, message="Hello"))
    assert got.status == 201
    assert got.headers["Location"] == f"/api/v1/meetings/{got.json['id']}"
    assert (got.json["status"], got.json["payment"], got.json["my_role"]) == ("awaiting_approval", "blocked", "user")
    assert [action["name"] for action in got.json["actions"]] == ["withdraw"]
    assert wallet(w.user) == (7500, 2500)
    assert Program(w.user).get(f"/meetings/{got.json['id']}").json == got.json


def test_an_expert_proposes_to_whom_they_know() -> None:
    """P2."""
    w = world()
    program = Program(w.expert)
    assert program.post("/meetings", **counter_offer(w)).status == 404  # never met
    w.propose(start=in_(hours=90))
    got = program.post("/meetings", **counter_offer(w, price="40.5", minutes=30))
    assert got.status == 201
    assert (got.json["price"], got.json["minutes"], got.json["payment"]) == ("40.50", 30, "not_blocked")
    assert program.post("/meetings", **counter_offer(w, minutes=481)).fields == ["minutes"]
    assert program.post("/meetings", **counter_offer(w, price="100000.00")).fields == ["price"]
    assert program.post("/meetings", **counter_offer(w, user=w.expert.public_id)).fields == ["user"]


def test_what_is_not_offered_is_named() -> None:
    w = world()
    program = Program(w.user)
    for name, value in {
        "expertise": "nothing",
        "expert": "x" * 16,
        "service": "x" * 16,
        "skill": "nothing",
    }.items():
        got = program.post("/meetings", **offer(w, **{name: value}))
        assert (got.status, got.fields) == (422, [name])
    assert program.post("/meetings", **offer(w, expert=w.user.public_id)).fields == ["expert"]  # 50
    assert program.post("/meetings", **offer(w, start=at(in_(minutes=-1)))).fields == ["start"]
    assert Program(w.expert).post("/meetings", **offer(w)).fields == ["expert"]
    times.pause(person=w.expert.pk, until=in_(days=60))
    assert (paused := program.post("/meetings", **offer(w))).fields == ["expert"]
    assert (paused.status, paused.code) == (422, "invalid")
    times.pause(person=w.expert.pk, until=None)
    for both in (offer(w, user=w.user.public_id), {k: v for k, v in offer(w).items() if k != "expert"}):
        assert program.post("/meetings", **both).fields == ["expert", "user"]
    assert not Meeting.objects.filter(user=w.user).exists()


def test_terms_that_have_changed_are_told() -> None:
    """C5."""
    w = world()
    got = Program(w.user).post("/meetings", **offer(w, price="24.00"))
    assert (got.status, got.code, got.json["price"], got.json["minutes"]) == (409, "terms_changed", "25.00", 60)


def test_too_few_credits_are_told_to_the_hundredth() -> None:
    """Z2."""
    w = world(credits=2000)
    got = Program(w.user).post("/meetings", **offer(w))
    assert (got.status, got.code, got.json["missing"]) == (409, "insufficient_credits", "5.00")


def test_an_overlap_is_a_warning() -> None:
    """O1."""
    w = world()
    other = w.agreed(start=in_(hours=72))
    program = Program(w.user)
    got = program.post("/meetings", key="k", **offer(w))
    assert (got.status, got.code, got.json["meetings"]) == (409, "overlap", [other])
    assert program.post("/meetings", key="k", **offer(w, acknowledge_overlap=True)).status == 201


def test_a_meeting_is_confirmed_as_seen() -> None:
    """A1, C5."""
    w = world()
    meeting = w.propose(start=in_(hours=72))
    program = Program(w.expert)
    got = program.post(f"/meetings/{meeting}/confirm", start=at(in_(hours=73)))
    assert (got.code, got.json["start"]) == ("terms_changed", at(in_(hours=72)))
    got = program.post(f"/meetings/{meeting}/confirm", start="2027-03-04T10:00:00+01:00")
    assert (got.status, got.json["status"], got.json["approved_by"]) == (200, "agreed", ["expert", "user"])


def test_a_meeting_is_rejected_for_a_reason_of_the_list_and_proposed_anew() -> None:
    """A2, D2."""
    w = world()
    meeting = w.propose(start=in_(hours=72))
    program = Program(w.expert)
    assert program.post(f"/meetings/{meeting}/reject").fields == ["reason"]
    assert program.post(f"/meetings/{meeting}/reject", reason="' OR 1=1--").fields == ["reason"]  # 35
    got = program.post(f"/meetings/{meeting}/reject", reason="not-my-field", message="Sorry")
    assert (got.json["status"], got.json["payment"]) == ("rejected", "returned")
    got = Program(w.user).post(f"/meetings/{meeting}/reschedule", start=at(in_(hours=72)))
    assert (got.json["status"], got.json["payment"]) == ("awaiting_approval", "blocked")


def test_cancelling_costs_what_was_seen() -> None:
    """C2, C3, C4, C5."""
    w = world()
    meeting = w.agreed(start=in_(hours=30))
    program = Program(w.user)
    assert program.post(f"/meetings/{meeting}/cancel", reason="ill").fields == ["fee"]
    assert program.post(f"/meetings/{meeting}/cancel", reason="  ", fee="12.50").fields == ["reason"]  # 36
    got = program.post(f"/meetings/{meeting}/cancel", reason="ill", fee="0.00")
    assert (got.status, got.code, got.json["fee"]) == (409, "fee_changed", "12.50")
    got = Program(w.expert).post(f"/meetings/{meeting}/cancel", reason="ill", fee="12.50")
    assert (got.code, got.json["fee"]) == ("fee_changed", "0.00")
    got = program.post(f"/meetings/{meeting}/cancel", reason="ill", fee="12.5")
    assert (got.json["status"], got.json["payment"]) == ("cancelled", "reimbursed_cancellation")
    assert got.json["cancellation"] is None
    other = w.agreed(start=in_(hours=30))
    assert Program(w.expert).post(f"/meetings/{other}/cancel", reason="ill", fee="0.00").status == 200


def test_what_is_not_possible_says_what_is() -> None:
    w = world()
    meeting = w.propose(start=in_(hours=72))
    got = Program(w.user).post(f"/meetings/{meeting}/confirm")
    assert (got.status, got.code) == (409, "not_possible_now")
    assert got.json["status"] == "awaiting_approval"
    assert got.json["actions"] == [{"name": "withdraw", "until": at(in_(hours=72)), "fee": None}]
    assert got.json["detail"].startswith("This is your own proposal: it is Erin who confirms or rejects it.")


def test_an_alternative_is_put_forward_answered_and_taken_back() -> None:
    """D1, D4, D5, D6."""
    w = world()
    user, expert = Program(w.user), Program(w.expert)
    meeting = w.agreed(start=in_(hours=72))
    assert user.post(f"/meetings/{meeting}/reschedule", start=at(in_(hours=72))).fields == ["start"]  # 48
    got = user.post(f"/meetings/{meeting}/reschedule", start=at(in_(hours=80)), message="Later?")
    assert got.json["alternative"] == {"start": at(in_(hours=80)), "author": "user"}
    got = expert.post(f"/meetings/{meeting}/alternative/reject", reason="not-my-field", start=at(in_(hours=81)))
    assert (got.code, got.json["start"]) == ("terms_changed", at(in_(hours=80)))
    got = expert.post(f"/meetings/{meeting}/alternative/reject", reason="not-my-field", start=at(in_(hours=80)))
    assert got.json["alternative"] is None
    assert expert.post(f"/meetings/{meeting}/reschedule", start=at(in_(hours=82))).status == 200
    assert user.post(f"/meetings/{meeting}/alternative/withdraw").code == "not_possible_now"
    assert expert.post(f"/meetings/{meeting}/alternative/withdraw").json["alternative"] is None
    assert expert.post(f"/meetings/{meeting}/reschedule", start=at(in_(hours=83))).status == 200
    got = user.post(f"/meetings/{meeting}/alternative/confirm")
    assert (got.json["start"], got.json["alternative"]) == (at(in_(hours=83)), None)
    assert got.json["start"] == at(in_(hours=83))


def test_joining_answers_the_window_and_is_logged_once_on_the_timeline(clock: Any, settings: Any) -> None:
    """J1."""
    w = world()
    start = in_(hours=72)
    meeting = w.agreed(start=start)
    program = Program(w.user)
    window = {"opens_at": at(start - timedelta(minutes=15)), "closes_at": at(start + timedelta(hours=2))}
    got = program.post(f"/meetings/{meeting}/join")
    assert (got.status, got.code) == (409, "not_possible_now")
    assert {name: got.json[name] for name in window} == window
    clock.freeze(start - timedelta(minutes=15))
    for _twice in range(2):
        got = program.post(f"/meetings/{meeting}/join")
        assert got.status == 200
        assert {name: got.json[name] for name in window} == window
        assert got.json["url"].startswith(f"{settings.PUBLIC_URL}/join/{meeting}")
    assert events(meeting).count(("attended", "user")) == 1
    assert Attendance.objects.filter(meeting__public_id=meeting).count() == 2
    assert program.ask("get", f"/meetings/{meeting}/join").status == 405  # 54: never by looking


def test_how_it_went_is_said_by_both(clock: Any) -> None:
    """E1, E2, S1, V1."""
    w = world()
    meeting = w.agreed(start=in_(hours=1))
    user, expert = Program(w.user), Program(w.expert)
    assert user.post(f"/meetings/{meeting}/evaluate", progress="smooth", stars=5).code == "not_possible_now"  # 33
    clock.advance(timedelta(hours=2))
    assert user.post(f"/meetings/{meeting}/evaluate", progress="smooth").fields == ["stars"]
    for stars in (0, 6, 2.5, "5", True):  # 32
        got = user.post(f"/meetings/{meeting}/evaluate", progress="smooth", stars=stars)
        assert (got.status, got.fields) == (422, ["stars"])
    assert expert.post(f"/meetings/{meeting}/evaluate", progress="smooth", stars=5).fields == ["stars"]
    assert expert.post(f"/meetings/{meeting}/evaluate", progress="smooth", review="x").fields == ["review"]
    assert user.post(f"/meetings/{meeting}/evaluate", progress="went_smoothly").fields == ["progress"]
    said = expert.post(f"/meetings/{meeting}/evaluate", progress="smooth")
    assert said.json["said"] == {"user": None, "expert": "smooth"}
    assert user.get(f"/meetings/{meeting}").json["said"] == {"user": None, "expert": None}
    got = user.post(f"/meetings/{meeting}/evaluate", progress="smooth", stars=5, review="\u200b")  # 27
    assert (got.json["progress"], got.json["payment"]) == ("went_smoothly", "paid")
    assert got.json["said"] == {"user": "smooth", "expert": "smooth"}
    assert [one["kind"] for one in user.get("/me/movements").json["items"]] == ["deduction", "grant"]


ACTS: dict[str, dict[str, Any]] = {
    "confirm": {},
    "reject": {"reason": "not-my-field"},
    "withdraw": {},
    "cancel": {"reason": "ill", "fee": "0.00"},
    "reschedule": {"start": "2027-06-01T10:00:00Z"},
    "alternative/confirm": {},
    "alternative/reject": {"reason": "not-my-field"},
    "alternative/withdraw": {},
    "evaluate": {"progress": "smooth", "stars": 5},
    "join": {},
}


@pytest.mark.parametrize("act", ACTS)
def test_to_a_stranger_and_to_an_operator_a_meeting_is_not_there(act: str) -> None:
    """A2, and version 1 has no operator's door; 52."""
    w = world()
    meeting = w.agreed(start=in_(hours=72))
    before = events(meeting)
    for who in (person(), person("olga", is_staff=True)):
        program = Program(who)
        theirs, nowhere, odd = (
            program.post(f"/meetings/{name}/{act}", **ACTS[act]) for name in (meeting, "x" * 16, "9" * 24)
        )
        assert theirs.status == nowhere.status == odd.status == 404
        assert theirs.json == nowhere.json == odd.json
    assert program.get(f"/meetings/{meeting}").status == 404
    assert program.get(f"/meetings/{meeting}/timeline").status == 404
    assert events(meeting) == before


def test_a_malformed_body_is_said_before_a_meeting_is_looked_for() -> None:
    got = Program(person()).post("/meetings/nothing/cancel", fee="1e3")
    assert (got.status, got.fields) == (422, ["reason", "fee"])


def test_what_stands_and_what_was_sent_before_go_before_the_date() -> None:
    """The order: key, not_possible_now, 422 of a past date, terms_changed, overlap, insufficient_credits."""
    w = world(credits=3000)
    program = Program(w.user)
    other = w.agreed(start=in_(hours=72))
    wrong = offer(w, price="1.00")
    assert program.post("/meetings", **wrong | {"start": at(in_(hours=-1))}).fields == ["start"]
    assert program.post("/meetings", **wrong).code == "terms_changed"
    assert program.post("/meetings", **offer(w)).code == "overlap"
    assert program.post("/meetings", **offer(w, acknowledge_overlap=True)).code == "insufficient_credits"
    assert program.post(f"/meetings/{other}/withdraw", start=at(in_(hours=-1))).code == "not_possible_now"


# ---------------------------------------------------------------- once


def test_the_same_key_is_one_act_and_the_same_answer_whatever_happens_since() -> None:
    """Z1."""
    w = world()
    program = Program(w.user)
    first = program.post("/meetings", key="k1", **offer(w))
    w.act(By.EXPERT, first.json["id"], Act.CONFIRM)
    again = program.post("/meetings", key="k1", **offer(w))
    assert (again.status, again.json, again.headers["ETag"]) == (201, first.json, first.headers["ETag"])
    assert Meeting.objects.filter(user=w.user).count() == 1
    meeting = first.json["id"]
    cancelled = program.post(f"/meetings/{meeting}/cancel", key="k1", reason="ill", fee="0.00")
    assert cancelled.status == 200  # the key belongs to the address
    assert program.post(f"/meetings/{meeting}/cancel", key="k1", reason="ill", fee="0.00").json == cancelled.json
    assert events(meeting).count(("cancelled", "user")) == 1


def test_a_key_with_another_body_is_refused_and_one_of_somebody_else_is_new() -> None:
    w = world()
    program = Program(w.user)
    assert program.post("/meetings", key="k", **offer(w)).status == 201
    got = program.post("/meetings", key="k", **offer(w, message="Another"))
    assert (got.status, got.code) == (409, "idempotency_key_reused")
    got = program.post("/meetings", key="k", **offer(w, acknowledge_overlap=True))
    assert (got.status, got.code) == (409, "idempotency_key_reused")
    elsewhere = world()
    assert Program(elsewhere.user).post("/meetings", key="k", **offer(elsewhere)).status == 201


def test_after_a_refusal_a_key_is_free() -> None:
    w = world()
    program = Program(w.user)
    assert program.post("/meetings", key="k", **offer(w, price="1.00")).status == 409
    assert program.post("/meetings", key="k", **offer(w)).status == 201


@pytest.mark.parametrize("key", ["", " ", "x" * 201])
def test_a_key_that_cannot_be_kept_is_refused(key: str) -> None:
    w = world()
    got = Program(w.user).post("/meetings", headers={"Idempotency-Key": key}, **offer(w))
    assert (got.status, got.fields) == (422, ["Idempotency-Key"])


def test_the_same_request_eight_times_at_one_instant_is_one_act(settings: Any) -> None:
    """Z1: also while the first is still running."""
    w = world()
    body = offer(w)
    programs = [Program(w.user) for _turn in range(8)]
    answers: list[Got] = together(8, lambda turn: programs[turn].post("/meetings", key="k", **body), values=True)
    assert {got.status for got in answers} == {201}
    assert len({json.dumps(got.json, sort_keys=True) for got in answers}) == 1
    assert wallet(w.user) == (7500, 2500)


def test_two_programs_acting_at_once_one_wins_whole(settings: Any) -> None:
    w = world()
    meeting = w.propose(start=in_(hours=72))
    sides = [Program(w.user), Program(w.expert)]
    paths = ["withdraw", "confirm"]
    answers: list[Got] = together(2, lambda turn: sides[turn].post(f"/meetings/{meeting}/{paths[turn]}"), values=True)
    assert sorted(got.status for got in answers) == [200, 409]
    loser = next(got for got in answers if got.status == 409)
    assert loser.json["status"] == row(meeting).state


def test_an_act_on_what_was_seen_is_refused_once_something_has_happened() -> None:
    """If-Match."""
    w = world()
    meeting = w.agreed(start=in_(hours=72))
    program = Program(w.user)
    seen = program.get(f"/meetings/{meeting}").headers["ETag"]
    assert Program(w.expert).get(f"/meetings/{meeting}").headers["ETag"].split("-")[0] == seen.split("-")[0]
    cancel = {"reason": "ill", "fee": "0.00"}
    for stale in ('"v1-00"', '"nonsense"', '"v1-00", "v0-00"'):
        got = program.post(f"/meetings/{meeting}/cancel", headers={"If-Match": stale}, **cancel)
        assert (got.status, got.code) == (412, "changed_meanwhile")
    assert row(meeting).state == "agreed"
    done = program.post(f"/meetings/{meeting}/cancel", headers={"If-Match": f"W/{seen}"}, key="k", **cancel)
    assert done.status == 200
    again = program.post(f"/meetings/{meeting}/cancel", headers={"If-Match": seen}, key="k", **cancel)
    assert (again.status, again.json) == (200, done.json)  # a repeat is the same request
    got = program.post(f"/meetings/{meeting}/cancel", headers={"If-Match": "*"}, **cancel)
    assert got.code == "not_possible_now"


def test_an_act_is_at_most_eight_trips() -> None:
    from tests.laws.test_trips import trips

    w = world()
    program = Program(w.user)
    program.get("/me")
    meeting = w.agreed(start=in_(hours=72))
    with trips() as counted:
        assert program.post(f"/meetings/{meeting}/cancel", key=unique("k"), reason="ill", fee="0.00").status == 200
    assert counted[0] <= 8
    with trips() as counted:
        assert program.post(f"/meetings/{meeting}/cancel", key=unique("k"), reason="ill", fee="0.00").status == 409
    assert counted[0] <= 8


def test_names_that_a_call_does_not_know_change_nothing() -> None:
    """18."""
    w = world()
    extra = {"price_": 1, "state": "agreed", "expert_id": 1, "is_staff": True, "credits": 999, "person": w.expert.pk}
    got = Program(w.user).post("/meetings", **offer(w), **extra)
    assert (got.json["status"], got.json["price"], got.json["my_role"]) == ("awaiting_approval", "25.00", "user")
    assert not Person.objects.get(pk=w.user.pk).is_staff
