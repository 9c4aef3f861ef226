"""The catalogue file is read strictly: every fault is named with its line, without a database."""

from __future__ import annotations

from decimal import Decimal

import pytest

from expertim.expertise.catalogue.reading import read_catalogue
from expertim.expertise.catalogue.rows import (
    Catalogue,
    ExpertEntry,
    ExpertiseEntry,
    Known,
    PersonEntry,
    ReasonEntry,
    ServiceEntry,
    SkillEntry,
)
from expertim.foundation.lined import Faulty

WHOLE = """\
expertises:
- {slug: corporate-finance, name: {en: Corporate Finance, cs: Podnikové finance}, introduction: What it is worth,
   policy: {late_fee_percent: 50, commission_percent: "12.5", free_cancellation_hours: 24, review_bonus: "5.50"},
   skills: [{slug: valuation, name: Valuation}]}
reject_reasons: [{code: not-my-field, text: Outside my field, active: false}]
people:
- {email: Jana@example.org, name: Jana Nováková, time_zone: Europe/Prague, date_format: DD.MM.YYYY HH:MM,
   language: cs, credits: "300.00", operator: false, wishes: [corporate-finance/valuation]}
- {email: petr@example.org, name: Petr, password: secret words}
experts:
- {person: petr@example.org, expertise: corporate-finance, headline: Values firms, introduction: For long.,
   skills: [valuation],
   services: [{slug: advice-60, kind: expert-advice, title: Advice, minutes: 60, price: "25.00", skills: [valuation]}]}
"""

HEAD = """\
expertises: [{slug: cf, name: CF, skills: [{slug: valuation, name: V}]}]
people: [{email: petr@example.org, name: Petr}]
"""


def read(text: str, known: Known | None = None) -> Catalogue:
    return read_catalogue(text.encode(), known=known or Known())


def faults(text: str | bytes, known: Known | None = None) -> list[str]:
    source = text.encode() if isinstance(text, str) else text
    with pytest.raises(Faulty) as caught:
        read_catalogue(source, known=known or Known())
    return [str(fault) for fault in caught.value.faults]


def test_a_whole_file_becomes_rows() -> None:
    assert read(WHOLE) == Catalogue(
        expertises=(
            ExpertiseEntry(
                slug="corporate-finance",
                name={"en": "Corporate Finance", "cs": "Podnikové finance"},
                introduction="What it is worth",
                policy={
                    "late_fee_percent": Decimal(50),
                    "commission_percent": Decimal("12.5"),
                    "free_cancellation_hours": 24,
                    "review_bonus": 550,
                },
                skills=(SkillEntry(slug="valuation", name="Valuation"),),
            ),
        ),
        reject_reasons=(ReasonEntry(code="not-my-field", text="Outside my field", active=False),),
        people=(
            PersonEntry(
                email="jana@example.org",
                name="Jana Nováková",
                time_zone="Europe/Prague",
                date_format="DD.MM.YYYY HH:MM",
                language="cs",
                credits=30_000,
                operator=False,
                wishes=(("corporate-finance", "valuation"),),
            ),
            PersonEntry(email="petr@example.org", name="Petr", password="secret words"),
        ),
        experts=(
            ExpertEntry(
                person="petr@example.org",
                expertise="corporate-finance",
                headline="Values firms",
                introduction="For long.",
                skills=("valuation",),
                services=(
                    ServiceEntry(
                        slug="advice-60",
                        kind="expert-advice",
                        title="Advice",
                        minutes=60,
                        price=2500,
                        skills=("valuation",),
                    ),
                ),
            ),
        ),
    )


@pytest.mark.parametrize(
    ("text", "line", "part"),
    [
        ("", 1, "empty"),
        ("# nothing\n", 1, "empty"),
        ("- a list", 1, "keys with values"),
        ("people: [\n", 2, "not YAML"),
        ("people: []\n---\npeople: []\n", 2, "not YAML"),
        ("people: []\npeople: []\n", 2, "“people” stands here twice"),
        ("peple: []\n", 1, "Unknown key “peple”"),
        ("people: {}\n", 1, "a list"),
        ("people: [jana]\n", 1, "keys with values"),
        ("people:\n- name: Jana\n", 2, "“email” is missing"),
        ("people:\n- email: a@example.org\n", 2, "“name” is missing"),
        ("people:\n- {email: nobody, name: A}\n", 2, "not an e-mail address"),
        ("people:\n- {email: a@example.org, name: 17}\n", 2, "must stand a text"),
        ("people:\n- {email: a@example.org, name: ''}\n", 2, "empty"),
        ('people:\n- {email: a@example.org, name: "a\\0b"}\n', 2, "control character"),
        ('people:\n- {email: a@example.org, name: "\\ud800"}\n', 2, "control character"),
        ("people:\n- {email: a@example.org, name: A,\n   time_zone: Europe/Prag}\n", 3, "no time zone “Europe/Prag”"),
        ("people:\n- {email: a@example.org, name: A, time_zone: ../etc/passwd}\n", 2, "no time zone"),
        ("people:\n- {email: a@example.org, name: A, date_format: DD/MM}\n", 2, "none of: DD.MM.YYYY HH:MM"),
        ("people:\n- {email: a@example.org, name: A, language: fr}\n", 2, "none of: en, cs, sk, de"),
        ("people:\n- {email: a@example.org, name: A, operator: perhaps}\n", 2, "true or false"),
        ("people:\n- {email: a@example.org, name: A, credits: '1.005'}\n", 2, "at most two decimals"),
        ("people:\n- {email: a@example.org, name: A, credits: '-5'}\n", 2, "at most two decimals"),
        ("people:\n- {email: a@example.org, name: A, credits: 1.5}\n", 2, "in quotes"),
        ("people:\n- {email: a@example.org, name: A, credits: '1000000.01'}\n", 2, "The most"),
        ("people:\n- {email: a@example.org, name: A}\n- {email: A@Example.org, name: B}\n", 3, "stands here twice"),
        ("people:\n- {email: a@example.org, name: A, wishes: [cf]}\n", 2, "Expertise/skill"),
        ("people:\n- {email: a@example.org, name: A, wishes: [cf/valuation]}\n", 2, "no Expertise “cf”"),
        ("expertises:\n- {slug: c f, name: A}\n", 2, "not a short name"),
        ("expertises:\n- {slug: cf, name: A}\n- {slug: cf, name: B}\n", 3, "“cf” stands here twice"),
        ("expertises:\n- {slug: cf, name: {fr: A}}\n", 2, "none of the languages"),
        ("expertises:\n- {slug: cf, name: {en: A, en: B}}\n", 2, "stands here twice"),
        ("expertises:\n- {slug: cf, name: {}}\n", 2, "empty"),
        ("expertises:\n- slug: cf\n  name: A\n  policy: {late_fee: 3}\n", 4, "Unknown key “late_fee”"),
        ("expertises:\n- {slug: cf, name: A, policy: {late_fee_percent: 100.01}}\n", 2, "percentage from 0 to 100"),
        ("expertises:\n- {slug: cf, name: A, policy: {late_fee_percent: '12.345'}}\n", 2, "percentage"),
        ("expertises:\n- {slug: cf, name: A, policy: {late_fee_percent: -1}}\n", 2, "percentage"),
        ("expertises:\n- {slug: cf, name: A, policy: {settlement_hours: 1.5}}\n", 2, "whole number"),
        ("expertises:\n- {slug: cf, name: A, policy: {settlement_hours: 010}}\n", 2, "whole number"),
        ("expertises:\n- {slug: cf, name: A, policy: {review_bonus: 010}}\n", 2, "in quotes"),
        ("expertises:\n- {slug: cf, name: A, skills: [{slug: v, name: V}, {slug: v, name: W}]}\n", 2, "twice"),
        ("reject_reasons:\n- {code: a, text: A}\n- {code: a, text: B}\n", 3, "twice"),
    ],
)
def test_a_fault_is_named_with_its_line(text: str, line: int, part: str) -> None:
    found = faults(text)
    assert len(found) == 1
    assert found[0].startswith(f"line {line}: ")
    assert part in found[0]


@pytest.mark.parametrize(
    ("service", "part"),
    [
        ('minutes: 4, price: "1"', "from 5 to 480"),
        ('minutes: 481, price: "1"', "from 5 to 480"),
        ('minutes: "60", price: "1"', "whole number"),
        ('minutes: 60, price: "25.001"', "at most two decimals"),
        ('minutes: 60, price: "100000"', "The most"),
        ("minutes: 60, price: 25.00", "in quotes"),
        ('minutes: 60, price: "-1"', "at most two decimals"),
        ('minutes: 60, price: "٢٥"', "at most two decimals"),
        ('minutes: 60, price: "1", colour: red', "Unknown key “colour”"),
        ("minutes: 60", "“price” is missing"),
    ],
)
def test_a_services_faults(service: str, part: str) -> None:
    text = (
        HEAD + "experts:\n- person: petr@example.org\n  expertise: cf\n  services:\n"
        f"  - {{slug: a, kind: advice, title: A, skills: [valuation], {service}}}\n"
    )
    (fault,) = faults(text)
    assert fault.startswith("line 7: ")
    assert part in fault


@pytest.mark.parametrize(
    ("expert", "part"),
    [
        ("{person: nobody@example.org, expertise: cf}", "no person “nobody@example.org”"),
        ("{person: petr@example.org, expertise: law}", "no Expertise “law”"),
        ("{person: petr@example.org, expertise: cf, skills: [cooking]}", "“cf” has no skill “cooking”"),
        (
            "{person: petr@example.org, expertise: cf, services: [{slug: a, kind: k, title: A, minutes: 5,"
            ' price: "0", skills: []}]}',
            "offered serves at least one skill",
        ),
    ],
)
def test_an_expert_refers_to_what_there_is(expert: str, part: str) -> None:
    (fault,) = faults(f"{HEAD}experts:\n- {expert}\n")
    assert fault.startswith("line 4: ")
    assert part in fault


def test_an_expert_stands_once_in_an_expertise_and_a_service_once_at_an_expert() -> None:
    service = '{slug: a, kind: k, title: A, minutes: 5, price: "0", skills: [valuation]}'
    expert = f"- {{person: petr@example.org, expertise: cf, services: [{service}"
    found = faults(f"{HEAD}experts:\n{expert}]}}\n{expert},\n   {service}]}}\n")
    assert [fault.split(":")[0] for fault in found] == ["line 5", "line 6"]


def test_all_faults_are_named_at_once_in_the_order_of_their_lines() -> None:
    text = """\
experts:
- {person: nobody@example.org, expertise: cf}
people:
- {email: wrong, name: A, language: xx}
expertises:
- {slug: cf, name: A, policy: {late_fee_percent: 200, colour: red}}
"""
    assert [fault.split(":")[0] for fault in faults(text)] == ["line 2", "line 4", "line 4", "line 6", "line 6"]


def test_an_entry_with_a_fault_is_not_held_against_those_who_refer_to_it() -> None:
    text = HEAD.replace("name: CF", "name: 7") + "experts:\n- {person: petr@example.org, expertise: cf}\n"
    assert len(faults(text)) == 1


def test_a_file_may_refer_to_what_is_known_already() -> None:
    known = Known(people=frozenset({"petr@example.org"}), skills={"cf": frozenset({"valuation"})})
    text = "experts: [{person: petr@example.org, expertise: cf, skills: [valuation]}]"
    assert read(text, known).experts[0].skills == ("valuation",)


def test_what_is_no_utf_8_is_named_with_its_line() -> None:
    assert faults(b"people: []\n# \xe9\n") == ["line 2: This is not UTF-8."]


def test_a_password_is_refused_where_the_clock_cannot_be_moved(settings: object) -> None:
    settings.MOVABLE_CLOCK = False  # type: ignore[attr-defined]
    (fault,) = faults("people:\n- email: a@example.org\n  name: A\n  password: words\n")
    assert fault.startswith("line 4: Passwords")


def test_a_price_may_be_a_whole_number_without_quotes() -> None:
    text = HEAD + (
        "experts: [{person: petr@example.org, expertise: cf, services: [{slug: a, kind: k, title: A, minutes: 5,"
        " price: 25, skills: [valuation]}]}]"
    )
    assert read(text).experts[0].services[0].price == 2500
