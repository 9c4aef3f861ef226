"""Policy, texts, skills, reasons, experts and services: edited, kept, put in order."""

from __future__ import annotations

import re
from decimal import Decimal

import pytest
from django.utils.html import escape

from expertim.expertise.models import POLICY, Expert, Expertise, RejectReason, Service, Skill
from expertim.foundation.words import in_language
from tests.backoffice.operating import lived, olga
from tests.meetings.visiting import hidden_of, text_of, words_of
from tests.world import in_, row, unique, world

pytestmark = pytest.mark.usefixtures("database")


def shown_of(answer) -> dict[str, str]:
    """Every field of a form as the page shows it, hidden ones too."""
    inputs = re.findall(r'<input type="(?:text|number)" name="(\w+)"(?: value="([^"]*)")?', text_of(answer))
    areas = re.findall(r'<textarea name="(\w+)"[^>]*>\n?([^<]*)</textarea>', text_of(answer))
    return hidden_of(answer) | dict(inputs) | dict(areas)


def test_the_policy_is_shown_in_the_words_of_the_rules(clock):
    place = world()
    words = words_of(olga().get(f"/operator/expertises/{place.expertise.slug}/"))
    for told in (
        "Free cancellation until 48 hours before the start",
        "Late cancellation fee 50 % of the price",
        "Platform's commission 20 % of what is deducted",
        "Fee when the user did not come 100 % of the price",
        "Join opens 15 minutes before the start",
        "Link dies 60 minutes after the end",
        "Reminder 24 hours before the start",
        "Link reminder 60 minutes before the start",
        "Evaluation reminder 24 hours after the end",
        "Automatic evaluation 168 hours after the end",
        "Bonus for a first text review 5 credits",
        "Meetings already proposed keep the terms",
    ):
        assert told in words


def test_the_policy_is_changed_and_a_meeting_proposed_before_keeps_its_own(clock):
    place, operator = world(), olga()
    before = place.propose(start=in_(days=9))
    page = f"/operator/expertises/{place.expertise.slug}/policy/"
    fields = shown_of(operator.get(page))
    assert set(POLICY) < set(fields)
    assert "keep the terms of the day they were proposed" in words_of(operator.get(page))
    answer = operator.post(
        page, fields | {"late_fee_percent": "33.33", "settlement_hours": "72", "review_bonus": "2.5"}
    )
    assert (answer.status_code, answer["Location"]) == (303, f"/operator/expertises/{place.expertise.slug}/")
    now = Expertise.objects.get(pk=place.expertise.pk)
    assert (now.late_fee_percent, now.settlement_hours, now.review_bonus) == (Decimal("33.33"), 72, 250)
    after = place.propose(start=in_(days=10))
    assert [row(m).terms["settlement_hours"] for m in (before, after)] == [168, 72]


@pytest.mark.parametrize(
    ("name", "typed", "told"),
    [
        ("free_cancellation_hours", "8761", "Type a number from 0 to 8,760."),
        ("free_cancellation_hours", "", "Type a number."),
        ("free_cancellation_hours", "1.5", "Type a number from 0 to 8,760."),
        ("late_fee_percent", "100.01", "Type a number from 0 to 100."),
        ("late_fee_percent", "-1", "Type a number from 0 to 100."),
        ("commission_percent", "20.005", "At most two decimals."),
        ("commission_percent", "NaN", "Type a number from 0 to 100."),
        ("join_opens_minutes", "1441", "Type a number from 0 to 1,440."),
        ("review_bonus", "5.001", "Credits are written as 25 or 25.50."),
        ("review_bonus", "100000", "Type an amount from 0 to 99,999.99 credits."),
    ],
)
def test_a_value_that_cannot_stand_keeps_what_was_typed(clock, name, typed, told):
    place, operator = world(), olga()
    page = f"/operator/expertises/{place.expertise.slug}/policy/"
    answer = operator.post(page, shown_of(operator.get(page)) | {"link_minutes": "45", name: typed})
    assert answer.status_code == 422
    assert told in words_of(answer)
    assert shown_of(answer)["link_minutes"] == "45"
    assert shown_of(answer)[name] == typed
    assert Expertise.objects.get(pk=place.expertise.pk).link_minutes == 60


def test_two_operators_at_one_policy_lose_nothing_of_each_other(clock):
    place, first, second = world(), olga(), olga()
    page = f"/operator/expertises/{place.expertise.slug}/policy/"
    seen = shown_of(first.get(page))
    second.post(page, shown_of(second.get(page)) | {"reminder_hours": "36"})
    answer = first.post(page, seen | {"late_fee_percent": "40"})
    assert answer.status_code == 409
    assert "Somebody has changed the policy meanwhile" in words_of(answer)
    shown = shown_of(answer)
    assert (shown["reminder_hours"], shown["late_fee_percent"]) == ("36", "40")
    assert first.post(page, shown).status_code == 303
    now = Expertise.objects.get(pk=place.expertise.pk)
    assert (now.reminder_hours, now.late_fee_percent) == (36, 40)


@pytest.mark.parametrize("seen", ["", "{", "[]", "null", '{"reminder_hours": "x"}'])
@pytest.mark.parametrize("page", ["policy", "texts"])
def test_a_page_that_was_meddled_with_is_shown_anew(clock, page, seen):
    place, operator = world(), olga()
    address = f"/operator/expertises/{place.expertise.slug}/{page}/"
    answer = operator.post(address, shown_of(operator.get(address)) | {"seen": seen, "reminder_hours": "1"})
    assert answer.status_code == 409
    assert Expertise.objects.get(pk=place.expertise.pk).reminder_hours == 24


def test_names_are_kept_per_language_and_one_alone_stands_for_all(clock):
    place, operator = world(), olga()
    page = f"/operator/expertises/{place.expertise.slug}/texts/"
    fields = shown_of(operator.get(page))
    assert fields["name_en"] == "Corporate finance"
    operator.post(page, fields | {"name_cs": "Podnikové finance", "introduction_en": "Worth"})
    now = Expertise.objects.get(pk=place.expertise.pk)
    assert now.name == {"en": "Corporate finance", "cs": "Podnikové finance"}
    assert now.introduction == "Worth"
    operator.post(page, shown_of(operator.get(page)) | {"name_cs": ""})
    assert Expertise.objects.get(pk=place.expertise.pk).name == "Corporate finance"
    refused = operator.post(page, shown_of(operator.get(page)) | {"name_en": " ", "introduction_cs": "Zůstane"})
    assert refused.status_code == 422
    assert "Zůstane" in text_of(refused)


def test_texts_that_somebody_else_changed_are_not_overwritten_unseen(clock):
    place, operator = world(), olga()
    page = f"/operator/expertises/{place.expertise.slug}/texts/"
    seen = shown_of(operator.get(page))
    Expertise.objects.filter(pk=place.expertise.pk).update(name="Their name")
    answer = operator.post(page, seen | {"name_en": "My name"})
    assert answer.status_code == 409
    assert "Now it reads: Their name" in words_of(answer)
    assert shown_of(answer)["name_en"] == "My name"
    assert operator.post(page, shown_of(answer)).status_code == 303
    assert Expertise.objects.get(pk=place.expertise.pk).name == "My name"


def test_a_skill_is_added_once_renamed_and_lifted(clock):
    place, operator = world(), olga()
    base = f"/operator/expertises/{place.expertise.slug}/skills/"
    assert [operator.fill(f"{base}new/", name_en="Due diligence").status_code for _ in range(2)] == [303, 422]
    skill = Skill.objects.get(expertise=place.expertise, slug="due-diligence")
    operator.fill(f"{base}{skill.pk}/", name_en="Diligence", name_cs="Prověrka")
    skill.refresh_from_db()
    assert skill.name == {"en": "Diligence", "cs": "Prověrka"}
    assert operator.post(f"{base}{skill.pk}/up/", {}).status_code == 303
    names = [in_language(s.name) for s in Skill.objects.filter(expertise=place.expertise)]
    assert names == ["Diligence", "Valuation"]
    assert operator.fill(f"{base}new/", name_en="").status_code == 422
    other = world()
    assert operator.post(f"/operator/expertises/{other.expertise.slug}/skills/{skill.pk}/up/", {}).status_code == 404


def test_a_reason_is_added_worded_withdrawn_offered_and_lifted(clock):
    operator = olga()
    lived(1)
    wording = unique("Too far")
    assert operator.fill("/operator/reasons/new/", text_en=wording).status_code == 303
    reason = RejectReason.objects.order_by("-pk").first()
    assert operator.fill("/operator/reasons/new/", text_en=wording).status_code == 422
    before = list(RejectReason.objects.values_list("pk", flat=True))
    operator.post(f"/operator/reasons/{reason.pk}/up/", {})
    assert list(RejectReason.objects.values_list("pk", flat=True)).index(reason.pk) == before.index(reason.pk) - 1
    for wanted, active in (("off", False), ("off", False), ("on", True)):
        assert operator.post(f"/operator/reasons/{reason.pk}/offered/", {"to": wanted}).status_code == 303
        reason.refresh_from_db()
        assert reason.active is active
    assert operator.post(f"/operator/reasons/{reason.pk}/offered/", {"to": "sideways"}).status_code == 404
    operator.fill(f"/operator/reasons/{reason.pk}/", text_en="Much too far")
    reason.refresh_from_db()
    assert reason.text == "Much too far"


def test_experts_and_services_are_switched_off_and_on_and_what_was_proposed_stays(clock):
    place, operator = world(), olga()
    meeting = place.propose(start=in_(days=9))
    base = f"/operator/expertises/{place.expertise.slug}"
    expert = Expert.objects.get(person=place.expert)
    page = words_of(operator.get(f"{base}/experts/"))
    assert "Expert advice · 60 min · 25 credits" in page
    for _ in range(2):
        assert operator.post(f"{base}/experts/{expert.pk}/listed/", {"to": "off"}).status_code == 303
        assert operator.post(f"{base}/services/{place.service.public_id}/offered/", {"to": "off"}).status_code == 303
    expert.refresh_from_db()
    assert not expert.active
    assert not Service.objects.get(pk=place.service.pk).active
    assert "(not listed)" in words_of(operator.get(f"{base}/experts/"))
    assert row(meeting).state == "awaiting_approval"
    operator.post(f"{base}/experts/{expert.pk}/listed/", {"to": "on"})
    operator.post(f"{base}/services/{place.service.public_id}/offered/", {"to": "on"})
    assert Expert.objects.get(pk=expert.pk).active
    other = world()
    elsewhere = f"/operator/expertises/{other.expertise.slug}"
    assert operator.post(f"{elsewhere}/experts/{expert.pk}/listed/", {"to": "off"}).status_code == 404
    assert operator.post(f"{elsewhere}/services/{place.service.public_id}/offered/", {"to": "off"}).status_code == 404


def test_names_are_escaped(clock):
    place, operator = world(), olga()
    nasty = "<script>alert(1)</script>"
    Expertise.objects.filter(pk=place.expertise.pk).update(name=nasty)
    page = operator.get(f"/operator/expertises/{place.expertise.slug}/").content.decode()
    assert nasty not in page
    assert escape(nasty) in page
