"""The pins in pyproject.toml and the hashed requirements.txt are one resolution."""

import re
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())
PINS = [re.sub(r"\s+", " ", pin) for pin in PROJECT["tool"]["uv"]["constraint-dependencies"]]


def required() -> dict[str, list[str]]:
    """{pin with its marker: its hashes} of requirements.txt."""
    text = (ROOT / "requirements.txt").read_text().replace("\\\n", " ")
    lines = [line for line in text.splitlines() if line.strip() and not line.startswith("#")]
    return {
        re.sub(r"\s+", " ", line.split("--hash", 1)[0]).strip(): re.findall(r"--hash=(\S+)", line) for line in lines
    }


def name_of(requirement: str) -> str:
    """The distribution's name, normalised."""
    return re.sub(r"[-_.]+", "-", re.split(r"[\s\[<>=!~;]", requirement, maxsplit=1)[0]).lower()


def test_every_line_for_production_is_one_of_the_pins():
    # Markers may differ: what only the tests need on Windows, production may not need at all.
    versions = {pin.split(";")[0].strip() for pin in PINS}
    strange = [line for line in required() if line.split(";")[0].strip() not in versions]
    assert strange == []


def test_every_line_for_production_has_hashes():
    assert [line for line, hashes in required().items() if not hashes] == []
    assert all(one.startswith("sha256:") for hashes in required().values() for one in hashes)


def test_everything_the_project_asks_for_is_pinned():
    pinned = {name_of(pin) for pin in PINS}
    groups = PROJECT["dependency-groups"].values()
    asked = [*PROJECT["project"]["dependencies"], *(one for group in groups for one in group)]
    assert {name_of(one) for one in asked} - pinned == set()
    assert {name_of(one) for one in PROJECT["project"]["dependencies"]} - {
        name_of(line) for line in required()
    } == set()


def test_every_pin_is_exact():
    assert [pin for pin in PINS if "==" not in pin.split(";")[0]] == []
