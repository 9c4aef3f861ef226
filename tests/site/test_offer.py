"""What an expert offers, kept by themselves: services and prices, the words of their page, the skills they name."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from expertim.expertise import offering
from expertim.expertise.actions import hold, wish
from expertim.expertise.models import Expert, Listing, Service, Skill, SkillHeld
from expertim.meetings.facts import Act, By, Refused
from tests.meetings.visiting import Visitor, hidden_of, text_of, words_of
from tests.world import World, expertise, in_, row, together, world

pytestmark = pytest.mark.usefixtures("database", "clock")
PAGE = "/settings/offer/"


def new(w: World) -> str:
    return f"{PAGE}{w.expertise.slug}/services/new/"


def edit(w: World) -> str:
    return f"{PAGE}{w.expertise.slug}/services/{w.service.public_id}/"


def typed(w: World, **changes: Any) -> dict[str, Any]:
    skill = w.expertise.skills.get(slug="valuation").pk
    said = {"title": "A second opinion", "kind": "expert-advice", "minutes": "45", "price": "37,50", "skills": [skill]}
    return said | changes


def listing(w: World) -> Listing:
    return Listing.objects.get(expert__person=w.expert)


def test_a_service_is_added_and_can_be_proposed_and_found_at_once() -> None:
    """P1"""
    w = world()
    answer = Visitor(w.expert).fill(new(w), **typed(w, title_cs="Druhý názor"))
    assert (answer.status_code, answer["Location"]) == (302, PAGE)
    made = Service.objects.exclude(pk=w.service.pk).get(expert__person=w.expert)
    assert made.title == {"en": "A second opinion", "cs": "Druhý názor"}
    assert (made.length_minutes, made.price, made.position) == (45, 3750, 1)
    assert listing(w).prices == [2500, 3750]
    assert "druhy nazor" in listing(w).searched
    shown = words_of(Visitor(w.user).get(f"/e/{w.expertise.slug}/experts/{w.expert.public_id}/"))
    assert "A second opinion" in shown
    meeting = w.propose(start=in_(days=3), service=made.public_id, price=3750, minutes=45)
    assert row(meeting).price == 3750


def test_a_second_click_adds_nothing_more() -> None:
    w = world()
    sent = hidden_of(Visitor(w.expert).get(new(w))) | typed(w)
    assert together(2, lambda _turn: Visitor(w.expert).post(new(w), sent).status_code, values=True) == [302, 302]
    assert Service.objects.filter(expert__person=w.expert).count() == 2


WRONG: dict[str, tuple[dict[str, Any], str]] = {
    "no title": ({"title": " "}, "Give the service a title."),
    "two lines": ({"title": "two\nlines"}, "control characters"),
    "too long a title": ({"title": "x" * 121}, "at most 120"),
    "no kind": ({"kind": "anything"}, "Select a valid choice"),
    "too short": ({"minutes": "4"}, "Type whole minutes, from 5 to 480."),
    "too long": ({"minutes": "481"}, "Type whole minutes, from 5 to 480."),
    "no number": ({"minutes": "an hour"}, "Type whole minutes, from 5 to 480."),
    "digits of elsewhere": ({"minutes": "٦٠"}, "Type whole minutes, from 5 to 480."),
    "no price": ({"price": ""}, "Type the price; 0 is free of charge."),
    "a negative price": ({"price": "-1"}, "Credits are written as"),
    "too dear": ({"price": "100000"}, "The most that may stand here"),
    "no skill": ({"skills": []}, "Choose at least one skill."),
    "a skill that is not there": ({"skills": ["999999999"]}, "Select a valid choice"),
}


@pytest.mark.parametrize("wrong", WRONG)
def test_what_cannot_be_taken_is_said_and_what_was_typed_stays(wrong: str) -> None:
    w = world()
    changes, said = WRONG[wrong]
    given = typed(w, title_sk="Druhý názor") | changes
    answer = Visitor(w.expert).fill(new(w), **given)
    assert answer.status_code == 422
    assert said in words_of(answer)
    assert 'value="Druhý názor"' in text_of(answer)
    if "minutes" not in changes:
        assert 'value="45"' in text_of(answer)
    assert Service.objects.filter(expert__person=w.expert).count() == 1


def test_a_change_goes_for_what_is_proposed_from_now_on_and_for_nothing_before() -> None:
    """C5: a meeting keeps its terms; who has the page open is shown the new ones first."""
    w = world()
    meeting = w.propose(start=in_(days=3))
    expert = Visitor(w.expert)
    page = words_of(expert.get(edit(w)))
    assert "1 meeting to come was proposed with it, and keeps its title, length and price." in page
    assert "nobody agrees to what they have not seen" in page
    changed = typed(w, title="An hour and a half", minutes="90", price="60")
    assert expert.fill(edit(w), **changed).status_code == 302
    kept = row(meeting)
    assert (kept.service_title, kept.length_minutes, kept.price) == ("Expert advice", 60, 2500)
    w.act(By.EXPERT, meeting, Act.CONFIRM)
    with pytest.raises(Refused) as refused:
        w.propose(start=in_(days=4))
    assert (refused.value.key, refused.value.facts["price"]) == ("terms_changed", 6000)
    w.service.refresh_from_db()
    assert w.propose(start=in_(days=4))
    assert listing(w).prices == [6000]


def test_of_two_windows_the_later_is_told_what_the_other_has_saved() -> None:
    w = world()
    expert = Visitor(w.expert)
    first, second = (hidden_of(expert.get(edit(w))) for _window in range(2))
    assert expert.post(edit(w), first | typed(w, price="30")).status_code == 302
    answer = expert.post(edit(w), second | typed(w, price="40"))
    assert answer.status_code == 409
    assert "It now says: A second opinion" in words_of(answer)
    assert 'value="40"' in text_of(answer)
    assert Service.objects.get(pk=w.service.pk).price == 3000
    assert expert.again(answer, edit(w), **typed(w, price="40")).status_code == 302
    assert Service.objects.get(pk=w.service.pk).price == 4000


def test_what_is_withdrawn_cannot_be_proposed_until_it_is_offered_again() -> None:
    w = world()
    meeting, expert = w.propose(start=in_(days=3)), Visitor(w.expert)
    assert expert.post(edit(w), {"to": "off"}).status_code == 302
    assert "withdrawn" in words_of(expert.get(PAGE))
    assert listing(w).prices == []
    with pytest.raises(Refused):
        w.propose(start=in_(days=4))
    w.act(By.EXPERT, meeting, Act.CONFIRM)
    expert.post(edit(w), {"to": "on"})
    assert w.propose(start=in_(days=4))


def test_nobody_keeps_the_services_of_another() -> None:
    w, other = world(), world()
    for stranger in (w.user, other.expert):
        visitor = Visitor(stranger)
        for address in (edit(w), new(w), f"{PAGE}{w.expertise.slug}/"):
            assert visitor.get(address).status_code == 404
            assert visitor.post(address, typed(w) | {"to": "off"}).status_code == 404
    mine = f"{PAGE}{other.expertise.slug}/services/{w.service.public_id}/"
    assert Visitor(other.expert).post(mine, {"to": "off"}).status_code == 404
    assert not offering.put_on_offer(
        person=other.expert.pk, expertise=w.expertise.slug, service=w.service.public_id, offered=False
    )
    assert Service.objects.get(pk=w.service.pk).active


def test_who_is_taken_off_the_list_keeps_nothing_there() -> None:
    w = world()
    Expert.objects.filter(person=w.expert).update(active=False)
    assert Visitor(w.expert).get(edit(w)).status_code == 404
    assert "This page is for experts" in words_of(Visitor(w.expert).get(PAGE))


def test_there_is_a_most(monkeypatch: pytest.MonkeyPatch) -> None:
    w = world()
    monkeypatch.setattr(offering, "MOST_SERVICES", 1)
    answer = Visitor(w.expert).fill(new(w), **typed(w))
    assert answer.status_code == 422
    assert "as many services here as one may have" in words_of(answer)


def test_words_and_skills_flow_into_the_page_and_into_finding() -> None:
    w = world()
    tax = Skill.objects.create(expertise=w.expertise, slug="tax", name={"en": "Tax", "cs": "Daně"})
    elsewhere = world().expertise.skills.get()
    address, expert = f"{PAGE}{w.expertise.slug}/", Visitor(w.expert)
    said = {"headline": "Dluhopisy", "introduction": "Twenty years.\n\nOf bonds.", "headline_cs": "Cenné papíry"}
    assert expert.post(address, said | {"skills": [tax.pk, elsewhere.pk]}).status_code == 422
    assert expert.post(address, said | {"skills": [tax.pk]}).status_code == 302
    place = Expert.objects.get(person=w.expert)
    assert place.headline == {"en": "Dluhopisy", "cs": "Cenné papíry"}
    assert place.introduction == "Twenty years.\n\nOf bonds."
    assert list(place.skills.all()) == [tax]
    assert set(listing(w).skills) == {tax.pk, w.expertise.skills.get(slug="valuation").pk}  # its service's counts too
    assert "cenne papiry" in listing(w).searched
    again = text_of(expert.get(address))
    assert 'value="Cenné papíry"' in again
    assert "Tax" in words_of(Visitor(w.user).get(f"/e/{w.expertise.slug}/experts/{w.expert.public_id}/"))


def test_words_in_another_language_only_are_not_lost() -> None:
    w = world()
    Service.objects.filter(pk=w.service.pk).update(title={"cs": "Odborná rada", "sk": "Odborná pomoc"})
    shown = text_of(Visitor(w.expert).get(edit(w)))
    assert 'value="Odborná rada"' in shown
    assert 'value="Odborná pomoc"' in shown
    Visitor(w.expert).fill(edit(w), **typed(w, title="Odborná rada", title_sk="Odborná pomoc"))
    assert Service.objects.get(pk=w.service.pk).title == {"cs": "Odborná rada", "sk": "Odborná pomoc"}


def test_a_new_expert_is_led_to_their_first_service() -> None:
    w = world()
    Service.objects.filter(pk=w.service.pk).update(active=False)
    expert = Visitor(w.expert)
    first = f'href="{new(w)}"'
    applied = expert.get(f"/e/{w.expertise.slug}/apply/")
    assert "before you offer a service nobody can propose a meeting to you" in words_of(applied)
    assert first in text_of(applied)
    own = expert.get(f"/e/{w.expertise.slug}/experts/{w.expert.public_id}/")
    assert "You offer nothing here yet" in words_of(own)
    fresh = expertise()
    Expert.objects.create(person=w.expert, expertise=fresh)
    assert f'href="{PAGE}{fresh.slug}/services/new/"' in text_of(expert.get(PAGE))


def test_the_page_costs_the_same_for_many_services() -> None:
    w = world()
    expert = Visitor(w.expert)
    expert.get(PAGE)
    with CaptureQueriesContext(connection) as few:
        expert.get(PAGE)
    for number in range(5):
        expert.fill(new(w), **typed(w, title=f"Advice {number}"))
    with CaptureQueriesContext(connection) as many:
        expert.get(PAGE)
    assert len(many) == len(few) <= 8


@pytest.mark.parametrize(
    ("column", "value"), [("length_minutes", 4), ("length_minutes", 481), ("price", -1), ("price", 10_000_000)]
)
def test_the_database_refuses_what_no_form_would_take(column: str, value: int) -> None:
    w = world()
    with pytest.raises(IntegrityError, match="expertise_service"), transaction.atomic():
        Service.objects.filter(pk=w.service.pk).update(**{column: value})


def test_what_one_has_already_stands_on_ones_page_and_what_one_wants_does_not() -> None:
    """Skills at senior or expert level are for others to see, skills to develop are one's own affair (B5)."""
    w = world()
    tax = Skill.objects.create(expertise=w.expertise, slug="tax", name="Tax law")
    law = Skill.objects.create(expertise=w.expertise, slug="law", name="Company law")
    elsewhere = world().expertise.skills.get()
    hold(person_id=w.expert.pk, skill_ids=[elsewhere.pk])
    expert, page = Visitor(w.expert), f"/e/{w.expertise.slug}/skills/"
    assert expert.post(page, {"skill": [law.pk], "held": [tax.pk, elsewhere.pk, "x"]}).status_code == 302
    assert set(w.expert.skills_held.values_list("skill", flat=True)) == {tax.pk, elsewhere.pk}
    w.propose(start=in_(days=3))
    reader = Visitor(w.user)
    for address in (f"/e/{w.expertise.slug}/experts/{w.expert.public_id}/", f"/people/{w.expert.public_id}/"):
        assert "At senior or expert level Tax law" in words_of(reader.get(address))
        assert "Company law" not in words_of(reader.get(address))
    assert "To develop: Company law At senior or expert level: Tax law" in words_of(expert.get("/settings/"))
    expert.post(page, {})
    assert list(w.expert.skills_held.values_list("skill", flat=True)) == [elsewhere.pk]


def test_the_database_keeps_a_skill_of_one_person_once() -> None:
    w = world()
    hold(person_id=w.user.pk, skill_ids=[w.expertise.skills.get().pk])
    with pytest.raises(IntegrityError, match="expertise_held_once"), transaction.atomic():
        SkillHeld.objects.create(person=w.user, skill=w.expertise.skills.get())


def test_the_number_of_matching_skills_follows_what_the_expert_names() -> None:
    """B5"""
    w = world()
    tax = Skill.objects.create(expertise=w.expertise, slug="tax", name="Tax law")
    wish(person_id=w.user.pk, skill_ids=[tax.pk])
    address = f"/e/{w.expertise.slug}/experts/{w.expert.public_id}/"
    reader = Visitor(w.user)
    assert "that you want to develop" not in words_of(reader.get(address))
    Visitor(w.expert).post(f"{PAGE}{w.expertise.slug}/", {"skills": [tax.pk]})
    assert "1 of these is a skill that you want to develop." in words_of(reader.get(address))
    assert "1 skill you want to develop" in words_of(reader.get(f"/e/{w.expertise.slug}/experts/"))
