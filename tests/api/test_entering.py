"""Who is let in: tokens, sessions, limits; in the order in which they are looked at."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from expertim.foundation import limits
from expertim.foundation.clock import machine_now
from expertim.foundation.limits import Limit
from expertim.meetings.facts import Act, By
from expertim.people.models import ApiToken, Person
from expertim.people.tokens import tokens_of
from tests.api.asking import ROOT, Program
from tests.world import events, in_, person, together, world

pytestmark = pytest.mark.usefixtures("clock")


@pytest.mark.parametrize(
    "header", ["", "Bearer", "Bearer ", "Bearer x", "Basic amFuYTpw", "Token x", "Bearer expertim_ł", "bearer \udcff"]
)
def test_without_a_token_in_force_nobody_is_known(header: str) -> None:
    """70."""
    got = Program(person()).get("/me", headers={"Authorization": header})
    assert (got.status, got.code) == (401, "not_authenticated")
    assert got.headers["WWW-Authenticate"].startswith("Bearer")


def test_a_token_that_has_ended_or_whose_person_may_not_sign_in_is_none() -> None:
    """70."""
    expired, revoked, closed = (Program(person()) for _turn in range(3))
    assert {one.get("/me").status for one in (expired, revoked, closed)} == {200}
    ApiToken.objects.filter(person=expired.person).update(expires_at=machine_now() - timedelta(seconds=1))
    ApiToken.objects.filter(person=revoked.person).delete()
    Person.objects.filter(pk=closed.person.pk).update(is_active=False)
    assert {one.get("/me").status for one in (expired, revoked, closed)} == {401}


def test_a_token_in_the_address_is_none() -> None:
    """70: addresses stand in logs."""
    program = Program(person())
    for name in ("token", "access_token", "api_key"):
        assert Client().get(f"{ROOT}/me", {name: program.secret}).status_code == 401


def test_the_scheme_may_be_written_in_any_case() -> None:
    program = Program(person())
    assert program.get("/me", headers={"Authorization": f"bearer {program.secret}"}).status == 200


def test_a_token_that_may_read_does_not_act() -> None:
    """71."""
    w = world()
    meeting = w.agreed(start=in_(hours=72))
    reader = Program(w.user, scope=ApiToken.Scope.READ)
    assert reader.get(f"/meetings/{meeting}").status == 200
    before = events(meeting)
    got = reader.post(f"/meetings/{meeting}/cancel", reason="ill", fee="0.00")
    assert (got.status, got.code) == (403, "not_allowed")
    assert events(meeting) == before


def test_a_request_with_a_token_has_no_session() -> None:
    """72: cookies are ignored, good and bad token alike."""
    someone, other = person("alice"), Program(person("bob"))
    client = Client()
    client.force_login(someone)
    mine = client.get(f"{ROOT}/me").json()
    theirs = client.get(f"{ROOT}/me", headers={"Authorization": f"Bearer {other.secret}"}).json()
    assert (mine["name"], theirs["name"]) == ("Alice", "Bob")
    assert client.get(f"{ROOT}/me", headers={"Authorization": "Bearer x"}).status_code == 401


def test_a_session_acts_with_its_csrf_token_only() -> None:
    """73."""
    w = world()
    meeting = w.agreed(start=in_(hours=72))
    client = Client(enforce_csrf_checks=True)
    client.force_login(w.user)
    assert client.get(f"{ROOT}/me").status_code == 200
    page = client.get("/settings/").content.decode()
    token = page.partition('name="csrfmiddlewaretoken" value="')[2].partition('"')[0]
    body = json.dumps({"reason": "ill", "fee": "0.00"})

    def cancel(**headers: str) -> Any:
        return client.post(f"{ROOT}/meetings/{meeting}/cancel", body, content_type="application/json", headers=headers)

    for headers in ({}, {"X-CSRFToken": "x" * 64}, {"X-CSRFToken": token, "Origin": "null"}):
        got = cancel(**headers)
        assert (got.status_code, got.json()["code"]) == (403, "not_allowed")
    assert cancel(**{"X-CSRFToken": token}).status_code == 200


def test_a_form_of_another_site_acts_for_nobody() -> None:
    w = world()
    client = Client(enforce_csrf_checks=True)
    client.force_login(w.user)
    got = client.post(f"{ROOT}/meetings", {"expertise": "x"}, headers={"Origin": "https://evil.example"})
    assert got.status_code == 403


def test_what_time_has_done_is_done_for_a_session_too(clock: Any) -> None:
    """T0."""
    w = world()
    meeting = w.propose(start=in_(hours=2))
    client = Client()
    client.force_login(w.expert)
    clock.advance(timedelta(hours=3))
    assert client.get(f"{ROOT}/meetings/{meeting}").json()["status"] == "expired"


@pytest.mark.parametrize("method", ["put", "patch", "delete", "options", "trace"])
def test_other_methods_are_refused_with_those_there_are(method: str) -> None:
    """85."""
    got = getattr(Client(), method)(f"{ROOT}/meetings")
    assert (got.status_code, got.json()["code"]) == (405, "method_not_allowed")
    assert got["Allow"] == "POST, GET, HEAD"
    assert got["Content-Type"] == "application/problem+json"


@pytest.mark.parametrize("path", ["", "/", "/nothing", "/me/", "/meetings/x/y/z", "/operator", "/ł"])
def test_an_address_that_is_none_is_told_in_the_words_of_programs(path: str) -> None:
    got = Client().get(ROOT + (path or "/"))
    assert (got.status_code, got["Content-Type"], got.json()["code"]) == (404, "application/problem+json", "not_found")


@pytest.mark.parametrize("name", ["../1", "1%00", "\0", "x" * 500, "ł", "' OR 1=1--", "%2e%2e"])
def test_a_name_that_names_nothing_is_not_there(name: str) -> None:
    """52."""
    from urllib.parse import quote

    program = Program(person())
    for path in (f"/meetings/{quote(name)}", f"/expertises/{quote(name)}", f"/expertises/x/experts/{quote(name)}"):
        assert program.ask("get", path).status == 404


# ---------------------------------------------------------------- limits


def test_each_answer_says_how_many_are_left(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(limits.LIMITS, "api_read", Limit(amount=2, seconds=3600))
    program = Program(person())
    left = [program.get("/me").headers["RateLimit-Remaining"] for _turn in range(2)]
    assert left == ["1", "0"]
    got = program.get("/me")
    assert (got.status, got.code, got.headers["RateLimit-Limit"]) == (429, "too_many_requests", "2")
    assert 1 <= int(got.headers["Retry-After"]) <= 1800
    assert program.get("/me", limit="x").status == 429  # before anything that was sent is looked at
    assert program.get("/me", headers={"Authorization": "Bearer x"}).status == 401  # and after who asks
    assert Program(person()).get("/me").status == 200


def test_as_many_as_there_may_be_and_no_more_whoever_asks_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """A11: atomic between processes."""
    monkeypatch.setitem(limits.LIMITS, "api_read", Limit(amount=5, seconds=3600))
    someone = person()
    programs = [Program(someone) for _turn in range(12)]
    answers = together(12, lambda turn: programs[turn].get("/me").status, values=True)
    assert sorted(answers) == [200] * 5 + [429] * 7


def test_limits_are_raised_and_switched_off_by_a_setting(monkeypatch: pytest.MonkeyPatch, settings: Any) -> None:
    monkeypatch.setitem(limits.LIMITS, "api_read", Limit(amount=1, seconds=3600))
    settings.RATE_LIMITS = 3
    program = Program(person())
    assert [program.get("/me").status for _turn in range(4)] == [200, 200, 200, 429]
    settings.RATE_LIMITS = 0
    got = program.ask("head", "/me")
    assert got.status == 200
    assert "RateLimit-Limit" not in got.headers


def test_proposing_by_pages_and_by_programs_is_counted_together(monkeypatch: pytest.MonkeyPatch) -> None:
    """51: what fills others' inboxes has one limit, whichever way."""
    monkeypatch.setitem(limits.LIMITS, "propose", Limit(amount=1, seconds=3600))
    someone = person()
    limits.spend(Act.PROPOSE, someone.pk)
    assert Program(someone).post("/meetings").status == 429


def test_a_use_is_noted() -> None:
    program = Program(person())
    assert tokens_of(program.person)[0].last_used_at is None
    program.get("/me")
    assert tokens_of(program.person)[0].last_used_at is not None


def test_answers_are_for_their_reader_alone() -> None:
    w = world()
    meeting = w.agreed(start=in_(hours=72))
    w.act(By.USER, meeting, Act.RESCHEDULE, start=in_(hours=80))
    got = Program(w.user).get(f"/meetings/{meeting}")
    assert got.headers["Cache-Control"] == "private, no-cache"
    assert {"Authorization", "Cookie"} <= set(got.headers["Vary"].replace(" ", "").split(","))
