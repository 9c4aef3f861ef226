"""One's profile: told group by group, shown to those who may see it, cleaned of what would break a page."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import IntegrityError, transaction

from expertim.people.models import Billing, Person, Profile
from expertim.people.tongues import TONGUES, tongues
from tests.meetings.visiting import Visitor, text_of, words_of
from tests.world import in_, person, world

pytestmark = pytest.mark.usefixtures("database", "clock")

WORK = {
    "work_status": "entrepreneur",
    "position": "Owner",
    "company": "Nováková & Co. <b>",
    "industry": "Banking",
    "linkedin": "linkedin.com/in/jana-nova?trk=x",
}
PLACE = {"city": "Brno", "languages": ["cs", "de"], "phone": "+420 601 234 567"}


def told(**fields: Any) -> Person:
    made = person("alice")
    Visitor(made).post("/settings/profile/work/", WORK | fields)
    return made


def test_a_group_is_saved_and_nothing_of_the_others() -> None:
    visitor = Visitor(person("alice"))
    assert visitor.post("/settings/profile/work/", WORK)["Location"] == "/settings/profile/"
    visitor.post("/settings/profile/place/", PLACE)
    kept = Profile.objects.get(person=visitor.person)
    assert (kept.position, kept.city, kept.languages) == ("Owner", "Brno", ["cs", "de"])
    assert kept.linkedin == "https://www.linkedin.com/in/jana-nova"
    visitor.post("/settings/profile/billing/", {"title": "Nováková s.r.o.", "company_id": "12345678"})
    assert Billing.objects.get(person=visitor.person).title == "Nováková s.r.o."
    page = words_of(visitor.get("/settings/profile/"))
    assert "Owner" in page
    assert "Czech, German" in page
    assert "12345678" in page


@pytest.mark.parametrize(
    ("group", "field", "value"),
    [
        ("work", "position", "a\x00b"),
        ("work", "position", "two\nlines"),
        ("work", "company", "turned \u202e round"),
        ("work", "industry", "\u200b\u200b"),
        ("work", "position", "x" * 121),
        ("work", "work_status", "astronaut"),
        ("work", "linkedin", "https://evil.example/in/jana"),
        ("work", "linkedin", "https://linkedin.com.evil.example/in/jana"),
        ("work", "linkedin", "javascript:alert(1)//linkedin.com/in/jana"),
        ("place", "languages", ["xx"]),
        ("place", "languages", ["cs'; --"]),
        ("place", "phone", "call me"),
        ("billing", "email", "nobody"),
        ("billing", "postcode", "9" * 21),
    ],
)
def test_what_cannot_be_taken_is_told_beside_its_field_and_nothing_is_written(
    group: str, field: str, value: Any
) -> None:
    visitor = Visitor(person("alice"))
    answer = visitor.post(f"/settings/profile/{group}/", {field: value, "city": "Kept"})
    assert answer.status_code == 422
    assert f'id="id_{field}_error"' in text_of(answer)
    assert not Profile.objects.filter(person=visitor.person).exists()
    assert not Billing.objects.filter(person=visitor.person).exists()


def test_28_marks_heaped_on_a_letter_are_capped_and_others_stay() -> None:
    visitor = Visitor(person("alice"))
    visitor.post("/settings/profile/work/", WORK | {"position": "Ze" + "\u0301" * 40 + " Việt שָׁלוֹם"})
    kept = Profile.objects.get(person=visitor.person).position
    assert kept == "Ze" + "\u0301" * 8 + " Việt שָׁלוֹם"


def test_28_marks_are_capped_in_what_parties_say_to_each_other() -> None:
    place = world()
    meeting = place.propose(start=in_(hours=50), message="e" + "\u0301" * 40)
    from tests.world import row

    said = row(meeting).timeline.get(event="approved").values
    assert "e" + "\u0301" * 8 in said.values()


def test_others_see_the_profile_once_there_is_a_meeting_and_never_phone_or_billing() -> None:
    place = world()
    user, expert, charlie = Visitor(place.user), Visitor(place.expert), Visitor(person("charlie"))
    user.post("/settings/profile/work/", WORK)
    user.post("/settings/profile/place/", PLACE)
    user.post("/settings/profile/billing/", {"company_id": "12345678"})
    page = f"/people/{place.user.public_id}/"
    assert expert.get(page).status_code == charlie.get(page).status_code == 404
    place.propose(start=in_(hours=50))
    seen = expert.get(page)
    assert {"Owner", "Brno", "Czech, German"} <= {
        text for text in ("Owner", "Brno", "Czech, German") if text in words_of(seen)
    }
    assert "601" not in text_of(seen)
    assert "12345678" not in text_of(seen)
    assert "<b>" not in text_of(seen)
    assert charlie.get(page).status_code == 404
    assert "those see you" in words_of(user.get(page))  # as others see it
    assert "601" not in text_of(user.get(page))
    assert user.get(f"/people/{place.expert.public_id}/").status_code == 200
    assert user.get("/people/nobody/").status_code == user.get("/people/a%00b/").status_code == 404


def test_the_profile_names_what_is_missing_and_why_until_nothing_is() -> None:
    visitor = Visitor(person("alice"))
    assert "0 of 7 told" in words_of(visitor.get("/settings/profile/"))
    assert "Both sides know before they meet" in words_of(visitor.get("/settings/profile/"))
    visitor.post("/settings/profile/place/", PLACE)
    page = words_of(visitor.get("/settings/profile/"))
    assert "2 of 7 told" in page
    assert "Both sides know before they meet" not in page


def test_the_database_refuses_languages_and_statuses_that_are_none() -> None:
    made = person("alice")
    for wrong in ({"languages": ["xx"]}, {"work_status": "astronaut"}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Profile.objects.create(person=made, **wrong)


def test_every_language_has_a_name_in_each_of_ours() -> None:
    for reader in ("en", "cs", "sk", "de"):
        assert all(name != code for code, name in tongues(reader).items())
        assert set(tongues(reader)) == set(TONGUES)
