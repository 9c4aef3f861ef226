"""Short runs of the simulation, on a database of their own: whole platforms, small enough for every day."""

from __future__ import annotations

import ast
from collections import Counter
from pathlib import Path
from xml.etree import ElementTree

import pytest

from expertim.simulation import faults, place
from expertim.simulation.coverage import missing
from expertim.simulation.faults import PROFILES
from expertim.simulation.picture import picture
from expertim.simulation.report import Report, Settings, removable
from expertim.simulation.run import play
from expertim.simulation.scheduler import DAY
from expertim.simulation.shrink import shrink
from tests import conftest

MEETINGS = 40  # a run; `make prove` takes thousands
MODEL = Path(place.__file__).parent / "model"


def run(installation: conftest.Installation, *, seed: int, meetings: int, profile: str, without: str = "") -> Report:
    server = place.Place(app=installation.app, owner=installation.owner_url)
    with conftest._one_at_a_time():
        template = conftest._template(installation.owner_url, installation.app)
    asked = Settings(
        seed=seed, meetings=meetings, profile=profile, without=frozenset(each for each in without.split(",") if each)
    )
    with place.database_of_its_own(server, template=template) as its_own:
        return play(asked, place=its_own)


@pytest.fixture(scope="module")
def reports(installation: conftest.Installation) -> dict[str, Report]:
    """A run of each profile, with seeds that begin before each kind of night and month."""
    return {
        profile: run(installation, seed=seed, meetings=MEETINGS, profile=profile)
        for seed, profile in enumerate(("calm", "flaky", "stormy", "outage"), start=4)
    }


@pytest.mark.parametrize("profile", PROFILES)
def test_no_rule_is_broken_whatever_goes_wrong(database, reports, profile):
    """Every request answered as the model says, every invariant of the audit, and nothing left open at the end."""
    report = reports[profile]
    assert report.broken == "", "\n".join([*report.trace[-10:], report.broken])
    assert report.meetings > MEETINGS / 2
    assert (report.happened.total() > 0) == (profile != "calm")


def test_everything_worth_trying_has_happened(database, reports):
    """A run that never saw a late cancellation has proved nothing about one. What is rare is for `make prove`."""
    seen: Counter[str] = Counter()
    for report in reports.values():
        seen += report.seen
    assert missing(seen, floor=1, faults=True, rare=False) == []


def test_the_same_seed_gives_the_same_run(database, installation, reports):
    before = reports["stormy"]
    again = run(installation, seed=before.settings.seed, meetings=MEETINGS, profile="stormy")
    assert again.trace == before.trace
    assert again.hash == before.hash


def test_another_seed_gives_another_run(reports):
    assert len({report.hash for report in reports.values()}) == 4


def test_what_is_left_out_does_not_reshuffle_the_rest(database, installation):
    """Shrinking needs it: each meeting has a stream of its own."""
    plans = [
        faults.draw(seed="7", profile=PROFILES["stormy"], meetings=meetings, begin=0, length=10 * DAY)
        for meetings in (20, 21)
    ]
    assert plans[0].requests == {at: each for at, each in plans[1].requests.items() if at[0] < 20}
    small = run(installation, seed=7, meetings=6, profile="calm", without="meeting 0,meeting 1,meeting 2,meeting 3")
    assert small.broken == ""
    assert 0 < small.meetings <= 2


def test_a_plan_says_what_will_go_wrong_before_it_does():
    plan = faults.draw(seed="1", profile=PROFILES["stormy"], meetings=100, begin=0, length=30 * DAY)
    lines = list(plan.lines())
    assert {line.split(":")[0] for line in lines} == {
        "requests",
        "mails",
        "calls",
        "deliveries",
        "deeds",
        "rounds",
        "clocks",
        "no worker for",
    }
    assert list(faults.draw(seed="1", profile=PROFILES["calm"], meetings=100, begin=0, length=30 * DAY).lines()) == []
    settings = Settings(seed=1, meetings=100, profile="stormy")
    assert len(removable(settings, plan)) == 100 + sum(
        map(
            len,
            (plan.requests, plan.mails, plan.calls, plan.deliveries, plan.deeds, plan.rounds, plan.steps, plan.outages),
        )
    )


def test_shrinking_leaves_what_the_failure_takes():
    items = [f"meeting {n}" for n in range(60)]
    tried = []

    def fails(without: frozenset[str]) -> bool:
        tried.append(without)
        return not {"meeting 7", "meeting 41"} & without

    assert shrink(items, fails=fails) == ["meeting 7", "meeting 41"]
    assert len(tried) < 80


def test_the_picture_shows_every_day(reports):
    """Well-formed, without a script, a style or anything from elsewhere."""
    drawn = ElementTree.fromstring(picture(reports["outage"]))
    tags = {element.tag.split("}")[1] for element in drawn.iter()}
    assert tags == {"svg", "rect", "text", "line", "title"}
    assert any("no worker" in (element.text or "") for element in drawn.iter())


def test_the_model_knows_nothing_of_the_product():
    """Two tellings can only be held against each other if neither has read the other."""
    for path in MODEL.glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.ImportFrom | ast.Import):
                names = [node.module or ""] if isinstance(node, ast.ImportFrom) else [each.name for each in node.names]
                for name in names:
                    assert name.startswith("expertim.simulation.model") or name.split(".")[0] in {
                        "__future__",
                        "collections",
                        "copy",
                        "typing",
                    }
