"""A story is read strictly, and the demo's own is in order."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

import expertim.site
from expertim.expertise.catalogue.reading import read_catalogue
from expertim.expertise.catalogue.rows import Known
from expertim.foundation.lined import Faulty
from expertim.meetings.facts import Act
from expertim.site.story import StoryAct, read_story

DEMO = Path(expertim.site.__file__).parent / "demo"

PROPOSAL = (
    "- {at: -2d, by: a@example.org, act: propose, as: m1, expert: b@example.org, expertise: cf, service: s,"
    " skill: v, start: +1d2h}\n"
)


def faults(text: str) -> list[str]:
    with pytest.raises(Faulty) as caught:
        read_story(text.encode())
    return [str(fault) for fault in caught.value.faults]


def test_a_story_becomes_acts() -> None:
    text = PROPOSAL + (
        "- {at: -1d5m, by: b@example.org, act: confirm, meeting: m1}\n"
        "- {at: -1d, by: b@example.org, act: reschedule, meeting: m1, start: +2d, message: Later}\n"
    )
    assert read_story(text.encode()) == (
        StoryAct(
            line=1,
            at=-timedelta(days=2),
            by="a@example.org",
            act=Act.PROPOSE,
            meeting="m1",
            typed={
                "as": "m1",
                "expert": "b@example.org",
                "expertise": "cf",
                "service": "s",
                "skill": "v",
                "start": timedelta(days=1, hours=2),
            },
        ),
        StoryAct(line=2, at=-timedelta(days=1, minutes=5), by="b@example.org", act=Act.CONFIRM, meeting="m1"),
        StoryAct(
            line=3,
            at=-timedelta(days=1),
            by="b@example.org",
            act=Act.RESCHEDULE,
            meeting="m1",
            typed={"start": timedelta(days=2), "message": "Later"},
        ),
    )


@pytest.mark.parametrize(
    ("second", "part"),
    [
        ("{by: b@example.org, act: confirm, meeting: m1}", "“at” is missing"),
        ("{at: 1d, by: b@example.org, act: confirm, meeting: m1}", "not an offset"),
        ("{at: -1w, by: b@example.org, act: confirm, meeting: m1}", "not an offset"),
        ("{at: -3d, by: b@example.org, act: confirm, meeting: m1}", "after a later one"),
        ("{at: +1h, by: b@example.org, act: confirm, meeting: m1}", "in the future"),
        ("{at: -1d, by: nobody, act: confirm, meeting: m1}", "not an e-mail address"),
        ("{at: -1d, by: b@example.org, act: dance, meeting: m1}", "none of: propose"),
        ("{at: -1d, by: b@example.org, act: confirm, meeting: m2}", "No meeting “m2”"),
        ("{at: -1d, by: b@example.org, act: confirm}", "“meeting” is missing"),
        ("{at: -1d, by: b@example.org, act: confirm, meeting: m1, stars: 5}", "does not belong to this act"),
        ("{at: -1d, by: b@example.org, act: confirm, meeting: m1, colour: red}", "Unknown key “colour”"),
        ("{at: -1d, by: b@example.org, act: cancel, meeting: m1}", "“reason” is missing"),
        ("{at: -1d, by: b@example.org, act: evaluate, meeting: m1, progress: fine}", "none of: smooth"),
        ("{at: -1d, by: b@example.org, act: evaluate, meeting: m1, progress: smooth, stars: 6}", "from 1 to 5"),
        (
            "{at: -1d, by: o@example.org, act: settle, meeting: m1, outcome: disputed, fee: '1', note: N}",
            "none of: went_smoothly",
        ),
        (PROPOSAL[2:].strip(), "“m1” stands here twice"),
        (PROPOSAL[2:].strip().replace("m1, expert: b@example.org", "m2"), "an expert or to a user"),
        (PROPOSAL[2:].strip().replace("m1, ", "m2, user: c@example.org, "), "an expert or to a user"),
        (PROPOSAL[2:].strip().replace("as: m1, ", ""), "“as” is missing"),
    ],
)
def test_a_fault_is_named_with_its_line(second: str, part: str) -> None:
    (fault,) = faults(f"{PROPOSAL}- {second}\n")
    assert fault.startswith("line 2: ")
    assert part in fault


def test_the_demos_story_names_only_what_the_demos_catalogue_has() -> None:
    catalogue = read_catalogue((DEMO / "catalogue.yaml").read_bytes(), known=Known())
    people = {person.email for person in catalogue.people}
    operators = {person.email for person in catalogue.people if person.operator}
    reasons = {reason.code for reason in catalogue.reject_reasons}
    offers = {
        (expert.person, expert.expertise, service.slug, skill)
        for expert in catalogue.experts
        for service in expert.services
        for skill in service.skills
    }
    for act in read_story((DEMO / "story.yaml").read_bytes()):
        assert act.by in people, act
        assert (act.act is Act.SETTLE) == (act.by in operators), act
        if act.act is Act.PROPOSE:
            typed = act.typed
            assert typed.get("user", act.by) in people, act
            asked = (typed.get("expert", act.by), typed["expertise"], typed["service"], typed["skill"])
            assert asked in offers, act
        if act.act in (Act.REJECT, Act.ALTERNATIVE_REJECT):
            assert act.typed["reason"] in reasons, act


def test_the_demos_catalogue_is_as_rich_as_promised() -> None:
    catalogue = read_catalogue((DEMO / "catalogue.yaml").read_bytes(), known=Known())
    experts = {expert.person for expert in catalogue.experts}
    assert len(catalogue.expertises) == 3
    assert "corporate-finance" in {expertise.slug for expertise in catalogue.expertises}
    assert sum(len(expertise.skills) for expertise in catalogue.expertises) >= 12
    assert len(experts) >= 20
    assert len({person.time_zone for person in catalogue.people if person.email in experts}) >= 4
    assert len([p for p in catalogue.people if p.email not in experts and not p.operator]) >= 10
    assert any(person.operator for person in catalogue.people)
    assert all(person.password for person in catalogue.people)
    assert all(service.active is not False for expert in catalogue.experts for service in expert.services)
