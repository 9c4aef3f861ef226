"""Loading a catalogue file: idempotent, all or nothing, and dumped back."""

from __future__ import annotations

from collections.abc import Callable
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
import yaml
from django.core.management import CommandError, call_command

from expertim.expertise.models import Expert, Expertise, Service, SkillWish
from expertim.people.models import Person
from tests.world import unique, wallet

pytestmark = pytest.mark.usefixtures("database")

Load = Callable[[dict[str, Any]], str]


@pytest.fixture
def load(tmp_path: Path) -> Load:
    """Loads a document and answers what the command said."""

    def loaded(document: dict[str, Any]) -> str:
        file, said = tmp_path / "catalogue.yaml", StringIO()
        file.write_text(yaml.safe_dump(document, allow_unicode=True, sort_keys=False))
        call_command("catalogue", "load", str(file), stdout=said)
        return said.getvalue().strip()

    return loaded


def document() -> dict[str, Any]:
    """One of everything, under names that no other test has."""
    field, jana, petr = unique("field"), f"{unique('jana')}@example.org", f"{unique('petr')}@example.org"
    return {
        "expertises": [
            {
                "slug": field,
                "name": {"en": "Corporate Finance", "cs": "Podnikové finance"},
                "policy": {"late_fee_percent": 50},
                "skills": [{"slug": "valuation", "name": "Valuation"}, {"slug": "tax", "name": "Tax"}],
            }
        ],
        "reject_reasons": [{"code": unique("reason"), "text": "Outside my field"}],
        "people": [
            {
                "email": jana,
                "name": "Jana Nováková",
                "time_zone": "Europe/Prague",
                "language": "cs",
                "credits": "300.00",
                "password": "jana's own words",
                "wishes": [f"{field}/tax"],
            },
            {"email": petr, "name": "Petr", "operator": True},
        ],
        "experts": [
            {
                "person": petr,
                "expertise": field,
                "headline": {"en": "Values firms", "cs": "Oceňuje firmy"},
                "introduction": "For nineteen years.",
                "skills": ["valuation"],
                "services": [
                    {
                        "slug": "advice-60",
                        "kind": "expert-advice",
                        "title": "Expert advice",
                        "minutes": 60,
                        "price": "25.00",
                        "skills": ["valuation"],
                    }
                ],
            }
        ],
    }


def test_a_file_makes_everything_it_names(load: Load) -> None:
    told = document()
    assert load(told) == (
        "Created: 1 Expertise, 2 skills, 1 reason for rejecting, 2 people, 1 skill to develop, 1 opening grant,"
        " 1 expert, 1 service."
    )
    jana = Person.objects.get(email=told["people"][0]["email"])
    petr = Person.objects.get(email=told["people"][1]["email"])
    assert (jana.name, jana.time_zone, jana.language, jana.is_staff) == ("Jana Nováková", "Europe/Prague", "cs", False)
    assert jana.check_password("jana's own words")
    assert wallet(jana) == (30_000, 0)
    assert (petr.is_staff, petr.has_usable_password(), wallet(petr)) == (True, False, (0, 0))
    service = Service.objects.get(expert__person=petr)
    assert (service.price, service.length_minutes, service.title) == (2500, 60, "Expert advice")
    assert SkillWish.objects.get(person=jana).skill.slug == "tax"


def test_the_second_run_changes_nothing_and_says_so(load: Load) -> None:
    told = document()
    load(told)
    assert load(told) == "Nothing to change."


def test_a_changed_file_changes_what_differs_and_counts_it(load: Load) -> None:
    told = document()
    load(told)
    told["expertises"][0]["policy"]["late_fee_percent"] = "33.33"
    told["people"][0]["name"] = "Jana Malá"
    told["people"][0]["password"] = "other words"
    told["people"][0]["wishes"] = []
    told["experts"][0]["skills"] = ["valuation", "tax"]
    told["experts"][0]["services"][0] |= {"price": "30.00", "active": False}
    told["experts"][0]["services"].append({**told["experts"][0]["services"][0], "slug": "second"})
    assert load(told) == (
        "Created: 1 service.\nChanged: 1 Expertise, 1 person, 1 skill to develop, 1 expert, 1 service."
    )
    jana = Person.objects.get(email=told["people"][0]["email"])
    assert jana.name == "Jana Malá"
    assert jana.check_password("other words")
    assert list(
        Service.objects.filter(expert__person__email=told["people"][1]["email"]).values_list("price", "active")
    ) == [
        (3000, False),
        (3000, False),
    ]
    assert load(told) == "Nothing to change."


def test_what_the_file_does_not_name_stays(load: Load) -> None:
    told = document()
    load(told)
    field = told["expertises"][0]["slug"]
    less = {
        "expertises": [{"slug": field, "name": told["expertises"][0]["name"]}],
        "experts": [{"person": told["people"][1]["email"], "expertise": field}],
    }
    assert load(less) == "Nothing to change."
    assert Expertise.objects.get(slug=field).skills.count() == 2
    assert Expert.objects.get(expertise__slug=field).services.count() == 1


def test_opening_credits_are_granted_once_per_person_whatever_the_file_says_later(load: Load) -> None:
    told = document()
    load(told)
    told["people"][0]["credits"] = "500.00"
    assert load(told) == "Nothing to change."
    assert wallet(Person.objects.get(email=told["people"][0]["email"])) == (30_000, 0)


def test_a_bad_file_changes_nothing_and_names_every_fault(load: Load) -> None:
    told = document()
    told["people"][0]["time_zone"] = "Mars/Olympus"
    told["experts"][0]["services"][0]["price"] = "25.001"
    with pytest.raises(CommandError) as refused:
        load(told)
    *faults, head = str(refused.value).splitlines()
    assert head == "2 faults; nothing has been changed."
    assert [("line" in fault, "catalogue.yaml" in fault) for fault in faults] == [(True, True)] * 2
    assert not Expertise.objects.filter(slug=told["expertises"][0]["slug"]).exists()


def test_a_file_that_is_not_there_is_said_so() -> None:
    with pytest.raises(CommandError, match=r"/nowhere\.yaml: No such file"):
        call_command("catalogue", "load", "/nowhere.yaml")


def test_the_dump_loads_without_a_change_and_has_no_passwords(load: Load, tmp_path: Path) -> None:
    told = document()
    told["reject_reasons"][0]["active"] = False
    told["experts"][0]["active"] = False
    told["expertises"][0] |= {"introduction": {"cs": "Úvod: #1", "en": "Yes"}}
    told["expertises"][0]["policy"] |= {"commission_percent": "12.50", "review_bonus": "5.50"}
    load(told)
    said = StringIO()
    call_command("catalogue", "dump", stdout=said)
    dumped = yaml.safe_load(said.getvalue())
    assert "password" not in said.getvalue()
    assert load(dumped) == "Nothing to change."
    (field,) = [row for row in dumped["expertises"] if row["slug"] == told["expertises"][0]["slug"]]
    assert told["expertises"][0]["policy"].items() <= field["policy"].items()
    assert {**field, "policy": told["expertises"][0]["policy"]} == told["expertises"][0]
    (jana,) = [row for row in dumped["people"] if row["email"] == told["people"][0]["email"]]
    assert {**told["people"][0], "password": None}.items() <= {**jana, "password": None}.items()
    (expert,) = [row for row in dumped["experts"] if row["expertise"] == field["slug"]]
    assert expert == told["experts"][0]
    call_command("catalogue", "dump", str(tmp_path / "dumped.yaml"))
    assert yaml.safe_load((tmp_path / "dumped.yaml").read_text()) == dumped
