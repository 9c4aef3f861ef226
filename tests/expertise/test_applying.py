"""Becoming an expert: applied for with the terms seen, decided once by somebody else, unseen until approved."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction

from expertim.expertise import applying
from expertim.expertise.actions import Overtaken
from expertim.expertise.models import Application, Expert, Expertise
from expertim.foundation import clock
from expertim.people.models import Person
from tests.meetings.visiting import Visitor, text_of, words_of
from tests.notifications.telling import letters
from tests.world import expertise, notices, person, together

pytestmark = pytest.mark.usefixtures("database", "clock")
WORDS = {"headline": "I value companies", "introduction": "For twenty years.", "services": "An hour for 25 credits"}


@pytest.fixture
def operator() -> Any:
    made = person("olga", is_staff=True)
    yield made
    Person.objects.filter(pk=made.pk).update(is_staff=False)  # whoever else is told in other tests is counted there


def applied(field: Expertise, who: Person, **changes: Any) -> Any:
    skill = field.skills.get().pk
    return Visitor(who).post(f"/e/{field.slug}/apply/", {**WORDS, "skills": [skill], "agreed": "on"} | changes)


def decided(operator: Person, number: int, **typed: str) -> Any:
    return Visitor(operator).post(f"/operator/applications/{number}/", typed)


def test_an_applicant_is_listed_only_once_approved_and_both_sides_are_told(operator: Person) -> None:
    field, alice = expertise(), person("alice")
    assert applied(field, alice).status_code == 302
    sent = Application.objects.get(person=alice)
    assert sent.terms["commission_percent"] == "20.00"
    lists = f"/e/{field.slug}/experts/"
    assert alice.public_id not in text_of(Visitor(operator).get(lists))
    assert "waits for an operator" in words_of(Visitor(alice).get(f"/e/{field.slug}/apply/"))
    assert notices(operator)[-1] == "application_sent"
    assert "Alice applies to be an expert in Corporate finance" in words_of(Visitor(operator).get("/inbox/"))
    assert decided(operator, sent.pk, approve="yes").status_code == 302
    assert notices(alice)[-1] == "application_decided"
    assert "You are an expert in Corporate finance now" in words_of(Visitor(alice).get("/inbox/"))
    assert alice.public_id in text_of(Visitor(operator).get(lists))
    place = Expert.objects.get(person=alice)
    assert (place.headline, list(place.skills.all())) == (WORDS["headline"], list(field.skills.all()))


def test_a_refusal_says_why_and_one_may_apply_again(operator: Person) -> None:
    field, alice = expertise(), person("alice")
    applied(field, alice)
    number = Application.objects.get(person=alice).pk
    assert decided(operator, number, approve="no", reason="  ").status_code == 422
    decided(operator, number, approve="no", reason="Say where you have worked.")
    page = words_of(Visitor(alice).get(f"/e/{field.slug}/apply/"))
    assert "Say where you have worked." in page
    assert not Expert.objects.filter(person=alice).exists()
    assert "Say where you have worked." in words_of(Visitor(alice).get("/inbox/"))
    assert applied(field, alice, headline="I have worked at a bank").status_code == 302
    assert Application.objects.filter(person=alice, decision="open").count() == 1


def test_the_mails_say_who_applies_and_how_it_was_decided(operator: Person) -> None:
    field, alice = expertise(), person("alice")
    applied(field, alice)
    number = Application.objects.get(person=alice).pk
    assert f"/operator/applications/{number}/" in letters(operator)["application_sent"]["body"]
    decided(operator, number, approve="no", reason="Say where you have worked.")
    assert "Say where you have worked." in letters(alice)["application_decided"]["body"]


def test_a_notice_leads_to_what_it_is_about(operator: Person) -> None:
    field, alice = expertise(), person("alice")
    applied(field, alice)
    number = Application.objects.get(person=alice).pk
    notice = operator.notices.get(kind="application_sent", key=f"application_sent:{number}")
    assert Visitor(operator).post(f"/inbox/{notice.pk}/", {})["Location"] == f"/operator/applications/{number}/"
    decided(operator, number, approve="yes")
    notice = alice.notices.get(kind="application_decided")
    assert Visitor(alice).post(f"/inbox/{notice.pk}/", {})["Location"] == f"/e/{field.slug}/apply/"


@pytest.mark.parametrize(
    "wrong",
    [
        {"headline": ""},
        {"headline": "x" * 161},
        {"headline": "two\nlines"},
        {"introduction": "a\x00b"},
        {"services": " "},
        {"skills": []},
        {"skills": ["999999999"]},
        {"skills": ["' OR 1=1"]},
        {"agreed": ""},
    ],
)
def test_what_is_missing_is_told_and_nothing_is_sent(wrong: dict[str, Any]) -> None:
    field, alice = expertise(), person("alice")
    answer = applied(field, alice, **wrong)
    assert answer.status_code == 422
    assert "This needs another look" in words_of(answer)
    assert not Application.objects.filter(person=alice).exists()


def test_a_double_click_applies_once_and_two_operators_decide_once(operator: Person) -> None:
    field, alice = expertise(), person("alice")

    def send(_turn: int) -> str:
        try:
            applying.send_application(person=alice.pk, expertise=field.pk, skills=[], **WORDS)
        except applying.NotNow:
            return "waits"
        return "sent"

    assert sorted(together(2, send, values=True)) == ["sent", "waits"]
    number = Application.objects.get(person=alice).pk

    def decide(turn: int) -> str:
        try:
            applying.decide_application(application=number, by=operator.pk, approve=bool(turn), reason="Not yet.")
        except Overtaken:
            return "overtaken"
        return "decided"

    assert sorted(together(2, decide, values=True)) == ["decided", "overtaken"]
    assert decided(operator, number, approve="yes").status_code == 409


def test_nobody_decides_their_own_and_only_operators_see_any(operator: Person) -> None:
    field = expertise()
    applied(field, operator)
    own = Application.objects.get(person=operator)
    assert decided(operator, own.pk, approve="yes").status_code == 409
    assert not Expert.objects.filter(person=operator).exists()
    for address in ("/operator/applications/", f"/operator/applications/{own.pk}/"):
        assert Visitor(person("charlie")).get(address).status_code == 404


def test_one_may_take_it_back() -> None:
    field, alice = expertise(), person("alice")
    applied(field, alice)
    Visitor(alice).post(f"/e/{field.slug}/apply/", {"withdraw": "yes"})
    assert Application.objects.get(person=alice).decision == "withdrawn"


@pytest.mark.parametrize(
    ("column", "value", "constraint"),
    [
        ("decision", "'refused'", "expertise_application_decided_whole"),
        ("decision", "'maybe'", "expertise_application_deci"),
        ("decided_at", "now()", "expertise_application_decided_whole"),
        ("(decision, decided_at, decided_by_id)", "('refused', now(), {other})", "expertise_application_refused_why"),
        (
            "(decision, decided_at, decided_by_id)",
            "('approved', now(), {self})",
            "expertise_application_not_by_oneself",
        ),
    ],
)
def test_the_database_refuses_half_a_decision(column: str, value: str, constraint: str) -> None:
    field, alice = expertise(), person("alice")
    sent = applying.send_application(person=alice.pk, expertise=field.pk, skills=[], **WORDS)
    said = value.format(other=person("bob").pk, self=alice.pk)
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"UPDATE expertise_application SET {column} = {said} WHERE id = {sent.pk}")
    with pytest.raises(IntegrityError, match="expertise_application_open_once"), transaction.atomic():
        Application.objects.create(person=alice, expertise=field, terms={}, sent_at=clock.now(), **WORDS)
