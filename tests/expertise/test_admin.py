"""The operators' pages: policy and lists are edited, a text is hidden with a note, everything else is only shown."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from decimal import Decimal
from html import unescape
from typing import Any

import pytest
from django.contrib import admin
from django.test import Client

from expertim.credits.models import Posting
from expertim.expertise.models import POLICY, Expert, Service
from expertim.outbox.models import Row
from expertim.people.models import Person
from expertim.reviews.models import Review
from tests.world import World, person, unique, world

pytestmark = pytest.mark.usefixtures("database")

OURS = [model for model in admin.site._registry if model.__module__.startswith("expertim.")]
READ_ONLY = {"wallet", "posting", "block", "notice", "row", "heartbeat"}


@pytest.fixture
def operator() -> Client:
    client = Client()
    client.force_login(person("olga", is_staff=True))
    return client


def address(row: Any, what: str = "change") -> str:
    return f"/admin/{row._meta.app_label}/{row._meta.model_name}/{row.pk}/{what}/"


def form_of(page: str) -> dict[str, str]:
    """What a browser would send back unchanged; ticked boxes only, one value per name."""
    sent: dict[str, str] = {}
    for tag in re.findall(r"<input[^>]*>", page):
        name, value = (re.search(rf'\b{key}="([^"]*)"', tag) for key in ("name", "value"))
        box = 'type="checkbox"' in tag or 'type="submit"' in tag
        if name and (not box or " checked" in tag):
            sent[unescape(name[1])] = unescape(value[1]) if value else ("on" if box else "")
    for name_, text in re.findall(r'<textarea name="([^"]+)"[^>]*>\s*(.*?)</textarea>', page, re.S):
        sent[name_] = unescape(text)
    for name_, options in re.findall(r'<select name="([^"]+)".*?>(.*?)</select>', page, re.S):
        chosen = re.search(r'value="([^"]*)" selected', options)
        sent[name_] = chosen[1] if chosen else ""
    return {name: value for name, value in sent.items() if "__prefix__" not in name}


def save(client: Client, row: Any, **changes: str) -> str:
    """Change a few fields of the page and save it; the page with its errors where it was not taken."""
    sent = form_of(client.get(address(row)).content.decode()) | changes
    sent = {name: value for name, value in sent.items() if value is not None}
    answer = client.post(address(row), sent)
    if answer.status_code == 302:
        row.refresh_from_db()
        return ""
    return answer.content.decode()


@pytest.mark.parametrize("model", OURS, ids=lambda model: model._meta.label_lower)
def test_every_list_opens_and_only_what_may_be_added_can_be(model: Any, operator: Client) -> None:
    world()
    listed = f"/admin/{model._meta.app_label}/{model._meta.model_name}/"
    assert operator.get(listed).status_code == 200
    may_add = model._meta.model_name in ("expertise", "rejectreason", "expert")
    assert operator.get(f"{listed}add/").status_code == (200 if may_add else 403)
    row = model.objects.first()
    if row is not None:
        assert operator.get(address(row)).status_code == 200
        assert operator.post(address(row, "delete"), {"post": "yes"}).status_code == 403
        if model._meta.model_name in READ_ONLY:
            assert operator.post(address(row), {"kind": "x"}).status_code == 403


def test_who_is_no_operator_sees_none_of_it() -> None:
    client, place = Client(), world()
    client.force_login(place.user)
    assert client.get(address(place.expertise)).status_code == 302
    assert Client().get(address(place.expertise)).status_code == 302


def test_every_policy_value_is_edited(operator: Client) -> None:
    place = world()
    given = {name: str(number) for number, name in enumerate(POLICY, start=3)}
    changes = given | {"late_fee_percent": "33.33", "review_bonus": "7.50", "name": '{"en": "Law", "cs": "Právo"}'}
    assert save(operator, place.expertise, **changes) == ""
    place.expertise.refresh_from_db()
    assert place.expertise.late_fee_percent == Decimal("33.33")
    assert place.expertise.review_bonus == 750
    assert place.expertise.name == {"en": "Law", "cs": "Právo"}
    others = [name for name in POLICY if name not in ("late_fee_percent", "review_bonus")]
    assert {name: str(int(getattr(place.expertise, name))) for name in others} == {name: given[name] for name in others}


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("late_fee_percent", "100.01"),
        ("late_fee_percent", "12.345"),
        ("settlement_hours", "-1"),
        ("review_bonus", "1.005"),
        ("review_bonus", "100000"),
        ("name", "{en: Law}"),
        ("name", '{"fr": "Droit"}'),
        ("name", ""),
    ],
)
def test_a_wrong_value_is_refused_beside_its_field(operator: Client, field: str, value: str) -> None:
    place = world()
    page = save(operator, place.expertise, **{field: value})
    assert "errorlist" in page
    place.expertise.refresh_from_db()
    assert place.expertise.late_fee_percent == 50


def test_an_experts_services_are_edited_with_skills_of_that_expertise_only(operator: Client) -> None:
    place, other = world(), world()
    expert = Expert.objects.get(person=place.expert)
    page = operator.get(address(expert)).content.decode()
    mine, foreign = (w.expertise.skills.get() for w in (place, other))
    assert f'value="{mine.pk}"' in page
    changed = {"services-0-price": "33.30", "services-0-title": "An hour", "services-0-skills": str(mine.pk)}
    assert save(operator, expert, skills=str(mine.pk), **changed) == ""
    service = Service.objects.get(pk=place.service.pk)
    assert (service.price, service.title) == (3330, "An hour")
    assert "errorlist" in save(operator, expert, **(changed | {"services-0-skills": str(foreign.pk)}))
    assert "errorlist" in save(operator, expert, skills=str(foreign.pk), **changed)


def test_x2_a_review_is_hidden_with_a_note_and_nothing_else_of_it_changes(operator: Client) -> None:
    place = world()
    review = Review.objects.create(
        user=place.user, expert=place.expert, text="Rude.", written_at=datetime(2027, 3, 1, tzinfo=UTC)
    )
    assert "errorlist" in save(operator, review, hidden="on")
    assert save(operator, review, hidden="on", hidden_note="Insulting", text="Nice.") == ""
    assert (review.text, review.hidden_note, review.hidden_at is not None) == ("Rude.", "Insulting", True)
    hidden_at = review.hidden_at
    assert save(operator, review, hidden_note="Insulting words") == ""
    assert (review.hidden_at, review.hidden_note) == (hidden_at, "Insulting words")
    sent = {"hidden_note": ""}
    assert operator.post(address(review), sent).status_code == 302
    review.refresh_from_db()
    assert review.hidden_at is None


def test_a_persons_password_address_and_role_cannot_be_changed(operator: Client) -> None:
    charlie = person("charlie")
    charlie.set_password("charlie's own words")
    charlie.save()
    email = charlie.email
    page = operator.get(address(charlie)).content.decode()
    assert "password" not in page.lower().replace("/password_change/", "").replace("change password", "")
    assert charlie.password not in page
    assert (
        save(operator, charlie, name="Charles", email="x@example.org", is_staff="on", password="x", is_superuser="on")
        == ""
    )
    charlie = Person.objects.get(pk=charlie.pk)
    assert (charlie.name, charlie.email, charlie.is_staff, charlie.is_superuser) == ("Charles", email, False, False)
    assert charlie.check_password("charlie's own words")


def test_other_peoples_links_and_codes_are_not_shown(operator: Client) -> None:
    row = Row.objects.create(
        kind="mail", key=unique("mail"), payload={"body": "a secret link"}, due_at=datetime(2027, 3, 1, tzinfo=UTC)
    )
    assert b"a secret link" not in operator.get(address(row)).content


def test_a_posting_is_shown_with_its_entries_in_credits(operator: Client) -> None:
    place: World = world(credits=12_345)
    posting = Posting.objects.get(kind="grant", entries__wallet_id=place.user.pk)
    page = operator.get(address(posting)).content.decode()
    assert "123.45" in page
    assert "-123.45" in page
